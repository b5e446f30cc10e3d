/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_REPORT_MAP_H
#define KN_REPORT_MAP_H

#include "kernel/text.h"

/* The world in the Equal Earth projection (B. Šavrič, T. Patterson, B. Jenny: The Equal
   Earth map projection, International Journal of Geographical Information Science 33,
   2018), fitted to a picture of this size. `centre` is the central meridian in degrees
   east. */
enum { KN__MAP_WIDTH = 1000, KN__MAP_HEIGHT = 440 };

/* Degrees → picture; y grows downwards. */
void kn__map_project(double centre, double longitude, double latitude, double *x,
                     double *y);

/* Calls visit for every country of the map in order of its code; shape is for
   kn__map_outline. */
typedef void (*kn__map_visit)(void *arg, const char *code, const char *shape,
                              size_t length);
void kn__map_each(kn__map_visit visit, void *arg);

/* The outline as SVG path data ("M… z"); parts beyond the edge of the map stand at both
   sides and are to be clipped by the frame. */
void kn__map_outline(kn__text *out, const char *shape, size_t length, double centre);
/* The edge of the map as SVG path data. */
void kn__map_frame(kn__text *out);

/* The central meridian for a reader who lives at a longitude: few coasts are cut. */
double kn__map_centre(double longitude);
/* A colour between two of 0xRRGGBB; part 0 to 1. */
int kn__map_mix(int low, int high, double part);
/* A country filled with a colour ("#E3E2DE") or pattern ("url(#…)"). */
void kn__map_country(kn__text *out, const char *code, const char *shape, size_t length,
                     double centre, const char *fill);

#endif
