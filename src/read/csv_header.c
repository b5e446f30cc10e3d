/* SPDX-License-Identifier: Apache-2.0 */
#include "read/csv.h"

#include "kernel/text.h"

/* Matching the header of a table against the columns a reader knows. */

static kn_status unknown_column(kn__csv *csv, const kn__field *field,
                                const char *const *names, int32_t count)
{
    const char *plain[256];
    int32_t known = count < 256 ? count : 256;
    for (int32_t k = 0; k < known; k++)
        plain[k] = names[k] + (names[k][0] == '?');
    kn__text hint;
    kn__text_init(&hint, kn__csv_context(csv), 0);
    kn__text_nearest(&hint, field->text, plain, known);
    if (!hint.length && kn__text_status(&hint) == KN_OK)
        for (int32_t k = 0; k < known; k++)
            kn__text_addf(&hint, "%s%s", k ? ", " : "expected are ", plain[k]);
    kn_status status = kn__text_status(&hint);
    if (status == KN_OK)
        status = kn__csv_fail(csv, field, "unknown column \"%.80s\"; %s", field->text,
                              hint.data);
    kn__text_release(&hint);
    return status;
}

static kn_status match_column(kn__csv *csv, const kn__field *field, int32_t position,
                              const char *const *names, int32_t count, int32_t *at)
{
    for (int32_t k = 0; k < count; k++) {
        if (!kn__text_equal(field->text, names[k] + (names[k][0] == '?')))
            continue;
        if (at[k] >= 0)
            return kn__csv_fail(csv, field, "column \"%s\" stands twice", field->text);
        at[k] = position;
        return KN_OK;
    }
    return unknown_column(csv, field, names, count);
}

kn_status kn__csv_header(kn__csv *csv, const char *const *names, int32_t count,
                         int32_t *at)
{
    const kn__field *fields;
    int32_t found;
    for (int32_t k = 0; k < count; k++)
        at[k] = -1;
    KN__TRY(kn__csv_next(csv, &fields, &found));
    if (!found)
        return kn__csv_fail(csv, NULL, "the file is empty; a header row was expected");
    for (int32_t c = 0; c < found; c++)
        KN__TRY(match_column(csv, &fields[c], c, names, count, at));
    for (int32_t k = 0; k < count; k++)
        if (at[k] < 0 && names[k][0] != '?')
            return kn__csv_fail(csv, NULL, "column \"%s\" is missing", names[k]);
    kn__csv_expect(csv, found);
    return KN_OK;
}

char kn__csv_separator(const char *row)
{
    int64_t comma = 0, semicolon = 0, tab = 0;
    bool quoted = false;
    for (const char *p = row; *p; p++) {
        quoted ^= *p == '"';
        comma += !quoted && *p == ',';
        semicolon += !quoted && *p == ';';
        tab += !quoted && *p == '\t';
    }
    if (tab > comma && tab > semicolon)
        return '\t';
    return semicolon > comma ? ';' : ',';
}
