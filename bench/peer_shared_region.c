/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * peer_shared_region.c - one region for all processes, updated as version 3 of the
 * shared-memory statistics of tt-metal does: a mutex of the process, two clock reads, a
 * search for the chip and for the pid, relaxed adds to total, chip and pid, and for a
 * free loops of compare and swap that stop at zero. Written from a description of it.
 */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <tta/atomic.h>

#include "clock.h"
#include "peers.h"

#define CHIPS	  16u
#define PROCESSES 64u
#define TYPES	  5u

struct region_chip {
	tta_a32 id; /* 0xffffffff = empty */
	uint32_t is_remote;
	tta_a64 bytes[TYPES];
};

struct region_process {
	tta_a32 pid; /* 0 = empty */
	uint32_t pad;
	tta_a64 bytes[TYPES];
	tta_a64 time;
	char name[64];
};

struct region_map {
	tta_a64 time;
	tta_a64 bytes[TYPES];
	struct region_chip chip[CHIPS];
	struct region_process process[PROCESSES];
};

struct region {
	pthread_mutex_t mutex;
	struct region_map *map;
	uint32_t pid, chip;
};

static struct region_chip *chip_of(struct region *region)
{
	for (unsigned i = 0; i < CHIPS; i++)
		if (tta_load_relaxed32(&region->map->chip[i].id) == region->chip)
			return &region->map->chip[i];
	return NULL;
}

static struct region_process *process_of(struct region *region)
{
	for (unsigned i = 0; i < PROCESSES; i++)
		if (tta_load_relaxed32(&region->map->process[i].pid) == region->pid)
			return &region->map->process[i];
	return NULL;
}

static void take(tta_a64 *word, uint64_t size)
{
	uint64_t seen = tta_load_relaxed64(word);

	while (!tta_cas_acq_rel64(word, &seen, seen > size ? seen - size : 0))
		;
}

static void update(struct region *region, uint64_t size, unsigned type, bool add)
{
	struct region_chip *chip = chip_of(region);
	struct region_process *process = process_of(region);
	tta_a64 *words[3] = {&region->map->bytes[type], chip ? &chip->bytes[type] : NULL,
			     process ? &process->bytes[type] : NULL};

	for (unsigned i = 0; i < 3; i++) {
		if (!words[i])
			continue;
		if (add)
			tta_add_relaxed64(words[i], size);
		else
			take(words[i], size);
	}
	tta_store_relaxed64(&region->map->time, now_ns());
	if (process)
		tta_store_relaxed64(&process->time, now_ns());
}

static void event(struct region *region, bool add)
{
	pthread_mutex_lock(&region->mutex);
	update(region, 4096, 0, add);
	pthread_mutex_unlock(&region->mutex);
}

static void run(void *state, uint64_t iterations)
{
	for (uint64_t i = 0; i < iterations; i++) {
		event(state, true);
		event(state, false);
	}
}

/* The fourth process of eight on an 8-chip machine: neither first nor last. */
static void fill(struct region *region)
{
	for (uint32_t i = 0; i < CHIPS; i++)
		tta_store_relaxed32(&region->map->chip[i].id, i < 8 ? i : UINT32_MAX);
	for (uint32_t i = 0; i < 8; i++)
		tta_store_relaxed32(&region->map->process[i].pid,
				    i == 3 ? region->pid : 0x7fff0000u + i);
}

static int open_region(const struct plan *plan, struct loop *loop, char why[TEXT_SIZE])
{
	struct region *region = calloc(1, sizeof(*region));
	void *map = mmap(NULL, sizeof(struct region_map), PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	(void)plan;
	(void)why;
	if (!region || map == MAP_FAILED) {
		free(region);
		return -ENOMEM;
	}
	pthread_mutex_init(&region->mutex, NULL);
	region->map = map;
	region->pid = (uint32_t)getpid();
	region->chip = 3;
	fill(region);
	*loop = (struct loop){.run = run, .state = region, .events = 2};
	return 0;
}

const struct peer peer_shared_region = {.name = "shared_region", .open = open_region};
