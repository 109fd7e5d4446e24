/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * soak.h - publishers that know the truth, and a viewer that must show it.
 */
#ifndef TTA_BENCH_SOAK_H
#define TTA_BENCH_SOAK_H

#include <stdio.h>

#include "watched.h"

#define SOAK_PUBLISHERS 2u

struct soak {
	char failure[TEXT_SIZE];
	unsigned seconds;
	uint64_t checkpoints; /* everything at rest, compared with the truth */
	uint64_t snapshots;   /* under load: of one process each */
	uint64_t exact;	      /* of these */
	uint64_t mismatches;  /* each was said on stderr, up to a limit */
	uint64_t events;
	uint64_t records_seen, records_lost;
};

/* @ret_soak: in shared memory. 0, or the signal that is to end the bench; -ENOMEM. */
int soak_run(unsigned seconds, const struct plan *plan, struct watch *watch,
	     struct soak **ret_soak);
/* Measured, and without a mismatch? */
bool soak_passed(const struct soak *soak);
void print_soak(FILE *out, const struct soak *soak);

#endif
