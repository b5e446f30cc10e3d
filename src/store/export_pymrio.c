/* SPDX-License-Identifier: Apache-2.0 */
/* The layout that pymrio's save_all writes and its load_all reads (Stadler 2021, Journal
   of Open Research Software 9): tab-separated text, two rows and columns of labels. */
#include <math.h>
#include <string.h>

#include "kernel/text.h"
#include "store/export.h"
#include "store/tables.h"

/* A column of final demand: of the network, or empty for an economy that has none,
   because pymrio wants every region among the buyers. */
typedef struct buyer {
    int32_t economy, source; /* source -1: empty */
} buyer;

/* Producers and buyers by economy, as pymrio's blocks want them. */
typedef struct plan {
    const kn_network *net;
    int32_t *order; /* producer_count */
    buyer *buyers;
    int32_t buyer_count;
    double *row; /* scratch: one row of Z */
} plan;

static kn_status make_plan(plan *p, const kn__export *export, kn__arena *arena)
{
    const kn_network *net = p->net = export->net;
    kn_context *ctx = export->ctx;
    int64_t most = (int64_t)net->final_count + net->economy_count;
    p->order = KN__ARRAY(arena, ctx, net->producer_count, int32_t);
    p->buyers = KN__ARRAY(arena, ctx, most, buyer);
    p->row = KN__ARRAY(arena, ctx, net->producer_count, double);
    if (!p->order || !p->buyers || !p->row)
        return KN_ERR_MEMORY;
    int32_t count = 0;
    for (int32_t e = 0; e < net->economy_count; e++) {
        int32_t before = p->buyer_count;
        for (int32_t i = 0; i < net->producer_count; i++)
            if (net->producers[i].economy == e)
                p->order[count++] = i;
        for (int32_t k = 0; k < net->final_count; k++)
            if (net->finals[k].economy == e)
                p->buyers[p->buyer_count++] = (buyer){e, k};
        if (p->buyer_count == before)
            p->buyers[p->buyer_count++] = (buyer){e, -1};
    }
    return KN_OK;
}

/* ---- Cells ---- */

/* Labels that pandas would read as a number or as nothing. */
static bool is_taken(const char *label)
{
    static const char *const taken[] = {"",     "NA",   "N/A",  "#N/A", "#NA",  "<NA>",
                                        "n/a",  "NaN",  "nan",  "-NaN", "-nan", "NULL",
                                        "null", "None", "True", "False"};
    double value;
    for (size_t k = 0; k < sizeof taken / sizeof *taken; k++)
        if (kn__text_equal(label, taken[k]))
            return true;
    return kn__parse_number(label, strlen(label), &value);
}

static void put_label(FILE *out, const char *what, const char *label)
{
    fputs(is_taken(label) ? what : "", out);
    kn__put_field(out, label, '\t');
}

static void put_region(FILE *out, const plan *p, int32_t i)
{
    put_label(out, "region ", p->net->economies[p->net->producers[i].economy].code);
}

static void put_sector(FILE *out, const plan *p, int32_t i)
{
    const kn__producer *producer = &p->net->producers[i];
    put_label(out, "sector ", p->net->products[producer->product].id);
    if (!*producer->firm)
        return;
    fputs(" / ", out);
    kn__put_field(out, producer->firm, '\t');
}

static void put_row_head(FILE *out, const plan *p, int32_t i)
{
    put_region(out, p, i);
    fputc('\t', out);
    put_sector(out, p, i);
}

/* What is not known counts nothing: one empty cell would empty every result of pymrio. */
static void put_number(FILE *out, double value)
{
    char buffer[40] = "0";
    if (isfinite(value) && value != 0)
        kn__format_number(buffer, value);
    fputc('\t', out);
    fputs(buffer, out);
}

static void put_tabs(FILE *out, int32_t count)
{
    while (count-- > 0)
        fputc('\t', out);
    fputc('\n', out);
}

/* ---- Tables ---- */

static void put_columns(FILE *out, const plan *p, const char *indent)
{
    fprintf(out, "region%s", indent);
    for (int32_t k = 0; k < p->net->producer_count; k++) {
        fputc('\t', out);
        put_region(out, p, p->order[k]);
    }
    fprintf(out, "\nsector%s", indent);
    for (int32_t k = 0; k < p->net->producer_count; k++) {
        fputc('\t', out);
        put_sector(out, p, p->order[k]);
    }
    fputc('\n', out);
}

static const double *flows_of(const plan *p, int32_t i)
{
    const kn__flows *z = &p->net->flows;
    if (z->is_dense)
        return z->dense + (int64_t)i * z->n;
    memset(p->row, 0, (size_t)z->n * sizeof *p->row);
    for (int64_t k = z->rows.start[i]; k < z->rows.start[i + 1]; k++)
        p->row[z->rows.index[k]] = z->rows.value[k];
    return p->row;
}

static kn_status write_z(FILE *out, const kn__export *export, void *arg)
{
    const plan *p = arg;
    int32_t n = p->net->producer_count;
    put_columns(out, p, "\t");
    fputs("region\tsector", out);
    put_tabs(out, n);
    for (int32_t k = 0; k < n; k++) {
        KN__TRY(kn__progress(export->ctx, "writing Z.txt", (double)k / n));
        const double *row = flows_of(p, p->order[k]);
        put_row_head(out, p, p->order[k]);
        for (int32_t j = 0; j < n; j++)
            put_number(out, row[p->order[j]]);
        fputc('\n', out);
    }
    return KN_OK;
}

