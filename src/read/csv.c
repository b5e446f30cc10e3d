/* SPDX-License-Identifier: Apache-2.0 */
#include "read/csv.h"

#include <stdio.h>
#include <string.h>

#include "kernel/text.h"
#include "read/encoding.h"

enum { LONGEST_LINE = 64 << 20, MOST_FIELDS = 1000000, FIRST_ROOM = 64 << 10 };

#define STRAY_CR                                                                         \
    "a carriage return inside a line; save the file with LF or CRLF line ends"

struct kn__csv {
    kn_context *ctx;
    kn__bytes *source;
    char *buffer;                   /* one byte more than capacity, for the final NUL */
    size_t start, length, capacity; /* unread bytes are [start, length) */
    bool ended;                     /* the source has nothing more */
    bool line_end;                  /* the row last read has one */
    char separator;                 /* '\0' until the first row */
    int64_t line, next_line;        /* of the row last read; of the first unread byte */
    kn__field *fields;
    int64_t room;
    int32_t width;        /* of the header, 0: any */
    const char *fallback; /* encoding of what is not UTF-8; NULL: guess */
    kn__decoder *decoder; /* once it is known */
    bool wide_seen;       /* a row or a mark has shown that this is UTF-8 */
};

/* ---- Opening ---- */

static kn_status fill(kn__csv *csv);

/* What the first bytes say about files that are not CSV at all. */
static kn_status first_bytes(kn__csv *csv)
{
    while (csv->length < 4 && !csv->ended)
        KN__TRY(fill(csv));
    const char *name = kn__bytes_name(csv->source), *b = csv->buffer;
    size_t n = csv->length;
    if (n >= 2 && (memcmp(b, "\xFF\xFE", 2) == 0 || memcmp(b, "\xFE\xFF", 2) == 0))
        return kn__fail(csv->ctx, KN_ERR_DATA,
                        "%s:1:1: this is UTF-16 text; save the file as CSV in UTF-8",
                        name);
    if (n >= 4 && memcmp(b, "PK\x03\x04", 4) == 0)
        return kn__fail(csv->ctx, KN_ERR_DATA,
                        "%s:1:1: this is a zip archive or a workbook, not CSV; unpack it "
                        "or save the sheet as CSV in UTF-8",
                        name);
    if (n >= 3 && memcmp(b, "\xEF\xBB\xBF", 3) == 0)
        csv->start = 3;
    csv->wide_seen = csv->start == 3;
    return KN_OK;
}

kn_status kn__csv_open_stream(kn__csv **out, kn_context *ctx, kn__bytes *source)
{
    *out = NULL;
    kn__csv *csv = kn__alloc(ctx, 1, sizeof *csv);
    if (!csv) {
        kn__bytes_close(source);
        return KN_ERR_MEMORY;
    }
    csv->ctx = ctx;
    csv->source = source;
    csv->next_line = 1;
    csv->capacity = FIRST_ROOM;
    csv->buffer = kn__alloc(ctx, FIRST_ROOM + 1, 1);
    kn_status status = csv->buffer ? first_bytes(csv) : KN_ERR_MEMORY;
    if (status < 0) {
        kn__csv_close(csv);
        return status;
    }
    *out = csv;
    return KN_OK;
}

kn_status kn__csv_open(kn__csv **csv, kn_context *ctx, const char *path)
{
    *csv = NULL;
    kn__bytes *source;
    KN__TRY(kn__bytes_open(&source, ctx, path));
    return kn__csv_open_stream(csv, ctx, source);
}

kn_status kn__csv_open_bytes(kn__csv **csv, kn_context *ctx, const char *name,
                             const void *bytes, size_t length)
{
    *csv = NULL;
    kn__bytes *source;
    KN__TRY(kn__bytes_open_memory(&source, ctx, name, bytes, length));
    return kn__csv_open_stream(csv, ctx, source);
}

void kn__csv_close(kn__csv *csv)
{
    if (!csv)
        return;
    kn__bytes_close(csv->source);
    kn__decoder_close(csv->decoder);
    kn__release(csv->ctx, csv->buffer);
    kn__release(csv->ctx, csv->fields);
    kn__release(csv->ctx, csv);
}

void kn__csv_expect(kn__csv *csv, int32_t fields)
{
    csv->width = fields;
}

