/* SPDX-License-Identifier: Apache-2.0 */
/* Events of BoARIO 0.6.4: capital that recovers or is rebuilt, and capacity that is lost
   without any. */
#include <math.h>
#include <string.h>

#include "ario.h"

/* ---- Members ---- */

bool ario_number(rc *r, const json_t *object, const char *key, double *to)
{
    const json_t *value = json_object_get(object, key);
    if (json_is_number(value))
        *to = json_number_value(value);
    else if (value && !json_is_null(value)) {
        rc_error(r, "\"%s\" must be a number", key);
        return false;
    }
    return true;
}

/* The place of a key among the sorted keys of an object. */
static int32_t place_of(const json_t *object, const char *key)
{
    const char *other;
    json_t *unused;
    int32_t place = 0;
    json_object_foreach((json_t *)(uintptr_t)object, other, unused) place +=
        strcmp(other, key) < 0;
    return place;
}

/* A number, or a word for what never runs out. */
static bool one_number(const json_t *value, double *to)
{
    const char *word = json_string_value(value);
    if (json_is_number(value))
        *to = json_number_value(value);
    else if (word && (!strcmp(word, "inf") || !strcmp(word, "Inf") ||
                      !strcmp(word, "infinity") || !strcmp(word, "Infinity")))
        *to = INFINITY;
    else
        return false;
    return true;
}

bool ario_by_sector(rc *r, const char *what, const json_t *value, int32_t sectors,
                    double *to)
{
    bool ok = true, list = json_is_array(value), object = json_is_object(value);
    const char *key;
    json_t *each;
    if (!value || json_is_null(value))
        return true;
    if ((list && (int32_t)json_array_size(value) != sectors) ||
        (object && (int32_t)json_object_size(value) != sectors)) {
        rc_error(r, "%s needs %d of them", what, (int)sectors);
        return false;
    }
    for (int32_t k = 0; k < sectors && !object; k++)
        ok = one_number(list ? json_array_get(value, (size_t)k) : value, &to[k]) && ok;
    json_object_foreach((json_t *)(uintptr_t)value, key, each) ok =
        one_number(each, &to[place_of(value, key)]) && ok;
    if (!ok)
        rc_error(r, "%s must be numbers", what);
    return ok;
}

/* ---- Recovery: the part of an impact that is left ---- */

static double line(double elapsed, double tau)
{
    return 1 - elapsed / tau;
}

static double fast_decay(double elapsed, double tau)
{
    return pow(1 - 1 / tau, 4 * elapsed);
}

static double decay(double elapsed, double tau)
{
    return pow(1 - 1 / tau, elapsed);
}

static double s_shape(double elapsed, double tau)
{
    const double steep = 1e-6;
    double exponent = (log(tau) - log(steep)) / (log(tau) - log(2));
    return tau / (tau + steep * pow(elapsed, exponent));
}

static const struct {
    const char *name;
    double (*left)(double elapsed, double tau);
} recoveries[] = {{"linear", line},
                  {"convexe", fast_decay},
                  {"convexe noscale", decay},
                  {"concave", s_shape}};

/* Time since the end of an event when a step begins; what recovers shows a step late. */
static double since_end(const ario_events *all, const ario_event *e, double t)
{
    return t - all->step - (e->begin + e->length);
}

/* The part of its impact an event has at t. A straight line that steps over its end goes
   on below 0, as in the program, and makes up for other losses, but no more. */
static double part_left(const ario_events *all, const ario_event *e, double t)
{
    double elapsed = since_end(all, e, t);
    if (t < e->begin || e->over)
        return 0;
    return elapsed >= 0 ? recoveries[e->recovery].left(elapsed, e->tau) : 1;
}

/* ---- Reading ---- */

static bool read_kind(rc *r, const json_t *object, ario_event *e)
{
    static const char *const kinds[] = {"recovery", "rebuild", "arbitrary"};
    const json_t *type = json_object_get(object, "type");
    const json_t *function = json_object_get(object, "recovery_function");
    const char *word = type ? json_string_value(type) : kinds[0];
    const char *name = json_string_value(function);
    int kind = 0, count = sizeof recoveries / sizeof *recoveries;
    while (word && kind < 3 && strcmp(word, kinds[kind]))
        kind++;
    if (!word || kind == 3) {
        rc_error(r, "the type of an event is recovery, rebuild or arbitrary");
        return false;
    }
    e->kind = (ario_kind)kind;
    while (name && e->recovery < count && strcmp(name, recoveries[e->recovery].name))
        e->recovery++;
    if (e->recovery < count && (name || !function || json_is_null(function)))
        return true;
    rc_error(r, "no such recovery function is known");
    return false;
}

