/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "kernel/text.h"
#include "read/atlas_columns.h"
#include "read/labels.h"

typedef struct atlas_reader {
    kn_context *ctx;
    kn__chain_raw *raw;
    kn__csv *csv;
} atlas_reader;

/* ---- Cells ---- */

static kn_status keep_text(atlas_reader *r, char *at, const char *text)
{
    const char *copy = kn__arena_text(r->raw->arena, r->ctx, text);
    if (!copy)
        return KN_ERR_MEMORY;
    memcpy(at, &copy, sizeof copy);
    return KN_OK;
}

static bool is_lower(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_hs_list(const char *s)
{
    for (;; s++) {
        size_t digits = strspn(s, "0123456789");
        s += digits;
        if (digits < 2 || digits > KN__HS_LONGEST || (*s && *s != ';'))
            return false;
        if (!*s)
            return true;
    }
}

/* Does every character of a code belong to its kind? */
static bool has_shape(kn__cell_kind kind, const char *s)
{
    if (kind == KN__CELL_PRODUCT && strncmp(s, "isic:", 5) == 0) {
        const char *division = s + 5;
        return (is_upper(division[0]) && !division[1]) ||
               (division[0] >= '0' && division[0] <= '9' && division[1] >= '0' &&
                division[1] <= '9' && !division[2]);
    }
    if (kind == KN__CELL_ECONOMY)
        return strlen(s) == 3 && is_upper(s[0]) && is_upper(s[1]) && is_upper(s[2]);
    if (kind == KN__CELL_HS)
        return is_hs_list(s);
    for (const char *p = s; *p; p++) {
        bool joint = *p == '-' || *p == '.' || *p == '_';
        if (!is_lower(*p) && !(joint && p > s) &&
            !(kind == KN__CELL_NAME && is_upper(*p)))
            return false;
    }
    return *s != '\0';
}

static const char *shape_words(kn__cell_kind kind)
{
    switch (kind) {
    case KN__CELL_ECONOMY:
        return "an ISO 3166 alpha-3 code such as JPN, or ROW";
    case KN__CELL_PRODUCT:
        return "a product id such as gallium (a-z, 0-9, -), or isic:26";
    case KN__CELL_HS:
        return "HS codes such as 811292;811299";
    case KN__CELL_NAME:
        return "a name of letters, digits, - . _";
    default:
        return "the id of a source such as usgs-mcs-2026 (a-z, 0-9, - . _)";
    }
}

static kn_status code_cell(atlas_reader *r, const kn__cell_rule *rule,
                           const kn__field *field, char *at)
{
    const char *text = field->text;
    if (rule->star && strcmp(text, rule->star) == 0)
        return keep_text(r, at, text);
    if (rule->kind == KN__CELL_ECONOMY && kn__economy_code(text))
        return keep_text(r, at, kn__economy_code(text));
    if (has_shape(rule->kind, text))
        return keep_text(r, at, text);
    kn__text hint;
    kn__text_init(&hint, r->ctx, 0);
    if (rule->kind == KN__CELL_ECONOMY) {
        int32_t count;
        const char *const *codes = kn__economy_codes(&count);
        kn__text_nearest(&hint, text, codes, count);
    }
    kn_status status = kn__csv_fail(
        r->csv, field, "%s: \"%.60s\" is not %s%s%s", rule->column, text,
        shape_words(rule->kind), hint.length ? "; " : "", hint.length ? hint.data : "");
    kn__text_release(&hint);
    return status;
}

static kn_status number_cell(atlas_reader *r, const kn__cell_rule *rule,
                             const kn__field *field, char *at)
{
    double value;
    KN__TRY(kn__csv_number(r->csv, field, rule->empty, &value));
    char low[32], high[32];
    kn__format_number(low, rule->low);
    kn__format_number(high, rule->high);
    if (value < rule->low || value > rule->high)
        return kn__csv_fail(r->csv, field, "%s: %s is outside %s to %s", rule->column,
                            field->text, low, high);
    memcpy(at, &value, sizeof value);
    return KN_OK;
}

static kn_status year_cell(atlas_reader *r, const kn__cell_rule *rule,
                           const kn__field *field, char *at)
{
    int64_t year = 0;
    bool whole =
        field->length == 0 || kn__parse_int(field->text, (size_t)field->length, &year);
    if (field->length &&
        (!whole || (double)year < rule->low || (double)year > rule->high))
        return kn__csv_fail(r->csv, field, "%s: \"%.20s\" is not a year", rule->column,
                            field->text);
    int32_t kept = (int32_t)year;
    memcpy(at, &kept, sizeof kept);
    return KN_OK;
}

static kn_status grade_cell(atlas_reader *r, const kn__cell_rule *rule,
                            const kn__field *field, char *at)
{
    char grade = field->length ? field->text[0] : 'D';
    if (field->length > 1 || grade < 'A' || grade > 'D')
        return kn__csv_fail(r->csv, field,
                            "%s: \"%.20s\" is not a grade: A measured, B derived, C "
                            "expert, D assumed",
                            rule->column, field->text);
    *at = grade;
    return KN_OK;
}

static kn_status word_cell(atlas_reader *r, const kn__cell_rule *rule,
                           const kn__field *field, char *at)
{
    int64_t count = 0;
    for (; rule->words[count]; count++)
        if (strcmp(rule->words[count], field->text) == 0)
            return keep_text(r, at, field->text);
    kn__text hint;
    kn__text_init(&hint, r->ctx, 0);
    for (int64_t k = 0; k < count; k++)
        kn__text_addf(&hint, "%s%s",
                      k == 0           ? ""
                      : k == count - 1 ? " or "
                                       : ", ",
                      rule->words[k]);
    kn__text_add(&hint, "; ");
    kn__text_nearest(&hint, field->text, rule->words, count);
    while (hint.length &&
           (hint.data[hint.length - 1] == ' ' || hint.data[hint.length - 1] == ';'))
        hint.data[--hint.length] = '\0';
    kn_status status = kn__text_status(&hint);
    if (status == KN_OK)
        status = kn__csv_fail(r->csv, field, "%s: \"%.40s\" is not one of %s",
                              rule->column, field->text, hint.data);
    kn__text_release(&hint);
    return status;
}

static kn_status read_cell(atlas_reader *r, const kn__cell_rule *rule,
                           const kn__field *field, char *record)
{
    char *at = record + rule->offset;
    bool empty = !field || !field->length;
    if (empty && !rule->empty)
        return kn__csv_fail(r->csv, field, "%s is empty", rule->column);
    static const kn__field nothing = {"", 0, 0, 0};
    field = field ? field : &nothing;
    switch (rule->kind) {
    case KN__CELL_NUMBER:
        return number_cell(r, rule, field, at);
    case KN__CELL_YEAR:
        return year_cell(r, rule, field, at);
    case KN__CELL_GRADE:
        return grade_cell(r, rule, field, at);
    case KN__CELL_WORD:
        return word_cell(r, rule, field, at);
    case KN__CELL_TEXT:
        return keep_text(r, at, field->text);
    default:
        return empty ? keep_text(r, at, "") : code_cell(r, rule, field, at);
    }
}

/* ---- Rows and files ---- */

/* A zeroed record at the end of the file's array, which grows by half in the arena. */
static char *new_record(atlas_reader *r, const kn__atlas_file *file)
{
    char *raw = (char *)r->raw, *records;
    int64_t count, room;
    memcpy(&records, raw + file->records_at, sizeof records);
    memcpy(&count, raw + file->count_at, sizeof count);
    memcpy(&room, raw + file->capacity_at, sizeof room);
    if (count == room) {
        room = room ? room + room / 2 : 64;
        char *more = kn__arena_alloc(r->raw->arena, r->ctx, room, file->record_size);
        if (!more)
            return NULL;
        if (count)
            memcpy(more, records, (size_t)count * file->record_size);
        records = more;
        memcpy(raw + file->records_at, &records, sizeof records);
        memcpy(raw + file->capacity_at, &room, sizeof room);
    }
    count++;
    memcpy(raw + file->count_at, &count, sizeof count);
    return records + (size_t)(count - 1) * file->record_size;
}

static kn_status read_row(atlas_reader *r, const kn__atlas_file *file,
                          const kn__field *fields, const int32_t *at)
{
    char *record = new_record(r, file);
    if (!record)
        return KN_ERR_MEMORY;
    int32_t line = (int32_t)kn__csv_line(r->csv);
    memcpy(record + file->line_at, &line, sizeof line);
    for (int32_t k = 0; k < file->rule_count; k++)
        KN__TRY(read_cell(r, &file->rules[k], at[k] < 0 ? NULL : &fields[at[k]], record));
    return file->check ? file->check(r->csv, record) : KN_OK;
}

/* Reads one file and closes it. */
static kn_status read_file(atlas_reader *r, const kn__atlas_file *file)
{
    const char *names[KN__ATLAS_COLUMNS];
    int32_t at[KN__ATLAS_COLUMNS], count;
    const kn__field *fields;
    for (int32_t k = 0; k < file->rule_count; k++)
        names[k] = file->rules[k].column;
    kn_status status = kn__csv_header(r->csv, names, file->rule_count, at);
    while (status == KN_OK) {
        status = kn__csv_next(r->csv, &fields, &count);
        if (status < 0 || !count)
            break;
        status = read_row(r, file, fields, at);
    }
    kn__csv_close(r->csv);
    r->csv = NULL;
    return status;
}

/* ---- Entry ---- */

static kn_status start(atlas_reader *r, kn_context *ctx)
{
    kn__arena *arena;
    *r = (atlas_reader){.ctx = ctx};
    KN__TRY(kn__arena_new(&arena, ctx));
    r->raw = KN__NEW(arena, ctx, kn__chain_raw);
    if (!r->raw) {
        kn__arena_free(arena);
        return KN_ERR_MEMORY;
    }
    r->raw->arena = arena;
    r->raw->name = "atlas";
    r->raw->edition = "kaname atlas/1";
    r->raw->file_prefix = "";
    return KN_OK;
}

static kn_status finish(kn__chain_raw **raw, atlas_reader *r, kn_status status)
{
    if (status < 0) {
        kn__chain_raw_free(r->raw);
        return status;
    }
    *raw = r->raw;
    return KN_OK;
}

static kn_status read_folder(atlas_reader *r, kn_context *ctx, const char *folder)
{
    struct stat info;
    if (stat(folder, &info) != 0)
        return kn__fail(ctx, KN_ERR_NOT_FOUND, "%s: no such folder", folder);
    if (!S_ISDIR(info.st_mode))
        return kn__fail(ctx, KN_ERR_USAGE,
                        "%s: a folder with economies.csv, products.csv … was expected",
                        folder);
    for (int32_t k = 0; k < KN__ATLAS_FILES; k++) {
        const char *path = kn__arena_format(r->raw->arena, ctx, "%s%s",
                                            r->raw->file_prefix, kn__atlas_files[k].name);
        if (!path)
            return KN_ERR_MEMORY;
        KN__TRY(kn__csv_open(&r->csv, ctx, path));
        KN__TRY(read_file(r, &kn__atlas_files[k]));
    }
    return KN_OK;
}

kn_status kn__read_atlas(kn__chain_raw **raw, kn_context *ctx, const char *folder)
{
    atlas_reader r;
    *raw = NULL;
    KN__TRY(start(&r, ctx));
    size_t length = strlen(folder);
    const char *slash = length && folder[length - 1] == '/' ? "" : "/";
    r.raw->file_prefix = kn__arena_format(r.raw->arena, ctx, "%s%s", folder, slash);
    kn_status status = r.raw->file_prefix ? read_folder(&r, ctx, folder) : KN_ERR_MEMORY;
    return finish(raw, &r, status);
}

static kn_status read_bytes(atlas_reader *r, const char *const *names,
                            const char *const *files, const size_t *lengths,
                            int32_t count)
{
    bool seen[KN__ATLAS_FILES] = {false};
    for (int32_t k = 0; k < count; k++) {
        int32_t file = 0;
        while (file < KN__ATLAS_FILES &&
               !kn__text_equal(kn__atlas_files[file].name, names[k]))
            file++;
        if (file == KN__ATLAS_FILES || seen[file])
            return kn__fail(r->ctx, KN_ERR_DATA, "%s: %s", names[k],
                            file == KN__ATLAS_FILES ? "not a file of the atlas"
                                                    : "given twice");
        seen[file] = true;
        KN__TRY(kn__csv_open_bytes(&r->csv, r->ctx, names[k], files[k], lengths[k]));
        KN__TRY(read_file(r, &kn__atlas_files[file]));
    }
    for (int32_t file = 0; file < KN__ATLAS_FILES; file++)
        if (!seen[file])
            return kn__fail(r->ctx, KN_ERR_NOT_FOUND, "%s of the atlas is missing",
                            kn__atlas_files[file].name);
    return KN_OK;
}

kn_status kn__read_atlas_bytes(kn__chain_raw **raw, kn_context *ctx,
                               const char *const *names, const char *const *files,
                               const size_t *lengths, int32_t count)
{
    atlas_reader r;
    *raw = NULL;
    KN__TRY(start(&r, ctx));
    return finish(raw, &r, read_bytes(&r, names, files, lengths, count));
}
