/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * row_growth.c - every single call of 0 -> 1 M live -> 0, beside the machine's noise.
 *
 * Two passes: one takes the time of each call, one counts the pages that each call
 * touched first. The second pass runs in a child, which starts from nothing again.
 */
#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "clock.h"
#include "limit.h"
#include "measure.h"
#include "publishing.h"

#define STEP_PAGES  16 /* 64 KiB: the budget; steps are 8 KiB */
#define FIRST_TOUCH 8

struct calls {
	uint32_t count; /* allocs, then as many frees */
	uint32_t *ticks;
	uint64_t base; /* address of the first */
	int cpu;
};

static uint32_t short_of(uint64_t ticks)
{
	return ticks < UINT32_MAX ? (uint32_t)ticks : UINT32_MAX;
}

/* Not in the order of addresses. */
static uint64_t address_of(const struct calls *calls, uint32_t i)
{
	return calls->base + (uint64_t)(i * UINT32_C(0x9e3779b1)) * 64;
}

static void time_calls(struct calls *calls)
{
	for (uint32_t i = 0; i < 2 * calls->count; i++) {
		uint64_t address = address_of(calls, i % calls->count);
		uint64_t start = now_ticks();

		if (i < calls->count)
			tta_alloc(0, TTA_DRAM, address, 4096);
		else
			tta_free(0, TTA_DRAM, address);
		calls->ticks[i] = short_of(now_ticks() - start);
	}
}

/* What the same two clock reads see around one locked add to a random line. */
static void time_floor(struct calls *calls, struct limit_record *lines)
{
	for (uint32_t i = 0; i < 2 * calls->count; i++) {
		uint32_t at = i * UINT32_C(0x9e3779b1) >> 16;
		uint64_t start = now_ticks();

		tta_add_relaxed64(&lines[at].word[0], 1);
		calls->ticks[i] = short_of(now_ticks() - start);
	}
}