static bool read_losses(const ario_events *all, const json_t *object, ario_event *e)
{
    const json_t *losses = json_object_get(object, "loss");
    if (losses && !json_is_array(losses)) {
        rc_error(all->r, "loss must be a list of [industry, share]");
        return false;
    }
    for (size_t k = 0; k < json_array_size(losses); k++) {
        double *pair = rc_numbers(all->r, "loss", json_array_get(losses, k), 2);
        if (!pair || !(pair[0] >= 0 && pair[0] < all->n) || pair[0] != floor(pair[0]) ||
            !(pair[1] >= 0)) {
            rc_error(all->r, "a loss names no industry or no share");
            return false;
        }
        int64_t i = (int64_t)pair[0];
        e->loss[i] += e->kind == ARIO_ARBITRARY ? pair[1] : pair[1] * all->capital[i];
    }
    return true;
}

/* Which sectors rebuild: pairs of a 0-based sector and its share, or a share for each. */
static bool read_builders(const ario_events *all, const json_t *object, double *share)
{
    const json_t *value = json_object_get(object, "rebuilding_sectors");
    bool pairs = json_is_array(json_array_get(value, 0));
    if (!pairs && value)
        return ario_by_sector(all->r, "rebuilding_sectors", value, all->sectors, share);
    for (size_t k = 0; k < json_array_size(value); k++) {
        double *pair = rc_numbers(all->r, "a sector", json_array_get(value, k), 2);
        if (!pair || !(pair[0] >= 0 && pair[0] < all->sectors)) {
            rc_error(all->r, "rebuilding_sectors names no sector");
            return false;
        }
        share[(int64_t)pair[0]] += pair[1];
    }
    if (!value)
        rc_error(all->r, "rebuilding_sectors is missing");
    return value;
}

/* What j lost is asked of the industries it buys from, in each rebuilding sector by what
   it buys. */
static bool ask_builders(const ario_events *all, const json_t *object, ario_event *e)
{
    rc *r = all->r;
    int64_t n = all->n, sectors = all->sectors;
    double *share = KN__ARRAY(r->arena, r->ctx, sectors, double);
    e->demand = KN__ARRAY(r->arena, r->ctx, n * n, double);
    e->asked = KN__ARRAY(r->arena, r->ctx, n, double);
    e->capital = KN__ARRAY(r->arena, r->ctx, n, double);
    if (!share || !e->demand || !e->asked || !e->capital)
        return rc_ok(r, KN_ERR_MEMORY);
    if (!read_builders(all, object, share))
        return false;
    memcpy(e->capital, e->loss, (size_t)n * sizeof *e->loss);
    for (int64_t j = 0; j < n; j++)
        for (int64_t s = 0; s < sectors; s++) {
            double bought = 0;
            for (int64_t i = s; i < n; i += sectors)
                bought += all->flow[i * n + j];
            for (int64_t i = s; i < n && bought > 0; i += sectors)
                e->demand[i * n + j] =
                    share[s] * e->factor * e->loss[j] * (all->flow[i * n + j] / bought);
        }
    return true;
}

static bool read_event(const ario_events *all, const json_t *object, ario_event *e)
{
    static const char *const keys[] = {"type",
                                       "loss",
                                       "t0",
                                       "dur",
                                       "tau",
                                       "recovery_function",
                                       "rebuilding_sectors",
                                       "rebuilding_factor",
                                       NULL};
    rc *r = all->r;
    e->factor = 1;
    e->loss = KN__ARRAY(r->arena, r->ctx, all->n, double);
    if (!e->loss)
        return rc_ok(r, KN_ERR_MEMORY);
    if (!json_is_object(object)) {
        rc_error(r, "an event is an object");
        return false;
    }
    if (!rc_known(r, object, keys) || !read_kind(r, object, e) ||
        !ario_number(r, object, "t0", &e->begin) ||
        !ario_number(r, object, "dur", &e->length) ||
        !ario_number(r, object, "tau", &e->tau) ||
        !ario_number(r, object, "rebuilding_factor", &e->factor))
        return false;
    if (!(e->tau > 0 && e->length >= 0 && e->factor > 0)) {
        rc_error(r, "an event lasts some time, and its tau is above 0");
        return false;
    }
    return read_losses(all, object, e) &&
           (e->kind != ARIO_REBUILD || ask_builders(all, object, e));
}

bool ario_events_read(ario_events *all, double digits, double tau)
{
    rc *r = all->r;
    const json_t *list = json_object_get(r->root, "events");
    const json_t *one = list ? list : json_object_get(r->root, "event");
    int32_t most = json_is_array(one) ? (int32_t)json_array_size(one) : 1;
    bool rebuild = false;
    all->event = KN__ARRAY(r->arena, r->ctx, most, ario_event);
    all->lost = KN__ARRAY(r->arena, r->ctx, all->n, double);
    all->left = KN__ARRAY(r->arena, r->ctx, all->n, double);
    if (!all->event || !all->lost || !all->left)
        return rc_ok(r, KN_ERR_MEMORY);
    for (int32_t k = 0; k < most && one && !json_is_null(one); k++) {
        ario_event *e = &all->event[all->count++];
        e->unit = pow(10, digits);
        e->tau = tau;
        if (!read_event(all, json_is_array(one) ? json_array_get(one, (size_t)k) : one,
                        e))
            return false;
        rebuild |= e->kind == ARIO_REBUILD;
    }
    if (rebuild) {
        all->extra = KN__ARRAY(r->arena, r->ctx, all->n, double);
        all->extra_met = KN__ARRAY(r->arena, r->ctx, all->n, double);
    }
    return !rebuild || (all->extra && all->extra_met) || rc_ok(r, KN_ERR_MEMORY);
}

