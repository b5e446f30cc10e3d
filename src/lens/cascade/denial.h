/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_LENS_CASCADE_DENIAL_H
#define KN_LENS_CASCADE_DENIAL_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/memory.h"

/* The denial loss on plain arrays (docs/lens/chokepoints): value added that economies
   lose within T days when holders deny products to victims. Time runs in slices; a slice
   is also the lead time of one tier. Arrays are [q][s][d] = product, supplying economy,
   using economy, or [q][r]; money is MUSD a year. */

typedef enum kn__denial_end {
    KN__END_LOW, /* every uncertain parameter at its mildest */
    KN__END_MID,
    KN__END_HIGH, /* at its worst */
    KN__END_COUNT
} kn__denial_end;

typedef enum kn__denial_class {
    KN__CLASS_ESSENTIAL, /* output falls by weight × unmet; the worst input counts */
    KN__CLASS_IMPORTANT, /* half the weight */
    KN__CLASS_MINOR      /* weights × unmet are summed */
} kn__denial_class;

/* One input of a user product: weight is the dependent share φ, or for a minor input its
   cost share θ, at the three ends. */
typedef struct kn__denial_input {
    int32_t user, input;
    kn__denial_class class;
    double weight[KN__END_COUNT];
} kn__denial_input;

/* A durable input: `tool` is installed in the making of `user`. */
typedef struct kn__denial_tool {
    int32_t user, tool;
    double service_days;       /* until missing parts and service bite */
    double service_dependence; /* κ: share of uptime lost then */
    double life_days;
    double growth;    /* of capacity, a year */
    double dependent; /* part of the user's output that is made with the tool: 1 for a
                         process, below for a whole industry */
} kn__denial_tool;

/* How an end run differs from the network's own figures. */
typedef struct kn__denial_rule {
    double reroute; /* ρ of every product; NaN: its own */
    double stock;   /* factor on stocks */
    double spare;   /* factor on spare capacity */
    bool unseen;    /* the unseen supply of denied products is the holder's, everywhere */
} kn__denial_rule;

/* CES inputs for tables without recipes: relative output
   y = [1 − Σ θ_q (1 − (1 − u_q)^((σ−1)/σ))]^(σ/(σ−1)), other inputs fixed; the elasticity
   σ goes from `start` to `later` in a straight line over `days`. */
typedef struct kn__denial_ces {
    const double *cost_share; /* θ[user][economy][input] */
    double start[KN__END_COUNT], later[KN__END_COUNT];
    double days;
} kn__denial_ces;

typedef struct kn__denial_model {
    int32_t products, economies;
    int32_t unseen; /* the economy that stands for unknown suppliers, or -1 */
    const unsigned char *always; /* economies whose output never falls (the unseen) */
    const double *flow, *use;    /* f[q][s][d], use[q][d] = sum over s */
    const double *output, *value_added, *spare; /* [q][r]; spare as a share of output */
    const double *stock_days;                   /* [q][d], days of use */
    const double *substitute_share, *substitute_days; /* [q]: z and its delay */
    const double *reroute_share, *reroute_days;       /* [q]: ρ and its delay */
    const double *spare_days;                         /* [q] */
    const kn__denial_input *inputs;                   /* sorted by user */
    int32_t input_count;
    const kn__denial_tool *tools;
    int32_t tool_count;
    const kn__denial_ces *ces;  /* inputs outside recipes; NULL: the recipe decides */
    const unsigned char *makes; /* [p][d] 0: nobody makes p in d; NULL: all do */
    const double *share_low, *share_high; /* [q][s][d] bounds of m, or NULL: f is known */
    double slice_days;
    int32_t slices;
    kn__denial_rule rule[KN__END_COUNT];
    /* Made by kn__denial_prepare. */
    double *share;                          /* m[q][s][d] = f / use, 0 without use */
    int32_t *input_start;                   /* products + 1, by user */
    int32_t *user_start, *user_of;          /* by input: the users that list it */
    unsigned char *is_input, *is_installed; /* some recipe or tool needs the product */
} kn__denial_model;

