/* SPDX-License-Identifier: Apache-2.0 */
/* The checkpoint of a sweep: a line that names the run, then a line for each sample that
   is done: its number, its state, its figures ("-" is undefined). */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernel/hash.h"
#include "kernel/text.h"
#include "study/sweep.h"

static const char magic[] = "kaname: sweep/1 ";

/* ---- Which run ---- */

static void add_settings(kn__text *text, const kn_setting *settings, int32_t count)
{
    for (int32_t k = 0; k < count; k++)
        kn__text_addf(text, "%s=%s\n", settings[k].key, settings[k].value);
}

/* Everything the figures follow from; the centre's figures stand for the program. */
static kn_status name_run(const kn__sweep *s, char hex[65])
{
    kn__text text;
    kn__text_init(&text, s->ctx, 0);
    kn__text_addf(&text, "%s\n%s\n%s\n%lld samples, seed %llu\n", s->lens->name,
                  kn_network_sha256(s->net), s->scenario->sha256,
                  (long long)s->o->samples, (unsigned long long)s->seed);
    add_settings(&text, s->o->settings, s->o->setting_count);
    kn__text_add(&text, "over\n");
    add_settings(&text, s->o->over, s->o->over_count);
    for (int64_t r = 0; r < s->row_count; r++)
        for (int32_t k = 0; k < s->number_count; k++) {
            kn__text_number(&text, kn_table_number(s->table, r, s->column[k]));
            kn__text_add(&text, " ");
        }
    kn__sha256_hex(hex, text.data, text.length);
    kn_status status = kn__text_status(&text);
    kn__text_release(&text);
    return status;
}

/* ---- Reading ---- */

/* The next word of [*at, end); empty at the end. */
static size_t next_word(const char **at, const char *end)
{
    while (*at < end && **at == ' ')
        ++*at;
    size_t length = 0;
    while (*at + length < end && (*at)[length] != ' ')
        length++;
    return length;
}

static bool read_line(kn__sweep *s, const char *at, const char *end)
{
    int64_t sample, state;
    size_t length = next_word(&at, end);
    if (!kn__parse_int(at, length, &sample) || sample < 1 || sample > s->o->samples)
        return false;
    at += length;
    length = next_word(&at, end);
    if (!kn__parse_int(at, length, &state) || state < 1 || state > 2)
        return false;
    at += length;
    double *value = kn__sweep_values(s, sample - 1);
    for (int64_t k = 0; k < s->row_count * s->number_count; k++, at += length) {
        length = next_word(&at, end);
        value[k] = NAN;
        if (!(length == 1 && *at == '-') && !kn__parse_number(at, length, &value[k]))
            return false;
    }
    s->done[sample - 1] = (unsigned char)state;
    s->saved[sample - 1] = 1;
    return next_word(&at, end) == 0;
}

/* A last line that does not end was cut off in writing and counts as not written. */
static kn_status read_text(kn__sweep *s, const char *text, int64_t *whole)
{
    char hex[65];
    size_t head = sizeof magic - 1;
    const char *at = text, *end;
    KN__TRY(name_run(s, hex));
    if (strncmp(text, magic, head) != 0)
        return kn__fail(s->ctx, KN_ERR_DATA, "%s:1:1: not a checkpoint of a sweep",
                        s->o->checkpoint);
    if (strncmp(text + head, hex, 64) != 0 || text[head + 64] != '\n')
        return kn__fail(s->ctx, KN_ERR_DATA,
                        "%s: of another run: network, scenario, options, ranges, samples "
                        "or seed differ; name another file",
                        s->o->checkpoint);
    for (int line = 1; (end = strchr(at, '\n')) != NULL; line++, at = end + 1)
        if (line > 1 && !read_line(s, at, end))
            return kn__fail(s->ctx, KN_ERR_DATA, "%s:%d:1: damaged", s->o->checkpoint,
                            line);
    *whole = at - text;
    return KN_OK;
}

static kn_status read_file(kn__sweep *s, FILE *file, kn__text *text)
{
    char block[8192];
    size_t got;
    while ((got = fread(block, 1, sizeof block, file)) > 0)
        kn__text_addn(text, block, got);
    if (ferror(file))
        return kn__fail(s->ctx, errno == EISDIR ? KN_ERR_DATA : KN_ERR_IO,
                        "%s: could not be read: %s", s->o->checkpoint, strerror(errno));
    return kn__text_status(text);
}

static kn_status start_file(const kn__sweep *s)
{
    char hex[65];
    KN__TRY(name_run(s, hex));
    FILE *file = fopen(s->o->checkpoint, "wb");
    bool ok = file && fprintf(file, "%s%s\n", magic, hex) > 0;
    if (file)
        ok = fclose(file) == 0 && ok;
    return ok ? KN_OK
              : kn__fail(s->ctx, KN_ERR_IO, "%s: %s", s->o->checkpoint, strerror(errno));
}

kn_status kn__sweep_load(kn__sweep *s)
{
    if (!s->o->checkpoint)
        return KN_OK;
    FILE *file = fopen(s->o->checkpoint, "rb");
    if (!file && errno == ENOENT)
        return start_file(s);
    if (!file)
        return kn__fail(s->ctx, KN_ERR_IO, "%s: %s", s->o->checkpoint, strerror(errno));
    kn__text text;
    int64_t whole = 0;
    kn__text_init(&text, s->ctx, (size_t)1 << 32);
    kn_status status = read_file(s, file, &text);
    fclose(file);
    if (status >= 0)
        status = read_text(s, text.data, &whole);
    if (status >= 0 && (size_t)whole < text.length &&
        truncate(s->o->checkpoint, (off_t)whole) != 0)
        status = kn__fail(s->ctx, KN_ERR_IO, "%s: %s", s->o->checkpoint, strerror(errno));
    kn__text_release(&text);
    return status;
}

/* ---- Writing ---- */

static void add_sample(const kn__sweep *s, kn__text *text, int64_t sample)
{
    const double *value = kn__sweep_values(s, sample);
    kn__text_addf(text, "%lld %d", (long long)sample + 1, s->done[sample]);
    for (int64_t k = 0; k < s->row_count * s->number_count; k++) {
        kn__text_add(text, " ");
        if (isfinite(value[k]))
            kn__text_number(text, value[k]);
        else
            kn__text_add(text, "-");
    }
    kn__text_add(text, "\n");
}

kn_status kn__sweep_save(kn__sweep *s, int64_t first, int64_t end)
{
    if (!s->o->checkpoint)
        return KN_OK;
    kn__text text;
    kn__text_init(&text, s->ctx, 0);
    for (int64_t k = first; k < end; k++)
        if (s->done[k] && !s->saved[k]) {
            add_sample(s, &text, k);
            s->saved[k] = 1;
        }
    kn_status status = kn__text_status(&text);
    FILE *file = status >= 0 && text.length ? fopen(s->o->checkpoint, "ab") : NULL;
    bool ok =
        !text.length || (file && fwrite(text.data, 1, text.length, file) == text.length);
    if (file)
        ok = fclose(file) == 0 && ok;
    if (status >= 0 && !ok)
        status = kn__fail(s->ctx, KN_ERR_IO, "%s: %s", s->o->checkpoint, strerror(errno));
    kn__text_release(&text);
    return status;
}
