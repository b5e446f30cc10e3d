/* SPDX-License-Identifier: Apache-2.0 */
#include "read/eto.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double ROUNDING = 0.03; /* shares may sum to 103 % */

/* ---- Economies ---- */

static int by_code(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static kn_status collect_economies(kn__eto_work *c)
{
    const kn__eto *eto = c->eto;
    c->codes = KN__ARRAY(c->raw->arena, c->ctx, eto->provider_count, const char *);
    if (!c->codes)
        return KN_ERR_MEMORY;
    int32_t count = 0, kept = 0;
    for (int64_t p = 0; p < eto->provider_count; p++)
        if (strcmp(eto->providers[p].economy, "ZZU") != 0)
            c->codes[count++] = eto->providers[p].economy;
    if (count)
        qsort(c->codes, (size_t)count, sizeof *c->codes, by_code);
    for (int32_t k = 0; k < count; k++)
        if (!kept || strcmp(c->codes[kept - 1], c->codes[k]) != 0)
            c->codes[kept++] = c->codes[k];
    c->code_count = kept;
    return KN_OK;
}

/* The place of an economy in codes, or -1 for ZZU. */
static int32_t code_at(const kn__eto_work *c, const char *code)
{
    const char **found = c->code_count ? bsearch(&code, c->codes, (size_t)c->code_count,
                                                 sizeof *c->codes, by_code)
                                       : NULL;
    return found ? (int32_t)(found - c->codes) : -1;
}

/* ---- Shares ---- */

static int by_node_class_year(const void *a, const void *b)
{
    const kn__eto_provision *x = a, *y = b;
    if (x->node != y->node)
        return x->node < y->node ? -1 : 1;
    if (x->year != y->year)
        return x->year > y->year ? -1 : 1;
    if (x->provider != y->provider)
        return x->provider < y->provider ? -1 : 1;
    return (x->line > y->line) - (x->line < y->line);
}

/* Adds up provisions [from, to) of one year by providers of one class. */
static kn_status add_year(kn__eto_work *c, int64_t from, int64_t to, bool country,
                          kn__eto_shares *out, bool *known)
{
    const kn__eto *eto = c->eto;
    double *of = KN__ARRAY(c->raw->arena, c->ctx, c->code_count, double), sum = 0;
    if (!of)
        return KN_ERR_MEMORY;
    *known = false;
    for (int64_t k = from; k < to; k++) {
        const kn__eto_provision *p = &eto->provisions[k];
        const kn__eto_provider *provider = &eto->providers[p->provider];
        if (provider->is_country != country || isnan(p->share))
            continue;
        int32_t e = code_at(c, provider->economy);
        sum += p->share;
        if (e >= 0)
            of[e] += p->share;
        *known = true;
    }
    if (!*known)
        return KN_OK;
    const kn__eto_provision *first = &eto->provisions[from];
    if (sum > 1 + ROUNDING)
        return kn__fail(
            c->ctx, KN_ERR_DATA,
            "%sprovision.csv:%d:1: the shares of \"%s\" in %d sum to %.1f %%; "
            "at most 103 %% is taken for rounding",
            c->raw->file_prefix, (int)first->line, eto->nodes[first->node].name,
            (int)first->year, 100 * sum);
    if (sum > 1 + 1e-9) {
        c->scaled++;
        c->largest_sum = sum > c->largest_sum ? sum : c->largest_sum;
        for (int32_t e = 0; e < c->code_count; e++)
            of[e] /= sum;
    }
    *out = (kn__eto_shares){of, first->year, first->line, 'B'};
    return KN_OK;
}

/* The shares of the node that owns provisions [from, to): by country where there are
   any, else by the home country of organizations; the latest year that has any. */
static kn_status own_shares(kn__eto_work *c, int64_t from, int64_t to)
{
    const kn__eto_provision *p = c->eto->provisions;
    for (int country = 1; country >= 0; country--)
        for (int64_t k = from, end; k < to; k = end) {
            bool known;
            for (end = k + 1; end < to && p[end].year == p[k].year;)
                end++;
            KN__TRY(add_year(c, k, end, country, &c->share[p[from].node], &known));
            if (known)
                return KN_OK;
        }
    return KN_OK;
}

static kn_status collect_shares(kn__eto_work *c)
{
    kn__eto *eto = c->eto;
    kn__eto_provision *p = eto->provisions;
    if (eto->provision_count)
        qsort(p, (size_t)eto->provision_count, sizeof *p, by_node_class_year);
    for (int64_t k = 1; k < eto->provision_count; k++)
        if (p[k].node == p[k - 1].node && p[k].year == p[k - 1].year &&
            p[k].provider == p[k - 1].provider)
            return kn__fail(c->ctx, KN_ERR_DATA,
                            "%sprovision.csv:%d:1: provider \"%s\" stands twice for "
                            "\"%s\" in %d",
                            c->raw->file_prefix, (int)p[k].line,
                            eto->providers[p[k].provider].id, eto->nodes[p[k].node].name,
                            (int)p[k].year);
    for (int64_t k = 0, end; k < eto->provision_count; k = end) {
        for (end = k + 1; end < eto->provision_count && p[end].node == p[k].node;)
            end++;
        KN__TRY(own_shares(c, k, end));
    }
    return KN_OK;
}

/* ---- Variants ---- */

static double weight_of(const kn__eto_node *node)
{
    return isnan(node->value_musd) ? KN__ETO_DEFAULT_MUSD : node->value_musd;
}

/* Adds a finished variant to its parent. */
static kn_status add_to_parent(kn__eto_work *c, int32_t i)
{
    const kn__eto_node *node = &c->eto->nodes[i];
    kn__eto_family *up = &c->families[node->parent];
    if (node->feeds) { /* has its own place in the chain: counted there, not here */
        up->separate++;
        return KN_OK;
    }
    up->folded++;
    c->folded++;
    up->value += isnan(node->value_musd) ? 0 : node->value_musd;
    up->weight += weight_of(node);
    if (!c->share[i].of)
        return KN_OK;
    if (!up->weighted)
        up->weighted = KN__ARRAY(c->raw->arena, c->ctx, c->code_count, double);
    if (!up->weighted)
        return KN_ERR_MEMORY;
    for (int32_t e = 0; e < c->code_count; e++)
        up->weighted[e] += weight_of(node) * c->share[i].of[e];
    kn__eto_shares *share = &c->share[node->parent];
    if (c->share[i].year > share->year && !share->of)
        share->year = c->share[i].year;
    return KN_OK;
}

/* What the data set does not say about a parent itself is taken from its variants: the
   sum of market sizes, and shares weighted by market size. */
static void close_family(kn__eto_work *c, int32_t i)
{
    kn__eto_node *node = &c->eto->nodes[i];
    kn__eto_family *f = &c->families[i];
    if (isnan(node->value_musd) && f->value > 0)
        node->value_musd = f->value;
    if (c->share[i].of || !f->weighted || !(f->weight > 0))
        return;
    for (int32_t e = 0; e < c->code_count; e++)
        f->weighted[e] /= f->weight;
    c->share[i].of = f->weighted;
    c->share[i].grade = 'C';
}

/* Leaves first; what is left over then turns in a circle. */
static kn_status fold_variants(kn__eto_work *c)
{
    const kn__eto *eto = c->eto;
    int32_t n = (int32_t)eto->node_count, head = 0, tail = 0;
    int32_t *queue = KN__ARRAY(c->raw->arena, c->ctx, n, int32_t);
    if (!queue)
        return KN_ERR_MEMORY;
    for (int32_t i = 0; i < n; i++)
        if (eto->nodes[i].parent >= 0)
            c->families[eto->nodes[i].parent].waiting++;
    for (int32_t i = 0; i < n; i++)
        if (!c->families[i].waiting)
            queue[tail++] = i;
    while (head < tail) {
        int32_t i = queue[head++], parent = eto->nodes[i].parent;
        close_family(c, i);
        if (parent < 0)
            continue;
        KN__TRY(add_to_parent(c, i));
        if (--c->families[parent].waiting == 0)
            queue[tail++] = parent;
    }
    for (int32_t i = 0; i < n; i++)
        if (c->families[i].waiting)
            return kn__fail(c->ctx, KN_ERR_DATA,
                            "%ssequence.csv: \"%s\" is a variant of itself over other "
                            "nodes",
                            c->raw->file_prefix, eto->nodes[i].name);
    return KN_OK;
}

kn_status kn__eto_shares_of_nodes(kn__eto_work *c)
{
    KN__TRY(collect_economies(c));
    KN__TRY(collect_shares(c));
    return fold_variants(c);
}
