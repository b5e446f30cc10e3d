/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/brief.h"

const char *kn__brief_economy(const kn__brief *brief, int32_t economy)
{
    const kn__economy *e = &brief->network->economies[economy];
    const char *name = e->name[brief->lang];
    return name && name[0] ? name : e->name[0] && e->name[0][0] ? e->name[0] : e->code;
}

const char *kn__brief_product(const kn__brief *brief, int32_t product)
{
    const kn__product *p = &brief->network->products[product];
    const char *name = p->name[brief->lang];
    return name && name[0] ? name : p->name[0] && p->name[0][0] ? p->name[0] : p->id;
}

/* The length without a bracket at the end. */
static size_t trunk(const char *name)
{
    static const char *const opens[] = {" (", "（", "("};
    size_t length = strlen(name);
    bool closed = length && (name[length - 1] == ')' ||
                             (length > 3 && !strcmp(name + length - 3, "）")));
    for (size_t i = 0; closed && i < sizeof opens / sizeof *opens; i++) {
        const char *open = strstr(name, opens[i]);
        if (open && open > name)
            return (size_t)(open - name);
    }
    return length;
}

typedef struct stem {
    const char *name;
    size_t length;
    int32_t product;
} stem;

static int by_stem(const void *a, const void *b)
{
    const stem *x = a, *y = b;
    size_t shorter = x->length < y->length ? x->length : y->length;
    int order = memcmp(x->name, y->name, shorter);
    return order ? order : (x->length > y->length) - (x->length < y->length);
}

kn_status kn__brief_shorten(kn__brief *b)
{
    int32_t n = b->network->product_count;
    stem *stems = KN__ARRAY(b->arena, b->ctx, n, stem);
    b->short_name = KN__ARRAY(b->arena, b->ctx, n, const char *);
    if (!stems || !b->short_name)
        return KN_ERR_MEMORY;
    for (int32_t p = 0; p < n; p++) {
        const char *name = kn__brief_product(b, p);
        stems[p] = (stem){name, trunk(name), p};
    }
    qsort(stems, (size_t)n, sizeof *stems, by_stem);
    for (int32_t i = 0; i < n; i++) {
        bool alone = (i == 0 || by_stem(&stems[i], &stems[i - 1])) &&
                     (i == n - 1 || by_stem(&stems[i], &stems[i + 1]));
        size_t length = alone ? stems[i].length : strlen(stems[i].name);
        const char *cut = kn__arena_textn(b->arena, b->ctx, stems[i].name, length);
        if (!cut)
            return KN_ERR_MEMORY;
        b->short_name[stems[i].product] = cut;
    }
    return KN_OK;
}

const char *kn__brief_inside(char *buffer, const kn__brief *b, int32_t product)
{
    int32_t letters = 1;
    snprintf(buffer, KN__WORDS, "%s", b->short_name[product]);
    while (buffer[letters] >= 'a' && buffer[letters] <= 'z')
        letters++;
    /* "Gallium" but not "GaN", "Li-ion" or "EUV" */
    bool ends = strchr(" ,-/", buffer[letters]) != NULL; /* or the end of the text */
    if (b->lang == KN_LANG_EN && buffer[0] >= 'A' && buffer[0] <= 'Z' && letters >= 4 &&
        ends)
        buffer[0] = (char)(buffer[0] + ('a' - 'A'));
    return buffer;
}

const char *kn__brief_the(kn__brief *b, int32_t economy)
{
    static const char *const heads[] = {"Netherlands", "Philippines", "United ",
                                        "Republic ",   "Democratic ", "Rest "};
    const char *name = kn__brief_economy(b, economy);
    bool article = false;
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        article = article || !strncmp(name, heads[i], strlen(heads[i]));
    if (b->lang != KN_LANG_EN || !article)
        return kn__arena_text(b->arena, b->ctx, name);
    return kn__arena_format(b->arena, b->ctx, "the %s", name);
}

void kn__brief_fit(kn__text *out, kn__text *words, int x, int y, int32_t columns)
{
    if (kn__text_status(words) < 0) {
        out->status = kn__text_status(words);
        return;
    }
    bool cut = kn__display_width(words->data) > columns;
    kn__text_addf(out, "<text%s x=\"%d\" y=\"%d\" font-size=\"13\">",
                  cut ? " class=\"broad\"" : "", x, y);
    kn__write_html(out, words->data);
    kn__text_add(out, "</text>");
    if (!cut)
        return;
    words->data[kn__display_cut(words->data, columns - 1)] = '\0';
    kn__text_addf(out, "<text class=\"narrow\" x=\"%d\" y=\"%d\" font-size=\"13\">", x,
                  y);
    kn__write_html(out, words->data);
    kn__text_add(out, "…</text>");
}

const char *kn__brief_named(const kn__brief *b, char kind, const char *code)
{
    const char *name = kn__labels_name(&b->labels, kind, code, b->lang);
    return name[0] ? name : code;
}
