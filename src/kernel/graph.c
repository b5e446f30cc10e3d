/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/graph.h"

/* Nodes reachable from root in reverse post-order; rank[i] = place of node i, or -1. */
static int32_t reverse_post_order(const kn__csr *graph, int32_t root, int32_t *order,
                                  int32_t *rank, int32_t *path, int64_t *next)
{
    int32_t n = graph->rows, depth = 0, left = n;
    for (int32_t i = 0; i < n; i++)
        rank[i] = -1;
    rank[root] = n;
    next[root] = graph->start[root];
    path[depth++] = root;
    while (depth) {
        int32_t node = path[depth - 1];
        if (next[node] == graph->start[node + 1]) {
            order[--left] = node;
            depth--;
            continue;
        }
        int32_t to = graph->index[next[node]++];
        if (rank[to] == -1) {
            rank[to] = n;
            next[to] = graph->start[to];
            path[depth++] = to;
        }
    }
    int32_t reached = n - left;
    for (int32_t k = 0; k < reached; k++) {
        order[k] = order[left + k];
        rank[order[k]] = k;
    }
    return reached;
}

static int32_t common(const int32_t *dominator, const int32_t *rank, int32_t a, int32_t b)
{
    while (a != b) {
        while (rank[a] > rank[b])
            a = dominator[a];
        while (rank[b] > rank[a])
            b = dominator[b];
    }
    return a;
}

static void dominate(int32_t *dominator, const kn__csr *into, const int32_t *order,
                     const int32_t *rank, int32_t reached, int32_t root)
{
    for (int32_t i = 0; i < into->rows; i++)
        dominator[i] = -1;
    dominator[root] = root;
    for (int changed = 1; changed;) {
        changed = 0;
        for (int32_t k = 1; k < reached; k++) {
            int32_t node = order[k], best = -1;
            for (int64_t e = into->start[node]; e < into->start[node + 1]; e++) {
                int32_t from = into->index[e];
                if (rank[from] < 0 || dominator[from] < 0)
                    continue;
                best = best < 0 ? from : common(dominator, rank, best, from);
            }
            changed |= dominator[node] != best;
            dominator[node] = best;
        }
    }
}

kn_status kn__graph_dominators(int32_t *dominator, kn_context *ctx, const kn__csr *graph,
                               int32_t root)
{
    int32_t n = graph->rows;
    if (root < 0 || root >= n)
        return kn__fail(ctx, KN_ERR_USAGE, "no node %d in a graph of %d", root, n);
    kn__arena *arena;
    KN__TRY(kn__arena_new(&arena, ctx));
    kn__csr into;
    int32_t *order = KN__ARRAY(arena, ctx, 3 * (int64_t)n, int32_t);
    int64_t *next = KN__ARRAY(arena, ctx, n, int64_t);
    kn_status status =
        order && next ? kn__csr_transpose(&into, ctx, arena, graph) : KN_ERR_MEMORY;
    if (status == KN_OK) {
        int32_t *rank = order + n, *path = rank + n;
        int32_t reached = reverse_post_order(graph, root, order, rank, path, next);
        dominate(dominator, &into, order, rank, reached, root);
    }
    kn__arena_free(arena);
    return status;
}
