/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of the denial loss on random networks. */
#include <string.h>

#include "denial_ref.h"
#include "support.h"

enum { MOST = 7, SLICES = 12, NETWORKS = 40 };

/* A random model in plain arrays that a test may bend before kn__denial_prepare. */
typedef struct world {
    kn__denial_model m;
    double flow[MOST * MOST * MOST], use[MOST * MOST];
    double output[MOST * MOST], value[MOST * MOST], spare[MOST * MOST];
    double stock[MOST * MOST], z[MOST], z_days[MOST], rho[MOST], rho_days[MOST];
    double spare_days[MOST], theta[MOST * MOST * MOST];
    unsigned char always[MOST];
    kn__denial_input inputs[MOST * MOST];
    kn__denial_tool tool;
    kn__denial_ces ces;
    uint64_t seed, draw;
} world;

static double draw(world *w)
{
    return kn__random_uniform(w->seed, 7, w->draw++);
}

static double sometimes(world *w, double chance, double most)
{
    double value = draw(w);
    return draw(w) < chance ? value * most : 0;
}

static void fill_inputs(world *w)
{
    for (int32_t p = 0; p < w->m.products; p++)
        for (int32_t q = 0; q < w->m.products; q++) {
            double low = draw(w), span = draw(w);
            if (draw(w) > 0.4)
                continue;
            kn__denial_input *in = &w->inputs[w->m.input_count++];
            *in = (kn__denial_input){.user = p, .input = q};
            in->class = (kn__denial_class)(3 * draw(w));
            double scale = in->class == KN__CLASS_MINOR ? 0.2 : 1;
            in->weight[KN__END_LOW] = scale * low * 0.6;
            in->weight[KN__END_MID] = scale * (low * 0.6 + span * 0.2);
            in->weight[KN__END_HIGH] = scale * (low * 0.6 + span * 0.4);
        }
}

static void fill_flows(world *w)
{
    int32_t n = w->m.economies;
    for (int32_t q = 0; q < w->m.products; q++)
        for (int32_t s = 0; s < n; s++)
            for (int32_t d = 0; d < n - 1; d++) {
                double f = sometimes(w, 0.7, 100);
                w->flow[(q * n + s) * n + d] = f;
                w->use[q * n + d] += f;
            }
}

/* The last economy is the unseen one. */
static void make(world *w, uint64_t seed, bool table)
{
    memset(w, 0, sizeof *w);
    w->seed = seed;
    kn__denial_model *m = &w->m;
    m->products = 2 + (int32_t)(draw(w) * (MOST - 2));
    m->economies = 3 + (int32_t)(draw(w) * (MOST - 3));
    int32_t pairs = m->products * m->economies;
    m->unseen = m->economies - 1;
    w->always[m->unseen] = 1;
    fill_flows(w);
    for (int32_t i = 0; i < pairs; i++) {
        bool unseen = i % m->economies == m->unseen;
        w->output[i] = unseen ? 0 : sometimes(w, 0.8, 1000);
        w->value[i] = unseen ? 0 : 0.4 * w->output[i];
        w->spare[i] = sometimes(w, 0.5, 0.2);
        w->stock[i] = sometimes(w, 0.8, 60);
    }
    for (int32_t q = 0; q < m->products; q++) {
        w->z[q] = sometimes(w, 0.5, 0.3);
        w->z_days[q] = draw(w) * 300;
        w->rho[q] = sometimes(w, 0.7, 1);
        w->rho_days[q] = draw(w) * 200;
        w->spare_days[q] = draw(w) * 200;
        for (int32_t i = 0; i < pairs; i++)
            w->theta[i * m->products + q] = sometimes(w, 0.6, 0.9 / m->products);
    }
    fill_inputs(w);
    w->tool = (kn__denial_tool){0,    m->products - 1, 200 * draw(w), draw(w), 3000,
                                0.05, draw(w)};
    w->ces = (kn__denial_ces){w->theta, {0.2, 0.1, 0.05}, {0.9, 0.5, 0.2}, 360};
    m->always = w->always;
    m->flow = w->flow;
    m->use = w->use;
    m->output = w->output;
    m->value_added = w->value;
    m->spare = w->spare;
    m->stock_days = w->stock;
    m->substitute_share = w->z;
    m->substitute_days = w->z_days;
    m->reroute_share = w->rho;
    m->reroute_days = w->rho_days;
    m->spare_days = w->spare_days;
    m->inputs = w->inputs;
    m->tools = &w->tool;
    m->tool_count = 1;
    m->ces = table ? &w->ces : NULL;
    m->slice_days = 30;
    m->slices = SLICES;
    kn__denial_rules(m);
}

