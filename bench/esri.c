/* SPDX-License-Identifier: Apache-2.0 */
/* How long a shock of the systemic risk index takes on a network of firms: all firms fail
   one by one (eps 1e-2, market on), a sample of them also in the dense twin.

     bench_esri [EDGES.tsv SECTOR.tsv CLASSES.csv]

   The files are those of cases/cascade/gen_firmnet.py and ess_ihs_616.csv; without them a
   network of the same shape is drawn: Zipf sectors, Pareto numbers of suppliers and of
   attractiveness, lognormal weights. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "esri_ref.h"
#include "kernel/random.h"

enum { FIRMS = 10000, SECTORS = 616, SAMPLE = 5, MEAN_SUPPLIERS = 10 };

typedef struct firmnet {
    kn__esri_input in;
    int32_t *supplier, *buyer, *sector;
    double *weight;
    unsigned char *edge_class, *classes; /* classes[input * sectors + user] */
    int64_t room;
} firmnet;

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void grow(firmnet *f)
{
    if (f->in.edges < f->room)
        return;
    f->room = f->room ? 2 * f->room : 1 << 17;
    f->supplier = realloc(f->supplier, (size_t)f->room * sizeof(int32_t));
    f->buyer = realloc(f->buyer, (size_t)f->room * sizeof(int32_t));
    f->weight = realloc(f->weight, (size_t)f->room * sizeof(double));
    if (!f->supplier || !f->buyer || !f->weight)
        exit(1);
}

static void add(firmnet *f, int32_t i, int32_t j, double weight)
{
    grow(f);
    f->supplier[f->in.edges] = i;
    f->buyer[f->in.edges] = j;
    f->weight[f->in.edges++] = weight;
}

/* ---- A drawn network ---- */

static double pareto(uint64_t stream, uint64_t index, double alpha)
{
    return pow(kn__random_uniform(7, stream, index), -1 / alpha);
}

