/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * row_threads.c - two threads: apart, on one device, freeing each other's buffers.
 */
#include <errno.h>
#include <sched.h>

#include "limit.h"
#include "publishing.h"
#include "team.h"

#define BATCH 64u

static void pairs(uint32_t device, uint64_t address, uint64_t iterations)
{
	for (uint64_t i = 0; i < iterations; i++) {
		tta_alloc(device, TTA_DRAM, address, 4096);
		tta_free(device, TTA_DRAM, address);
	}
}

static void own_device(struct member *member, uint64_t iterations)
{
	pairs(1 + member->number, 0x10000, iterations);
}

static void one_device(struct member *member, uint64_t iterations)
{
	pairs(3, 0x10000 + member->number * 0x1000000u, iterations);
}

static uint64_t address_of(unsigned member, uint64_t batch, uint64_t i)
{
	return 0x1000000u * (member + 1) + (batch % 2 * BATCH + i) * 4096;
}

/* Until @other has made its batch; on one CPU it needs ours. */
static void wait_for(const struct member *other, uint64_t batch)
{
	for (unsigned spins = 0; tta_load_acquire64(&other->made) <= batch; spins++)
		if (spins % 4096 == 4095)
			sched_yield();
}

/* An iteration is one alloc of ours and one free of theirs, in batches. */
static void cross(struct member *member, uint64_t iterations)
{
	unsigned me = member->number;
	const struct member *other = &member->team->member[1 - me];
	uint64_t batch = tta_load_relaxed64(&member->made);

	for (uint64_t done = 0; done < iterations; done += BATCH, batch++) {
		for (uint64_t i = 0; i < BATCH; i++)
			tta_alloc(0, TTA_DRAM, address_of(me, batch, i), 4096);
		tta_store_release64(&member->made, batch + 1);
		wait_for(other, batch);
		for (uint64_t i = 0; i < BATCH; i++)
			tta_free(0, TTA_DRAM, address_of(1 - me, batch, i));
	}
}

/* Throughputs of two loops: medians, and the median of the rounds' ratios. */
static void compare(struct row_result *result, struct contest *contest, unsigned ours,
		    unsigned limit)
{
	double ratio[ROUNDS_MOST];
	const struct stats *stats = contest->stats;

	result->value = 1e3 / stats[ours].median;
	result->limit = 1e3 / stats[limit].median;
	result->p10 = 1e3 / stats[ours].p90;
	result->p90 = 1e3 / stats[ours].p10;
	for (unsigned i = 0; i < contest->rounds; i++)
		ratio[i] = contest->rate[limit][i] / contest->rate[ours][i];
	result->ratio = stats_of(ratio, contest->rounds).median;
}

static int row_two(const struct plan *plan, struct row_result *result,
		   void (*body)(struct member *member, uint64_t iterations),
		   bool against_processes, double least)
{
	struct contest contest = {.plan = plan};
	struct team *ours, *limit;
	unsigned value, against;
	int err = publishing_begin(TTA_EVENTS, result);

	if (err)
		return err;
	limit = team_new(plan, against_processes ? 2 : 1, against_processes, body);
	ours = limit ? team_new(plan, 2, false, body) : NULL;
	if (!ours)
		return result_fail(result, -ENOMEM, "threads");
	against = contest_add(&contest, team_loop(limit, against_processes ? 4 : 2));
	value = contest_add(&contest, team_loop(ours, 4));
	contest_run(&contest);
	compare(result, &contest, value, against);
	result_detail(result, "cpus", plan->cpus);
	result->ok = result->ratio >= least;
	return publishing_check(plan, result);
}

int row_threads_2(const struct plan *plan, struct row_result *result)
{
	return row_two(plan, result, own_device, true, 0.95);
}

int row_same_device(const struct plan *plan, struct row_result *result)
{
	return row_two(plan, result, one_device, false, 0.5);
}

int row_cross_free(const struct plan *plan, struct row_result *result)
{
	struct contest contest = {.plan = plan};
	void *memory = limit_memory_new();
	struct team *team;
	unsigned ours, limit;
	int err = publishing_begin(TTA_EVENTS, result);

	if (err)
		return err;
	team = team_new(plan, 2, false, cross);
	if (!team || !memory)
		return result_fail(result, -ENOMEM, "threads");
	limit = contest_add(&contest, (struct loop){limit_events, memory, 1, NULL});
	ours = contest_add(&contest, team_loop(team, 2));
	contest_run(&contest);
	result_from(result, &contest, ours, limit);
	result_detail(result, "cpus", plan->cpus);
	result_judge(result, 12.0);
	return publishing_check(plan, result);
}
