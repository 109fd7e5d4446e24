/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * child.c - fork, pin, end.
 */
#include "child.h"

#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

void pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET((size_t)cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

pid_t child_start(int cpu, void (*body)(void *arg), void *arg)
{
	pid_t parent = getpid(), child = fork();

	if (child != 0)
		return child;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	signal(SIGINT, SIG_IGN); /* the bench decides */
	if (cpu >= 0)
		pin(cpu);
	body(arg);
	_exit(0);
}

double child_end(pid_t child, int signal)
{
	struct rusage use = {0};

	kill(child, signal);
	if (wait4(child, NULL, 0, &use) != child)
		return 0;
	return (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) +
	       (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) * 1e-6;
}
