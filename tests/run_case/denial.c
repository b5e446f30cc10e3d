/* SPDX-License-Identifier: Apache-2.0 */
#include "run_case.h"

void rc_denial(rc *r)
{
    rc_error(r, "not here");
}