/* ---- Steps ---- */

static double rounded(const ario_event *e, double amount)
{
    return rint(amount * e->unit) / e->unit;
}

static bool is_rebuilding(const ario_event *e, double t)
{
    return e->kind == ARIO_REBUILD && !e->over && t >= e->begin + e->length;
}

/* Capital is an amount, and rounded once it recovers. */
static void lose_capital(ario_events *all, ario_event *e, double t)
{
    double part = part_left(all, e, t);
    bool recovers = since_end(all, e, t) >= 0, any = false;
    for (int64_t i = 0; i < all->n; i++) {
        double lost = e->loss[i] * part;
        if (e->kind == ARIO_REBUILD)
            lost = t < e->begin || e->over ? 0 : e->capital[i];
        else if (recovers)
            lost = rounded(e, lost);
        any |= lost != 0;
        all->lost[i] += lost;
    }
    e->over = e->over || (recovers && !any && e->kind == ARIO_RECOVERY);
}

/* Capacity that is lost as such shows a step late: the program looks at it after it has
   looked at what it has lost. */
static void lose_capacity(ario_events *all, ario_event *e, double t)
{
    double before = t - all->step, part = part_left(all, e, before);
    bool recovers = since_end(all, e, before) >= 0, any = false;
    for (int64_t i = 0; i < all->n; i++) {
        double lost = e->loss[i] * part;
        if (recovers)
            lost = rint(lost * 1e6) / 1e6;
        any |= lost != 0;
        all->left[i] = fmin(all->left[i], 1 - lost);
    }
    e->over = e->over || (recovers && !any);
}

/* A step asks for 1 / tau of what is still to be rebuilt. */
static void ask(ario_events *all, ario_event *e)
{
    int64_t n = all->n;
    for (int64_t i = 0; i < n; i++) {
        e->asked[i] = 0;
        for (int64_t j = 0; j < n; j++)
            e->asked[i] += e->demand[i * n + j] * (all->step / e->tau);
    }
}

void ario_events_begin(ario_events *all, double t)
{
    int64_t n = all->n;
    memset(all->lost, 0, (size_t)n * sizeof *all->lost);
    for (int32_t k = 0; k < all->count; k++)
        if (all->event[k].kind != ARIO_ARBITRARY)
            lose_capital(all, &all->event[k], t);
    for (int64_t i = 0; i < n; i++)
        all->left[i] = all->capital[i] > 0
                           ? fmin(1, fmax(0, 1 - all->lost[i] / all->capital[i]))
                           : 1;
    for (int32_t k = 0; k < all->count; k++)
        if (all->event[k].kind == ARIO_ARBITRARY)
            lose_capacity(all, &all->event[k], t);
    for (int64_t i = 0; all->extra && i < n; i++)
        all->extra[i] = 0;
    for (int32_t k = 0; k < all->count; k++) {
        ario_event *e = &all->event[k];
        if (is_rebuilding(e, t))
            ask(all, e);
        for (int64_t i = 0; e->kind == ARIO_REBUILD && i < n; i++)
            all->extra[i] += e->asked[i];
    }
}

/* Takes what was delivered of a step's demand off what is to be rebuilt. Returns whether
   all is. */
static bool rebuild(const ario_events *all, ario_event *e)
{
    int64_t n = all->n;
    bool left = false;
    for (int64_t j = 0; j < n; j++)
        e->capital[j] = 0;
    for (int64_t i = 0; i < n; i++) {
        double met = all->extra[i] > 0 ? all->extra_met[i] / all->extra[i] : 0;
        for (int64_t j = 0; j < n; j++) {
            double *demand = &e->demand[i * n + j];
            *demand = fmax(0, rounded(e, *demand - *demand * (all->step / e->tau) * met));
            e->capital[j] += *demand;
            left |= *demand > 0;
        }
    }
    for (int64_t j = 0; j < n; j++)
        e->capital[j] /= e->factor;
    return !left;
}

void ario_events_end(ario_events *all, double t)
{
    for (int32_t k = 0; k < all->count; k++) {
        ario_event *e = &all->event[k];
        bool busy = is_rebuilding(e, t);
        if (e->kind != ARIO_REBUILD)
            continue;
        for (int64_t i = 0; i < all->n; i++)
            if (all->extra[i] > 0)
                e->asked[i] *= 1 - all->extra_met[i] / all->extra[i];
        e->over = e->over || (busy && rebuild(all, e));
    }
}
