/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KANAME_LENS_H
#define KANAME_LENS_H

#include "kaname/network.h"
#include "kaname/scenario.h"

/* A lens is a question asked of a network. It declares itself once: name, options,
   tables, formula; help, completion, forms and documentation are made from the
   declaration. */
typedef enum kn_option_type {
    KN_OPTION_NUMBER,      /* double */
    KN_OPTION_INTEGER,     /* int64_t */
    KN_OPTION_FLAG,        /* bool */
    KN_OPTION_CHOICE,      /* int32_t, index into choices */
    KN_OPTION_TEXT,        /* const char * */
    KN_OPTION_ECONOMIES,   /* kn_ids; empty when not given */
    KN_OPTION_PRODUCTS,    /* kn_ids; empty when not given */
    KN_OPTION_ELASTICITIES /* kn_elasticities, from a csv file; empty when not given */
} kn_option_type;

typedef struct kn_option {
    const char *name; /* "days" is --days on the command line */
    kn_option_type type;
    const char *default_text; /* as a user would type it; NULL: not given */
    const char *unit;
    const char *choices; /* "targeted|stop|outage" */
    double low, high;    /* allowed range of numbers; both 0: any */
    const char *help;
    const char *source;
    size_t offset; /* of the field in the lens's option struct */
} kn_option;

/* Where `word` stands in choices such as "targeted|stop|outage", or -1. */
int32_t kn_choice_find(const char *choices, const char *word);

typedef struct kn_lens {
    const char *name;
    const char *summary;
    const char *formula; /* what --explain prints: equations and their source */
    const char *source;
    size_t options_size;
    const kn_option *options;
    int32_t option_count;
    const kn_table_decl *const *tables;
    int32_t table_count;
    uint32_t operations;    /* bit per operation of a scenario that it understands */
    bool scenario_optional; /* it tells something without one, too, and makes the null
                               test of what it tells of one itself */
    bool null_checked;      /* it makes the null test itself on every run, at less cost */
    /* Fills `result`; options points to its own struct, filled from the declaration. */
    kn_status (*run)(kn_context *context, const kn_network *network,
                     const kn_scenario *scenario, const void *options, kn_result *result);
} kn_lens;

/* key=value as a user typed it. */
typedef struct kn_setting {
    const char *key, *value;
} kn_setting;

int32_t kn_lens_count(void);
const kn_lens *kn_lens_at(int32_t index);
const kn_lens *kn_lens_find(const char *name); /* or NULL */

/* Runs a lens: fills its options from the declaration's defaults and the settings, checks
   the null scenario first where there is a scenario, refuses operations the lens does not
   understand. scenario may be NULL. Errors: KN_ERR_USAGE (unknown option with the
   nearest, value out of range), KN_ERR_NOT_FOUND (labels), and the lens's own. */
kn_status kn_lens_run(kn_result **result, kn_context *context, const kn_lens *lens,
                      const kn_network *network, const kn_scenario *scenario,
                      const kn_setting *settings, int32_t setting_count);

#endif
