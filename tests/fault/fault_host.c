/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A host that must not notice: it prints the same, keeps its errno and its descriptors,
 * and exits 0, whatever happens to its publisher. HOST [NOFILE]
 */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <tta/tta.h>

#include "fault_host.h"

#define STRANGE_ERRNO 7777

static unsigned errno_changed;

static void check_errno(void)
{
	errno_changed += errno != STRANGE_ERRNO;
	errno = STRANGE_ERRNO;
}

static unsigned open_descriptors(void)
{
	unsigned open = 0;

	/* Not fcntl: that may be what fails. */
	for (int fd = 0; fd < 256; fd++)
		open += lseek(fd, 0, SEEK_CUR) >= 0 || errno != EBADF;
	return open;
}

static void publish(uint32_t device, uint64_t base, unsigned count)
{
	errno = STRANGE_ERRNO;
	for (uint64_t i = 1; i <= count; i++) {
		tta_alloc(device, TTA_DRAM, base + (i << 12), 64);
		check_errno();
	}
	for (uint64_t i = 1; i <= count / 2; i++) {
		tta_free_sized(device, TTA_DRAM, base + (i << 12), 64);
		check_errno();
	}
}

static void *publish_in_thread(void *arg)
{
	publish(1, (uint64_t)(uintptr_t)arg, FAULT_HOST_THREAD);
	return arg;
}

static void describe(void)
{
	const struct tta_memory_info memory = {.type = TTA_DRAM, .capacity = 1 << 30};
	struct tta_device_info info = {
		.info_size = sizeof(info),
		.kind = "test",
		.memory = &memory,
		.memory_count = 1,
	};

	errno = STRANGE_ERRNO;
	tta_device_describe(0, &info);
	check_errno();
	tta_label("weights");
	check_errno();
	tta_type("own");
	check_errno();
	tta_mark("half");
	check_errno();
}

/* Its own segment; nothing is left in it. How many descriptors it had. */
static int publish_in_child(void)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		for (uint64_t i = 1; i <= 10; i++)
			tta_alloc(3, TTA_L1, i << 12, 64);
		for (uint64_t i = 1; i <= 10; i++)
			tta_free_sized(3, TTA_L1, i << 12, 64);
		exit((int)open_descriptors());
	}
	waitpid(child, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static bool limit_descriptors(const char *number)
{
	const struct rlimit limit = {.rlim_cur = (rlim_t)atoi(number),
				     .rlim_max = (rlim_t)atoi(number)};

	return setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

int main(int argc, char **argv)
{
	pthread_t thread;
	int in_child;

	if (argc > 1 && !limit_descriptors(argv[1]))
		return FAULT_HOST_CANNOT;
	publish(0, 0, FAULT_HOST_MAIN);
	describe();
	if (pthread_create(&thread, NULL, publish_in_thread, (void *)(UINT64_C(1) << 40)))
		return FAULT_HOST_CANNOT;
	pthread_join(thread, NULL);
	in_child = publish_in_child();
	printf("errno changed %u, descriptors %u and %d\n", errno_changed,
	       open_descriptors(), in_child);
	return 0;
}
