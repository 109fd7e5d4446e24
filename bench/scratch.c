/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * scratch.c - mkdtemp, and a walk that removes.
 */
#include "scratch.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define OPEN_MOST 16

static int remove_below(const char *path, const struct stat *stat, int kind,
			struct FTW *walk)
{
	(void)stat;
	(void)kind;
	if (walk->level > 0)
		remove(path);
	return 0;
}

int scratch_make(char *path, size_t size)
{
	snprintf(path, size, "/dev/shm/tta-bench.%d.XXXXXX", (int)getpid());
	if (!mkdtemp(path) || setenv("TTA_DIR", path, 1))
		return -errno;
	return 0;
}

void scratch_clear(const char *path, int all)
{
	nftw(path, remove_below, OPEN_MOST, FTW_DEPTH | FTW_PHYS);
	if (all)
		rmdir(path);
}
