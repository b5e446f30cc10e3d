/* SPDX-License-Identifier: Apache-2.0 */
/* How long the denial matrix of the atlas takes: all holders, products and victims, each
   at three ends, by mode, on one thread and on all; how much sooner it comes from its
   cache; what a denial costs that is played day by day, on the atlas and on a table. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "kaname/lens.h"
#include "kaname/read.h"
#include "kaname/store.h"
#include "network/build.h"
#include "read/raw.h"

static const char table_path[] = "../shared/data/wiod2011/wiot_2011.csv.gz";

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static kn_context *new_context(int threads)
{
    kn_context_options options = KN_CONTEXT_OPTIONS_INIT;
    kn_context *ctx;
    options.threads = threads;
    if (kn_context_new(&ctx, &options) < 0)
        exit(1);
    return ctx;
}

static kn_network *atlas(kn_context *ctx)
{
    kn_network *net;
    if (kn_network_atlas(&net, ctx) < 0)
        exit(1);
    return net;
}

/* Seconds of one run; *rows it gives. */
static double run(kn_context *ctx, const kn_network *net, const kn_setting *settings,
                  int32_t count, int64_t *rows)
{
    kn_result *result;
    double start = seconds();
    if (kn_lens_run(&result, ctx, kn_lens_find("chokepoints"), net, NULL, settings,
                    count) < 0) {
        fprintf(stderr, "%s\n", kn_context_error(ctx));
        exit(1);
    }
    double took = seconds() - start;
    *rows = kn_table_rows(kn_result_find(result, "chokepoints"));
    kn_result_free(result);
    return took;
}

static void modes(int threads)
{
    static const char *const names[] = {"targeted", "stop", "outage"};
    kn_context *ctx = new_context(threads);
    kn_network *net = atlas(ctx);
    for (int k = 0; k < 3; k++) {
        const kn_setting settings[] = {{"mode", names[k]}, {"top", "0"}};
        int64_t rows;
        double took = run(ctx, net, settings, 2, &rows);
        printf("%-8s %d products, %d economies, %lld rows with interval: %.2f s on %d "
               "thread(s)\n",
               names[k], kn_network_products(net), kn_network_economies(net),
               (long long)rows, took, kn_context_threads(ctx));
    }
    kn_network_free(net);
    kn_context_free(ctx);
}

enum { ASKED = 5 };

/* The same questions computed, and out of the file that the first answer was kept in. */
static void cache(void)
{
    char folder[] = "/tmp/kaname-bench-XXXXXX", path[64];
    const kn_setting whole[] = {{"top", "30"}}, part[] = {{"top", "30"}, {"of", "JPN"}};
    kn_context *ctx = new_context(0);
    kn_network *net = atlas(ctx);
    kn_file_cache *kept;
    double computed = run(ctx, net, whole, 1, &(int64_t){0}), all = 1e9, some = 1e9;
    if (!mkdtemp(folder))
        exit(1);
    snprintf(path, sizeof path, "%s/atlas.kn", folder);
    if (kn_network_save(ctx, net, path) < 0 ||
        kn_file_cache_open(&kept, ctx, net, path) < 0)
        exit(1);
    double keeping = run(ctx, net, whole, 1, &(int64_t){0});
    for (int k = 0; k < ASKED; k++) {
        double a = run(ctx, net, whole, 1, &(int64_t){0});
        double s = run(ctx, net, part, 2, &(int64_t){0});
        all = a < all ? a : all;
        some = s < some ? s : some;
    }
    printf("cache    computed %.3f s, computed and kept %.3f s, from the cache %.3f s "
           "(1/%.0f), of one economy %.3f s; best of %d\n",
           computed, keeping, all, computed / all, some, ASKED);
    kn_file_cache_close(kept);
    unlink(path);
    rmdir(folder);
    kn_network_free(net);
    kn_context_free(ctx);
}

/* Processor seconds of the denials that cost JPN most, on one thread, and their rows. */
static double played_days(const kn_network *net, const char *count, int64_t *rows)
{
    const kn_setting settings[] = {{"model", "kaname"}, {"of", "JPN"}, {"screen", count}};
    kn_context *ctx = new_context(1);
    clock_t start = clock();
    run(ctx, net, settings, 3, rows);
    kn_context_free(ctx);
    return (double)(clock() - start) / CLOCKS_PER_SEC;
}

/* They are played eight at a time; one takes a panel for itself. */
static void daily(void)
{
    kn_context *ctx = new_context(0);
    kn_network *net = atlas(ctx);
    int64_t one, many;
    double first = played_days(net, "1", &one), all = played_days(net, "41", &many);
    printf("daily    %.2f s of processor for the denial of 360 days at up to three ends "
           "that costs JPN most, set-up included, %.3f s for each of the next %lld\n",
           first, (all - first) / (double)(many - one), (long long)(many - one));
    kn_network_free(net);
    kn_context_free(ctx);
}

/* Processor seconds a denial of playing the 32 that cost JPN most. Every thread gets a
   lot: one thread plays all together, 32 threads play one each. */
static double played(const kn_network *net, int threads)
{
    const kn_setting settings[] = {
        {"model", "kaname"}, {"of", "JPN"}, {"days", "60"}, {"screen", "32"}};
    kn_context *ctx = new_context(threads);
    clock_t start = clock();
    run(ctx, net, settings, 4, &(int64_t){0});
    kn_context_free(ctx);
    return (double)(clock() - start) / CLOCKS_PER_SEC / 32;
}

static void table(void)
{
    kn_context *ctx = new_context(0);
    kn__io_raw *raw;
    kn_network *net;
    if (access(table_path, R_OK) != 0) {
        printf("skipped: no %s\n", table_path);
        kn_context_free(ctx);
        return;
    }
    if (kn__read_wiod(&raw, ctx, table_path) < 0 ||
        kn__network_from_io(&net, ctx, raw) < 0)
        exit(1);
    double together = played(net, 1), alone = played(net, 32);
    printf("table    WIOD 2011, 60 days, 32 denials of JPN: %.3f s of processor each "
           "together, %.3f s one by one: %.1f times\n",
           together, alone, alone / together);
    kn__io_raw_free(ctx, raw);
    kn_network_free(net);
    kn_context_free(ctx);
}

int main(void)
{
    modes(1);
    modes(0);
    cache();
    daily();
    table();
    return 0;
}