/* Loss by slice and economy, and bite days, of one run of a model. */
typedef struct outcome {
    double loss[SLICES * MOST], bite[MOST];
} outcome;

static void run(const kn__denial_model *model, const kn__shock *shock, kn__denial_end end,
                outcome *out)
{
    kn_context *ctx;
    kn__arena *arena;
    kn__denial_work *work;
    kn__denial_model m = *model;
    memset(out, 0, sizeof *out);
    assert_int_equal(kn_context_new(&ctx, NULL), KN_OK);
    assert_int_equal(kn__arena_new(&arena, ctx), KN_OK);
    assert_int_equal(kn__denial_prepare(&m, ctx, arena), KN_OK);
    assert_int_equal(kn__denial_work_new(&work, ctx, arena, &m), KN_OK);
    kn__denial_run(work, shock, end,
                   &(kn__denial_result){.loss = out->loss, .bite_day = out->bite});
    kn__arena_free(arena);
    kn_context_free(ctx);
}

/* Some denial of the world: holder, product, one or more victims. */
typedef struct plot {
    kn__denial d[2];
    int32_t holder[2], victims[2][MOST];
    kn__capacity_loss loss;
} plot;

static void scheme(world *w, plot *p, int mode)
{
    int32_t n = w->m.economies - 1;
    for (int k = 0; k < 2; k++) {
        int32_t count = 0;
        p->holder[k] = (int32_t)(draw(w) * n);
        for (int32_t d = 0; d < n; d++)
            if (mode == 2 || (d != p->holder[k] && (mode == 1 || draw(w) < 0.5)))
                p->victims[k][count++] = d;
        p->d[k] = (kn__denial){.product = (int32_t)(draw(w) * w->m.products),
                               .holders = &p->holder[k],
                               .victims = p->victims[k],
                               .holder_count = 1,
                               .victim_count = count,
                               .share = 0.3 + 0.7 * draw(w),
                               .targeted = mode == 0,
                               .end_day = INFINITY};
    }
    p->loss = (kn__capacity_loss){0, (int32_t)(draw(w) * n), draw(w), 0, INFINITY, 0};
}

static void test_twin(void **state)
{
    (void)state;
    static world w;
    int runs = 0, felt = 0;
    for (uint64_t seed = 1; seed <= NETWORKS; seed++)
        for (int mode = 0; mode < 3; mode++) {
            plot p;
            make(&w, seed, seed % 4 == 0);
            if (seed % 8 == 0)
                w.m.input_count = 0; /* a plain table; else recipes and CES together */
            scheme(&w, &p, mode);
            kn__shock shock = {.denials = p.d,
                               .losses = &p.loss,
                               .denial_count = 2,
                               .loss_count = seed % 3 == 0};
            for (int end = 0; end < KN__END_COUNT; end++) {
                outcome got;
                double loss[SLICES * MOST], bite[MOST];
                kn_context *ctx;
                kn__arena *arena;
                kn__denial_model m = w.m;
                run(&w.m, &shock, (kn__denial_end)end, &got);
                kn_context_new(&ctx, NULL);
                kn__arena_new(&arena, ctx);
                assert_int_equal(kn__denial_prepare(&m, ctx, arena), KN_OK);
                assert_int_equal(ref_denial(&m, &shock, (kn__denial_end)end, loss, bite),
                                 0);
                for (int32_t i = 0; i < SLICES * m.economies; i++)
                    assert_true(fabs(loss[i] - got.loss[i]) <= 1e-9 * (1 + loss[i]));
                for (int32_t d = 0; d < m.economies; d++) {
                    assert_int_equal(isnan(bite[d]), isnan(got.bite[d]));
                    if (!isnan(bite[d]))
                        assert_true(fabs(bite[d] - got.bite[d]) <= 1e-6);
                }
                double sum = 0;
                for (int32_t d = 0; d < m.economies; d++)
                    sum += loss[(SLICES - 1) * m.economies + d];
                felt += sum > 0;
                runs++;
                kn__arena_free(arena);
                kn_context_free(ctx);
            }
        }
    /* The worlds are not so mild that nothing happens. */
    assert_true(2 * felt > runs);
}

