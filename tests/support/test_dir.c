/* SPDX-License-Identifier: BSD-2-Clause */
#include "test_dir.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char path[64];
static pid_t maker;

void test_dir_remove(void)
{
	DIR *dir;
	struct dirent *entry;

	if (path[0] == '\0' || getpid() != maker)
		return;
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			unlinkat(dirfd(dir), entry->d_name,
				 entry->d_type == DT_DIR ? AT_REMOVEDIR : 0);
	}
	if (dir)
		closedir(dir);
	rmdir(path);
	path[0] = '\0';
}

const char *test_dir_make(void)
{
	test_dir_remove();
	strcpy(path, "/dev/shm/tta-test-XXXXXX");
	if (!mkdtemp(path) || setenv("TTA_DIR", path, 1)) {
		perror("test_dir_make");
		exit(2);
	}
	if (maker != getpid())
		atexit(test_dir_remove);
	maker = getpid();
	return path;
}

int test_dir_count(void)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	int count = 0;

	while (dir && (entry = readdir(dir)))
		count += entry->d_name[0] != '.';
	if (dir)
		closedir(dir);
	return count;
}
