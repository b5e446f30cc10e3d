/* SPDX-License-Identifier: Apache-2.0 */
#include "kaname/doctor.h"

#include <stdio.h>
#include <string.h>

#include "kaname/read.h"
#include "kernel/text.h"
#include "network/network.h"
#include "read/recognise.h"

static const kn_column columns[] = {
    {"severity", "", KN_COLUMN_TEXT, "info, warning or error"},
    {"where", "", KN_COLUMN_TEXT, "file, line and column, or labels"},
    {"what", "", KN_COLUMN_TEXT, "what was found"}};
static const kn_table_decl declaration = {"findings", "what was found in the source",
                                          columns, 3};

typedef struct doctor {
    kn_context *ctx;
    kn_result *result;
    kn_table *table;
    const char *path;
    const kn_network *net;
} doctor;

enum { LISTED = 5 }; /* examples of one kind of cell */

static kn_status add(doctor *d, const char *severity, const char *where, const char *what)
{
    const kn_cell row[] = {{.text = severity}, {.text = where}, {.text = what}};
    return kn_table_append(d->table, d->ctx, row);
}

static kn_status addf(doctor *d, const char *severity, const char *where,
                      const char *format, ...) __attribute__((format(printf, 4, 5)));

static kn_status addf(doctor *d, const char *severity, const char *where,
                      const char *format, ...)
{
    char what[512];
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    return add(d, severity, where, what);
}

/* ---- Labels ---- */

static kn_status check_labels(doctor *d)
{
    const kn_network *net = d->net;
    for (int32_t e = 0; e < net->economy_count; e++)
        if (!net->economies[e].name[KN_LANG_EN][0])
            KN__TRY(add(d, "warning", net->economies[e].code,
                        "no name is known for this economy; it stands for itself"));
    int32_t nameless = 0;
    for (int32_t p = 0; p < net->product_count; p++)
        nameless += !net->products[p].name[KN_LANG_EN][0];
    return nameless ? addf(d, "info", d->path, "%d products have no name", (int)nameless)
                    : KN_OK;
}

/* ---- Cells ---- */

static void pair_name(const kn_network *net, int32_t i, int32_t j, char text[160])
{
    const kn__producer *a = &net->producers[i], *b = &net->producers[j];
    snprintf(text, 160, "%s %.60s to %s %.60s", net->economies[a->economy].code,
             net->products[a->product].id, net->economies[b->economy].code,
             net->products[b->product].id);
}

typedef struct cell_kind {
    int64_t count;
    const char *severity, *what;
} cell_kind;

static kn_status add_cell(doctor *d, cell_kind *kind, int32_t i, int32_t j, double value)
{
    char where[160];
    if (kind->count++ >= LISTED)
        return KN_OK;
    pair_name(d->net, i, j, where);
    return addf(d, kind->severity, where, "%s: %.6g MUSD", kind->what, value);
}

/* A purchase above all the user makes, or below zero. */
static kn_status check_cell(doctor *d, cell_kind kinds[2], int32_t i, int32_t j,
                            double value)
{
    double output = d->net->producers[j].output;
    if (value < 0)
        return add_cell(d, &kinds[0], i, j, value);
    return output > 0 && value > output ? add_cell(d, &kinds[1], i, j, value) : KN_OK;
}

static kn_status check_flows(doctor *d)
{
    const kn__flows *flows = &d->net->flows;
    cell_kind kinds[2] = {{0, "warning", "a negative flow"},
                          {0, "warning", "a purchase above the buyer's output"}};
    for (int32_t i = 0; i < flows->n; i++) {
        const double *dense =
            flows->is_dense ? flows->dense + (int64_t)i * flows->n : NULL;
        for (int32_t j = 0; dense && j < flows->n; j++)
            KN__TRY(check_cell(d, kinds, i, j, dense[j]));
        for (int64_t k = dense ? 0 : flows->rows.start[i];
             !dense && k < flows->rows.start[i + 1]; k++)
            KN__TRY(check_cell(d, kinds, i, flows->rows.index[k], flows->rows.value[k]));
    }
    for (int k = 0; k < 2; k++)
        if (kinds[k].count > LISTED)
            KN__TRY(addf(d, kinds[k].severity, d->path, "%s: %lld cells in all",
                         kinds[k].what, (long long)kinds[k].count));
    return KN_OK;
}

