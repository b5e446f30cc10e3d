/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_TESTS_REF_EXPOSURE_REF_H
#define KN_TESTS_REF_EXPOSURE_REF_H

#include "network/network.h"

/* Slow, obviously right: everything over an explicit inverse by Gauss and Jordan. All
   functions return blocks of malloc; n producers. */

/* (I - M)^-1, M n × n. */
double *ref_inverse(const double *m, int32_t n);
/* A_ij = Z_ij / x_j. */
double *ref_coefficients(const kn_network *net);
/* What economy `of` buys of product q from each producer, final and intermediate. */
double *ref_purchases(const kn_network *net, int32_t of, int32_t q);
/* through of holder h in the purchases b, by the definition in DESIGN, section 4.1. */
double ref_through(const kn_network *net, const double *l, const double *b, int32_t h);

#endif
