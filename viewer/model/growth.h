/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * growth.h - does what is left grow from run to run? Pure functions.
 *
 * after[0] is what is held once the warm-ups have settled, after[i] once run i has:
 * growth(i) = after[i] - after[i - 1]. The same for each of the three measures (bytes,
 * buffers, references) of a (device, type, class).
 */
#ifndef TTATOP_GROWTH_H
#define TTATOP_GROWTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum growth_verdict {
	GROWTH_CLEAN,	 /* nothing is left */
	GROWTH_CONSTANT, /* something is left, the same after every run */
	GROWTH_GROWING,	 /* every run added more than the limit */
	GROWTH_NOISY,	 /* some runs changed it */
	GROWTH_UNJUDGED, /* no run, or a number that nobody knows */
};

struct growth {
	enum growth_verdict verdict;
	bool fails;    /* growing, or noisy beyond the limit */
	int64_t total; /* after[runs] - after[0] */
};

/* growth(run), 1 <= run; false when it is not known. */
bool growth_of_run(const uint64_t *after, size_t run, int64_t *ret_growth);
/* @after has runs + 1 values, SNAP_UNKNOWN possible; @limit is per run. */
struct growth growth_judge(const uint64_t *after, size_t runs, uint64_t limit);
/* "clean", "constant", ... */
const char *growth_verdict_name(enum growth_verdict verdict);

#endif