static int by_ticks(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

struct tail {
	double p9999, most; /* microseconds */
};

static struct tail tail_of(uint32_t *ticks, uint32_t count)
{
	double us = tick_ns() * 1e-3;

	qsort(ticks, count, sizeof(*ticks), by_ticks);
	return (struct tail){us * ticks[count - 1 - count / 10000],
			     us * ticks[count - 1]};
}

static long faults_now(void)
{
	struct rusage use;

	getrusage(RUSAGE_THREAD, &use);
	return use.ru_minflt + use.ru_majflt;
}

struct touches {
	uint32_t count;
	long most, calls_over_1; /* in shared memory */
};

static void count_touches(void *arg)
{
	struct touches *touches = arg;
	struct calls calls = {.count = touches->count, .base = 0x100000};

	tta_alloc(0, TTA_DRAM, 0x40, 64);
	tta_free(0, TTA_DRAM, 0x40);
	for (uint32_t i = 0; i < 2 * calls.count; i++) {
		uint64_t address = address_of(&calls, i % calls.count);
		long before = faults_now(), faults;

		if (i < calls.count)
			tta_alloc(0, TTA_DRAM, address, 4096);
		else
			tta_free(0, TTA_DRAM, address);
		faults = faults_now() - before;
		touches->most = faults > touches->most ? faults : touches->most;
		touches->calls_over_1 += faults > 1;
	}
}

/* Pages that one call made present, at most; -1 when it could not be counted. */
static long touches_most(uint32_t count, int cpu, struct row_result *result)
{
	struct touches *touches = mmap(NULL, sizeof(*touches), PROT_READ | PROT_WRITE,
				       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int status = 1;
	pid_t child;

	if (touches == MAP_FAILED)
		return -1;
	touches->count = count;
	child = child_start(cpu, count_touches, touches);
	if (child < 0 || waitpid(child, &status, 0) != child || status != 0)
		return -1;
	result_detail(result, "pages_most_in_a_call", (double)touches->most);
	result_detail(result, "calls_with_2_pages_or_more",
		      (double)touches->calls_over_1);
	return touches->most;
}

static void *grow(void *arg)
{
	struct calls *calls = arg;

	pin(calls->cpu);
	time_calls(calls);
	return NULL;
}

/* In a child: half of the calls by each of two threads at once. */
static void grow_by_two(void *arg)
{
	struct calls *half = arg;
	pthread_t thread[2];

	tta_alloc(0, TTA_DRAM, 0x40, 64);
	tta_free(0, TTA_DRAM, 0x40);
	for (unsigned i = 0; i < 2; i++)
		if (pthread_create(&thread[i], NULL, grow, &half[i]))
			_exit(1);
	for (unsigned i = 0; i < 2; i++)
		pthread_join(thread[i], NULL);
}

static void two_threads(const struct plan *plan, const struct calls *all,
			struct row_result *result)
{
	struct calls half[2];
	struct tail tail = {NAN, NAN};
	int status = 1;
	pid_t child;

	for (unsigned i = 0; i < 2; i++)
		half[i] = (struct calls){.count = all->count / 2,
					 .ticks = all->ticks + i * all->count,
					 .base = (uint64_t)(i + 1) << 40,
					 .cpu = i ? plan->cpu2 : plan->cpu};
	child = child_start(-1, grow_by_two, half);
	if (child > 0 && waitpid(child, &status, 0) == child && status == 0)
		tail = tail_of(all->ticks, all->count * 2);
	result_detail(result, "two_threads_p9999_us", tail.p9999);
	result_detail(result, "two_threads_most_us", tail.most);
}

/* In a child: from nothing once more. */
static void time_afresh(void *arg)
{
	tta_alloc(0, TTA_DRAM, 0x40, 64);
	tta_free(0, TTA_DRAM, 0x40);
	time_calls(arg);
}

/* p99.99 of the allocs or of the frees, whichever is more; NAN. */
static double tail_afresh(const struct plan *plan, struct calls *calls)
{
	int status = 1;
	pid_t child = child_start(plan->cpu, time_afresh, calls);

	if (child < 0 || waitpid(child, &status, 0) != child || status != 0)
		return NAN;
	return fmax(tail_of(calls->ticks, calls->count).p9999,
		    tail_of(calls->ticks + calls->count, calls->count).p9999);
}

/* What the machine does to any call. */
static int measure_floor(struct calls *calls, struct row_result *result)
{
	struct limit_record *lines = aligned_alloc(64, 65536 * sizeof(*lines));
	struct tail floor;

	if (!lines)
		return result_fail(result, -ENOMEM, "lines");
	memset(lines, 0, 65536 * sizeof(*lines));
	time_floor(calls, lines);
	free(lines);
	floor = tail_of(calls->ticks, 2 * calls->count);
	result->limit = floor.p9999;
	result_detail(result, "floor_most_us", floor.most);
	return 0;
}

/* The value is the median of three runs, the spread their range. */
static int measure(const struct plan *plan, struct calls *calls,
		   struct row_result *result)
{
	struct tail allocs, frees;
	struct stats stats;
	double p9999[3];
	int err = measure_floor(calls, result);

	if (err)
		return err;
	time_calls(calls);
	allocs = tail_of(calls->ticks, calls->count);
	frees = tail_of(calls->ticks + calls->count, calls->count);
	result_detail(result, "alloc_most_us", allocs.most);
	result_detail(result, "free_p9999_us", frees.p9999);
	result_detail(result, "free_most_us", frees.most);
	p9999[0] = fmax(allocs.p9999, frees.p9999);
	for (unsigned i = 1; i < 3; i++) {
		p9999[i] = tail_afresh(plan, calls);
		if (isnan(p9999[i]))
			return result_fail(result, -ECHILD, "growing once more");
	}
	stats = stats_of(p9999, 3);
	result->value = stats.median;
	result->p10 = stats.fastest;
	result->p90 = p9999[2];
	result->ratio = result->value / result->limit;
	two_threads(plan, calls, result);
	return 0;
}

int row_growth(const struct plan *plan, struct row_result *result)
{
	struct calls calls = {.count = plan->quick ? 100000 : 1000000, .base = 0x100000};
	int err = publishing_begin(TTA_EVENTS, result);
	long pages;

	if (err)
		return err;
	pages = touches_most(calls.count, plan->cpu, result);
	if (pages < 0)
		return result_fail(result, -ECHILD, "counting first touches");
	calls.ticks = mmap(NULL, 2u * calls.count * sizeof(*calls.ticks),
			   PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (calls.ticks == MAP_FAILED)
		return result_fail(result, -ENOMEM, "times");
	err = measure(plan, &calls, result);
	if (err)
		return err;
	result->ok = result->value <= result->limit + 20.0 &&
		     pages <= STEP_PAGES + FIRST_TOUCH;
	return publishing_check(plan, result);
}
