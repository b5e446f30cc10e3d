/* SPDX-License-Identifier: Apache-2.0 */
/* The only state of the whole process: whether ctrl-C was pressed, and what progress was
   last shown. */
#include <signal.h>
#include <string.h>
#include <time.h>

#include "cli.h"

static volatile sig_atomic_t interrupted;
static struct timespec shown;
static bool line_open;

static void on_interrupt(int signal)
{
    (void)signal;
    interrupted = 1;
}

/* The first ctrl-C asks politely; the second one ends the process. */
void cli__catch_interrupt(void)
{
    struct sigaction action = {.sa_handler = on_interrupt, .sa_flags = (int)SA_RESETHAND};
    sigaction(SIGINT, &action, NULL);
}

int cli__interrupted(void *user)
{
    (void)user;
    return interrupted;
}

/* At most ten times a second. */
void cli__show_progress(void *user, const char *work, double share)
{
    (void)user;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    double since = (double)(now.tv_sec - shown.tv_sec) +
                   1e-9 * (double)(now.tv_nsec - shown.tv_nsec);
    if (since < 0.1)
        return;
    shown = now;
    line_open = true;
    if (share >= 0)
        fprintf(stderr, "\r\033[K%s %3.0f %%", work, 100 * share);
    else
        fprintf(stderr, "\r\033[K%s", work);
    fflush(stderr);
}

void cli__show_warning(void *user, kn_log_level level, const char *message)
{
    (void)user;
    if (level > KN_LOG_WARN)
        return;
    cli__clear_progress();
    fprintf(stderr, "kaname: %s\n", message);
}

void cli__clear_progress(void)
{
    if (line_open)
        fputs("\r\033[K", stderr);
    line_open = false;
}