static kn_status write_y(FILE *out, const kn__export *export, void *arg)
{
    const plan *p = arg;
    const kn_network *net = export->net;
    fputs("region\t", out);
    for (int32_t c = 0; c < p->buyer_count; c++) {
        fputc('\t', out);
        put_label(out, "region ", net->economies[p->buyers[c].economy].code);
    }
    fputs("\ncategory\t", out);
    for (int32_t c = 0; c < p->buyer_count; c++) {
        int32_t source = p->buyers[c].source;
        const char *category = source < 0 ? "" : net->finals[source].category;
        fputc('\t', out);
        put_label(out, *category ? "category " : "final demand", category);
    }
    fputs("\nregion\tsector", out);
    put_tabs(out, p->buyer_count);
    for (int32_t k = 0; k < net->producer_count; k++) {
        int32_t i = p->order[k];
        put_row_head(out, p, i);
        for (int32_t c = 0; c < p->buyer_count; c++) {
            int32_t source = p->buyers[c].source;
            int64_t at = (int64_t)i * net->final_count + source;
            put_number(out, source < 0 ? 0 : net->final_demand[at]);
        }
        fputc('\n', out);
    }
    return KN_OK;
}

static kn_status write_x(FILE *out, const kn__export *export, void *arg)
{
    const plan *p = arg;
    fputs("region\tsector\tindout\n", out);
    for (int32_t k = 0; k < export->net->producer_count; k++) {
        put_row_head(out, p, p->order[k]);
        put_number(out, export->net->producers[p->order[k]].output);
        fputc('\n', out);
    }
    return KN_OK;
}

static kn_status write_unit(FILE *out, const kn__export *export, void *arg)
{
    const plan *p = arg;
    fputs("region\tsector\tunit\n", out);
    for (int32_t k = 0; k < export->net->producer_count; k++) {
        put_row_head(out, p, p->order[k]);
        fputs("\tMUSD\n", out);
    }
    return KN_OK;
}

static kn_status write_f(FILE *out, const kn__export *export, void *arg)
{
    const plan *p = arg;
    put_columns(out, p, "");
    fputs("inputtype", out);
    put_tabs(out, export->net->producer_count);
    fputs("value added", out);
    for (int32_t k = 0; k < export->net->producer_count; k++)
        put_number(out, export->net->producers[p->order[k]].value_added);
    fputc('\n', out);
    return KN_OK;
}

static kn_status write_f_unit(FILE *out, const kn__export *export, void *arg)
{
    (void)export;
    (void)arg;
    fputs("inputtype\tunit\nvalue added\tMUSD\n", out);
    return KN_OK;
}

/* ---- What stands where ---- */

static void put_file(FILE *out, const char *key, int index, int header, bool last)
{
    fprintf(out,
            "        \"%s\": {\n            \"name\": \"%s.txt\",\n"
            "            \"nr_index_col\": \"%d\",\n            \"nr_header\": \"%d\"\n"
            "        }%s\n",
            key, key, index, header, last ? "" : ",");
}

static kn_status write_parameters(FILE *out, const kn__export *export, void *arg)
{
    (void)export;
    (void)arg;
    fputs("{\n    \"files\": {\n", out);
    put_file(out, "Z", 2, 2, false);
    put_file(out, "Y", 2, 2, false);
    put_file(out, "x", 2, 1, false);
    put_file(out, "unit", 2, 1, true);
    fputs("    },\n    \"systemtype\": \"IOSystem\"\n}\n", out);
    return KN_OK;
}

static kn_status write_f_parameters(FILE *out, const kn__export *export, void *arg)
{
    (void)export;
    (void)arg;
    fputs("{\n    \"files\": {\n", out);
    put_file(out, "F", 1, 2, false);
    put_file(out, "unit", 1, 1, true);
    fputs(
        "    },\n    \"systemtype\": \"Extension\",\n    \"name\": \"Value added\"\n}\n",
        out);
    return KN_OK;
}

const char *const kn__pymrio_files[] = {"Z.txt",
                                        "Y.txt",
                                        "x.txt",
                                        "unit.txt",
                                        "file_parameters.json",
                                        "value_added/F.txt",
                                        "value_added/unit.txt",
                                        "value_added/file_parameters.json"};
const int32_t kn__pymrio_file_count = sizeof kn__pymrio_files / sizeof *kn__pymrio_files;

static kn__export_writer const writers[] = {write_z,      write_y,           write_x,
                                            write_unit,   write_parameters,  write_f,
                                            write_f_unit, write_f_parameters};

kn_status kn__export_pymrio(const kn__export *export, const char *folder)
{
    char inner[KN__PATH_SIZE];
    kn__arena *arena;
    plan p = {.buyer_count = 0};
    KN__TRY(kn__export_path(inner, export->ctx, folder, "value_added"));
    KN__TRY(kn__export_folder(export->ctx, inner));
    KN__TRY(kn__arena_new(&arena, export->ctx));
    kn_status status = make_plan(&p, export, arena);
    for (int32_t k = 0; k < kn__pymrio_file_count && status >= 0; k++)
        status = kn__export_file(export, folder, kn__pymrio_files[k], writers[k], &p);
    kn__arena_free(arena);
    return status;
}
