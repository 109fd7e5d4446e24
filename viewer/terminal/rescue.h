/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rescue.h - put the terminal back when the program crashes: only write(2) and
 * tcsetattr(3), from a signal handler, then the signal takes its course.
 */
#ifndef TTATOP_RESCUE_H
#define TTATOP_RESCUE_H

#include <stdbool.h>

/*
 * Handle SIGSEGV, SIGBUS, SIGABRT, SIGILL and SIGFPE. Before tta_reader_open(), whose
 * SIGBUS handler then hands on to this one what is not its own.
 */
void rescue_install(void);
/* Note the terminal's modes now, and the strings that end a screen (NULL = none); with
 * @mouse its mouse is switched off as well. */
void rescue_remember(int descriptor, const char *leave, const char *show_cursor,
		     const char *plain, bool mouse);
/* Is there something to put back? */
void rescue_arm(bool armed);

#endif
