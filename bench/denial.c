/* SPDX-License-Identifier: Apache-2.0 */
/* How long the denial matrix of the atlas takes: all holders, products and victims, each
   at three ends, by mode, on one thread and on all. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "kaname/lens.h"
#include "kaname/read.h"

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double found(const kn_result *result)
{
    return (double)kn_table_rows(kn_result_find(result, "chokepoints"));
}

int main(void)
{
    static const char *const modes[] = {"targeted", "stop", "outage"};
    for (int threads = 1; threads >= 0; threads--) {
        kn_context_options options = KN_CONTEXT_OPTIONS_INIT;
        kn_context *ctx;
        kn_network *net;
        options.threads = threads;
        if (kn_context_new(&ctx, &options) < 0 || kn_network_atlas(&net, ctx) < 0)
            return 1;
        for (int k = 0; k < 3; k++) {
            kn_setting settings[] = {{"mode", modes[k]}, {"top", "0"}};
            kn_result *result;
            double start = seconds();
            if (kn_lens_run(&result, ctx, kn_lens_find("chokepoints"), net, NULL,
                            settings, 2) < 0) {
                fprintf(stderr, "%s\n", kn_context_error(ctx));
                return 1;
            }
            printf("%-8s %d products, %d economies, %.0f rows with interval: %.2f s "
                   "on %d thread(s)\n",
                   modes[k], kn_network_products(net), kn_network_economies(net),
                   found(result), seconds() - start, kn_context_threads(ctx));
            kn_result_free(result);
        }
        kn_network_free(net);
        kn_context_free(ctx);
    }
    return 0;
}
