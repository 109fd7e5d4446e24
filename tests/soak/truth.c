/* SPDX-License-Identifier: BSD-2-Clause */
#include "truth.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Field 22 of /proc/self/stat, in clock ticks: a segment's name has it too. */
static unsigned long long start_time(void)
{
	char text[1024];
	int fd = open("/proc/self/stat", O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	const char *at;
	unsigned long long ticks = 0;

	if (fd >= 0)
		close(fd);
	if (got <= 0)
		return 0;
	text[got] = '\0';
	at = strrchr(text, ')');
	for (int field = 2; at && field < 22; field++)
		at = strchr(at + 1, ' ');
	if (at)
		sscanf(at, "%llu", &ticks);
	return ticks;
}

struct truth *truth_new(const char *directory, unsigned image, uint32_t shared)
{
	uint32_t places = TRUTH_OWN + shared;
	size_t size = sizeof(struct truth) + places * sizeof(tta_a64);
	struct truth *truth = MAP_FAILED;
	char path[PATH_MAX];
	int fd;

	snprintf(path, sizeof(path), "%s/%d.%llu.%u", directory, (int)getpid(),
		 start_time(), image);
	fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd >= 0 && ftruncate(fd, (off_t)size) == 0)
		truth = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (fd >= 0)
		close(fd);
	if (truth == MAP_FAILED) {
		perror(path);
		return NULL;
	}
	truth->places = places;
	truth->magic = TRUTH_MAGIC;
	return truth;
}
