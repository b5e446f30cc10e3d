/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "network/build.h"
#include "read/labels.h"

kn_status kn__network_economy_of(kn__economy *economy, kn_context *ctx, kn__arena *arena,
                                 const char *code)
{
    *economy = (kn__economy){.code = kn__arena_text(arena, ctx, code),
                             .latitude = NAN,
                             .longitude = NAN,
                             .gdp_musd = NAN,
                             .origin = KN__NO_ORIGIN};
    for (int l = 0; l < KN_LANG_COUNT; l++)
        economy->name[l] = kn__economy_name(code, l);
    return economy->code ? KN_OK : KN_ERR_MEMORY;
}

kn_status kn__network_economies(kn_network *net, kn_context *ctx,
                                const char *const *codes, int32_t count)
{
    net->economies = KN__ARRAY(net->arena, ctx, count, kn__economy);
    if (!net->economies)
        return KN_ERR_MEMORY;
    for (; net->economy_count < count; net->economy_count++)
        KN__TRY(kn__network_economy_of(&net->economies[net->economy_count], ctx,
                                       net->arena, codes[net->economy_count]));
    return KN_OK;
}

kn__product kn__network_product_of(kn__kind kind, const char *unit, int32_t industry)
{
    return (kn__product){.hs = "",
                         .unit = unit,
                         .note = "",
                         .kind = kind,
                         .industry = industry,
                         .substitute_days = NAN,
                         .reroute_share = NAN,
                         .reroute_days = NAN,
                         .spare_days = NAN,
                         .value_origin = KN__NO_ORIGIN,
                         .param_origin = KN__NO_ORIGIN};
}
