/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * clock.h - the cheapest clock there is (the TSC on x86-64), and nanoseconds.
 */
#ifndef TTA_BENCH_CLOCK_H
#define TTA_BENCH_CLOCK_H

#include <stdint.h>
#include <time.h>

#ifdef __x86_64__
#include <x86intrin.h>
#endif

static inline uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static inline uint64_t now_ticks(void)
{
#ifdef __x86_64__
	return __rdtsc();
#else
	return now_ns();
#endif
}

/* Nanoseconds of one tick, measured over some milliseconds. */
static inline double tick_ns(void)
{
	uint64_t ns = now_ns(), ticks = now_ticks(), end;

	do
		end = now_ns();
	while (end - ns < 5000000u);
	return (double)(end - ns) / (double)(now_ticks() - ticks);
}

#endif
