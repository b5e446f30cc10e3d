/* SPDX-License-Identifier: Apache-2.0 */
#include "report/map.h"

#include <math.h>
#include <string.h>

#include "report/write.h"

/* data/map/world.txt, made into an array by cmake/embed.cmake. */
extern const unsigned char kn__map_world[];
extern const unsigned long kn__map_world_size;

static const double pi = 3.14159265358979323846;
static const double a1 = 1.340264, a2 = -0.081106, a3 = 0.000893, a4 = 0.003796;
static const double north = 83.8; /* upper edge of the picture */

/* Equations 1 and 2 of Šavrič et al.: sin θ = (√3/2) sin φ; y is a polynomial in θ and x
   the longitude times its inverse slope. */
static void equal_earth(double longitude, double latitude, double *x, double *y)
{
    double m = sqrt(3) / 2, theta = asin(m * sin(latitude * pi / 180));
    double t2 = theta * theta, t6 = t2 * t2 * t2;
    double slope = a1 + 3 * a2 * t2 + t6 * (7 * a3 + 9 * a4 * t2);
    *x = longitude * pi / 180 * cos(theta) / (m * slope);
    *y = theta * (a1 + a2 * t2 + t6 * (a3 + a4 * t2));
}

static void to_picture(double from_centre, double latitude, double *x, double *y)
{
    double right, top, unused, px, py;
    equal_earth(180, 0, &right, &unused);
    equal_earth(0, north, &unused, &top);
    equal_earth(from_centre, latitude, &px, &py);
    double scale = KN__MAP_WIDTH / (2 * right);
    *x = KN__MAP_WIDTH / 2.0 + px * scale;
    *y = (top - py) * scale;
}

/* Degrees east of the central meridian, -180..180. */
static double from_centre(double longitude, double centre)
{
    double d = longitude - centre;
    while (d < -180)
        d += 360;
    while (d > 180)
        d -= 360;
    return d;
}

void kn__map_project(double centre, double longitude, double latitude, double *x,
                     double *y)
{
    to_picture(from_centre(longitude, centre), latitude, x, y);
}

/* ---- Outlines ---- */

typedef struct reader {
    const char *at, *end;
} reader;

static bool number(reader *r, int *value)
{
    while (r->at < r->end && *r->at == ' ')
        r->at++;
    bool negative = r->at < r->end && *r->at == '-';
    const char *first = r->at += negative;
    int n = 0;
    while (r->at < r->end && *r->at >= '0' && *r->at <= '9')
        n = n * 10 + (*r->at++ - '0');
    *value = negative ? -n : n;
    return r->at > first;
}

static void point(kn__text *out, bool first, double offset, double latitude)
{
    char a[64], b[64];
    double x, y;
    to_picture(offset, latitude, &x, &y);
    kn__write_fixed(a, x, 1);
    kn__write_fixed(b, y, 1);
    /* 1,000 would be two numbers: the picture is at most 1000 wide, cut ends are outside
     */
    char *comma = strchr(a, ',');
    if (comma)
        memmove(comma, comma + 1, strlen(comma));
    kn__text_addf(out, "%s%s %s", first ? "M" : "L", a, b);
}

/* One ring from r; it may run over the edge of the map and is then drawn at both sides,
   for the picture to clip. Returns how far east and west it went. */
static void ring(kn__text *out, reader r, double centre, double shift, double *west,
                 double *east)
{
    int x = 0, y = 0, dx, dy;
    double offset = 0;
    bool first = true;
    while (number(&r, &dx) && number(&r, &dy)) {
        x += dx;
        y += dy;
        double now = from_centre(x / 10.0, centre);
        if (!first) /* unwrapped: the nearest turn to the point before */
            now += 360 * round((offset - now) / 360);
        offset = now;
        *west = fmin(*west, offset);
        *east = fmax(*east, offset);
        point(out, first, offset + shift, y / 10.0);
        first = false;
    }
    kn__text_add(out, "z");
}

static void rings(kn__text *out, reader line, double centre)
{
    while (line.at < line.end) {
        const char *semicolon = memchr(line.at, ';', (size_t)(line.end - line.at));
        reader one = {line.at, semicolon ? semicolon : line.end};
        double west = 180, east = -180;
        ring(out, one, centre, 0, &west, &east);
        double w = 0, e = 0;
        if (east > 180.001)
            ring(out, one, centre, -360, &w, &e);
        if (west < -180.001)
            ring(out, one, centre, 360, &w, &e);
        line.at = one.end + 1;
    }
}

void kn__map_each(kn__map_visit visit, void *arg)
{
    const char *at = (const char *)kn__map_world, *end = at + kn__map_world_size;
    while (at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        stop = stop ? stop : end;
        if (stop - at > 4) {
            char code[4] = {at[0], at[1], at[2], '\0'};
            visit(arg, code, at + 4, (size_t)(stop - at - 4));
        }
        at = stop + 1;
    }
}

void kn__map_outline(kn__text *out, const char *shape, size_t length, double centre)
{
    rings(out, (reader){shape, shape + length}, centre);
}

void kn__map_frame(kn__text *out)
{
    for (int side = 0; side < 2; side++)
        for (int lat = -90; lat <= 90; lat += 5)
            point(out, !side && lat == -90, side ? 180 : -180, side ? -lat : lat);
    kn__text_add(out, "z");
}

double kn__map_centre(double longitude)
{
    return longitude > 60 ? 150 : longitude < -30 ? -90 : 11;
}

static int mix(int low, int high, int shift, double part)
{
    int a = (low >> shift) & 255, b = (high >> shift) & 255;
    return (int)lround(a + part * (b - a)) << shift;
}

int kn__map_mix(int low, int high, double part)
{
    return mix(low, high, 16, part) | mix(low, high, 8, part) | mix(low, high, 0, part);
}

void kn__map_country(kn__text *out, const char *code, const char *shape, size_t length,
                     double centre, const char *fill)
{
    /* These two touch the 180th meridian, where a white line would be no border. */
    bool seam = !strcmp(code, "RUS") || !strcmp(code, "FJI");
    kn__text_addf(out, "<path fill=\"%s\" stroke=\"%s\" d=\"", fill,
                  seam ? fill : "#FFFFFF");
    kn__map_outline(out, shape, length, centre);
    kn__text_add(out, "\"/>\n");
}
