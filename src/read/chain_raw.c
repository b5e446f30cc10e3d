/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "read/labels.h"
#include "read/raw.h"

kn__chain_economy kn__chain_known_economy(const char *code)
{
    double gdp = kn__economy_gdp_musd(code);
    return (kn__chain_economy){.code = code,
                               .name_en = kn__economy_name(code, 0),
                               .name_ja = kn__economy_name(code, 1),
                               .name_ko = kn__economy_name(code, 2),
                               .source = isnan(gdp) ? "assumed" : "world-bank",
                               .latitude = NAN,
                               .longitude = NAN,
                               .gdp_musd = gdp,
                               .gdp_year = isnan(gdp) ? 0 : 2023,
                               .grade = isnan(gdp) ? 'D' : 'C'};
}

void kn__chain_raw_free(kn__chain_raw *raw)
{
    if (raw)
        kn__arena_free(raw->arena);
}

void kn__firms_raw_free(kn__firms_raw *raw)
{
    if (raw)
        kn__arena_free(raw->arena);
}
