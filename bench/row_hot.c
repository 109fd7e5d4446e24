/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * row_hot.c - the cost of one call whose memory is in the cache.
 */
#include <math.h>
#include <stdlib.h>

#include "limit.h"
#include "peers.h"
#include "publishing.h"
#include "step.h"

#define BATCH 64u /* addresses in a row, so that a clock read weighs nothing */

/* All batches of a round, and the quickest of all rounds: nothing disturbs every batch.
 */
struct split {
	uint64_t alloc_ticks, free_ticks;
	uint64_t alloc_least, free_least;
};

static uint64_t lesser(uint64_t least, uint64_t ticks)
{
	return least == 0 || ticks < least ? ticks : least;
}

/* NAN: no round was long enough for a whole batch. */
static double batch_ns(uint64_t least)
{
	return least ? (double)least * tick_ns() / BATCH : (double)NAN;
}

static uint64_t address_of(uint64_t i)
{
	return 0x10000 + i * 4096;
}

static void run_pairs(void *state, uint64_t iterations)
{
	(void)state;
	for (uint64_t i = 0; i < iterations; i++) {
		tta_alloc(0, TTA_DRAM, 0x10000, 4096);
		tta_free(0, TTA_DRAM, 0x10000);
	}
}

/* The same through the symbols that other languages call. */
static void run_twins(void *state, uint64_t iterations)
{
	void (*volatile alloc)(uint32_t, uint32_t, uint64_t, uint64_t) = tta_alloc;
	void (*volatile release)(uint32_t, uint32_t, uint64_t) = tta_free;

	(void)state;
	for (uint64_t i = 0; i < iterations; i++) {
		alloc(0, TTA_DRAM, 0x10000, 4096);
		release(0, TTA_DRAM, 0x10000);
	}
}

static void run_alloc(void *state, uint64_t iterations)
{
	(void)state;
	for (uint64_t i = 0; i < iterations; i++) {
		tta_alloc(0, TTA_DRAM, 0x10000, i);
		__asm__ volatile("" ::: "memory");
	}
}

static void run_add(void *state, uint64_t iterations)
{
	(void)state;
	for (uint64_t i = 0; i < iterations; i++)
		tta_add(0, TTA_DRAM, 64);
}

/* One iteration is one alloc and one free; each side is timed on its own. */
static void run_split(void *state, uint64_t iterations)
{
	struct split *split = state;

	split->alloc_ticks = split->free_ticks = 0;
	for (uint64_t done = 0; done < iterations; done += BATCH) {
		uint64_t count = iterations - done < BATCH ? iterations - done : BATCH;
		uint64_t start = now_ticks(), middle, end;

		for (uint64_t i = 0; i < count; i++)
			tta_alloc(0, TTA_DRAM, address_of(i), 4096);
		middle = now_ticks();
		for (uint64_t i = 0; i < count; i++)
			tta_free(0, TTA_DRAM, address_of(i));
		end = now_ticks();
		split->alloc_ticks += middle - start;
		split->free_ticks += end - middle;
		if (count < BATCH)
			continue;
		split->alloc_least = lesser(split->alloc_least, middle - start);
		split->free_least = lesser(split->free_least, end - middle);
	}
}

static void detail_instructions(struct row_result *result, const struct contest *contest,
				unsigned ours, unsigned limit)
{
	const struct loop *loop = contest->loop;

	result_detail(result, "instructions_limit", instructions_of(&loop[limit]));
	result_detail(result, "instructions_event",
		      instructions_of(&loop[ours]) / loop[ours].events);
}

int row_off(const struct plan *plan, struct row_result *result)
{
	struct contest contest = {.plan = plan};
	struct entrant peer = {.peer = &peer_lttng_ust_off};
	unsigned ours, limit;

	setenv("TTA_LEVEL", "off", 1);
	tta_alloc(0, TTA_DRAM, 0x40, 64);
	if (tta_level() != TTA_OFF)
		return result_fail(result, -1, "level off");
	limit = contest_add(&contest, (struct loop){.run = limit_empty, .events = 1});
	ours = contest_add(&contest, (struct loop){.run = run_alloc, .events = 1});
	entrants_open(&peer, 1, &contest);
	contest_run(&contest);
	result_from(result, &contest, ours, limit);
	entrants_close(&peer, 1, &contest, result);
	detail_instructions(result, &contest, ours, limit);
	result->ok = result->value <= result->limit + 1.0;
	return 0;
}

