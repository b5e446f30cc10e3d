/* SPDX-License-Identifier: Apache-2.0 */
#include "store/tables.h"

#include <math.h>
#include <string.h>

#include "kernel/text.h"
#include "network/schema.h"

/* ---- Cells ---- */

void kn__put_field(FILE *out, const char *text, char comma)
{
    const char special[] = {comma, '"', '\r', '\n', '\0'};
    if (!text[strcspn(text, special)]) {
        fputs(text, out);
        return;
    }
    fputc('"', out);
    for (; *text; text++) {
        if (*text == '"')
            fputc('"', out);
        fputc(*text, out);
    }
    fputc('"', out);
}

static void text(kn__cells *to, const char *value)
{
    if (to->book) {
        kn__book_text(to->book, value);
        return;
    }
    if (to->started)
        fputc(',', to->csv);
    to->started = true;
    kn__put_field(to->csv, value, ',');
}

static void number(kn__cells *to, double value)
{
    char buffer[40] = "";
    if (to->book) {
        kn__book_number(to->book, value);
        return;
    }
    if (isfinite(value))
        kn__format_number(buffer, value);
    text(to, buffer);
}

static void end_row(kn__cells *to)
{
    if (to->book)
        kn__book_end_row(to->book);
    else
        fputs(to->end, to->csv);
    to->started = false;
}

static void name(kn__cells *to, const char *const names[KN_LANG_COUNT])
{
    if (to->labels)
        text(to, names[to->lang][0] ? names[to->lang] : names[KN_LANG_EN]);
}

static void economy(kn__cells *to, const kn_network *net, int32_t e)
{
    text(to, net->economies[e].code);
    name(to, net->economies[e].name);
}

static void product(kn__cells *to, const kn_network *net, int32_t p)
{
    text(to, net->products[p].id);
    name(to, net->products[p].name);
}

/* economy, product and firm of a producer */
static void producer(kn__cells *to, const kn_network *net, int32_t i)
{
    economy(to, net, net->producers[i].economy);
    product(to, net, net->producers[i].product);
    text(to, net->producers[i].firm);
}

static void origin(kn__cells *to, const kn_network *net, const kn__origin *from)
{
    char grade[2] = {from->grade, '\0'};
    text(to, from->source >= 0 ? net->sources[from->source].id : "");
    number(to, from->year ? (double)from->year : NAN);
    text(to, grade);
}

static void names(kn__cells *to, const char *const all[KN_LANG_COUNT])
{
    for (int lang = 0; lang < KN_LANG_COUNT; lang++)
        text(to, all[lang]);
}

/* ---- Tables ---- */

static kn_status economies(kn__cells *to, kn_context *ctx, const kn_network *net)
{
    (void)ctx;
    for (int32_t e = 0; e < net->economy_count; e++) {
        const kn__economy *one = &net->economies[e];
        text(to, one->code);
        names(to, one->name);
        number(to, one->latitude);
        number(to, one->longitude);
        number(to, one->gdp_musd);
        origin(to, net, &one->origin);
        end_row(to);
    }
    return KN_OK;
}

static kn_status products(kn__cells *to, kn_context *ctx, const kn_network *net)
{
    (void)ctx;
    for (int32_t p = 0; p < net->product_count; p++) {
        const kn__product *one = &net->products[p];
        text(to, one->id);
        text(to, kn__kind_words[one->kind]);
        names(to, one->name);
        text(to, one->hs);
        text(to, one->industry >= 0 ? net->products[one->industry].id : "");
        text(to, one->unit);
        number(to, one->value_musd);
        number(to, one->value_added_share);
        number(to, one->substitute_share);
        number(to, one->substitute_days);
        number(to, one->reroute_share);
        number(to, one->reroute_days);
        number(to, one->spare_days);
        origin(to, net, &one->value_origin);
        end_row(to);
    }
    return KN_OK;
}

static kn_status producers(kn__cells *to, kn_context *ctx, const kn_network *net)
{
    (void)ctx;
    for (int32_t i = 0; i < net->producer_count; i++) {
        producer(to, net, i);
        number(to, net->producers[i].output);
        number(to, net->producers[i].value_added);
        number(to, net->producers[i].spare);
        origin(to, net, &net->producers[i].origin);
        end_row(to);
    }
    return KN_OK;
}

static void flow(kn__cells *to, const kn_network *net, int32_t i, int32_t j, double value)
{
    if (value == 0)
        return;
    producer(to, net, i);
    producer(to, net, j);
    number(to, value);
    end_row(to);
}

