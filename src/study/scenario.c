/* SPDX-License-Identifier: Apache-2.0 */
#include "kaname/scenario.h"

#include <stdio.h>
#include <string.h>

#include "kernel/hash.h"
#include "kernel/text.h"
#include "study/blocs.h"
#include "study/retaliate.h"

static kn_status check_header(const kn__yaml_file *file)
{
    static const char *const keys[] = {"kaname", "title", "network",
                                       "seed",   "blocs", "measures"};
    const kn__yaml *root = file->root;
    if (root->kind != KN__YAML_MAP)
        return kn__yaml_fail(file, root, KN_ERR_DATA,
                             "not a scenario: expected \"kaname: scenario/1\" first");
    const char *version;
    KN__TRY(kn__yaml_text(&version, file, root, "kaname"));
    const kn__yaml *header = kn__yaml_get(root, "kaname");
    if (!header)
        return kn__yaml_fail(
            file, root, KN_ERR_DATA,
            "not a scenario: the line \"kaname: scenario/1\" is missing");
    if (strcmp(version, "scenario/1") != 0)
        return kn__yaml_fail(file, header, KN_ERR_DATA,
                             "\"%.40s\" is not a scenario this kaname reads; expected "
                             "\"scenario/1\"",
                             version);
    return kn__yaml_only(file, root, "a scenario", keys, sizeof keys / sizeof *keys);
}

static const char *file_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* A measure and what answers it. */
static kn_status append(kn_scenario *s, int32_t *room, kn_context *ctx,
                        const kn__measure *made, int32_t count)
{
    if (s->count + count > *room) {
        kn__measure *more = KN__ARRAY(s->arena, ctx, 2 * (s->count + count), kn__measure);
        if (!more)
            return KN_ERR_MEMORY;
        if (s->count)
            memcpy(more, s->measures, (size_t)s->count * sizeof *more);
        s->measures = more;
        *room = 2 * (s->count + count);
    }
    if (count)
        memcpy(s->measures + s->count, made, (size_t)count * sizeof *made);
    s->count += count;
    return KN_OK;
}

static kn_status read_measures(kn_scenario *s, const kn__yaml_file *file,
                               const kn_network *net)
{
    const kn__yaml *list = kn__yaml_get(file->root, "measures");
    int32_t room = 0;
    if (!list)
        return kn__yaml_fail(file, file->root, KN_ERR_DATA,
                             "a scenario needs \"measures\" (an empty list is [])");
    if (list->kind != KN__YAML_LIST)
        return kn__yaml_fail(file, list, KN_ERR_DATA,
                             "\"measures\" must be a list: lines that start with \"- \"");
    for (const kn__yaml *item = list->first; item; item = item->next) {
        kn__measure measure, *answers;
        int32_t count;
        KN__TRY(kn__measure_read(&measure, file, item, net));
        KN__TRY(append(s, &room, file->ctx, &measure, 1));
        KN__TRY(kn__retaliation_read(&answers, &count, file, item, &measure, net));
        KN__TRY(append(s, &room, file->ctx, answers, count));
    }
    return KN_OK;
}

static kn_status fill(kn_scenario *s, kn_context *ctx, const kn_network *net,
                      const char *path)
{
    kn__yaml_file file;
    kn_network extended;
    int64_t seed;
    s->path = kn__arena_text(s->arena, ctx, path);
    if (!s->path)
        return KN_ERR_MEMORY;
    KN__TRY(kn__yaml_read(&file, ctx, s->arena, s->path));
    KN__TRY(check_header(&file));
    KN__TRY(kn__yaml_text(&s->title, &file, file.root, "title"));
    KN__TRY(kn__yaml_text(&s->network, &file, file.root, "network"));
    KN__TRY(kn__yaml_integer(&seed, &file, file.root, "seed", 0, 0, INT64_MAX));
    if (!*s->title)
        s->title = file_name(s->path);
    s->seed = (uint64_t)seed;
    kn__sha256_hex(s->sha256, file.bytes, file.length);
    KN__TRY(kn__blocs_read(&extended, &file, net));
    return read_measures(s, &file, &extended);
}

kn_status kn_scenario_read(kn_scenario **scenario, kn_context *context,
                           const kn_network *network, const char *path)
{
    *scenario = NULL;
    kn__arena *arena;
    KN__TRY(kn__arena_new(&arena, context));
    kn_scenario *s = KN__NEW(arena, context, kn_scenario);
    kn_status status = s ? KN_OK : KN_ERR_MEMORY;
    if (s) {
        s->arena = arena;
        s->memory = *kn__allocator(context);
        status = fill(s, context, network, path);
    }
    if (status < 0)
        kn__arena_free(arena);
    else
        *scenario = s;
    return status;
}

kn_status kn_scenario_network_name(char *name, int32_t size, kn_context *context,
                                   const char *path)
{
    kn__arena *arena;
    kn__yaml_file file;
    const char *text = "";
    if (size < 1)
        return kn__fail(context, KN_ERR_USAGE, "no room for the name of a network");
    name[0] = '\0';
    KN__TRY(kn__arena_new(&arena, context));
    kn_status status = kn__yaml_read(&file, context, arena, path);
    if (status >= 0)
        status = check_header(&file);
    if (status >= 0)
        status = kn__yaml_text(&text, &file, file.root, "network");
    if (status >= 0 && (int32_t)strlen(text) >= size)
        status = kn__yaml_fail(&file, kn__yaml_get(file.root, "network"), KN_ERR_LIMIT,
                               "the name of a network longer than %d bytes", size - 1);
    if (status >= 0)
        snprintf(name, (size_t)size, "%s", text);
    kn__arena_free(arena);
    return status;
}

void kn_scenario_free(kn_scenario *scenario)
{
    if (scenario)
        kn__arena_free(scenario->arena);
}

const char *kn_scenario_title(const kn_scenario *scenario)
{
    return scenario->title;
}

int32_t kn_scenario_measures(const kn_scenario *scenario)
{
    return scenario->count;
}