int row_add(const struct plan *plan, struct row_result *result)
{
	struct contest contest = {.plan = plan};
	struct entrant peers[] = {{.peer = &peer_mmv_inc, .bound = 1.0},
				  {.peer = &peer_atomic_add}};
	void *memory = limit_memory_new();
	unsigned ours, limit;
	int err = publishing_begin(TTA_EVENTS, result);

	if (err || !memory)
		return err ? err : result_fail(result, -12, "memory");
	limit = contest_add(&contest, (struct loop){limit_latch, memory, 1, NULL});
	ours = contest_add(&contest, (struct loop){run_add, NULL, 1, NULL});
	entrants_open(peers, 2, &contest);
	contest_run(&contest);
	result_from(result, &contest, ours, limit);
	entrants_close(peers, 2, &contest, result);
	detail_instructions(result, &contest, ours, limit);
	result_judge(result, 2.0);
	return publishing_check(plan, result);
}

/* One side of alloc and free at level events, with everybody who does the same. */
static int row_side(const struct plan *plan, struct row_result *result, bool is_free)
{
	struct contest contest = {.plan = plan};
	struct entrant peers[] = {{.peer = &peer_lttng_ust, .bound = 0.38},
				  {.peer = &peer_unix_socket, .bound = 0.05},
				  {.peer = &peer_shared_region},
				  {.peer = &peer_mutex_table},
				  {.peer = &peer_atomic_add}};
	void *memory = limit_memory_new();
	struct split split = {0};
	unsigned ours, limit, pairs, twins;
	int err = publishing_begin(TTA_EVENTS, result);

	if (err || !memory)
		return err ? err : result_fail(result, -12, "memory");
	limit = contest_add(&contest, (struct loop){limit_events, memory, 1, NULL});
	ours = contest_add(&contest, (struct loop){run_split, &split, 1,
						   is_free ? &split.free_ticks
							   : &split.alloc_ticks});
	pairs = contest_add(&contest, (struct loop){run_pairs, NULL, 2, NULL});
	twins = contest_add(&contest, (struct loop){run_twins, NULL, 2, NULL});
	entrants_open(peers, 5, &contest);
	contest_run(&contest);
	result_from(result, &contest, ours, limit);
	entrants_close(peers, 5, &contest, result);
	result_detail(result, "batch_fastest",
		      batch_ns(is_free ? split.free_least : split.alloc_least));
	result_detail(result, "one_address", contest.stats[pairs].median);
	result_detail(result, "one_address_fastest", contest.stats[pairs].fastest);
	result_detail(result, "twins_fastest", contest.stats[twins].fastest);
	detail_instructions(result, &contest, pairs, limit);
	result_judge(result, 1.4);
	return publishing_check(plan, result);
}

int row_alloc_hot(const struct plan *plan, struct row_result *result)
{
	return row_side(plan, result, false);
}

int row_free_hot(const struct plan *plan, struct row_result *result)
{
	return row_side(plan, result, true);
}

/* Allocs and frees alike, without the record. */
int row_live_hot(const struct plan *plan, struct row_result *result)
{
	struct contest contest = {.plan = plan};
	void *memory = limit_memory_new();
	struct split split = {0};
	unsigned ours, limit, pairs;
	int err = publishing_begin(TTA_LIVE, result);

	if (err || !memory)
		return err ? err : result_fail(result, -12, "memory");
	limit = contest_add(&contest, (struct loop){limit_live, memory, 1, NULL});
	ours = contest_add(&contest, (struct loop){run_split, &split, 2, NULL});
	pairs = contest_add(&contest, (struct loop){run_pairs, NULL, 2, NULL});
	contest_run(&contest);
	result_from(result, &contest, ours, limit);
	result_detail(result, "batch_fastest",
		      batch_ns(split.alloc_least + split.free_least) / 2);
	result_detail(result, "one_address", contest.stats[pairs].median);
	detail_instructions(result, &contest, pairs, limit);
	result_judge(result, 1.2);
	return publishing_check(plan, result);
}