static kn_status flows(kn__cells *to, kn_context *ctx, const kn_network *net)
{
    const kn__flows *z = &net->flows;
    for (int32_t i = 0; i < z->n; i++) {
        KN__TRY(kn__progress(ctx, "writing flows", (double)i / z->n));
        if (z->is_dense)
            for (int32_t j = 0; j < z->n; j++)
                flow(to, net, i, j, z->dense[(int64_t)i * z->n + j]);
        else
            for (int64_t k = z->rows.start[i]; k < z->rows.start[i + 1]; k++)
                flow(to, net, i, z->rows.index[k], z->rows.value[k]);
    }
    return KN_OK;
}

static kn_status final_demand(kn__cells *to, kn_context *ctx, const kn_network *net)
{
    (void)ctx;
    for (int32_t i = 0; i < net->producer_count; i++)
        for (int32_t k = 0; k < net->final_count; k++) {
            double value = net->final_demand[(int64_t)i * net->final_count + k];
            if (value == 0)
                continue;
            producer(to, net, i);
            economy(to, net, net->finals[k].economy);
            text(to, net->finals[k].category);
            number(to, value);
            end_row(to);
        }
    return KN_OK;
}

static kn_status recipes(kn__cells *to, kn_context *ctx, const kn_network *net)
{
    (void)ctx;
    for (int32_t k = 0; k < net->recipe_count; k++) {
        const kn__recipe *one = &net->recipes[k];
        product(to, net, one->product);
        product(to, net, one->input);
        number(to, one->cost_share);
        text(to, kn__criticality_words[one->criticality]);
        for (int end = 0; end < 3; end++)
            number(to, one->dependent[end]);
        origin(to, net, &one->origin);
        end_row(to);
    }
    return KN_OK;
}

static kn_status equipment(kn__cells *to, kn_context *ctx, const kn_network *net)
{
    (void)ctx;
    for (int32_t k = 0; k < net->equipment_count; k++) {
        const kn__equipment *one = &net->equipment[k];
        product(to, net, one->product);
        product(to, net, one->tool);
        number(to, one->service_months);
        number(to, one->service_dependence);
        number(to, one->life_years);
        number(to, one->growth);
        origin(to, net, &one->origin);
        end_row(to);
    }
    return KN_OK;
}

static kn_status links(kn__cells *to, kn_context *ctx, const kn_network *net)
{
    (void)ctx;
    for (int32_t k = 0; k < net->link_count; k++) {
        const kn__link *one = &net->links[k];
        product(to, net, one->product);
        economy(to, net, one->from);
        economy(to, net, one->to);
        number(to, one->share);
        origin(to, net, &one->origin);
        end_row(to);
    }
    return KN_OK;
}

static kn_status stocks(kn__cells *to, kn_context *ctx, const kn_network *net)
{
    kn__stock one;
    (void)ctx;
    for (int64_t at = 0; kn__stock_next(net, &at, &one);) {
        product(to, net, one.product);
        economy(to, net, one.economy);
        number(to, one.days);
        origin(to, net, &one.origin);
        end_row(to);
    }
    return KN_OK;
}

static kn_status sources(kn__cells *to, kn_context *ctx, const kn_network *net)
{
    (void)ctx;
    for (int32_t k = 0; k < net->source_count; k++) {
        const kn__source *one = &net->sources[k];
        text(to, one->id);
        text(to, one->title);
        text(to, one->publisher);
        number(to, one->year ? (double)one->year : NAN);
        text(to, one->url);
        text(to, one->licence);
        end_row(to);
    }
    return KN_OK;
}

static kn_status notes(kn__cells *to, kn_context *ctx, const kn_network *net)
{
    (void)ctx;
    for (int32_t k = 0; k < net->notes.count; k++) {
        text(to, net->notes.at[k]);
        end_row(to);
    }
    return KN_OK;
}

/* ---- How many rows ---- */

#define ROWS_OF(table, field)                                                            \
    static int64_t rows_of_##table(const kn_network *net)                                \
    {                                                                                    \
        return net->field;                                                               \
    }
ROWS_OF(economies, economy_count)
ROWS_OF(products, product_count)
ROWS_OF(producers, producer_count)
ROWS_OF(recipes, recipe_count)
ROWS_OF(equipment, equipment_count)
ROWS_OF(links, link_count)
ROWS_OF(sources, source_count)
ROWS_OF(notes, notes.count)

static int64_t filled(const double *value, int64_t count)
{
    int64_t rows = 0;
    for (int64_t k = 0; k < count; k++)
        rows += value[k] != 0;
    return rows;
}

static int64_t rows_of_stocks(const kn_network *net)
{
    int64_t rows = 0;
    kn__stock one;
    for (int64_t at = 0; kn__stock_next(net, &at, &one);)
        rows++;
    return rows;
}

static int64_t rows_of_flows(const kn_network *net)
{
    const kn__flows *z = &net->flows;
    return z->is_dense ? filled(z->dense, (int64_t)z->n * z->n)
                       : filled(z->rows.value, z->n ? z->rows.start[z->n] : 0);
}

