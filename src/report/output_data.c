/* SPDX-License-Identifier: Apache-2.0 */
/* The formats for programs: csv and json. Numbers keep every bit. */
#include <math.h>

#include "kaname.h"
#include "network/network.h"
#include "report/write.h"

/* ---- csv ---- */

static void csv_cell(kn__text *out, const kn__sheet *sheet, const kn_table *table,
                     const kn__view *view, int64_t row)
{
    if (kn__sheet_is_text(view)) {
        kn__write_csv(out, kn__sheet_text(sheet, table, view, row));
        return;
    }
    double value = kn_table_number(table, row, view->column);
    if (isfinite(value))
        kn__text_number(out, value);
}

kn_status kn__output_csv(kn__text *out, const kn__sheet *sheet)
{
    const char *end = sheet->options->bom ? "\r\n" : "\n";
    bool first = true;
    if (sheet->options->bom)
        kn__text_add(out, "\xEF\xBB\xBF");
    for (int32_t t = 0; t < kn_result_tables(sheet->result); t++) {
        const kn_table *table = kn_result_table(sheet->result, t);
        kn__view *views;
        int32_t count;
        if (!kn__sheet_wants(sheet, table))
            continue;
        KN__TRY(kn__sheet_views(&views, &count, sheet, table));
        if (!first)
            kn__text_add(out, end);
        first = false;
        for (int32_t c = 0; c < count; c++) {
            kn__text_add(out, c ? "," : "");
            kn__sheet_head(out, &views[c], kn__write_csv);
        }
        kn__text_add(out, end);
        for (int64_t r = 0; r < kn_table_rows(table); r++) {
            for (int32_t c = 0; c < count; c++) {
                kn__text_add(out, c ? "," : "");
                csv_cell(out, sheet, table, &views[c], r);
            }
            kn__text_add(out, end);
        }
    }
    return kn__text_status(out);
}

/* ---- json ---- */

static void json_number(kn__text *out, double value)
{
    if (isfinite(value))
        kn__text_number(out, value);
    else
        kn__text_add(out, "null");
}

static void json_cell(kn__text *out, const kn__sheet *sheet, const kn_table *table,
                      const kn__view *view, int64_t row)
{
    double value = kn_table_number(table, row, view->column);
    if (kn__sheet_is_text(view))
        kn__write_json(out, kn__sheet_text(sheet, table, view, row));
    else if (view->decl->type == KN_COLUMN_FLAG && isfinite(value))
        kn__text_add(out, value != 0 ? "true" : "false");
    else
        json_number(out, value);
}

static void json_head(kn__text *out, const kn__view *view)
{
    kn__text_add(out, "\"");
    kn__text_add(out, view->decl->name); /* declared by us: plain lower case */
    kn__text_add(out, view->names ? "_name\"" : "\"");
}

static kn_status json_table(kn__text *out, const kn__sheet *sheet, const kn_table *table)
{
    kn__view *views;
    int32_t count;
    KN__TRY(kn__sheet_views(&views, &count, sheet, table));
    kn__text_add(out, "    ");
    kn__write_json(out, kn_table_declaration(table)->name);
    kn__text_add(out, ": {\n      \"columns\": [");
    for (int32_t c = 0; c < count; c++) {
        kn__text_add(out, c ? ", " : "");
        json_head(out, &views[c]);
    }
    kn__text_add(out, "],\n      \"units\": [");
    for (int32_t c = 0; c < count; c++) {
        kn__text_add(out, c ? ", " : "");
        const char *unit = views[c].decl->unit;
        kn__write_json(out, unit && !views[c].names ? unit : "");
    }
    kn__text_add(out, "],\n      \"rows\": [");
    for (int64_t r = 0; r < kn_table_rows(table); r++) {
        kn__text_add(out, r ? ",\n        [" : "\n        [");
        for (int32_t c = 0; c < count; c++) {
            kn__text_add(out, c ? ", " : "");
            json_cell(out, sheet, table, &views[c], r);
        }
        kn__text_add(out, "]");
    }
    kn__text_add(out, kn_table_rows(table) ? "\n      ]\n    }" : "]\n    }");
    return kn__text_status(out);
}

static void json_info(kn__text *out, const kn_result *result)
{
    int32_t infos = kn_result_infos(result), notes = kn_result_notes(result);
    kn__text_add(out, "  \"info\": {");
    for (int32_t i = 0; i < infos; i++) {
        kn__text_add(out, i ? ",\n    " : "\n    ");
        kn__write_json(out, kn_result_info_key(result, i));
        kn__text_add(out, ": ");
        if (kn_result_info_text(result, i))
            kn__write_json(out, kn_result_info_text(result, i));
        else
            json_number(out, kn_result_info_number(result, i));
    }
    if (notes) {
        kn__text_add(out, infos ? ",\n    \"findings\": [" : "\n    \"findings\": [");
        for (int32_t i = 0; i < notes; i++) {
            kn__text_add(out, i ? ",\n      " : "\n      ");
            kn__write_json(out, kn_result_note_text(result, i));
        }
        kn__text_add(out, "\n    ]");
    }
    kn__text_add(out, infos || notes ? "\n  },\n" : "},\n");
}

kn_status kn__output_json(kn__text *out, const kn__sheet *sheet)
{
    kn__text_add(out, "{\n  \"kaname\": ");
    kn__write_json(out, KN_VERSION);
    kn__text_add(out, ",\n  \"command\": [");
    for (int32_t i = 0; i < sheet->options->command_count; i++) {
        kn__text_add(out, i ? ", " : "");
        kn__write_json(out, sheet->options->command[i]);
    }
    kn__text_add(out, "],\n  \"network\": ");
    if (sheet->network) {
        kn__text_add(out, "{\"name\": ");
        kn__write_json(out, sheet->network->name);
        kn__text_add(out, ", \"sha256\": ");
        kn__write_json(out, sheet->network->sha256);
        kn__text_add(out, "},\n");
    } else {
        kn__text_add(out, "null,\n");
    }
    json_info(out, sheet->result);
    kn__text_add(out, "  \"tables\": {");
    bool first = true;
    for (int32_t t = 0; t < kn_result_tables(sheet->result); t++) {
        const kn_table *table = kn_result_table(sheet->result, t);
        if (!kn__sheet_wants(sheet, table))
            continue;
        kn__text_add(out, first ? "\n" : ",\n");
        first = false;
        KN__TRY(json_table(out, sheet, table));
    }
    kn__text_add(out, first ? "}\n}\n" : "\n  }\n}\n");
    return kn__text_status(out);
}
