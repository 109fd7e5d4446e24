/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * step.c - ptrace single steps.
 */
#include <errno.h>
#include <math.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "step.h"

#define STEPPED	   64u
#define STEPS_MOST 1000000u

/* Three stops: after the warm-up, after N iterations, after 2 N more. */
_Noreturn static void traced(const struct loop *loop)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL))
		_exit(1);
	loop->run(loop->state, 4 * STEPPED);
	raise(SIGSTOP);
	loop->run(loop->state, STEPPED);
	raise(SIGSTOP);
	loop->run(loop->state, 2 * STEPPED);
	raise(SIGSTOP);
	_exit(0);
}

/* Steps until the child stops itself again; -1 when it ended or never does. */
static long steps_to_stop(pid_t child)
{
	int status;

	for (long steps = 0; steps < STEPS_MOST; steps++) {
		if (ptrace(PTRACE_SINGLESTEP, child, NULL, NULL))
			return -1;
		if (waitpid(child, &status, 0) != child || !WIFSTOPPED(status))
			return -1;
		if (WSTOPSIG(status) == SIGSTOP)
			return steps;
	}
	return -1;
}

double instructions_of(const struct loop *loop)
{
	long once = -1, twice = -1;
	int status;
	pid_t child = fork();

	if (child == 0)
		traced(loop);
	if (child < 0)
		return NAN;
	if (waitpid(child, &status, 0) == child && WIFSTOPPED(status)) {
		once = steps_to_stop(child);
		twice = once < 0 ? -1 : steps_to_stop(child);
		kill(child, SIGKILL);
		waitpid(child, &status, 0);
	}
	return twice < 0 ? NAN : (double)(twice - once) / STEPPED;
}
