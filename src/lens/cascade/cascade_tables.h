/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_LENS_CASCADE_TABLES_H
#define KN_LENS_CASCADE_TABLES_H

#include "kaname/table.h"

/* What the lens cascade prints, declared once for its models. */
typedef struct kn__cascade_tables {
    const kn_table_decl *losses, *path, *course, *first_out, *recapture, *leaks, *fleets;
} kn__cascade_tables;
extern const kn__cascade_tables kn__cascade_made;

enum { KN__CASCADE_TABLES = 7 };
extern const kn_table_decl *const kn__cascade_list[KN__CASCADE_TABLES];

#endif
