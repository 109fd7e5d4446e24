/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * soak_judge.h - what must hold in a sample: under load, and at rest.
 */
#ifndef TTA_BENCH_SOAK_JUDGE_H
#define TTA_BENCH_SOAK_JUDGE_H

#include <tta/reader.h>

#include "soak.h"
#include "soak_truth.h"

/* What was seen last of one publisher; nothing of it may fall. */
struct soak_seen {
	uint32_t pid;
	uint64_t events, records; /* records: handed over by the reader so far */
	struct truth_memory memory[TRUTH_DEVICES][TRUTH_TYPES];
};

/* Live >= 0, counters that only grow, and sums that agree where it says exact. */
void soak_judge_running(struct soak *soak, struct soak_seen *seen,
			const struct tta_process *process);
/* Everything as its publisher says; each record seen or lost. */
void soak_judge_rest(struct soak *soak, const struct soak_seen *seen,
		     const struct tta_process *process, const struct truth *truth);
/* Counts a mismatch and says it. */
void soak_mismatch(struct soak *soak, uint32_t pid, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
