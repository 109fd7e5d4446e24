/* SPDX-License-Identifier: BSD-2-Clause */
#include "child.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <tta/tta.h>

pid_t child_run(void (*body)(void), int *ret_status)
{
	pid_t child;

	fflush(stdout);
	child = fork();
	if (child == 0) {
		body();
		_exit(0);
	}
	if (child < 0 || waitpid(child, ret_status, 0) != child) {
		perror("child_run");
		exit(2);
	}
	return child;
}

static void publish_once(void)
{
	tta_alloc(0, TTA_DRAM, 4096, 100);
	tta_free(0, TTA_DRAM, 4096);
	exit(0);
}

void child_publish_once(void)
{
	child_run(publish_once, NULL);
}
