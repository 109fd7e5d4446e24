/* SPDX-License-Identifier: BSD-2-Clause */
#include "signals.h"

#include <errno.h>
#include <sys/signalfd.h>
#include <unistd.h>

int signals_open(struct signals *signals)
{
	static const int taken[] = {SIGWINCH, SIGINT,  SIGTERM, SIGHUP,
				    SIGPIPE,  SIGQUIT, SIGTSTP, SIGCONT};

	sigemptyset(&signals->taken);
	for (size_t i = 0; i < sizeof(taken) / sizeof(*taken); i++)
		sigaddset(&signals->taken, taken[i]);
	if (sigprocmask(SIG_BLOCK, &signals->taken, &signals->before))
		return -errno;
	signals->descriptor = signalfd(-1, &signals->taken, SFD_NONBLOCK | SFD_CLOEXEC);
	if (signals->descriptor >= 0)
		return 0;
	sigprocmask(SIG_SETMASK, &signals->before, NULL);
	return -errno;
}

void signals_close(struct signals *signals)
{
	close(signals->descriptor);
	sigprocmask(SIG_SETMASK, &signals->before, NULL);
}

int signals_next(struct signals *signals)
{
	struct signalfd_siginfo info;

	if (read(signals->descriptor, &info, sizeof(info)) != (ssize_t)sizeof(info))
		return 0;
	return (int)info.ssi_signo;
}

void signals_raise(struct signals *signals, int signal_number)
{
	struct sigaction action = {.sa_handler = SIG_DFL}, old;
	sigset_t only;

	sigemptyset(&only);
	sigaddset(&only, signal_number);
	sigaction(signal_number, &action, &old);
	raise(signal_number);
	sigprocmask(SIG_UNBLOCK, &only, NULL);
	sigprocmask(SIG_BLOCK, &signals->taken, NULL);
	sigaction(signal_number, &old, NULL);
}
