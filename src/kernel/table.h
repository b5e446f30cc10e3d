/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_KERNEL_TABLE_H
#define KN_KERNEL_TABLE_H

#include "kaname/table.h"
#include "kernel/memory.h"

/* The arena of a result, for declarations of tables that are made at run time: they live
   as long as the result. */
kn__arena *kn__result_arena(const kn_result *result);

#endif
