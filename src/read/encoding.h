/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_READ_ENCODING_H
#define KN_READ_ENCODING_H

#include <stdbool.h>

#include "kernel/memory.h"

/* Text in an encoding older than UTF-8, turned into UTF-8 line by line by iconv. In
   CP932, CP949 and CP1252 no byte of a longer character is a line end, a quote, a comma,
   a semicolon or a tab, so a file can be cut into lines before it is turned. */
typedef struct kn__decoder kn__decoder;

/* The encoding bytes that are not UTF-8 are most likely in: "CP932" (Japanese) or "CP949"
   (Korean), by the lead bytes of their characters; NULL where neither fits. */
const char *kn__encoding_guess(const char *bytes, size_t length);

/* Errors: KN_ERR_MEMORY; KN_ERR_USAGE for an encoding iconv does not have. */
kn_status kn__decoder_open(kn__decoder **decoder, kn_context *ctx, const char *encoding);
void kn__decoder_close(kn__decoder *decoder);

/* Turns a line; *out is terminated and valid until the next call. *bad is the place of
   the first byte that does not fit, or `length` when all do (*out is set only then).
   Errors: KN_ERR_MEMORY. */
kn_status kn__decoder_line(kn__decoder *decoder, const char *line, size_t length,
                           char **out, size_t *out_length, size_t *bad);

const char *kn__decoder_name(const kn__decoder *decoder);

#endif
