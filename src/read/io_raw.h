/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_READ_IO_RAW_H
#define KN_READ_IO_RAW_H

#include "read/raw.h"

/* An empty table with its arena; freed by kn__io_raw_free. */
kn_status kn__io_raw_new(kn__io_raw **raw, kn_context *ctx);

/* The year in a file's name: the last run of exactly four digits from 1900 to 2099 in the
   part after the last slash; 0 if there is none. */
int32_t kn__year_in_name(const char *path);

#endif
