/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "lens/trade/trade.h"

/* Tables miss a cost share of 1 by rounding, and some hold inputs below 0; the nests need
   the first exactly and have no place for the second. */
static int32_t close_costs(kn__cp *m)
{
    int32_t N = m->economies, J = m->sectors, clipped = 0;
    for (int32_t n = 0; n < N; n++)
        for (int32_t j = 0; j < J; j++) {
            double sum = 0, *input = m->input_share + (int64_t)n * J * J + j;
            for (int32_t k = 0; k < J; k++) {
                clipped += input[(int64_t)k * J] < 0;
                input[(int64_t)k * J] = fmax(0, input[(int64_t)k * J]);
                sum += input[(int64_t)k * J];
            }
            double scale = sum > 0 ? (1 - m->value_share[n * J + j]) / sum : 0;
            if (!(sum > 0))
                m->value_share[n * J + j] = 1;
            for (int32_t k = 0; k < J; k++)
                input[(int64_t)k * J] *= scale;
        }
    return clipped;
}

kn_status kn__trade_nests(kn__trade_run *run, kn_context *ctx, kn__arena *arena,
                          const kn__trade_options *options)
{
    kn__cp *cp = &run->model.cp;
    run->nested = (kn__nested){.cp = cp,
                               .base = &run->before,
                               .value_elasticity = options->value_elasticity,
                               .input_elasticity = options->input_elasticity,
                               .final_elasticity = options->final_elasticity,
                               .mobile = options->factors == 1};
    run->market.nested = &run->nested;
    run->market.nested_after = &run->nested_after;
    run->model.clipped_input = close_costs(cp);
    return kn__nested_state_new(&run->nested_after, ctx, arena, cp);
}
