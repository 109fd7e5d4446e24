/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * signals.h - signals as something to read, so that no work happens in handlers.
 */
#ifndef TTATOP_SIGNALS_H
#define TTATOP_SIGNALS_H

#include <signal.h>

struct signals {
	int descriptor; /* readable when one waits */
	sigset_t taken, before;
};

/* Take WINCH, INT, TERM, HUP, QUIT, PIPE, TSTP and CONT. 0 or -errno. */
int signals_open(struct signals *signals);
void signals_close(struct signals *signals);
/* The next one that waits, 0 = none. */
int signals_next(struct signals *signals);
/* Let it happen as if it had never been taken; returns when it did not end us. */
void signals_raise(struct signals *signals, int signal_number);

#endif
