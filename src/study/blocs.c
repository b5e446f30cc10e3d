/* SPDX-License-Identifier: Apache-2.0 */
#include "study/blocs.h"

#include <stdio.h>
#include <string.h>

#include "kernel/text.h"
#include "network/distance.h"
#include "study/measure_read.h"

/* A path of the file, seen from the file's own folder. */
static char *beside(const kn__yaml_file *file, const char *path)
{
    const char *slash = strrchr(file->path, '/');
    int folder = slash && path[0] != '/' ? (int)(slash - file->path) + 1 : 0;
    return kn__arena_format(file->arena, file->ctx, "%.*s%s", folder, file->path, path);
}

/* Puts the place in the scenario in front of what is wrong with the file of distances. */
static kn_status fail_at(const kn__yaml_file *file, const kn__yaml *node,
                         kn_status status)
{
    char message[1024];
    if (status == KN_ERR_MEMORY)
        return status;
    snprintf(message, sizeof message, "%s", kn_context_error(file->ctx));
    kn_context_clear(file->ctx);
    return kn__yaml_fail(file, node, status, "%s", message);
}

static kn_status read_limit(double *limit, const kn__yaml_file *file, const kn__yaml *map,
                            const char *key)
{
    const char *text;
    KN__TRY(kn__yaml_text(&text, file, map, key));
    if (kn__parse_number(text, strlen(text), limit) && *limit >= 0)
        return KN_OK;
    return kn__yaml_fail(file, kn__yaml_get(map, key), KN_ERR_DATA,
                         "%s is \"%.40s\"; expected a distance, a number from 0", key,
                         text);
}

/* What {to: USA, below: 1.0, distances: FILE} must have. */
static kn_status check_distance(const kn__yaml_file *file, const kn__yaml *map)
{
    static const char *const keys[] = {"to", "below", "above", "distances"};
    KN__TRY(kn__yaml_only(file, map, "a bloc", keys, 4));
    if (!kn__yaml_get(map, "below") == !kn__yaml_get(map, "above"))
        return kn__yaml_fail(file, map, KN_ERR_DATA,
                             "a bloc by distance needs \"below\" or \"above\", one of "
                             "them");
    if (!kn__yaml_get(map, "to"))
        return kn__yaml_fail(file, map, KN_ERR_DATA,
                             "a bloc by distance needs \"to\", an economy");
    if (!kn__yaml_get(map, "distances"))
        return kn__yaml_fail(
            file, map, KN_ERR_DATA,
            "a bloc by distance needs \"distances\", a csv with the "
            "columns economy, ideal_point or economy, partner, distance");
    return KN_OK;
}

static kn_status by_distance(kn_ids *members, const kn__yaml_file *file,
                             const kn__yaml *map, const kn_network *net)
{
    const char *path, *side = kn__yaml_get(map, "below") ? "below" : "above";
    kn_ids to;
    double limit;
    KN__TRY(check_distance(file, map));
    KN__TRY(kn__yaml_economies(&to, file, kn__yaml_get(map, "to"), net));
    if (to.count != 1)
        return kn__yaml_fail(file, kn__yaml_get(map, "to"), KN_ERR_DATA,
                             "distances are to one economy");
    KN__TRY(read_limit(&limit, file, map, side));
    KN__TRY(kn__yaml_text(&path, file, map, "distances"));
    if (!*path)
        return kn__yaml_fail(
            file, map, KN_ERR_DATA,
            "a bloc by distance needs \"distances\", a csv with the "
            "columns economy, ideal_point or economy, partner, distance");
    char *full = beside(file, path);
    double *distance = KN__ARRAY(file->arena, file->ctx, net->economy_count, double);
    int32_t *id = KN__ARRAY(file->arena, file->ctx, net->economy_count, int32_t);
    if (!full || !distance || !id)
        return KN_ERR_MEMORY;
    kn_status status = kn__distances_read(distance, file->ctx, net, full, to.id[0]);
    if (status < 0)
        return fail_at(file, kn__yaml_get(map, "distances"), status);
    *members = (kn_ids){.id = id};
    for (int32_t e = 0; e < net->economy_count; e++)
        if (*side == 'b' ? distance[e] < limit : distance[e] > limit)
            id[members->count++] = e;
    return KN_OK;
}

static kn_status add_bloc(kn_network *extended, const kn__yaml_file *file,
                          const kn__yaml *node)
{
    kn__bloc bloc = {.name = node->key};
    for (int32_t b = 0; b < extended->bloc_count; b++)
        if (kn__text_equal(extended->blocs[b].name, bloc.name))
            return kn__yaml_fail(file, node, KN_ERR_DATA,
                                 "there is a bloc \"%.40s\" already", bloc.name);
    if (kn__network_economy(extended, bloc.name) >= 0 || strpbrk(bloc.name, ",*"))
        return kn__yaml_fail(file, node, KN_ERR_DATA,
                             "\"%.40s\" cannot be the name of a bloc", bloc.name);
    if (node->kind == KN__YAML_MAP)
        KN__TRY(by_distance(&bloc.members, file, node, extended));
    else
        KN__TRY(kn__yaml_economies(&bloc.members, file, node, extended));
    if (bloc.members.count == 0)
        return kn__yaml_fail(file, node, KN_ERR_DATA, "the bloc \"%.40s\" has no members",
                             bloc.name);
    extended->blocs[extended->bloc_count++] = bloc;
    return KN_OK;
}

kn_status kn__blocs_read(kn_network *extended, const kn__yaml_file *file,
                         const kn_network *net)
{
    const kn__yaml *all = kn__yaml_get(file->root, "blocs");
    *extended = *net;
    if (!all)
        return KN_OK;
    if (all->kind != KN__YAML_MAP)
        return kn__yaml_fail(file, all, KN_ERR_DATA,
                             "\"blocs\" must be a map: lines like \"west: [USA, JPN]\"");
    extended->blocs =
        KN__ARRAY(file->arena, file->ctx, net->bloc_count + all->count, kn__bloc);
    if (!extended->blocs)
        return KN_ERR_MEMORY;
    for (int32_t b = 0; b < net->bloc_count; b++)
        extended->blocs[b] = net->blocs[b];
    for (const kn__yaml *node = all->first; node; node = node->next)
        KN__TRY(add_bloc(extended, file, node));
    return KN_OK;
}
