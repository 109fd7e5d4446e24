/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * torture.h - what the torture programs share: options, checks, random numbers, threads.
 *
 * Each program takes --seconds N and --seed S, prints both and what it exercised, and
 * fails when an invariant of the data broke or when nothing was exercised.
 */
#ifndef TTA_TORTURE_H
#define TTA_TORTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SKIPPED 77

#ifdef __SANITIZE_THREAD__
#define UNDER_TSAN true
#else
#define UNDER_TSAN false
#endif

struct torture {
	const char *name;
	double seconds;
	uint64_t seed;
};

/*
 * Read the options, print the seed, make the segment directory. Exits 2 on a usage error
 * and when the library attached before main (TTA_ATTACH=lazy is needed).
 */
void torture_begin(struct torture *t, const char *name, int argc, char **argv);

/* Print what broke and exit 1. */
_Noreturn void torture_failed(const char *file, int line, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#define CHECK(condition, ...)                                                            \
	do {                                                                             \
		if (!(condition))                                                        \
			torture_failed(__FILE__, __LINE__, __VA_ARGS__);                 \
	} while (0)

/* CLOCK_MONOTONIC. */
uint64_t now_ns(void);
/* The moment that is @share of the run's seconds away. */
uint64_t torture_until(const struct torture *t, double share);

/* splitmix64: any state is a good one. */
uint64_t random_next(uint64_t *state);

struct crew {
	void *(*work)(void *);
	void *member; /* array of the threads' arguments */
	size_t member_size;
	unsigned count;
};

/* Run @count threads, each on its own member, and wait for them. */
void crew_run(const struct crew *crew);

#endif
