/* SPDX-License-Identifier: Apache-2.0 */
#include "kaname/lens.h"
#include "kernel/text.h"

/* Every lens there is: declared here once, listed here once. */
#define LENSES(X)                                                                        \
    X(exposure)                                                                          \
    X(chokepoints)                                                                       \
    X(cascade) X(uncertainty) X(systemic) X(trade) X(friends) X(tariff_war) X(power)

#define DECLARE(lens) extern const kn_lens kn__lens_##lens;
LENSES(DECLARE)
#undef DECLARE

static const kn_lens *const lenses[] = {
#define LIST(lens) &kn__lens_##lens,
    LENSES(LIST)
#undef LIST
        NULL};

int32_t kn_lens_count(void)
{
    return (int32_t)(sizeof lenses / sizeof *lenses) - 1;
}

const kn_lens *kn_lens_at(int32_t index)
{
    return index >= 0 && index < kn_lens_count() ? lenses[index] : NULL;
}

const kn_lens *kn_lens_find(const char *name)
{
    for (int32_t k = 0; k < kn_lens_count(); k++)
        if (kn__text_equal(lenses[k]->name, name))
            return lenses[k];
    return NULL;
}
