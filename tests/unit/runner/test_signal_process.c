/* SPDX-License-Identifier: BSD-2-Clause */
#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "signal_process.h"

/* A child that waits, with a name that has a parenthesis and blanks in it. */
static pid_t start_child(void)
{
	pid_t pid = fork();

	cr_assert_geq(pid, 0);
	if (pid == 0) {
		prctl(PR_SET_NAME, "a) 1 (b c");
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	return pid;
}

static uint64_t start_of(pid_t pid)
{
	char path[64], text[1024] = "", *at;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	file = fopen(path, "re");
	cr_assert(file);
	cr_assert_gt(fread(text, 1, sizeof(text) - 1, file), 0);
	fclose(file);
	at = strrchr(text, ')');
	for (int field = 2; field < 22; field++)
		at = strchr(at + 1, ' ');
	return strtoull(at, NULL, 10);
}

Test(signal_process, reaches_the_process_that_is_meant)
{
	pid_t pid = start_child();
	int status;

	cr_assert_eq(signal_process(pid, start_of(pid), getuid(), SIGKILL), 0);
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	cr_assert(WIFSIGNALED(status));
	cr_assert_eq(WTERMSIG(status), SIGKILL);
}

Test(signal_process, never_reaches_another_that_has_its_number)
{
	pid_t pid = start_child();
	uint64_t start = start_of(pid);

	cr_assert_eq(signal_process(pid, start - 1, getuid(), SIGKILL), -ESRCH);
	cr_assert_eq(signal_process(pid, start + 1, getuid(), SIGKILL), -ESRCH);
	cr_assert_eq(signal_process(pid, 0, getuid(), SIGKILL), -ESRCH, "not known");
	cr_assert_eq(signal_process(pid, UINT64_MAX, getuid(), SIGKILL), -ESRCH);
	cr_assert_eq(signal_process(pid, start, getuid() + 1, SIGKILL), -ESRCH,
		     "a segment of somebody else names it");
	cr_assert_eq(waitpid(pid, NULL, WNOHANG), 0, "it lives");
	cr_assert_eq(kill(pid, SIGKILL), 0);
	cr_assert_eq(waitpid(pid, NULL, 0), pid);
	cr_assert_eq(signal_process(pid, start, getuid(), SIGKILL), -ESRCH);
}