/* Runs before and after a change and asserts that no loss moves the wrong way. */
static void assert_never_falls(const kn__denial_model *mild, const kn__shock *mild_shock,
                               const kn__denial_model *harsh,
                               const kn__shock *harsh_shock)
{
    static outcome a, b;
    run(mild, mild_shock, KN__END_MID, &a);
    run(harsh, harsh_shock, KN__END_MID, &b);
    for (int32_t i = 0; i < SLICES * mild->economies; i++)
        if (!(b.loss[i] >= a.loss[i] - 1e-9 * (1 + a.loss[i])))
            fail_msg("loss falls from %.12g to %.12g", a.loss[i], b.loss[i]);
}

typedef void (*bend)(world *w, plot *p);

static void more_share(world *w, plot *p)
{
    (void)w;
    for (int k = 0; k < 2; k++)
        p->d[k].share = fmin(1, p->d[k].share * 1.3);
}

static void more_weight(world *w, plot *p)
{
    (void)p;
    for (int32_t k = 0; k < w->m.input_count; k++)
        w->inputs[k].weight[KN__END_MID] =
            fmin(1, w->inputs[k].weight[KN__END_MID] * 1.2);
    for (int32_t k = 0; k < w->m.products * w->m.products * w->m.economies; k++)
        w->theta[k] *= 1.1;
}

static void later(world *w, plot *p)
{
    (void)p;
    for (int32_t q = 0; q < w->m.products; q++) {
        w->z_days[q] += 40;
        w->rho_days[q] += 25;
        w->spare_days[q] += 50;
    }
}

static void less_stock(world *w, plot *p)
{
    (void)p;
    for (int32_t i = 0; i < w->m.products * w->m.economies; i++)
        w->stock[i] *= 0.7;
}

static void less_spare(world *w, plot *p)
{
    (void)p;
    for (int32_t i = 0; i < w->m.products * w->m.economies; i++)
        w->spare[i] *= 0.6;
}

static void less_relief(world *w, plot *p)
{
    (void)p;
    for (int32_t q = 0; q < w->m.products; q++) {
        w->z[q] *= 0.5;
        w->rho[q] *= 0.5;
    }
}

/* Moves a tenth of what others sell to the victims to the holder (complete denial, one
   product; the second denial is dropped). */
static void larger_holder(world *w, plot *p)
{
    int32_t n = w->m.economies, q = p->d[0].product;
    for (int32_t v = 0; v < p->d[0].victim_count; v++) {
        int32_t d = p->victims[0][v];
        for (int32_t s = 0; s < n; s++) {
            double *f = &w->flow[(q * n + s) * n + d];
            if (s == p->holder[0])
                continue;
            w->flow[(q * n + p->holder[0]) * n + d] += 0.1 * *f;
            *f *= 0.9;
        }
    }
}

static void test_monotone(void **state)
{
    static const bend bends[] = {more_share, more_weight, later,        less_stock,
                                 less_spare, less_relief, larger_holder};
    (void)state;
    static world mild, harsh;
    for (uint64_t seed = 1; seed <= NETWORKS; seed++)
        for (size_t b = 0; b < sizeof bends / sizeof *bends; b++) {
            plot p, q;
            make(&mild, seed, seed % 4 == 0);
            scheme(&mild, &p, (int)(seed % 3));
            make(&harsh, seed, seed % 4 == 0);
            scheme(&harsh, &q, (int)(seed % 3));
            int32_t count = bends[b] == larger_holder ? 1 : 2;
            if (count == 1)
                p.d[0].share = q.d[0].share = 1;
            bends[b](&harsh, &q);
            assert_never_falls(
                &mild.m, &(kn__shock){.denials = p.d, .denial_count = count}, &harsh.m,
                &(kn__shock){.denials = q.d, .denial_count = count});
        }
}

static void test_joint(void **state)
{
    (void)state;
    static world w;
    for (uint64_t seed = 1; seed <= NETWORKS; seed++) {
        plot p;
        make(&w, seed, seed % 4 == 0);
        scheme(&w, &p, (int)(seed % 3));
        for (int k = 0; k < 2; k++)
            assert_never_falls(&w.m, &(kn__shock){.denials = &p.d[k], .denial_count = 1},
                               &w.m, &(kn__shock){.denials = p.d, .denial_count = 2});
    }
}

static void test_ends(void **state)
{
    (void)state;
    static world w;
    static outcome low, mid, high;
    for (uint64_t seed = 1; seed <= NETWORKS; seed++) {
        plot p;
        make(&w, seed, seed % 4 == 0);
        scheme(&w, &p, (int)(seed % 3));
        p.d[0].share = 1;
        kn__shock shock = {.denials = p.d, .denial_count = 1};
        run(&w.m, &shock, KN__END_LOW, &low);
        run(&w.m, &shock, KN__END_MID, &mid);
        run(&w.m, &shock, KN__END_HIGH, &high);
        for (int32_t i = 0; i < SLICES * w.m.economies; i++) {
            assert_true(low.loss[i] <= mid.loss[i] + 1e-9);
            assert_true(mid.loss[i] <= high.loss[i] + 1e-9);
        }
    }
}

