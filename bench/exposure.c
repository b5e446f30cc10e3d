/* SPDX-License-Identifier: Apache-2.0 */
/* Exposure on the world table of 2011, against one LAPACK inverse of the same size in the
   same run: all producers' FPEM, one purchase, the 35 purchases of one economy; and how
   long the import takes beside unpacking the file. */
#include <lapacke.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "kaname/lens.h"
#include "lens/exposure/exposure.h"
#include "lens/exposure/leontief.h"
#include "network/build.h"
#include "read/bytes.h"

static const char path[] = "../shared/data/wiod2011/wiot_2011.csv.gz";

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void stop(kn_context *ctx)
{
    fprintf(stderr, "%s\n", kn_context_error(ctx));
    exit(1);
}

static kn_network *import(kn_context *ctx)
{
    kn__io_raw *raw = NULL;
    kn_network *net = NULL;
    if (kn__read_wiod(&raw, ctx, path) < 0 || kn__network_from_io(&net, ctx, raw) < 0)
        stop(ctx);
    kn__io_raw_free(ctx, raw);
    return net;
}

static double unpack(kn_context *ctx)
{
    static char chunk[1 << 16];
    double from = seconds();
    kn__bytes *bytes;
    size_t got = 1;
    if (kn__bytes_open(&bytes, ctx, path) < 0)
        stop(ctx);
    while (got)
        if (kn__bytes_read(bytes, chunk, sizeof chunk, &got) < 0)
            stop(ctx);
    kn__bytes_close(bytes);
    return seconds() - from;
}

static double *coefficients(const kn_network *net)
{
    int32_t n = net->producer_count;
    double *a = malloc((size_t)n * (size_t)n * sizeof *a);
    for (int32_t i = 0; i < n; i++)
        for (int32_t j = 0; j < n; j++) {
            double x = net->producers[j].output;
            a[(int64_t)i * n + j] = x != 0 ? kn__flows_at(&net->flows, i, j) / x : 0;
        }
    return a;
}

/* dgetrf and dgetri on I - A, with as many threads as LAPACK takes by itself: so it must
   be measured before kaname sets them to one. */
static double inverse(const double *a, int32_t n)
{
    double *m = malloc((size_t)n * (size_t)n * sizeof *m);
    int *pivots = malloc((size_t)n * sizeof *pivots);
    for (int64_t k = 0; k < (int64_t)n * n; k++)
        m[k] = (k % (n + 1) == 0) - a[k];
    double from = seconds();
    if (LAPACKE_dgetrf(LAPACK_COL_MAJOR, n, n, m, n, pivots) != 0 ||
        LAPACKE_dgetri(LAPACK_COL_MAJOR, n, m, n, pivots) != 0)
        exit(1);
    double time = seconds() - from;
    free(m);
    free(pivots);
    return time;
}

static double fpem_by_economy(kn_context *ctx, const kn_network *net)
{
    kn__exposure e = {.ctx = ctx, .net = net};
    size_t cells = (size_t)net->producer_count * (size_t)net->economy_count;
    double *deep = malloc(cells * sizeof *deep), *face = malloc(cells * sizeof *face);
    if (kn__arena_new(&e.arena, ctx) < 0)
        stop(ctx);
    double from = seconds();
    if (kn__exposure_fpem_shares(&e, deep, face) < 0)
        stop(ctx);
    double time = seconds() - from;
    kn__arena_free(e.arena);
    free(deep);
    free(face);
    return time;
}

static double fpem(kn_context *ctx, const double *a, int32_t n)
{
    double *m = malloc((size_t)n * (size_t)n * sizeof *m);
    memcpy(m, a, (size_t)n * (size_t)n * sizeof *m);
    double from = seconds();
    if (kn__fpem(m, ctx, n) < 0)
        stop(ctx);
    double time = seconds() - from;
    free(m);
    return time;
}

static double lens(kn_context *ctx, const kn_network *net, const char *product)
{
    const kn_setting settings[] = {{"of", "JPN"}, {"product", product}};
    kn_result *result;
    double from = seconds();
    if (kn_lens_run(&result, ctx, kn_lens_find("exposure"), net, NULL, settings,
                    product ? 2 : 1) < 0)
        stop(ctx);
    double time = seconds() - from;
    kn_result_free(result);
    return time;
}

static void print(const char *what, double time, double unit)
{
    printf("%-44s %8.1f ms  %5.2f of one inverse\n", what, 1e3 * time, time / unit);
}

int main(void)
{
    kn_context *ctx;
    FILE *file = fopen(path, "rb");
    if (!file) {
        printf("skipped: %s is not here\n", path);
        return 0;
    }
    fclose(file);
    if (kn_context_new(&ctx, NULL) < 0)
        return 1;
    double unpacked = INFINITY, imported = INFINITY, best[5];
    for (int k = 0; k < 5; k++)
        best[k] = INFINITY;
    kn_network *net = import(ctx);
    double *a = coefficients(net);
    int32_t n = net->producer_count;
    for (int round = 0; round < 7; round++)
        best[0] = fmin(best[0], inverse(a, n));
    for (int round = 0; round < 5; round++) {
        double from = seconds();
        kn_network_free(import(ctx));
        imported = fmin(imported, seconds() - from);
        unpacked = fmin(unpacked, unpack(ctx));
        best[1] = fmin(best[1], fpem(ctx, a, n));
        best[2] = fmin(best[2], lens(ctx, net, "c14"));
        best[3] = fmin(best[3], lens(ctx, net, NULL));
        best[4] = fmin(best[4], fpem_by_economy(ctx, net));
    }
    printf("%-44s %8.1f ms\n", "unpack wiot_2011.csv.gz", 1e3 * unpacked);
    printf("%-44s %8.1f ms\n", "import it into a network", 1e3 * imported);
    print("LAPACK inverse, 1,435 producers", best[0], best[0]);
    print("FPEM of all producers, by source economy", best[4], best[0]);
    print("FPEM of all producers, by source producer", best[1], best[0]);
    print("one purchase (JPN c14)", best[2], best[0]);
    print("35 purchases of JPN", best[3], best[0]);
    free(a);
    kn_network_free(net);
    kn_context_free(ctx);
    return 0;
}