/* The rules of EQUATIONS.md: ρ 1, stocks and spare × 1.5, unseen supply keeps coming; as
   it is; ρ 0, stocks and spare × 0.5, unseen supply is the holder's. */
void kn__denial_rules(kn__denial_model *model);

/* Checks sizes and indices and fills the derived arrays. Errors: KN_ERR_DATA,
 * KN_ERR_MEMORY. */
kn_status kn__denial_prepare(kn__denial_model *model, kn_context *ctx, kn__arena *arena);

/* Holders deny `share` of one product to victims, from start_day to end_day (INFINITY:
   for good). targeted: others may pass goods on to the victims. */
typedef struct kn__denial {
    int32_t product;
    const int32_t *holders, *victims;
    int32_t holder_count, victim_count;
    double share;
    bool targeted;
    double start_day, end_day;
} kn__denial;

/* Producer (product, economy) loses `share` of its capacity from start_day to end_day,
   then recovers in a straight line over recover_days. */
typedef struct kn__capacity_loss {
    int32_t product, economy;
    double share, start_day, end_day, recover_days;
} kn__capacity_loss;

/* Adds days of use to the stock of a product in an economy on start_day. */
typedef struct kn__stock_release {
    int32_t product, economy;
    double days, start_day;
} kn__stock_release;

/* All that happens in one run; joint denials are one shock. */
typedef struct kn__shock {
    const kn__denial *denials;
    const kn__capacity_loss *losses;
    const kn__stock_release *releases;
    int32_t denial_count, loss_count, release_count;
} kn__shock;

typedef struct kn__denial_work kn__denial_work;

/* What the observer sees after each slice, through the functions below. */
typedef struct kn__denial_view {
    const kn__denial_model *model;
    const kn__denial_work *work;
    int32_t slice; /* from 1 */
} kn__denial_view;

typedef void (*kn__denial_observer)(void *arg, const kn__denial_view *view);

/* Results of one run; arrays may be NULL. Sums run from day 0 to the end of each slice.
 */
typedef struct kn__denial_result {
    double *loss;     /* [slice][economy] MUSD of value added */
    double *sales;    /* [slice][economy] MUSD of value added the sender forgoes */
    double *bite_day; /* [economy], NaN: never */
    double *uptime, *replacement, *expansion; /* [tool][economy] at the end */
    kn__denial_observer observe;
    void *arg;
} kn__denial_result;

/* Scratch of one run at a time; one for each worker. */
kn_status kn__denial_work_new(kn__denial_work **work, kn_context *ctx, kn__arena *arena,
                              const kn__denial_model *model);

/* Runs the slices. Null shock gives exactly zero. Cannot fail. */
void kn__denial_run(kn__denial_work *work, const kn__shock *shock, kn__denial_end end,
                    const kn__denial_result *result);

/* In the slice just done: gap before and need after rerouting, substitution and spare
   capacity, both as shares of use; stock at the end in days; unmet share; output. */
double kn__denial_gap(const kn__denial_view *view, int32_t q, int32_t d);
double kn__denial_need(const kn__denial_view *view, int32_t q, int32_t d);
double kn__denial_stock(const kn__denial_view *view, int32_t q, int32_t d);
double kn__denial_unmet(const kn__denial_view *view, int32_t q, int32_t d);
double kn__denial_output(const kn__denial_view *view, int32_t p, int32_t d);
/* Capacity left after losses and missing equipment. */
double kn__denial_capacity(const kn__denial_view *view, int32_t p, int32_t d);
/* Day on which the stock of q in d ran out in this slice; NaN if it did not. */
double kn__denial_day_out(const kn__denial_view *view, int32_t q, int32_t d);

/* The share of what d buys of q that comes from the holders; NaN without use. */
double kn__denial_share(const kn__denial_model *model, int32_t q, const int32_t *holders,
                        int32_t count, int32_t d);

/* clip((day − delay) / slice, 0, 1): how far a response has come. */
double kn__denial_ramp(double day, double delay, double slice);

#endif
