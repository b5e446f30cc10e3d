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

void kn__chain_frame(kn__chain_raw *raw, const char *const *codes, int64_t count,
                     const kn__chain_source *own)
{
    for (int64_t e = 0; e <= count; e++)
        raw->economies[raw->economy_count++] =
            kn__chain_known_economy(e < count ? codes[e] : "ZZU");
    raw->sources[0] = *own;
    raw->sources[1] = (kn__chain_source){.id = "assumed",
                                         .title = "kaname assumption",
                                         .publisher = "kaname",
                                         .url = "",
                                         .licence = "",
                                         .year = 2026};
    raw->sources[2] = (kn__chain_source){.id = "world-bank",
                                         .title = "World Development Indicators, GDP at "
                                                  "current prices",
                                         .publisher = "World Bank",
                                         .url = "",
                                         .licence = "CC BY 4.0",
                                         .year = 2024};
    raw->source_count = 3;
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
