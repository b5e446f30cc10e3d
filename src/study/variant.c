/* SPDX-License-Identifier: Apache-2.0 */
#include "study/variant.h"

#include <string.h>

static void change(kn__recipe *r, kn__variant variant)
{
    static const kn__criticality without[] = {KN__ESSENTIAL, KN__IMPORTANT, KN__MINOR};
    if (variant >= KN__DEPENDENT_LOW) {
        double share = r->dependent[variant - KN__DEPENDENT_LOW];
        r->dependent[0] = r->dependent[1] = r->dependent[2] = share;
        return;
    }
    if (r->criticality != without[variant])
        return;
    if (r->criticality == KN__MINOR)
        r->cost_share = 0; /* a minor input acts by its cost share alone */
    else
        r->dependent[0] = r->dependent[1] = r->dependent[2] = 0;
}

kn_status kn__network_variant(kn_network *copy, kn_context *ctx, kn__arena *arena,
                              const kn_network *net, kn__variant variant)
{
    *copy = *net;
    copy->recipes = KN__ARRAY(arena, ctx, net->recipe_count, kn__recipe);
    if (!copy->recipes)
        return KN_ERR_MEMORY;
    if (net->recipe_count)
        memcpy(copy->recipes, net->recipes,
               (size_t)net->recipe_count * sizeof *net->recipes);
    for (int32_t i = 0; i < net->recipe_count; i++)
        change(&copy->recipes[i], variant);
    return KN_OK;
}
