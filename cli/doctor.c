/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <unistd.h>

#include "cli.h"

/* Writes what was found; exits as for bad data when something cannot be read. */
kn_status cli__run_doctor(cli *c)
{
    kn_result *result = NULL;
    kn_status status = cli__check_output(c);
    if (!strcmp(c->words[0], "-") && lseek(STDIN_FILENO, 0, SEEK_CUR) < 0)
        return cli__fail(KN_ERR_USAGE,
                         "doctor reads a source several times, which a pipe does not "
                         "allow: give the file");
    if (status >= 0)
        status = kn_doctor(&result, c->ctx, cli__input(c->words[0]));
    if (status >= 0)
        status = cli__write_result(c, result, NULL);
    if (status == KN_OK && kn_doctor_found_errors(result))
        status = KN_ERR_DATA;
    kn_result_free(result);
    return status;
}