static int64_t rows_of_final_demand(const kn_network *net)
{
    return filled(net->final_demand, (int64_t)net->producer_count * net->final_count);
}

/* ---- Columns ---- */

#define PLAIN(column)                                                                    \
    {                                                                                    \
        column, KN__COLUMN_PLAIN                                                         \
    }
#define ECONOMY(column)                                                                  \
    {                                                                                    \
        column, KN__COLUMN_ECONOMY                                                       \
    }
#define PRODUCT(column)                                                                  \
    {                                                                                    \
        column, KN__COLUMN_PRODUCT                                                       \
    }
#define NAMES PLAIN("name_en"), PLAIN("name_ja"), PLAIN("name_ko")
#define ORIGIN PLAIN("source"), PLAIN("year"), PLAIN("grade")

static const kn__tidy_column of_economies[] = {PLAIN("economy"),  NAMES,
                                               PLAIN("latitude"), PLAIN("longitude"),
                                               PLAIN("gdp_musd"), ORIGIN};
static const kn__tidy_column of_products[] = {PLAIN("product"),
                                              PLAIN("kind"),
                                              NAMES,
                                              PLAIN("hs"),
                                              PLAIN("industry"),
                                              PLAIN("unit"),
                                              PLAIN("value_musd"),
                                              PLAIN("value_added_share"),
                                              PLAIN("substitute_share"),
                                              PLAIN("substitute_days"),
                                              PLAIN("reroute_share"),
                                              PLAIN("reroute_days"),
                                              PLAIN("spare_days"),
                                              ORIGIN};
static const kn__tidy_column of_producers[] = {
    ECONOMY("economy"),        PRODUCT("product"), PLAIN("firm"), PLAIN("output_musd"),
    PLAIN("value_added_musd"), PLAIN("spare"),     ORIGIN};
static const kn__tidy_column of_flows[] = {
    ECONOMY("from_economy"), PRODUCT("from_product"), PLAIN("from_firm"),
    ECONOMY("to_economy"),   PRODUCT("to_product"),   PLAIN("to_firm"),
    PLAIN("value_musd")};
static const kn__tidy_column of_final[] = {ECONOMY("economy"), PRODUCT("product"),
                                           PLAIN("firm"),      ECONOMY("to_economy"),
                                           PLAIN("category"),  PLAIN("value_musd")};
static const kn__tidy_column of_recipes[] = {
    PRODUCT("product"),      PRODUCT("input"),
    PLAIN("cost_share"),     PLAIN("criticality"),
    PLAIN("dependent_low"),  PLAIN("dependent_mid"),
    PLAIN("dependent_high"), ORIGIN};
static const kn__tidy_column of_equipment[] = {PRODUCT("product"),
                                               PRODUCT("tool"),
                                               PLAIN("service_months"),
                                               PLAIN("service_dependence"),
                                               PLAIN("life_years"),
                                               PLAIN("growth"),
                                               ORIGIN};
static const kn__tidy_column of_links[] = {PRODUCT("product"), ECONOMY("from"),
                                           ECONOMY("to"), PLAIN("share"), ORIGIN};
static const kn__tidy_column of_stocks[] = {PRODUCT("product"), ECONOMY("economy"),
                                            PLAIN("days"), ORIGIN};
static const kn__tidy_column of_sources[] = {PLAIN("source"),    PLAIN("title"),
                                             PLAIN("publisher"), PLAIN("year"),
                                             PLAIN("url"),       PLAIN("licence")};
static const kn__tidy_column of_notes[] = {PLAIN("note")};

#define COLUMNS(list) list, sizeof(list) / sizeof *(list)

const kn__tidy_table kn__tidy_tables[] = {
    {"economies", COLUMNS(of_economies), rows_of_economies, economies},
    {"products", COLUMNS(of_products), rows_of_products, products},
    {"producers", COLUMNS(of_producers), rows_of_producers, producers},
    {"flows", COLUMNS(of_flows), rows_of_flows, flows},
    {"final", COLUMNS(of_final), rows_of_final_demand, final_demand},
    {"recipes", COLUMNS(of_recipes), rows_of_recipes, recipes},
    {"equipment", COLUMNS(of_equipment), rows_of_equipment, equipment},
    {"links", COLUMNS(of_links), rows_of_links, links},
    {"stocks", COLUMNS(of_stocks), rows_of_stocks, stocks},
    {"sources", COLUMNS(of_sources), rows_of_sources, sources},
    {"notes", COLUMNS(of_notes), rows_of_notes, notes},
};
const int32_t kn__tidy_table_count = sizeof kn__tidy_tables / sizeof *kn__tidy_tables;
