/* SPDX-License-Identifier: Apache-2.0 */
/* How fast an ICIO table is read, against parsing the numbers of the same bytes in memory
   by kn__parse_number; and how much memory it takes. bench_import_icio [FILE.csv]:
   without a file a table of 20 economies and 45 industries is written to a temporary one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "kernel/text.h"
#include "read/raw.h"

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static const char *const codes[] = {"AUS", "AUT", "BEL", "CAN", "CHN", "DEU", "ESP",
                                    "FRA", "GBR", "IND", "ITA", "JPN", "KOR", "MEX",
                                    "NLD", "POL", "TUR", "TWN", "USA", "ROW"};
enum { ECONOMIES = 20, INDUSTRIES = 45 };

static void write_row(FILE *f, uint64_t *state, int count)
{
    for (int j = 0; j < count; j++) {
        *state = *state * UINT64_C(6364136223846793005) + 1;
        fprintf(f, ",%.10g", (double)(*state >> 11) * 0x1p-40);
    }
}

static void write_table(FILE *f)
{
    int n = ECONOMIES * INDUSTRIES;
    uint64_t state = 7;
    fputs("V1", f);
    for (int i = 0; i < n; i++)
        fprintf(f, ",%s_C%d", codes[i / INDUSTRIES], 10 + i % INDUSTRIES);
    for (int e = 0; e < ECONOMIES; e++)
        fprintf(f, ",%s_HFCE", codes[e]);
    for (int i = 0; i < n; i++) {
        fprintf(f, "\n%s_C%d", codes[i / INDUSTRIES], 10 + i % INDUSTRIES);
        write_row(f, &state, n + ECONOMIES);
    }
    fputs("\nVA", f);
    write_row(f, &state, n + ECONOMIES);
    fputs("\n", f);
}

/* Every field of the bytes as a number; returns the seconds. */
static double parse(const char *bytes, size_t length, int64_t *numbers)
{
    double start = now(), value, sum = 0;
    const char *end = bytes + length, *p = bytes;
    for (*numbers = 0; p < end;) {
        const char *from = p;
        while (p < end && *p != ',' && *p != '\n')
            p++;
        if (kn__parse_number(from, (size_t)(p - from), &value)) {
            sum += value;
            ++*numbers;
        }
        p++;
    }
    double seconds = now() - start;
    fprintf(stderr, "%s", sum == 0.5 ? " " : "");
    return seconds;
}

static double peak_mb(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_maxrss / 1024;
}

int main(int argc, char **argv)
{
    char made[] = "/tmp/kaname-bench-XXXXXX";
    const char *path = argc > 1 ? argv[1] : made;
    int fd = argc > 1 ? -1 : mkstemp(made);
    if (fd >= 0) {
        FILE *f = fdopen(fd, "w");
        write_table(f);
        fclose(f);
    }
    kn_context *ctx;
    kn__io_raw *raw;
    if (kn_context_new(&ctx, NULL) < 0)
        return 1;
    double before = peak_mb(), best = 1e9;
    int status = 0;
    for (int k = 0; k < 3 && !status; k++) {
        double start = now();
        status = kn__read_icio(&raw, ctx, path) < 0;
        best = now() - start < best ? now() - start : best;
        if (k == 0 && !status) {
            double n = raw->producer_count, dense = n * n * 8 / 1048576;
            printf("%s\npeak memory %.0f MB above the start: %.2f of the dense table\n",
                   raw->edition, peak_mb() - before, (peak_mb() - before) / dense);
        }
        kn__io_raw_free(ctx, raw);
    }
    if (status)
        fprintf(stderr, "%s\n", kn_context_error(ctx));
    FILE *f = fopen(path, "rb");
    fseek(f, 0, SEEK_END);
    size_t length = (size_t)ftell(f);
    char *bytes = malloc(length);
    rewind(f);
    length = fread(bytes, 1, length, f);
    fclose(f);
    int64_t numbers = 0;
    double floor = 1e9;
    for (int k = 0; k < 3; k++) {
        double seconds = parse(bytes, length, &numbers);
        floor = seconds < floor ? seconds : floor;
    }
    printf("%lld numbers, %.0f MB: read in %.3f s, parsed in memory in %.3f s: %.0f %%\n",
           (long long)numbers, (double)length / 1e6, best, floor, 100 * floor / best);
    free(bytes);
    kn_context_free(ctx);
    if (fd >= 0)
        unlink(made);
    return status;
}
