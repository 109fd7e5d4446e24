/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * crowd.c - fork, publish, pause.
 */
#include <errno.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <tta/tta.h>

#include "child.h"
#include "clock.h"
#include "crowd.h"

#define PATIENCE_NS UINT64_C(60000000000)

struct crowd {
	tta_a32 ready;
	uint32_t buffers;
};

static void publish_and_wait(void *arg)
{
	struct crowd *crowd = arg;

	for (uint64_t i = 1; i <= crowd->buffers; i++)
		tta_alloc((uint32_t)i % 8, TTA_DRAM, i * 65536, 4096 * i);
	tta_add_acq_rel32(&crowd->ready, 1);
	for (;;)
		pause();
}

int crowd_start(uint32_t processes, uint32_t buffers_each)
{
	struct crowd *crowd = mmap(NULL, sizeof(*crowd), PROT_READ | PROT_WRITE,
				   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	const struct timespec moment = {.tv_nsec = 2000000};
	uint64_t start = now_ns();

	if (crowd == MAP_FAILED)
		return -ENOMEM;
	crowd->buffers = buffers_each;
	for (uint32_t i = 0; i < processes; i++)
		if (child_start(-1, publish_and_wait, crowd) < 0)
			return -errno;
	while (tta_load_acquire32(&crowd->ready) < processes) {
		if (now_ns() - start > PATIENCE_NS)
			return -ETIMEDOUT;
		nanosleep(&moment, NULL);
	}
	return 0;
}
