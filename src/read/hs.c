/* SPDX-License-Identifier: Apache-2.0 */
#include "read/hs.h"

#include <string.h>

#include "kaname/text.h"
#include "read/intern.h"

static const char SEPARATORS[] = ",;";

static kn_status read_code(const char **code, kn_context *ctx, kn__arena *arena,
                           const char *text)
{
    size_t length = strcspn(text, SEPARATORS);
    if (length < 1 || length > KN__HS_LONGEST || strspn(text, "0123456789") < length)
        return kn__fail(ctx, KN_ERR_USAGE,
                        "\"%.*s\" is no HS code: 1 to %d digits such as 85, 8542 or "
                        "854231 were expected",
                        (int)length, text, KN__HS_LONGEST);
    *code = kn__arena_textn(arena, ctx, text, length);
    return *code ? KN_OK : KN_ERR_MEMORY;
}

kn_status kn__hs_parse(kn__hs_list *list, kn_context *ctx, kn__arena *arena,
                       const char *text)
{
    int32_t count = 1;
    for (const char *at = text; (at = strpbrk(at, SEPARATORS)); at++)
        count++;
    const char **code = KN__ARRAY(arena, ctx, count, const char *);
    if (!code)
        return KN_ERR_MEMORY;
    for (int32_t k = 0; k < count; k++) {
        KN__TRY(read_code(&code[k], ctx, arena, text));
        text += strlen(code[k]) + 1;
    }
    list->code = code;
    list->count = count;
    return KN_OK;
}

static bool begins_with(const char *product, const char *code)
{
    return strncmp(product, code, strlen(code)) == 0;
}

bool kn__hs_has(const kn__hs_list *list, const char *product)
{
    bool has = false;
    for (int32_t k = 0; k < list->count && !has; k++)
        has = begins_with(product, list->code[k]);
    return has;
}

/* Only what is as long as the code can be what was meant. */
static kn_status refuse(kn_context *ctx, kn__arena *arena, const char *file,
                        const char *code, const char *const *products, int32_t count)
{
    kn__intern heads = {0};
    char hint[256];
    int32_t id;
    for (int32_t k = 0; k < count; k++) {
        const char *head =
            kn__arena_textn(arena, ctx, products[k], strnlen(products[k], strlen(code)));
        KN__TRY(head ? kn__intern_add(&heads, ctx, arena, head, &id) : KN_ERR_MEMORY);
    }
    KN__TRY(kn_nearest(hint, sizeof hint, ctx, code, heads.texts, heads.count));
    return kn__fail(ctx, KN_ERR_NOT_FOUND, "%s: there is no flow of HS %s%s%s", file,
                    code, *hint ? "; " : "", hint);
}

static kn_status check_code(kn_context *ctx, const char *file, const char *code,
                            const char *const *products, int32_t count)
{
    kn__arena *arena;
    for (int32_t k = 0; k < count; k++)
        if (begins_with(products[k], code))
            return KN_OK;
    KN__TRY(kn__arena_new(&arena, ctx));
    kn_status status = refuse(ctx, arena, file, code, products, count);
    kn__arena_free(arena);
    return status;
}

kn_status kn__hs_check(const kn__hs_list *list, kn_context *ctx, const char *file,
                       const char *const *products, int32_t product_count)
{
    for (int32_t k = 0; k < list->count && list->each; k++)
        KN__TRY(check_code(ctx, file, list->code[k], products, product_count));
    return KN_OK;
}