void kn__csv_fallback(kn__csv *csv, const char *encoding)
{
    csv->fallback = encoding;
}

const char *kn__csv_encoding(const kn__csv *csv)
{
    return csv->decoder ? kn__decoder_name(csv->decoder) : "UTF-8";
}

kn_context *kn__csv_context(const kn__csv *csv)
{
    return csv->ctx;
}

const char *kn__csv_name(const kn__csv *csv)
{
    return kn__bytes_name(csv->source);
}

int64_t kn__csv_line(const kn__csv *csv)
{
    return csv->line;
}

/* ---- Messages ---- */

/* Characters up to byte `at` of the line it is in, and that line (0: the row's first). */
static int32_t place(const char *row, size_t at, int32_t *below)
{
    int32_t column = 1;
    *below = 0;
    for (size_t i = 0; i < at; i++) {
        column += ((unsigned char)row[i] & 0xC0) != 0x80;
        if (row[i] == '\n') {
            column = 1;
            ++*below;
        }
    }
    return column;
}

static kn_status fail_place(kn__csv *csv, int32_t below, int32_t column,
                            const char *message)
{
    return kn__fail(csv->ctx, KN_ERR_DATA, "%s:%lld:%d: %s", kn__csv_name(csv),
                    (long long)(csv->line ? csv->line : 1) + below, (int)column, message);
}

/* Fails at byte `at` of the row, which must not have been cut into fields up to there. */
static kn_status fail_at(kn__csv *csv, const char *row, size_t at, const char *message)
{
    int32_t below, column = place(row, at, &below);
    return fail_place(csv, below, column, message);
}

kn_status kn__csv_fail(kn__csv *csv, const kn__field *field, const char *format, ...)
{
    char message[1536];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    return fail_place(csv, field ? field->below : 0, field ? field->column : 1, message);
}

/* ---- Finding the end of a row ---- */

static kn_status fill(kn__csv *csv)
{
    if (csv->start && csv->length == csv->capacity) {
        memmove(csv->buffer, csv->buffer + csv->start, csv->length - csv->start);
        csv->length -= csv->start;
        csv->start = 0;
    }
    if (csv->length == csv->capacity) {
        char *larger =
            kn__resize(csv->ctx, csv->buffer, (int64_t)csv->capacity * 2 + 1, 1);
        if (!larger)
            return KN_ERR_MEMORY;
        csv->buffer = larger;
        csv->capacity *= 2;
    }
    size_t got;
    KN__TRY(kn__bytes_read(csv->source, csv->buffer + csv->length,
                           csv->capacity - csv->length, &got));
    csv->length += got;
    csv->ended = got == 0;
    return KN_OK;
}

static size_t count_quotes(const char *from, const char *end)
{
    size_t count = 0;
    while ((from = memchr(from, '"', (size_t)(end - from)))) {
        count++;
        from++;
    }
    return count;
}

/* The length of the next row without its LF: up to the first LF outside quotes. In a
   well-formed row that is an LF with an even number of quotes before it. *quotes counts
   them; *size includes the LF. */
static kn_status find_row(kn__csv *csv, size_t *length, size_t *size, size_t *quotes)
{
    size_t seen = 0;
    *quotes = 0;
    for (;;) {
        const char *row = csv->buffer + csv->start;
        size_t have = csv->length - csv->start;
        const char *lf = seen < have ? memchr(row + seen, '\n', have - seen) : NULL;
        size_t end = lf ? (size_t)(lf - row) : have;
        *quotes += seen < end ? count_quotes(row + seen, row + end) : 0;
        if ((lf && *quotes % 2 == 0) || (!lf && csv->ended) || end > LONGEST_LINE) {
            *length = end;
            *size = end + (lf != NULL);
            return KN_OK;
        }
        seen = end + (lf != NULL);
        if (!lf)
            KN__TRY(fill(csv));
    }
}

/* ---- Cutting a row into fields ---- */

static bool is_ascii(const char *s, size_t length)
{
    uint64_t high = 0, word;
    size_t i = 0;
    for (; i + 8 <= length; i += 8) {
        memcpy(&word, s + i, 8);
        high |= word;
    }
    for (; i < length; i++)
        high |= (unsigned char)s[i] & 0x80;
    return !(high & 0x8080808080808080u);
}

