/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KANAME_DOCTOR_H
#define KANAME_DOCTOR_H

#include "kaname/table.h"

/* Looks at a source file, folder or zip before it is imported: which format and edition
   it is, its encoding, labels that are missing, totals that do not fit, cells that look
   wrong. Table `findings`: severity ("info", "warning", "error"), where, what; key
   figures `format`, `edition`, `encoding`. A file that cannot be read is a finding of
   severity error, not a failure. Errors: KN_ERR_NOT_FOUND, KN_ERR_IO, KN_ERR_MEMORY,
   KN_ERR_CANCELLED. */
kn_status kn_doctor(kn_result **result, kn_context *context, const char *path);

/* Whether a result of kn_doctor has a finding of severity error. */
bool kn_doctor_found_errors(const kn_result *result);

#endif
