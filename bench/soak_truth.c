/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * soak_truth.c - random buffers come and go; bytes are added and taken.
 */
#include <unistd.h>

#include <tta/tta.h>

#include "soak_truth.h"

#define PLACES	  2048u /* where a buffer is or is not */
#define SIZE_MOST (1u << 20)

const enum tta_memory_type truth_types[TRUTH_TYPES] = {TTA_DRAM, TTA_L1};

struct places {
	struct truth truth;
	uint64_t random;
	uint64_t added[TRUTH_DEVICES]; /* and not yet taken */
	uint32_t size[PLACES];	       /* 0 = no buffer */
};

static uint64_t draw(struct places *p)
{
	p->random = p->random * UINT64_C(6364136223846793005) + 1;
	return p->random >> 16;
}

static void change(struct places *p, uint32_t at, uint32_t size)
{
	uint32_t device = at % TRUTH_DEVICES, kind = at / TRUTH_DEVICES % TRUTH_TYPES;
	struct truth_memory *memory = &p->truth.memory[device][kind];
	uint64_t address = (at + 1) * UINT64_C(0x100000);

	p->truth.records++;
	if (p->size[at]) {
		tta_free(device, truth_types[kind], address);
		memory->frees++;
		memory->buffers--;
		memory->bytes -= p->size[at];
		p->size[at] = 0;
		return;
	}
	tta_alloc(device, truth_types[kind], address, size);
	memory->allocs++;
	memory->buffers++;
	memory->bytes += size;
	memory->peak = memory->bytes > memory->peak ? memory->bytes : memory->peak;
	p->size[at] = size;
}

/* Adds, or takes what was added. */
static void add(struct places *p, uint32_t device, uint32_t size)
{
	struct truth_memory *memory = &p->truth.memory[device][0];

	if (p->added[device]) {
		tta_add(device, truth_types[0], -(int64_t)p->added[device]);
		memory->taken += p->added[device];
		p->added[device] = 0;
		return;
	}
	tta_add(device, truth_types[0], size);
	memory->added += size;
	p->added[device] = size;
}

static void step(struct places *p)
{
	uint64_t random = draw(p);
	uint32_t size = 1 + (uint32_t)(random >> 20) % SIZE_MOST;

	if (random % 16 == 0)
		add(p, (uint32_t)(random >> 4) % TRUTH_DEVICES, size);
	else
		change(p, (uint32_t)(random >> 4) % PLACES, size);
	p->truth.events++;
}

void truth_publish(void *publisher)
{
	const struct truth_publisher *self = publisher;
	struct places places = {.truth.pid = (uint32_t)getpid(), .random = self->seed};
	uint32_t seen = 0;

	for (;;) {
		uint32_t asked = tta_load_acquire32(&self->control->asked);

		if (asked != seen) {
			if (write(self->pipe, &places.truth, sizeof(places.truth)) < 0)
				_exit(1);
			pthread_barrier_wait(&self->control->go);
			seen = asked;
		}
		step(&places);
	}
}
