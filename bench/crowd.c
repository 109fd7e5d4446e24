/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * crowd.c - fork, publish, pause or go on.
 */
#include <errno.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <tta/tta.h>

#include "child.h"
#include "clock.h"
#include "crowd.h"

#define PATIENCE_NS UINT64_C(60000000000)

struct crowd_member {
	tta_a64 events;
} __attribute__((aligned(64)));

struct crowd {
	tta_a32 ready, numbered;
	uint32_t processes, buffers;
	bool busy;
	int niceness;
	pthread_barrier_t go; /* nobody is slowed down by those who came before */
	struct crowd_member member[];
};

static void put(uint64_t i)
{
	tta_alloc((uint32_t)i % 8, TTA_DRAM, i * 65536, 4096 * i);
}

_Noreturn static void churn(const struct crowd *crowd, struct crowd_member *self)
{
	for (uint64_t events = 0;;) {
		for (uint64_t i = 1; i <= crowd->buffers; i++) {
			tta_free((uint32_t)i % 8, TTA_DRAM, i * 65536);
			put(i);
		}
		events += 2 * crowd->buffers;
		tta_store_relaxed64(&self->events, events);
	}
}

static void publish(void *arg)
{
	struct crowd *crowd = arg;
	uint32_t number = tta_add_relaxed32(&crowd->numbered, 1);

	for (uint64_t i = 1; i <= crowd->buffers; i++)
		put(i);
	tta_add_acq_rel32(&crowd->ready, 1);
	if (crowd->busy) {
		setpriority(PRIO_PROCESS, 0, crowd->niceness);
		pthread_barrier_wait(&crowd->go);
		churn(crowd, &crowd->member[number]);
	}
	for (;;)
		pause();
}

static struct crowd *crowd_new(uint32_t processes, uint32_t buffers_each, bool busy)
{
	size_t size = sizeof(struct crowd) + processes * sizeof(struct crowd_member);
	struct crowd *crowd = mmap(NULL, size, PROT_READ | PROT_WRITE,
				   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pthread_barrierattr_t shared;

	if (crowd == MAP_FAILED)
		return NULL;
	crowd->processes = processes;
	crowd->buffers = buffers_each;
	crowd->busy = busy;
	pthread_barrierattr_init(&shared);
	pthread_barrierattr_setpshared(&shared, PTHREAD_PROCESS_SHARED);
	pthread_barrier_init(&crowd->go, &shared, processes + 1);
	return crowd;
}

/* All have published. */
static int crowd_gather(struct crowd *crowd)
{
	const struct timespec moment = {.tv_nsec = 2000000};
	uint64_t start = now_ns();

	for (uint32_t i = 0; i < crowd->processes; i++)
		if (child_start(-1, publish, crowd) < 0)
			return -errno;
	while (tta_load_acquire32(&crowd->ready) < crowd->processes) {
		if (now_ns() - start > PATIENCE_NS)
			return -ETIMEDOUT;
		nanosleep(&moment, NULL);
	}
	return 0;
}

int crowd_start(uint32_t processes, uint32_t buffers_each)
{
	struct crowd *crowd = crowd_new(processes, buffers_each, false);

	return crowd ? crowd_gather(crowd) : -ENOMEM;
}

int crowd_start_busy(uint32_t processes, uint32_t buffers_each, int niceness,
		     struct crowd **ret_crowd)
{
	struct crowd *crowd = crowd_new(processes, buffers_each, true);
	int err;

	if (!crowd)
		return -ENOMEM;
	crowd->niceness = niceness;
	err = crowd_gather(crowd);
	if (err)
		return err;
	pthread_barrier_wait(&crowd->go);
	*ret_crowd = crowd;
	return 0;
}

uint64_t crowd_events(const struct crowd *crowd)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < crowd->processes; i++)
		sum += tta_load_relaxed64(&crowd->member[i].events);
	return sum;
}
