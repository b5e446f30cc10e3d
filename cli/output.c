/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"

kn_status cli__fail(kn_status status, const char *format, ...)
{
    va_list args;
    cli__clear_progress();
    fputs("kaname: ", stderr);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    return status;
}

void cli__say(const cli *c, const char *format, ...)
{
    va_list args;
    if (c->global[GLOBAL_QUIET])
        return;
    cli__clear_progress();
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
}

kn_status cli__summary(const cli *c, const kn_network *network, const char *edition)
{
    kn_result *result;
    cli__say(c, "%s%s%s\n%d economies, %d products, %d producers",
             kn_network_name(network), edition ? ": " : "", edition ? edition : "",
             kn_network_economies(network), kn_network_products(network),
             kn_network_producers(network));
    kn_status status = kn_network_describe(&result, c->ctx, network);
    if (status < 0)
        return status;
    for (int32_t k = 0; k < kn_result_notes(result); k++)
        cli__say(c, "note: %s", kn_result_note_text(result, k));
    kn_result_free(result);
    return KN_OK;
}

/* ---- Where and how ---- */

static bool to_stdout(const cli *c)
{
    return !c->global[GLOBAL_OUTPUT] || !strcmp(c->global[GLOBAL_OUTPUT], "-");
}

static const struct ending {
    const char *text;
    kn_output_format format;
} endings[] = {
    {".txt", KN_OUTPUT_TABLE},   {".csv", KN_OUTPUT_CSV},   {".json", KN_OUTPUT_JSON},
    {".md", KN_OUTPUT_MARKDOWN}, {".xlsx", KN_OUTPUT_XLSX},
};

static const struct ending *ending_of(const char *path)
{
    const char *dot = strrchr(path, '.');
    for (size_t k = 0; dot && k < sizeof endings / sizeof *endings; k++)
        if (!strcmp(dot, endings[k].text))
            return &endings[k];
    return NULL;
}

static kn_output_format format_of(const cli *c)
{
    const char *named = c->global[GLOBAL_FORMAT];
    if (named)
        return (kn_output_format)kn_choice_find("table|csv|json|md|xlsx", named);
    const struct ending *ending =
        to_stdout(c) ? NULL : ending_of(c->global[GLOBAL_OUTPUT]);
    return ending ? ending->format : KN_OUTPUT_TABLE;
}

kn_status cli__write(const cli *c, const char *text, int64_t length)
{
    const char *path = c->global[GLOBAL_OUTPUT];
    FILE *out = to_stdout(c) ? stdout : fopen(path, "wb");
    cli__clear_progress();
    if (!out)
        return cli__fail(KN_ERR_IO, "%s: %s", path, strerror(errno));
    bool bad = fwrite(text, 1, (size_t)length, out) != (size_t)length;
    bad |= out == stdout ? fflush(out) != 0 : fclose(out) != 0;
    if (bad)
        return cli__fail(KN_ERR_IO, "%s: %s", out == stdout ? "stdout" : path,
                         strerror(errno));
    return KN_OK;
}

/* ---- --fail-if ---- */

typedef struct condition {
    char column[64];
    char sign[3];
    double bound;
} condition;

static bool parse_condition(condition *k, const char *text)
{
    size_t name = strcspn(text, "<>= "), at = name + strspn(text + name, " ");
    size_t sign = strspn(text + at, "<>=");
    static const char known[] = "<|>|<=|>=|=|==";
    char *end;
    if (!name || name >= sizeof k->column || !sign || sign >= sizeof k->sign)
        return false;
    snprintf(k->column, sizeof k->column, "%.*s", (int)name, text);
    snprintf(k->sign, sizeof k->sign, "%.*s", (int)sign, text + at);
    const char *number = text + at + sign;
    k->bound = strtod(number, &end);
    return end != number && !*end && kn_choice_find(known, k->sign) >= 0;
}

static bool holds(const condition *k, double value)
{
    switch (k->sign[0]) {
    case '<':
        return k->sign[1] ? value <= k->bound : value < k->bound;
    case '>':
        return k->sign[1] ? value >= k->bound : value > k->bound;
    default:
        return value == k->bound;
    }
}

/* Columns without numbers have no thresholds. */
static kn_status unknown_column(const kn_table *table, const char *name)
{
    char known[1024] = "";
    const kn_table_decl *decl = table ? kn_table_declaration(table) : NULL;
    for (int32_t k = 0; decl && k < decl->column_count; k++) {
        size_t used = strlen(known);
        if (decl->columns[k].type != KN_COLUMN_TEXT)
            snprintf(known + used, sizeof known - used, "%s%s", used ? ", " : "",
                     decl->columns[k].name);
    }
    return cli__fail(KN_ERR_USAGE,
                     "--fail-if: the first table has no column of numbers \"%s\"; it has "
                     "%s",
                     name, *known ? known : "none");
}

