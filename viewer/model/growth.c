/* SPDX-License-Identifier: BSD-2-Clause */
#include "growth.h"

#include "snapshot.h"

bool growth_of_run(const uint64_t *after, size_t run, int64_t *ret_growth)
{
	if (after[run] == SNAP_UNKNOWN || after[run - 1] == SNAP_UNKNOWN)
		return false;
	*ret_growth = (int64_t)(after[run] - after[run - 1]);
	return true;
}

static bool above(int64_t growth, uint64_t limit)
{
	return growth > 0 && (uint64_t)growth > limit;
}

/* More than @limit for each of @runs, all in all. */
static bool above_all(int64_t total, uint64_t limit, size_t runs)
{
	uint64_t allowed;

	return !__builtin_mul_overflow(limit, runs, &allowed) && above(total, allowed);
}

struct growth growth_judge(const uint64_t *after, size_t runs, uint64_t limit)
{
	struct growth result = {.verdict = GROWTH_UNJUDGED};
	size_t grown = 0, changed = 0;
	int64_t growth;

	for (size_t run = 1; run <= runs; run++) {
		if (!growth_of_run(after, run, &growth))
			return result;
		grown += above(growth, limit);
		changed += growth != 0;
	}
	if (runs == 0)
		return result;
	result.total = (int64_t)(after[runs] - after[0]);
	if (after[runs] == 0)
		result.verdict = GROWTH_CLEAN;
	else if (changed == 0)
		result.verdict = GROWTH_CONSTANT;
	else
		result.verdict = grown == runs ? GROWTH_GROWING : GROWTH_NOISY;
	result.fails =
		result.verdict == GROWTH_GROWING ||
		(result.verdict == GROWTH_NOISY && above_all(result.total, limit, runs));
	return result;
}

const char *growth_verdict_name(enum growth_verdict verdict)
{
	switch (verdict) {
	case GROWTH_CLEAN:
		return "clean";
	case GROWTH_CONSTANT:
		return "constant";
	case GROWTH_GROWING:
		return "growing";
	case GROWTH_NOISY:
		return "noisy";
	case GROWTH_UNJUDGED:
		break;
	}
	return "unjudged";
}
