/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_NETWORK_SCHEMA_H
#define KN_NETWORK_SCHEMA_H

#include "network/network.h"

/* The records of a network described once, for all who walk over them: checks, the
   content hash, the kaname file. */
typedef enum kn__field_type {
    KN__FIELD_TEXT,   /* const char * */
    KN__FIELD_NUMBER, /* double; NaN: not known */
    KN__FIELD_INT,    /* int32_t */
    KN__FIELD_YEAR,   /* int16_t */
    KN__FIELD_GRADE,  /* char, 'A'..'D' */
    KN__FIELD_WORD,   /* an enum, `words` names its values */
    KN__FIELD_REF,    /* int32_t id of a record of table `refers_to` */
    KN__FIELD_REF_ANY /* the same, or -1 */
} kn__field_type;

/* Tables in an order in which each refers only to itself or to earlier ones. */
typedef enum kn__records {
    KN__SOURCES,
    KN__ECONOMIES,
    KN__PRODUCTS,
    KN__PRODUCERS,
    KN__FINALS,
    KN__RECIPES,
    KN__EQUIPMENTS,
    KN__LINKS,
    KN__RECORDS_COUNT
} kn__records;

typedef struct kn__record_field {
    const char *name;
    kn__field_type type;
    size_t offset; /* in the record */
    kn__records refers_to;
    const char *const *words;
    int32_t word_count;
} kn__record_field;

typedef struct kn__record_table {
    const char *name; /* "producers" */
    const kn__record_field *fields;
    int32_t field_count;
    size_t record_size;
    size_t records_at, count_at; /* offsets in kn_network */
} kn__record_table;

extern const kn__record_table kn__record_tables[KN__RECORDS_COUNT];

int32_t kn__record_count(const kn_network *net, kn__records table);
/* The first record of a table. */
char *kn__record_first(const kn_network *net, kn__records table);

extern const char *const kn__kind_words[KN__KIND_COUNT];
extern const char *const kn__criticality_words[3];

/* The place of `word` in a list of words, or -1. */
int32_t kn__word_find(const char *const *words, int32_t count, const char *word);

/* One entry of the matrix of stocks that says something. */
typedef struct kn__stock {
    int32_t product, economy;
    double days;
    kn__origin origin;
} kn__stock;

/* Visits the entries of stock_days that are known, in order. Returns false at the end. */
bool kn__stock_next(const kn_network *net, int64_t *at, kn__stock *stock);

/* 64 hex digits over everything a network says, in canonical order: independent of the
   file it came from and of how its flows are stored. */
void kn__network_hash(const kn_network *net, char hex[65]);

#endif
