/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tsc.h - the processor's time-stamp counter beside CLOCK_MONOTONIC.
 */
#ifndef TTA_TSC_H
#define TTA_TSC_H

#include <stdint.h>
#include <time.h>

/* One instant on both clocks. */
struct tta_clock_pair {
	uint64_t ticks;
	uint64_t ns; /* CLOCK_MONOTONIC */
};

#define TTA_CLOCK_SHIFT 32u

static inline uint64_t tta__tsc_read(void)
{
#if defined(__x86_64__)
	return __builtin_ia32_rdtsc();
#else
	return 0; /* no segment of such a machine says TTA_CLOCK_TSC */
#endif
}

static inline uint64_t tta__monotonic_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

/* The narrowest of a few looks: within some ten nanoseconds unless each was preempted. */
static inline struct tta_clock_pair tta__clock_pair(void)
{
	struct tta_clock_pair best = {0, 0};
	uint64_t width = UINT64_MAX;

	for (unsigned i = 0; i < 5; i++) {
		uint64_t before = tta__tsc_read();
		uint64_t ns = tta__monotonic_ns();
		uint64_t after = tta__tsc_read();

		if (after - before >= width)
			continue;
		width = after - before;
		best = (struct tta_clock_pair){before + width / 2, ns};
	}
	return best;
}

/* Nanoseconds per tick << TTA_CLOCK_SHIFT between two instants; 0 when they make no
 * sense together: the counter went back, or either lies too close. */
static inline uint64_t tta__clock_slope(const struct tta_clock_pair *from,
					const struct tta_clock_pair *to)
{
	__extension__ typedef unsigned __int128 wide;

	if (to->ticks <= from->ticks || to->ns <= from->ns)
		return 0;
	return (uint64_t)(((wide)(to->ns - from->ns) << TTA_CLOCK_SHIFT) /
			  (to->ticks - from->ticks));
}

#endif