static kn_status check_network(doctor *d)
{
    kn_result *described;
    KN__TRY(addf(d, "info", d->path, "%d economies, %d products, %d producers",
                 (int)d->net->economy_count, (int)d->net->product_count,
                 (int)d->net->producer_count));
    KN__TRY(check_labels(d));
    KN__TRY(check_flows(d));
    KN__TRY(kn_network_describe(&described, d->ctx, d->net));
    kn_status status = KN_OK;
    for (int32_t k = 0; k < kn_result_notes(described) && status >= 0; k++)
        status = add(d, "info", d->path, kn_result_note_text(described, k));
    kn_result_free(described);
    return status;
}

/* ---- Files ---- */

/* "PATH:LINE:COLUMN: what" becomes where and what. */
static kn_status add_failure(doctor *d)
{
    char where[256];
    const char *message = kn_context_error(d->ctx), *cut = strstr(message, ": ");
    size_t n = cut ? (size_t)(cut - message) : 0;
    if (n == 0 || n >= sizeof where)
        return add(d, "error", d->path, message);
    memcpy(where, message, n);
    where[n] = '\0';
    return add(d, "error", where, cut + 2);
}

static kn_status import(doctor *d, const char *format)
{
    kn_network *net;
    kn_status status =
        kn_network_import(&net, d->ctx, kn_format_find(format), &d->path, 1);
    if (status == KN_ERR_DATA || status == KN_ERR_LIMIT || status == KN_ERR_NUMERIC ||
        status == KN_ERR_NOT_FOUND) {
        KN__TRY(add_failure(d));
        kn_context_clear(d->ctx);
        return KN_OK;
    }
    if (status < 0)
        return status;
    d->net = net;
    status = kn_result_info(d->result, d->ctx, "edition", net->edition, 0);
    if (status >= 0)
        status = check_network(d);
    kn_network_free(net);
    return status;
}

static kn_status examine(doctor *d)
{
    const char *format, *encoding;
    KN__TRY(kn_result_add(d->result, d->ctx, &declaration, &d->table));
    kn_status status = kn__recognise(&format, &encoding, d->ctx, d->path);
    if (status == KN_ERR_DATA) {
        KN__TRY(add_failure(d));
        kn_context_clear(d->ctx);
        return KN_OK;
    }
    KN__TRY(status);
    KN__TRY(kn_result_info(d->result, d->ctx, "format", format ? format : "unknown", 0));
    if (*encoding)
        KN__TRY(kn_result_info(d->result, d->ctx, "encoding", encoding, 0));
    if (!format)
        return add(d, "error", d->path,
                   "no format known here; `kaname import` lists what is read");
    if (strcmp(format, "kaname") == 0)
        return add(d, "info", d->path, "a kaname file; `kaname info` describes it");
    if (*encoding && strcmp(encoding, "UTF-8") != 0)
        KN__TRY(addf(d, "info", d->path, "the text is %s and is turned into UTF-8",
                     encoding));
    return import(d, format);
}

kn_status kn_doctor(kn_result **result, kn_context *context, const char *path)
{
    doctor d = {.ctx = context, .path = path};
    *result = NULL;
    KN__TRY(kn_result_new(&d.result, context));
    kn_status status = examine(&d);
    if (status < 0)
        kn_result_free(d.result);
    else
        *result = d.result;
    return status;
}

bool kn_doctor_found_errors(const kn_result *result)
{
    const kn_table *table = kn_result_find(result, "findings");
    for (int64_t k = 0; table && k < kn_table_rows(table); k++)
        if (kn__text_equal(kn_table_text(table, k, 0), "error"))
            return true;
    return false;
}
