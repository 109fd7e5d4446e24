/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * peer_htop.c - htop on a terminal of its own, refreshing ten times a second.
 *
 * Two runs of different length: what the start costs cancels out.
 */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "child.h"
#include "clock.h"
#include "peer_htop.h"

#define REFRESHES 20u
#define PERIOD_NS 100000000u

static void exec_htop(void *arg)
{
	const char *terminal = arg;
	const struct winsize size = {.ws_row = 50, .ws_col = 200};
	int fd;

	setsid();
	fd = open(terminal, O_RDWR);
	if (fd < 0 || ioctl(fd, TIOCSWINSZ, &size))
		_exit(126);
	dup2(fd, 0);
	dup2(fd, 1);
	dup2(fd, 2);
	setenv("TERM", "xterm", 1);
	setenv("HTOPRC", "/dev/null", 1);
	execlp("htop", "htop", "-d", "1", (char *)NULL);
	_exit(127);
}

static void swallow(int master, uint64_t until_ns)
{
	struct pollfd ready = {.fd = master, .events = POLLIN};
	char bytes[65536];

	while (now_ns() < until_ns)
		if (poll(&ready, 1, 10) == 1 && read(master, bytes, sizeof(bytes)) <= 0)
			poll(NULL, 0, 10);
}

/* CPU seconds of htop over @periods, NaN when it does not run. */
static double run_for(unsigned periods)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	pid_t child = -1;
	double seconds = NAN;

	if (master >= 0 && !grantpt(master) && !unlockpt(master))
		child = child_start(-1, exec_htop, ptsname(master));
	if (child > 0) {
		swallow(master, now_ns() + periods * (uint64_t)PERIOD_NS);
		seconds = kill(child, 0) ? NAN : child_end(child, SIGKILL);
	}
	if (master >= 0)
		close(master);
	return seconds;
}

void peer_htop(const struct plan *plan, struct row_result *result)
{
	double brief, lengthy;

	(void)plan;
	if (access("/usr/bin/htop", X_OK)) {
		result_peer(result, "htop", NAN, "htop is not installed");
		return;
	}
	brief = run_for(REFRESHES / 4);
	lengthy = run_for(REFRESHES + REFRESHES / 4);
	if (lengthy - brief > 0)
		result_peer(result, "htop", (lengthy - brief) * 1e3 / REFRESHES, "");
	else
		result_peer(result, "htop", NAN, "htop did not run");
}
