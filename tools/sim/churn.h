/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * churn.h - a set of live buffers whose members come and go at random, from a seed.
 */
#ifndef SIM_CHURN_H
#define SIM_CHURN_H

#include <stddef.h>
#include <stdint.h>

struct sim_churn_plan {
	uint32_t device_first;
	uint32_t device_count; /* buffers take turns over the devices */
	uint32_t type;
	uint32_t label;
	uint64_t base; /* address of the first buffer of a device */
	uint64_t size_min;
	uint64_t size_max;
	uint64_t step; /* from address to address of a device */
	uint64_t seed;
};

struct sim_churn {
	struct sim_churn_plan plan;
	uint64_t random;
	size_t live;
	size_t room;
	uint64_t *sizes; /* of the live buffers, by place */
};

/* No buffer is live yet; sim_churn_fini() frees the memory, not the buffers. */
void sim_churn_init(struct sim_churn *churn, const struct sim_churn_plan *plan);
void sim_churn_fini(struct sim_churn *churn);

/* Alloc or free at the end until @live are there. 0 or -ENOMEM. */
int sim_churn_resize(struct sim_churn *churn, size_t live);

/* Free a random buffer and alloc another in its place: two events. */
void sim_churn_replace(struct sim_churn *churn);

#endif