static kn_status not_utf8(kn__csv *csv, const char *row, size_t at)
{
    char message[128];
    snprintf(message, sizeof message,
             "byte 0x%02X is not %s; save the file as CSV in UTF-8",
             (unsigned)(unsigned char)row[at], kn__csv_encoding(csv));
    return fail_at(csv, row, at, message);
}

/* A row that is not UTF-8, from the first such row on. */
static kn_status decode(kn__csv *csv, char **row, size_t *length, size_t invalid)
{
    bool fresh = !csv->decoder;
    if (fresh) {
        size_t rest = (size_t)(csv->buffer + csv->length - *row);
        const char *name = csv->fallback ? csv->fallback : kn__encoding_guess(*row, rest);
        if (csv->wide_seen || !name)
            return not_utf8(csv, *row, invalid);
        KN__TRY(kn__decoder_open(&csv->decoder, csv->ctx, name));
    }
    char *out;
    size_t out_length, bad;
    KN__TRY(kn__decoder_line(csv->decoder, *row, *length, &out, &out_length, &bad));
    if (bad < *length && fresh) { /* the guess was wrong */
        kn__decoder_close(csv->decoder);
        csv->decoder = NULL;
        return not_utf8(csv, *row, invalid);
    }
    if (bad < *length)
        return not_utf8(csv, *row, bad);
    if (fresh)
        kn__log(csv->ctx, KN_LOG_INFO, "%s: not UTF-8; read as %s", kn__csv_name(csv),
                kn__csv_encoding(csv));
    *row = out;
    *length = out_length;
    return KN_OK;
}

static kn_status check_bytes(kn__csv *csv, char **row, size_t *length, bool *ascii)
{
    const char *nul = memchr(*row, '\0', *length);
    if (nul)
        return fail_at(csv, *row, (size_t)(nul - *row),
                       "a NUL byte; this is not a text file, or it is UTF-16: save it as "
                       "CSV in UTF-8");
    *ascii = is_ascii(*row, *length);
    if (*ascii)
        return KN_OK;
    size_t valid = csv->decoder ? 0 : kn__utf8_valid(*row, *length);
    if (valid < *length)
        return decode(csv, row, length, valid);
    csv->wide_seen = true;
    return KN_OK;
}

static kn_status room_for_field(kn__csv *csv, int32_t count)
{
    if (count >= MOST_FIELDS)
        return kn__fail(csv->ctx, KN_ERR_LIMIT, "%s:%lld: more than %d fields in a row",
                        kn__csv_name(csv), (long long)csv->line, (int)MOST_FIELDS);
    if (count < csv->room)
        return KN_OK;
    void *fields = csv->fields;
    KN__TRY(
        kn__grow(csv->ctx, &fields, &csv->room, (int64_t)count + 1, sizeof *csv->fields));
    csv->fields = fields;
    return KN_OK;
}

/* A row without quotes: every separator is one. The row ends with NUL. */
static kn_status cut_plain(kn__csv *csv, char *row, size_t length, bool ascii,
                           int32_t *count)
{
    const char *cr = memchr(row, '\r', length);
    if (cr)
        return fail_at(csv, row, (size_t)(cr - row), STRAY_CR);
    const char separator = csv->separator;
    char *end = row + length;
    int32_t n = 0, wide = 0; /* wide: bytes that continue a character */
    *end = separator;        /* so that the scan needs one comparison a byte */
    for (char *p = row;; p++) {
        if (n >= csv->room || n >= MOST_FIELDS)
            KN__TRY(room_for_field(csv, n));
        char *from = p;
        int32_t before = wide;
        if (ascii)
            while (*p != separator)
                p++;
        else
            for (; *p != separator; p++)
                wide += ((unsigned char)*p & 0xC0) == 0x80;
        csv->fields[n++] =
            (kn__field){from, (int32_t)(p - from), (int32_t)(from - row) - before + 1, 0};
        *p = '\0';
        if (p == end)
            break;
    }
    *count = n;
    return KN_OK;
}

typedef struct cutter {
    kn__csv *csv;
    char *row, *p; /* p: reading position */
    char *out;     /* writing position, never after p */
    int32_t column, below;
} cutter;

