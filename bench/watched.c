/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * watched.c - fork, wait for its end or for a signal, reap.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "child.h"
#include "watched.h"

void watch_begin(struct watch *watch)
{
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	sigemptyset(&watch->watched);
	sigaddset(&watch->watched, SIGCHLD);
	sigaddset(&watch->watched, SIGINT);
	sigaddset(&watch->watched, SIGTERM);
	sigaddset(&watch->watched, SIGHUP);
	sigprocmask(SIG_BLOCK, &watch->watched, &watch->before);
}

void watch_end(struct watch *watch)
{
	sigprocmask(SIG_SETMASK, &watch->before, NULL);
}

struct order {
	const struct watch *watch;
	unsigned seconds;
	void (*body)(void *arg);
	void *arg;
};

static void obey(void *arg)
{
	const struct order *order = arg;

	sigprocmask(SIG_SETMASK, &order->watch->before, NULL);
	alarm(order->seconds);
	order->body(order->arg);
}

/* Whatever the child has left behind dies with it; we are its parent then. */
static void reap_all(void)
{
	const struct timespec moment = {.tv_nsec = 5000000};
	pid_t child = 1;

	for (unsigned tries = 0; child >= 0 && tries < 2000; tries++) {
		child = waitpid(-1, NULL, WNOHANG);
		if (child == 0)
			nanosleep(&moment, NULL);
	}
}

int watch_run(struct watch *watch, int cpu, unsigned seconds, void (*body)(void *arg),
	      void *arg, char failure[TEXT_SIZE])
{
	struct order order = {watch, seconds, body, arg};
	int status = 0, number;
	pid_t child = child_start(cpu, obey, &order);

	if (child < 0) {
		snprintf(failure, TEXT_SIZE, "fork: %s", strerror(errno));
		return 0;
	}
	do
		number = sigwaitinfo(&watch->watched, NULL);
	while (number < 0 ||
	       (number == SIGCHLD && waitpid(child, &status, WNOHANG) != child));
	if (number != SIGCHLD)
		child_end(child, SIGKILL);
	else if (WIFSIGNALED(status))
		snprintf(failure, TEXT_SIZE, "ended by signal %d", WTERMSIG(status));
	reap_all();
	return number == SIGCHLD ? 0 : number;
}
