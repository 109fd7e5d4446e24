/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * judge.h - what a reader says about a killed load, held against what it had done.
 */
#ifndef TTA_JUDGE_H
#define TTA_JUDGE_H

#include <tta/reader.h>

#include "load.h"

#define JUDGE_RECORDS (SCRIPT_THREADS * 1024u)

struct testimony {
	const struct tta_process *process;
	unsigned count;
	struct tta_event event[JUDGE_RECORDS]; /* that the rings still held */
};

/* What went into a verdict of the judge, for the summary. */
struct findings {
	uint64_t events, entries, records, uncertain;
	uint64_t dropped;  /* processes that said that detail was dropped */
	uint64_t ringless; /* and that a lane had no ring */
};

/* NULL, or what is wrong; adds to @findings. */
const char *judge(const struct testimony *t, const struct load *load,
		  const struct done done[SCRIPT_THREADS], struct findings *findings);

#endif