static void step(cutter *c)
{
    c->column += ((unsigned char)c->p[1] & 0xC0) != 0x80;
    if (*c->p == '\n') {
        c->column = 1;
        c->below++;
    }
    c->p++;
}

static kn_status cut_quoted(cutter *c)
{
    int32_t column = c->column, below = c->below;
    for (step(c);; step(c)) {
        if (!*c->p)
            return fail_place(c->csv, below, column,
                              "the quote opened here is never closed; a quote inside a "
                              "quoted field is written twice");
        if (*c->p == '"') {
            if (c->p[1] != '"')
                break;
            step(c);
        }
        *c->out++ = *c->p;
    }
    step(c);
    if (*c->p && *c->p != c->csv->separator)
        return fail_place(c->csv, c->below, c->column,
                          "text after the closing quote of a field; a quote inside a "
                          "quoted field is written twice");
    return KN_OK;
}

static kn_status cut_bare(cutter *c)
{
    for (; *c->p && *c->p != c->csv->separator; step(c)) {
        if (*c->p == '"')
            return fail_place(c->csv, c->below, c->column,
                              "a quote inside a field that does not start with one; put "
                              "the whole field in quotes and write its quotes twice");
        if (*c->p == '\r')
            return fail_place(c->csv, c->below, c->column, STRAY_CR);
        *c->out++ = *c->p;
    }
    return KN_OK;
}

static kn_status cut_with_quotes(kn__csv *csv, char *row, int32_t *count)
{
    cutter c = {csv, row, row, row, 1, 0};
    int32_t n = 0;
    for (;;) {
        KN__TRY(room_for_field(csv, n));
        char *from = c.out;
        kn__field field = {from, 0, c.column, c.below};
        KN__TRY(*c.p == '"' ? cut_quoted(&c) : cut_bare(&c));
        field.length = (int32_t)(c.out - from);
        csv->fields[n++] = field;
        bool more = *c.p != '\0';
        if (more)
            step(&c);
        *c.out++ = '\0';
        if (!more)
            break;
    }
    *count = n;
    return KN_OK;
}

/* Spreadsheets fill a sheet up with rows of separators. */
static bool only_separators(const char *row, char separator)
{
    while (*row == separator)
        row++;
    return *row == '\0';
}

static kn_status wrong_width(kn__csv *csv, int32_t count)
{
    const char *hint = count > csv->width ? "; a text with a separator in it needs quotes"
                       : csv->line_end    ? ""
                                          : "; the file breaks off in this line";
    return kn__csv_fail(csv, NULL, "%d fields, but the header has %d%s", (int)count,
                        (int)csv->width, hint);
}

static kn_status cut(kn__csv *csv, char *row, size_t length, size_t quotes,
                     int32_t *count)
{
    bool ascii = false;
    KN__TRY(check_bytes(csv, &row, &length, &ascii));
    if (!csv->separator)
        csv->separator = kn__csv_separator(row);
    if (only_separators(row, csv->separator))
        return KN_OK;
    KN__TRY(quotes ? cut_with_quotes(csv, row, count)
                   : cut_plain(csv, row, length, ascii, count));
    if (csv->width && *count != csv->width)
        return wrong_width(csv, *count);
    return KN_OK;
}

kn_status kn__csv_next(kn__csv *csv, const kn__field **fields, int32_t *count)
{
    *fields = NULL;
    *count = 0;
    while (*count == 0) {
        size_t length, size, quotes;
        KN__TRY(find_row(csv, &length, &size, &quotes));
        if (size == 0)
            return KN_OK;
        char *row = csv->buffer + csv->start;
        csv->line = csv->next_line;
        csv->start += size;
        csv->line_end = size > length;
        csv->next_line++;
        if (length > LONGEST_LINE)
            return kn__fail(csv->ctx, KN_ERR_LIMIT,
                            "%s:%lld: a line longer than %d MiB; is every quote closed?",
                            kn__csv_name(csv), (long long)csv->line, LONGEST_LINE >> 20);
        if (quotes)
            for (size_t i = 0; i < length; i++)
                csv->next_line += row[i] == '\n';
        length -= length && row[length - 1] == '\r';
        row[length] = '\0';
        KN__TRY(cut(csv, row, length, quotes, count));
    }
    *fields = csv->fields;
    return KN_OK;
}
