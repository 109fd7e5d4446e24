/* SPDX-License-Identifier: BSD-2-Clause */
#include "end_signals.h"

#include <errno.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

int end_signals_begin(struct end_signals *signals)
{
	sigset_t ends;

	sigemptyset(&ends);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGHUP);
	signals->got = 0;
	sigprocmask(SIG_BLOCK, &ends, &signals->before);
	signals->fd = signalfd(-1, &ends, SFD_CLOEXEC | SFD_NONBLOCK);
	if (signals->fd >= 0)
		return 0;
	sigprocmask(SIG_SETMASK, &signals->before, NULL);
	return -errno;
}

bool end_signals_wait(struct end_signals *signals, int ms)
{
	struct pollfd polled = {.fd = signals->fd, .events = POLLIN};
	struct signalfd_siginfo info;

	if (!signals->got && poll(&polled, 1, ms) > 0 &&
	    read(signals->fd, &info, sizeof(info)) == (ssize_t)sizeof(info))
		signals->got = (int)info.ssi_signo;
	return signals->got != 0;
}

void end_signals_end(struct end_signals *signals)
{
	close(signals->fd);
	if (signals->got)
		raise(signals->got); /* ends us when it is unblocked */
	sigprocmask(SIG_SETMASK, &signals->before, NULL);
}