/* The place where the cumulated weights pass u × their sum. */
static int32_t pick(const double *cumulated, int32_t count, double u)
{
    int32_t low = 0, high = count - 1;
    while (low < high) {
        int32_t middle = (low + high) / 2;
        if (cumulated[middle] < u * cumulated[count - 1])
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void draw_firms(firmnet *f, double *appeal, double *suppliers)
{
    double zipf[SECTORS], mean = 0;
    for (int32_t k = 0; k < SECTORS; k++)
        zipf[k] = (k ? zipf[k - 1] : 0) + pow(k + 1, -0.7);
    for (uint64_t i = 0; i < FIRMS; i++) {
        f->sector[i] =
            i < SECTORS ? (int32_t)i : pick(zipf, SECTORS, kn__random_uniform(7, 1, i));
        appeal[i] = fmin(pareto(2, i, 1.3), FIRMS / 20.0);
        suppliers[i] = pareto(3, i, 1.5);
        mean += suppliers[i] / FIRMS;
    }
    for (int32_t i = 0; i < FIRMS; i++)
        suppliers[i] =
            fmax(1, floor(fmin(suppliers[i] / mean * MEAN_SUPPLIERS, FIRMS / 20.0)));
}

static int has_edge(const firmnet *f, int64_t first, int32_t i)
{
    for (int64_t k = first; k < f->in.edges; k++)
        if (f->supplier[k] == i)
            return 1;
    return 0;
}

static void draw_network(firmnet *f)
{
    double *appeal = malloc(FIRMS * sizeof *appeal);
    double *suppliers = malloc(FIRMS * sizeof *suppliers);
    double *cumulated = malloc(FIRMS * sizeof *cumulated);
    f->sector = malloc(FIRMS * sizeof *f->sector);
    f->classes = malloc(SECTORS * SECTORS);
    if (!appeal || !suppliers || !cumulated || !f->sector || !f->classes)
        exit(1);
    f->in.firms = FIRMS;
    f->in.sectors = SECTORS;
    draw_firms(f, appeal, suppliers);
    for (int32_t i = 0; i < FIRMS; i++)
        cumulated[i] = (i ? cumulated[i - 1] : 0) + appeal[i];
    uint64_t draw = 0;
    for (int32_t j = 0; j < FIRMS; j++) {
        int64_t first = f->in.edges;
        for (int32_t k = 0; k < (int32_t)suppliers[j]; k++, draw++) {
            int32_t i = pick(cumulated, FIRMS, kn__random_uniform(7, 4, draw));
            double u = kn__random_uniform(7, 5, draw), v = kn__random_uniform(7, 6, draw);
            double normal = sqrt(-2 * log(u)) * cos(6.283185307179586 * v);
            if (i != j && !has_edge(f, first, i))
                add(f, i, j, exp(normal) * sqrt(appeal[i] * suppliers[j]));
        }
    }
    for (uint64_t k = 0; k < SECTORS * SECTORS; k++)
        f->classes[k] = (unsigned char)kn__random_below(7, 8, k, 3);
    free(appeal);
    free(suppliers);
    free(cumulated);
}

/* ---- The files ---- */

static FILE *open_file(const char *path)
{
    FILE *file = fopen(path, "r");
    if (!file) {
        perror(path);
        exit(1);
    }
    return file;
}

static void read_classes(firmnet *f, const char *path)
{
    FILE *file = open_file(path);
    char *line = NULL;
    size_t size = 0;
    int32_t row = 0;
    f->classes = calloc(SECTORS, SECTORS);
    if (!f->classes || getline(&line, &size, file) < 0)
        exit(1);
    for (; row < SECTORS && getline(&line, &size, file) > 0; row++) {
        int32_t column = -1;
        for (char *at = strtok(line, ",\r\n"); at; at = strtok(NULL, ",\r\n"), column++)
            if (column >= 0 && column < SECTORS)
                f->classes[row * SECTORS + column] = (unsigned char)atoi(at);
    }
    free(line);
    fclose(file);
}

static void read_network(firmnet *f, char **paths)
{
    FILE *file = open_file(paths[1]);
    f->sector = malloc(sizeof *f->sector * 1000000);
    f->in.sectors = SECTORS;
    while (f->sector && f->in.firms < 1000000 &&
           fscanf(file, "%d", &f->sector[f->in.firms]) == 1)
        f->sector[f->in.firms++]--;
    fclose(file);
    int32_t i, j;
    double weight;
    file = open_file(paths[0]);
    while (fscanf(file, "%d %d %lf", &i, &j, &weight) == 3)
        add(f, i - 1, j - 1, weight);
    fclose(file);
    read_classes(f, paths[2]);
}

/* ---- Measured ---- */

static double run_all(const firmnet *f, int threads, double *total)
{
    kn_context_options options = KN_CONTEXT_OPTIONS_INIT;
    kn__esri_rule rule = {true, false, 1e-2, 10000};
    kn_context *ctx;
    kn__arena *arena;
    kn__esri *esri;
    kn__esri_shocks shocks;
    options.threads = threads;
    if (kn_context_new(&ctx, &options) < 0 || kn__arena_new(&arena, ctx) < 0 ||
        kn__esri_new(&esri, ctx, arena, &f->in, &rule) < 0 ||
        kn__esri_each(&shocks, ctx, arena, f->in.firms) < 0)
        exit(1);
    double start = seconds();
    if (kn__esri_run(esri, ctx, &shocks, &(kn__esri_result){.total = total}) != KN_OK)
        exit(1);
    double time = seconds() - start;
    kn__arena_free(arena);
    kn_context_free(ctx);
    return time;
}

static double run_twin(const firmnet *f, const double *total, double *worst)
{
    kn__esri_rule rule = {true, false, 1e-2, 10000};
    ref_esri twin;
    double *psi = calloc((size_t)f->in.firms, sizeof *psi), out[3], largest = 0;
    if (!psi || ref_esri_new(&twin, &f->in))
        exit(1);
    double start = seconds();
    for (int32_t k = 0; k < SAMPLE; k++) {
        int32_t firm = (int32_t)((int64_t)f->in.firms * k / SAMPLE);
        psi[firm] = 1;
        ref_esri_run(&twin, &rule, psi, out, NULL, NULL);
        psi[firm] = 0;
        *worst = fmax(*worst, fabs(out[0] - total[firm]));
        largest = fmax(largest, out[0]);
    }
    double time = (seconds() - start) / SAMPLE;
    *worst /= largest > 0 ? largest : 1;
    ref_esri_free(&twin);
    free(psi);
    return time;
}

int main(int count, char **args)
{
    firmnet f = {.room = 0};
    if (count == 4)
        read_network(&f, args + 1);
    else
        draw_network(&f);
    f.edge_class = malloc((size_t)f.in.edges);
    double *one = malloc((size_t)f.in.firms * sizeof *one);
    double *two = malloc((size_t)f.in.firms * sizeof *two);
    if (!f.edge_class || !one || !two)
        return 1;
    for (int64_t k = 0; k < f.in.edges; k++)
        f.edge_class[k] =
            f.classes[f.sector[f.supplier[k]] * SECTORS + f.sector[f.buyer[k]]];
    f.in.supplier = f.supplier;
    f.in.buyer = f.buyer;
    f.in.weight = f.weight;
    f.in.edge_class = f.edge_class;
    f.in.sector = f.sector;
    double mean = 0, worst = 0, best = INFINITY;
    for (int k = 0; k < 3; k++)
        best = fmin(best, run_all(&f, 1, one));
    double threaded = run_all(&f, 2, two);
    for (int32_t i = 0; i < f.in.firms; i++)
        mean += one[i] / f.in.firms;
    double shock = best / f.in.firms, slow = run_twin(&f, one, &worst);
    printf("firms %d, links %lld, mean ESRI %.6f\n", f.in.firms, (long long)f.in.edges,
           mean);
    printf("one thread   %.3f ms a shock\n", 1e3 * shock);
    printf("two threads  %.3f ms a shock, same bits: %s\n", 1e3 * threaded / f.in.firms,
           memcmp(one, two, (size_t)f.in.firms * sizeof *one) ? "NO" : "yes");
    printf("dense twin   %.0f ms a shock on %d of them, %.0f times as long, largest "
           "deviation %.1e\n",
           1e3 * slow, SAMPLE, slow / shock, worst);
    return 0;
}