static void test_null(void **state)
{
    (void)state;
    static world w;
    static outcome out;
    for (uint64_t seed = 1; seed <= NETWORKS; seed++) {
        plot p;
        make(&w, seed, seed % 4 == 0);
        scheme(&w, &p, 0);
        p.d[0].share = p.d[1].share = p.loss.share = 0;
        kn__shock shocks[] = {
            {0}, {.denials = p.d, .losses = &p.loss, .denial_count = 2, .loss_count = 1}};
        for (int k = 0; k < 2; k++)
            for (int end = 0; end < KN__END_COUNT; end++) {
                run(&w.m, &shocks[k], (kn__denial_end)end, &out);
                for (int32_t i = 0; i < SLICES * w.m.economies; i++)
                    assert_true(out.loss[i] == 0);
                for (int32_t d = 0; d < w.m.economies; d++)
                    assert_true(isnan(out.bite[d]));
            }
    }
}

/* Money in another unit: losses in that unit, days as they were. */
static void test_homogeneous(void **state)
{
    (void)state;
    static world w, v;
    static outcome a, b;
    for (uint64_t seed = 1; seed <= NETWORKS; seed++) {
        plot p;
        make(&w, seed, false);
        make(&v, seed, false);
        scheme(&w, &p, (int)(seed % 3));
        int32_t pairs = w.m.products * w.m.economies;
        for (int32_t i = 0; i < pairs * w.m.economies; i++)
            v.flow[i] *= 1024;
        for (int32_t i = 0; i < pairs; i++) {
            v.use[i] *= 1024;
            v.output[i] *= 1024;
            v.value[i] *= 1024;
        }
        kn__shock shock = {.denials = p.d, .denial_count = 2};
        run(&w.m, &shock, KN__END_MID, &a);
        run(&v.m, &shock, KN__END_MID, &b);
        for (int32_t i = 0; i < SLICES * w.m.economies; i++)
            assert_true(b.loss[i] == 1024 * a.loss[i]);
        for (int32_t d = 0; d < w.m.economies; d++)
            assert_true(a.bite[d] == b.bite[d] || isnan(a.bite[d]));
    }
}

/* The names of economies do not matter: turn them round by one (the unseen too). */
static void test_permuted(void **state)
{
    (void)state;
    static world w, v;
    static outcome a, b;
    for (uint64_t seed = 1; seed <= NETWORKS; seed++) {
        plot p;
        make(&w, seed, false);
        make(&v, seed, false);
        scheme(&w, &p, (int)(seed % 3));
        int32_t n = w.m.economies;
        kn__shock shock = {.denials = p.d, .denial_count = 2};
        run(&w.m, &shock, KN__END_HIGH, &a);
        for (int32_t q = 0; q < w.m.products; q++)
            for (int32_t s = 0; s < n; s++) {
                int32_t from = q * n + s, to = q * n + (s + 1) % n;
                v.use[to] = w.use[from];
                v.output[to] = w.output[from];
                v.value[to] = w.value[from];
                v.spare[to] = w.spare[from];
                v.stock[to] = w.stock[from];
                for (int32_t d = 0; d < n; d++)
                    v.flow[to * n + (d + 1) % n] = w.flow[from * n + d];
            }
        for (int k = 0; k < 2; k++) {
            p.holder[k] = (p.holder[k] + 1) % n;
            for (int32_t i = 0; i < p.d[k].victim_count; i++)
                p.victims[k][i] = (p.victims[k][i] + 1) % n;
        }
        memset(v.always, 0, sizeof v.always);
        v.m.unseen = 0;
        v.always[0] = 1;
        run(&v.m, &shock, KN__END_HIGH, &b);
        for (int32_t t = 0; t < SLICES; t++)
            for (int32_t d = 0; d < n; d++)
                assert_true(fabs(a.loss[t * n + d] - b.loss[t * n + (d + 1) % n]) <=
                            1e-9 * (1 + a.loss[t * n + d]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_twin),     cmocka_unit_test(test_monotone),
        cmocka_unit_test(test_joint),    cmocka_unit_test(test_ends),
        cmocka_unit_test(test_null),     cmocka_unit_test(test_homogeneous),
        cmocka_unit_test(test_permuted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
