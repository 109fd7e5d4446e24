/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * trouble.h - how commands complain: one line on stderr.
 */
#ifndef TTATOP_TROUBLE_H
#define TTATOP_TROUBLE_H

#include <stdio.h>

#define EXIT_TROUBLE 2

/* "ttatop: COMMAND: what failed: why: what to try". Returns EXIT_TROUBLE. */
int trouble(const char *command, const char *format, ...)
	__attribute__((__format__(__printf__, 2, 3)));
/* Push out what was written; 0, or EXIT_TROUBLE when not all of it got there. */
int finish_output(const char *command, FILE *file);

#endif
