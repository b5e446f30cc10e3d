/* SPDX-License-Identifier: Apache-2.0 */
#include "study/run.h"

#include <math.h>
#include <string.h>

#include "kernel/text.h"
#include "network/measure.h"
#include "study/options.h"

/* Names the operations a lens understands: `"export_ban", "export_quota"`. */
static void list_operations(kn__text *text, const kn_lens *lens)
{
    const char *between = "";
    for (int32_t k = 0; k < KN__OP_COUNT; k++)
        if (lens->operations >> k & 1) {
            kn__text_addf(text, "%s%s", between, kn__op_name((kn__op)k));
            between = ", ";
        }
}

/* The lenses that do understand it: "; trade does". */
static void list_lenses(kn__text *text, kn__op op)
{
    const char *between = "; ";
    for (int32_t k = 0; k < kn_lens_count(); k++)
        if (kn_lens_at(k)->operations >> op & 1) {
            kn__text_addf(text, "%s%s", between, kn_lens_at(k)->name);
            between = ", ";
        }
    if (*between == ',')
        kn__text_add(text, " can play it");
}

static kn_status check_operations(kn_context *ctx, const kn_lens *lens,
                                  const kn_scenario *scenario)
{
    for (int32_t k = 0; k < scenario->count; k++) {
        const kn__measure *m = &scenario->measures[k];
        if (lens->operations >> m->op & 1)
            continue;
        kn__text known;
        kn__text_init(&known, ctx, 4096);
        list_operations(&known, lens);
        if (!known.length)
            kn__text_add(&known, "none");
        list_lenses(&known, m->op);
        kn_status status =
            kn__fail(ctx, KN_ERR_USAGE,
                     "%s:%d: %s does not understand the operation %s; it knows %s",
                     scenario->path, m->line, lens->name, kn__op_name(m->op), known.data);
        kn__text_release(&known);
        return status;
    }
    return KN_OK;
}

bool kn__column_vanishes(const kn_column *column)
{
    size_t length = strlen(column->name);
    return column->type == KN_COLUMN_NUMBER &&
           (!strncmp(column->name, "loss_", 5) ||
            !strncmp(column->name, "peak_loss", 9) ||
            (length > 7 && !strcmp(column->name + length - 7, "_change")));
}

static kn_status check_zero(kn_context *ctx, const kn_lens *lens, const kn_result *result)
{
    for (int32_t t = 0; t < kn_result_tables(result); t++) {
        const kn_table *table = kn_result_table(result, t);
        const kn_table_decl *decl = kn_table_declaration(table);
        for (int32_t c = 0; c < decl->column_count; c++)
            for (int64_t r = 0;
                 kn__column_vanishes(&decl->columns[c]) && r < kn_table_rows(table); r++)
                if (kn_table_number(table, r, c) != 0 &&
                    !isnan(kn_table_number(table, r, c)))
                    return kn__fail(ctx, KN_ERR_INTERNAL,
                                    "%s: without any measure, %s.%s is not zero",
                                    lens->name, decl->name, decl->columns[c].name);
    }
    return KN_OK;
}

/* The same run without measures; KN_OK when it is zero everywhere. */
static kn_status check_null_scenario(kn_context *ctx, const kn_lens *lens,
                                     const kn_network *network,
                                     const kn_scenario *scenario, const void *options)
{
    kn_scenario nothing = *scenario;
    kn_result *result;
    nothing.count = 0;
    KN__TRY(kn_result_new(&result, ctx));
    kn_status status = lens->run(ctx, network, &nothing, options, result);
    if (status >= 0)
        status = check_zero(ctx, lens, result);
    kn_result_free(result);
    return status < 0 ? status : KN_OK;
}

/* What was asked, so that a result can be made again from itself. */
static kn_status note_inputs(kn_result *result, kn_context *ctx, const kn_lens *lens,
                             const kn_scenario *scenario)
{
    KN__TRY(kn_result_info(result, ctx, "lens", lens->name, 0));
    if (!scenario)
        return KN_OK;
    KN__TRY(kn_result_info(result, ctx, "scenario", scenario->title, 0));
    return kn_result_info(result, ctx, "scenario_sha256", scenario->sha256, 0);
}

/* Says that the check above held, unless the lens has said so of its own check. */
static kn_status note_null(kn_result *result, kn_context *ctx)
{
    for (int32_t k = 0; k < kn_result_infos(result); k++)
        if (kn__text_equal(kn_result_info_key(result, k), "null_shock"))
            return KN_OK;
    return kn_result_info(result, ctx, "null_shock", "exactly zero", 0);
}

kn_status kn__note_options(kn_result *result, kn_context *ctx, kn__arena *arena,
                           const kn_lens *lens, const kn_setting *settings, int32_t count)
{
    for (int32_t k = 0; k < lens->option_count; k++) {
        const char *value = lens->options[k].default_text;
        for (int32_t s = 0; s < count; s++)
            if (!strcmp(settings[s].key, lens->options[k].name))
                value = settings[s].value;
        if (!value)
            continue;
        char *key = kn__arena_format(arena, ctx, "option.%s", lens->options[k].name);
        if (!key)
            return KN_ERR_MEMORY;
        KN__TRY(kn_result_info(result, ctx, key, value, 0));
    }
    return KN_OK;
}

kn_status kn_lens_run(kn_result **result, kn_context *context, const kn_lens *lens,
                      const kn_network *network, const kn_scenario *scenario,
                      const kn_setting *settings, int32_t setting_count)
{
    *result = NULL;
    kn__arena *arena;
    kn_result *made = NULL;
    KN__TRY(kn__arena_new(&arena, context));
    void *options = kn__arena_alloc(arena, context, (int64_t)lens->options_size, 1);
    kn_status found = KN_OK, status = options ? KN_OK : KN_ERR_MEMORY;
    if (status >= 0)
        status = kn__options_fill(options, context, arena, lens, network, settings,
                                  setting_count);
    if (status >= 0 && scenario)
        status = check_operations(context, lens, scenario);
    if (status >= 0 && scenario && !lens->scenario_optional && !lens->null_checked)
        status = check_null_scenario(context, lens, network, scenario, options);
    if (status >= 0)
        status = kn_result_new(&made, context);
    if (status >= 0)
        status = note_inputs(made, context, lens, scenario);
    if (status >= 0)
        status = kn__note_options(made, context, arena, lens, settings, setting_count);
    if (status >= 0)
        status = found = lens->run(context, network, scenario, options, made);
    if (status >= 0 && scenario)
        status = note_null(made, context);
    kn__arena_free(arena);
    if (status < 0)
        kn_result_free(made);
    else
        *result = made;
    return status < 0 ? status : found;
}
