/* SPDX-License-Identifier: Apache-2.0 */
#include "network/route.h"

#include <string.h>

#include "read/csv.h"

extern const unsigned char kn__routes_csv[];
extern const unsigned long kn__routes_csv_size;

enum { PASSAGE, A, B, EXTRA_DAYS, CUT, COLUMNS };

static kn_status take_row(kn__detour *detour, int64_t *pairs, const kn_network *net,
                          kn__csv *csv, const kn__field *fields, const int32_t *at)
{
    int64_t a = kn__network_economy(net, fields[at[A]].text);
    int64_t b = kn__network_economy(net, fields[at[B]].text);
    kn__detour d;
    if (a < 0 || b < 0)
        return KN_OK;
    KN__TRY(kn__csv_number(csv, &fields[at[EXTRA_DAYS]], false, &d.extra_days));
    KN__TRY(kn__csv_number(csv, &fields[at[CUT]], false, &d.cut));
    detour[a * net->economy_count + b] = detour[b * net->economy_count + a] = d;
    *pairs += 2;
    return KN_OK;
}

static kn_status take_rows(kn__detour *detour, int64_t *pairs, const kn_network *net,
                           kn__csv *csv, const char *passage)
{
    static const char *const names[COLUMNS] = {"passage", "a", "b", "extra_days", "cut"};
    const kn__field *fields;
    int32_t count, at[COLUMNS];
    KN__TRY(kn__csv_header(csv, names, COLUMNS, at));
    for (;;) {
        KN__TRY(kn__csv_next(csv, &fields, &count));
        if (count == 0)
            return KN_OK;
        if (!strcmp(fields[at[PASSAGE]].text, passage))
            KN__TRY(take_row(detour, pairs, net, csv, fields, at));
    }
}

kn_status kn__detours_of(kn__detour **detour, int64_t *pairs, kn_context *ctx,
                         kn__arena *arena, const kn_network *net, const char *passage)
{
    kn__csv *csv;
    int64_t economies = net->economy_count;
    *detour = NULL;
    *pairs = 0;
    kn__detour *found = KN__ARRAY(arena, ctx, economies * economies, kn__detour);
    if (!found)
        return KN_ERR_MEMORY;
    KN__TRY(
        kn__csv_open_bytes(&csv, ctx, "routes.csv", kn__routes_csv, kn__routes_csv_size));
    kn_status status = take_rows(found, pairs, net, csv, passage);
    kn__csv_close(csv);
    if (status >= 0)
        *detour = found;
    return status;
}
