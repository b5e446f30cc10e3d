/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_KERNEL_TEXT_H
#define KN_KERNEL_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kaname/context.h"

/* A text that grows up to a ceiling. Errors stick: after the first failed append every
   further one does nothing, and kn__text_status tells; so a writer checks once, at the
   end. */
typedef struct kn__text {
    kn_context *ctx;
    char *data; /* always terminated, never NULL after init */
    size_t length, capacity, ceiling;
    kn_status status;
} kn__text;

/* ceiling in bytes; 0 means 256 MiB. Nothing is allocated until the first append. */
void kn__text_init(kn__text *text, kn_context *ctx, size_t ceiling);
void kn__text_release(kn__text *text);
void kn__text_add(kn__text *text, const char *string);
void kn__text_addn(kn__text *text, const char *bytes, size_t length);
void kn__text_addf(kn__text *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The shortest decimal that reads back as the same double ("0.1", "1e+30"); locale-free.
 */
void kn__text_number(kn__text *text, double value);
kn_status kn__text_status(const kn__text *text);

/* Reads a decimal number that fills the whole of [s, s + length): optional sign, digits,
   point, exponent; no locale, no hex, no inf or nan, no spaces. */
bool kn__parse_number(const char *s, size_t length, double *value);
bool kn__parse_int(const char *s, size_t length, int64_t *value);

/* Writes the shortest round-trip decimal into buffer (at least 32 bytes); returns length.
 */
int kn__format_number(char *buffer, double value);

/* Edit distance (insert, delete, replace, swap of neighbours), ASCII case folded; at most
   `limit`, else limit + 1. Damerau 1964, restricted. */
int kn__edit_distance(const char *a, const char *b, int limit);

/* Appends `did you mean "x", "y" or "z"?` for the three labels nearest to `word`, or
   nothing when none is near. */
void kn__text_nearest(kn__text *text, const char *word, const char *const *labels,
                      int64_t count);

bool kn__text_equal(const char *a, const char *b);   /* NULL-safe strcmp == 0 */
bool kn__text_equal_i(const char *a, const char *b); /* ASCII case folded */

/* The length of the longest valid UTF-8 prefix. */
size_t kn__utf8_valid(const char *bytes, size_t length);

#endif
