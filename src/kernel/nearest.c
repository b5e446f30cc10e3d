/* SPDX-License-Identifier: Apache-2.0 */
#include "kaname/text.h"

#include <stdio.h>

#include "kernel/text.h"

kn_status kn_nearest(char *buffer, size_t size, kn_context *context, const char *word,
                     const char *const *labels, int32_t count)
{
    kn__text text;
    kn__text_init(&text, context, 4096);
    kn__text_nearest(&text, word, labels, count);
    snprintf(buffer, size, "%s", text.data);
    kn_status status = kn__text_status(&text);
    kn__text_release(&text);
    return status;
}
