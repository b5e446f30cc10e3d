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
static struct { /* the work that is shown: when it began, and how far it was then */
    char name[64];
    struct timespec begun;
    double first, last;
} current;

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

static double seconds(const struct timespec *from, const struct timespec *to)
{
    return (double)(to->tv_sec - from->tv_sec) +
           1e-9 * (double)(to->tv_nsec - from->tv_nsec);
}

/* Seconds left at the pace so far; negative while it is too early to tell. */
static double time_left(const char *work, double share, const struct timespec *now)
{
    if (strncmp(work, current.name, sizeof current.name - 1) != 0 ||
        share < current.last) {
        snprintf(current.name, sizeof current.name, "%s", work);
        current.begun = *now;
        current.first = share;
    }
    current.last = share;
    double taken = seconds(&current.begun, now), done = share - current.first;
    return taken > 1 && done > 0.01 ? taken * (1 - share) / done : -1;
}

/* At most ten times a second. */
void cli__show_progress(void *user, const char *work, double share)
{
    (void)user;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    double left = time_left(work, share, &now);
    if (seconds(&shown, &now) < 0.1)
        return;
    shown = now;
    line_open = true;
    fprintf(stderr, "\r\033[K%s", work);
    if (share >= 0)
        fprintf(stderr, " %3.0f %%", 100 * share);
    if (share >= 0 && left >= 60)
        fprintf(stderr, ", about %.0f min left", left / 60);
    else if (share >= 0 && left >= 0)
        fprintf(stderr, ", about %.0f s left", left);
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
