/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * work.h - random events that keep the host's duty, each written down before and after.
 */
#ifndef TTA_SOAK_WORK_H
#define TTA_SOAK_WORK_H

#include <stdbool.h>

#include <tta/layout.h>

#include "truth.h"

struct work {
	struct truth *truth;
	tta_a32 *claimed; /* by place that no thread owns: somebody is at it */
};

/* One thread's part: its line of the truth, and its chances. */
struct worker {
	const struct work *work;
	struct truth_thread *self;
	uint64_t random;
};

/* enum tta_memory_type */
static inline uint32_t work_type(uint32_t place)
{
	return truth_type(place) ? TTA_L1 : TTA_DRAM;
}

/* 0 or -ENOMEM. For a child of fork: nothing is shared with the parent's. */
int work_init(struct work *work, struct truth *truth);
void work_fini(struct work *work);

uint64_t work_draw(struct worker *worker);
void work_events(struct worker *worker, unsigned count);
void work_mark(struct worker *worker);
/* Records or not; no event. */
void work_level(struct worker *worker);
/* Frees everything; the other threads have ended. */
void work_free_all(struct worker *worker);

#endif
