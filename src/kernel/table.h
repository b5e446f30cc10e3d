/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_KERNEL_TABLE_H
#define KN_KERNEL_TABLE_H

#include "kaname/table.h"
#include "kernel/memory.h"

/* The arena of a result, for declarations of tables that are made at run time: they live
   as long as the result. */
kn__arena *kn__result_arena(const kn_result *result);

/* Says which columns matter to people (one flag for each, alive as long as the table):
   the formats for people leave out the others, and rows whose numbers in them are all 0.
   Without a call, or NULL, all matter. */
void kn__table_set_main(kn_table *table, const bool *columns);
const bool *kn__table_main(const kn_table *table);

#endif