static kn_status check_threshold(const cli *c, const kn_result *result)
{
    condition k;
    const char *text = c->global[GLOBAL_FAIL_IF];
    parse_condition(&k, text); /* checked before the run */
    const kn_table *table = kn_result_tables(result) ? kn_result_table(result, 0) : NULL;
    int32_t column = table ? kn_table_column(table, k.column) : -1;
    if (column < 0 || kn_table_declaration(table)->columns[column].type == KN_COLUMN_TEXT)
        return unknown_column(table, k.column);
    int64_t rows = 0;
    for (int64_t r = 0; r < kn_table_rows(table); r++)
        rows += holds(&k, kn_table_number(table, r, column));
    if (!rows)
        return KN_OK;
    cli__say(c, "kaname: %s holds in %lld of %lld rows", text, (long long)rows,
             (long long)kn_table_rows(table));
    return KN_NOTE_THRESHOLD;
}

/* 1: a kaname file, 0: another file, -1: none, or nothing in it. */
static int kind_of_file(const char *path)
{
    static const char magic[] = "SQLite format 3";
    char head[sizeof magic];
    struct stat info;
    if (stat(path, &info) != 0 || !S_ISREG(info.st_mode) || info.st_size == 0)
        return -1;
    FILE *file = fopen(path, "rb");
    size_t got = file ? fread(head, 1, sizeof head, file) : 0;
    if (file)
        fclose(file);
    return got == sizeof head && !memcmp(head, magic, sizeof head);
}

kn_status cli__check_target(const char *path)
{
    if (kind_of_file(path) != 0)
        return KN_OK;
    return cli__fail(KN_ERR_USAGE,
                     "%s is there already and is not a kaname file: give another name",
                     path);
}

kn_status cli__check_output(const cli *c)
{
    const char *path = c->global[GLOBAL_OUTPUT];
    const char *condition_text = c->global[GLOBAL_FAIL_IF];
    condition k;
    if (!to_stdout(c) && !c->global[GLOBAL_FORMAT] && !ending_of(path))
        return cli__fail(KN_ERR_USAGE,
                         "cannot tell the format from the name \"%s\"; end it in .csv, "
                         ".json, .md, .txt or .xlsx, or give --format",
                         path);
    if (!to_stdout(c) && kind_of_file(path) == 1)
        return cli__fail(KN_ERR_USAGE, "%s is a kaname file: give another name", path);
    if (to_stdout(c) && format_of(c) == KN_OUTPUT_XLSX)
        return cli__fail(KN_ERR_USAGE, "xlsx is written to a file: give -o FILE.xlsx");
    if (condition_text && !parse_condition(&k, condition_text))
        return cli__fail(KN_ERR_USAGE,
                         "--fail-if is \"%s\"; expected something like "
                         "\"loss_musd>1000\"",
                         condition_text);
    return KN_OK;
}

/* ---- Results ---- */

static int32_t terminal_width(void)
{
    struct winsize size;
    if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0)
        return 0;
    return size.ws_col;
}

enum { ROWS_ON_TERMINAL = 40 };

static kn_status write_as(const cli *c, const kn_result *result,
                          const kn_network *network, const kn_output_options *options)
{
    char *text;
    int64_t length;
    if (options->format == KN_OUTPUT_XLSX)
        return kn_output_xlsx(c->ctx, c->global[GLOBAL_OUTPUT], result, network, options);
    kn_status status = kn_output_write(&text, &length, c->ctx, result, network, options);
    if (status >= 0)
        status = cli__write(c, text, length);
    kn_output_free(c->ctx, text);
    return status;
}

kn_status cli__write_result(const cli *c, const kn_result *result,
                            const kn_network *network)
{
    const char *no_color = getenv("NO_COLOR"), *labels = c->global[GLOBAL_LABELS];
    bool terminal = to_stdout(c) && isatty(STDOUT_FILENO);
    kn_output_options options = KN_OUTPUT_OPTIONS_INIT;
    options.format = format_of(c);
    options.color = terminal && !(no_color && *no_color);
    options.width = terminal ? terminal_width() : 0;
    options.rows = terminal && !c->global[GLOBAL_TABLE] ? ROWS_ON_TERMINAL : 0;
    options.labels = labels != NULL;
    options.lang = labels ? (kn_lang)kn_choice_find("en|ja|ko", labels) : KN_LANG_EN;
    options.bom = c->global[GLOBAL_BOM] != NULL;
    options.table = c->global[GLOBAL_TABLE];
    options.command = c->argv;
    options.command_count = c->argc;
    kn_status status = write_as(c, result, network, &options);
    if (status >= 0 && options.format == KN_OUTPUT_CSV)
        for (int32_t k = 0; k < kn_result_notes(result); k++)
            cli__say(c, "note: %s", kn_result_note_text(result, k));
    if (status >= 0 && c->global[GLOBAL_FAIL_IF])
        return check_threshold(c, result);
    return status;
}

kn_status cli__report(const cli *c, kn_status found, kn_result *result,
                      const kn_network *network)
{
    kn_status status = found < 0 ? found : cli__write_result(c, result, network);
    kn_result_free(result);
    if (found > 0 && status >= 0)
        cli__say(c, "kaname: %s", kn_status_text(found));
    return status != KN_OK ? status : found;
}
