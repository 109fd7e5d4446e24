/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * end_signals.h - commands that run until they are ended: INT, TERM and HUP come between
 * two steps, and end the program in the end, as others expect it.
 */
#ifndef TTATOP_END_SIGNALS_H
#define TTATOP_END_SIGNALS_H

#include <signal.h>
#include <stdbool.h>

struct end_signals {
	int fd;	 /* can be read when one has come */
	int got; /* its number, 0 = none yet */
	sigset_t before;
};

/* 0 or -errno. */
int end_signals_begin(struct end_signals *signals);
/* Wait for one, at most @ms. True: one has come. */
bool end_signals_wait(struct end_signals *signals, int ms);
/* What came is raised again: it ends the program. */
void end_signals_end(struct end_signals *signals);

#endif
