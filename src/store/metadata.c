/* SPDX-License-Identifier: Apache-2.0 */
/* metadata.json: where the numbers of an export come from. Its first keys are those that
   pymrio's metadata file has, so that one file serves both. */
#include "kaname.h"

#include "network/schema.h"
#include "store/export.h"

enum { GRADES = 4 };

static void put_text(FILE *out, const char *s)
{
    fputc('"', out);
    for (; *s; s++) {
        unsigned char c = (unsigned char)*s;
        if (c == '"' || c == '\\')
            fprintf(out, "\\%c", c);
        else if (c < 0x20)
            fprintf(out, "\\u%04x", c);
        else
            fputc(c, out);
    }
    fputc('"', out);
}

/* "KEY": "VALUE" and what follows */
static void put_pair(FILE *out, const char *key, const char *value, const char *end)
{
    fprintf(out, "\"%s\": ", key);
    put_text(out, value);
    fputs(end, out);
}

static void put_list(FILE *out, const char *key, const char *const *texts, int32_t count)
{
    fprintf(out, "  \"%s\": [", key);
    for (int32_t k = 0; k < count; k++) {
        fputs(k ? ",\n    " : "\n    ", out);
        put_text(out, texts[k]);
    }
    fputs(count ? "\n  ]" : "]", out);
}

/* ---- Grades ---- */

static void count_origin(int64_t *counts, const kn__origin *origin)
{
    if (origin->grade >= 'A' && origin->grade < 'A' + GRADES)
        counts[(origin->source + 1) * GRADES + (origin->grade - 'A')]++;
}

/* counts[(source + 1) * GRADES + grade]: how many rows of that grade rest on the source;
   the first four have none. A record's origin starts at its field that names a source. */
static void count_grades(int64_t *counts, const kn_network *net)
{
    for (int t = 0; t < KN__RECORDS_COUNT; t++) {
        const kn__record_table *table = &kn__record_tables[t];
        const char *record = kn__record_first(net, (kn__records)t);
        int32_t count = kn__record_count(net, (kn__records)t);
        for (int32_t k = 0; k < count; k++, record += table->record_size)
            for (int32_t f = 0; f < table->field_count; f++) {
                const kn__record_field *field = &table->fields[f];
                if (field->type == KN__FIELD_REF_ANY && field->refers_to == KN__SOURCES)
                    count_origin(counts, (const kn__origin *)(record + field->offset));
            }
    }
    kn__stock stock;
    for (int64_t at = 0; kn__stock_next(net, &at, &stock);)
        count_origin(counts, &stock.origin);
}

static void put_grades(FILE *out, const int64_t *counts)
{
    fputs("\"rows_by_grade\": {", out);
    for (int g = 0; g < GRADES; g++)
        fprintf(out, "%s\"%c\": %lld", g ? ", " : "", 'A' + g, (long long)counts[g]);
    fputs("}", out);
}

static void put_sources(FILE *out, const kn_network *net, const int64_t *counts)
{
    fputs("  \"sources\": [", out);
    for (int32_t k = 0; k < net->source_count; k++) {
        const kn__source *source = &net->sources[k];
        fputs(k ? ",\n    {" : "\n    {", out);
        put_pair(out, "id", source->id, ", ");
        put_pair(out, "title", source->title, ", ");
        put_pair(out, "publisher", source->publisher, ", ");
        if (source->year)
            fprintf(out, "\"year\": %d, ", (int)source->year);
        else
            fputs("\"year\": null, ", out);
        put_pair(out, "url", source->url, ", ");
        put_pair(out, "licence", source->licence, ", ");
        put_grades(out, counts + (int64_t)(k + 1) * GRADES);
        fputs("}", out);
    }
    fputs(net->source_count ? "\n  ],\n  " : "],\n  ", out);
    fputs("\"without_source\": {", out);
    put_grades(out, counts);
    fputs("},\n", out);
}

static kn_status write(FILE *out, const kn__export *export, void *arg)
{
    const kn_network *net = export->net;
    fputs("{\n  ", out);
    put_pair(out, "description", "A supply network exported by kaname", ",\n  ");
    put_pair(out, "name", net->name, ",\n  ");
    put_pair(out, "system", net->has_recipes ? "product chains" : "industry by industry",
             ",\n  ");
    put_pair(out, "version", net->edition, ",\n  \"history\": [],\n  ");
    put_pair(out, "kaname", KN_VERSION, ",\n");
    put_list(out, "command", export->options->command, export->options->command_count);
    fputs(",\n  \"network\": {", out);
    put_pair(out, "name", net->name, ", ");
    put_pair(out, "edition", net->edition, ", ");
    put_pair(out, "sha256", net->sha256, "},\n  ");
    put_pair(out, "unit", "MUSD a year, base prices", ",\n  ");
    put_pair(out, "grades", "A measured, B derived, C expert, D assumed", ",\n");
    put_sources(out, net, arg);
    put_list(out, "left_out", &export->no_workbook, export->no_workbook != NULL);
    fputs(",\n", out);
    put_list(out, "notes", net->notes.at, net->notes.count);
    fputs("\n}\n", out);
    return KN_OK;
}

kn_status kn__export_metadata(const kn__export *export, const char *folder)
{
    int64_t count = ((int64_t) export->net->source_count + 1) * GRADES;
    int64_t *counts = kn__alloc(export->ctx, count, sizeof *counts);
    if (!counts)
        return KN_ERR_MEMORY;
    count_grades(counts, export->net);
    kn_status status = kn__export_file(export, folder, "metadata.json", write, counts);
    kn__release(export->ctx, counts);
    return status;
}
