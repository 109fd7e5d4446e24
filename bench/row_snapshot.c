/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * row_snapshot.c - a snapshot of many live buffers against a copy of their table.
 *
 * The reader stays open, as in the live view. An event before each look makes it copy
 * everything; at_rest is the same without that event.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "clock.h"
#include "limit.h"
#include "observer.h"
#include "publishing.h"

struct target {
	struct observer observer;
	size_t buffers; /* seen last */
	void *from, *to;
	size_t bytes;
};

/* What one loop does with it. */
struct look {
	struct target *target;
	bool moved; /* an event before each look: everything is copied */
	bool whole; /* also the snapshot */
};

static void run_copy(void *state, uint64_t iterations)
{
	struct target *target = state;

	for (uint64_t i = 0; i < iterations; i++) {
		memcpy(target->to, target->from, target->bytes);
		__asm__ volatile("" ::: "memory");
	}
}

/* Buffers of the sample alone. */
static size_t sample_once(const struct observer *observer)
{
	struct tta_sample *sample;
	size_t buffers = 0;

	if (tta_reader_sample(observer->reader, TTA_SAMPLE_ALL, &sample))
		return 0;
	if (sample->process_count == 1)
		buffers = sample->processes[0].buffer_count;
	tta_sample_free(sample);
	return buffers;
}

static size_t look_once(const struct look *look)
{
	struct snapshot *snapshot;
	size_t buffers;

	if (look->moved)
		tta_alloc_failed(0, TTA_DRAM, 1);
	if (!look->whole)
		return sample_once(&look->target->observer);
	if (observer_look(&look->target->observer, TTA_SAMPLE_ALL, &snapshot))
		return 0;
	buffers = snapshot->buffer_count;
	snapshot_free(snapshot);
	return buffers;
}

static void run_look(void *state, uint64_t iterations)
{
	const struct look *look = state;

	for (uint64_t i = 0; i < iterations; i++)
		look->target->buffers = look_once(look);
}

static int prepare(const struct plan *plan, struct target *target, uint32_t live)
{
	target->bytes = live * sizeof(struct tta_slot);
	target->from = mmap(NULL, target->bytes, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	target->to = malloc(target->bytes);
	if (target->from == MAP_FAILED || !target->to)
		return -ENOMEM;
	memset(target->to, 1, target->bytes);
	for (uint32_t i = 0; i < live; i++)
		tta_alloc(i % 8, TTA_DRAM, (uint64_t)(i * UINT32_C(0x9e3779b1)) * 64 + 64,
			  4096);
	return observer_open(plan->directory, &target->observer);
}

/* From nanoseconds to milliseconds; a ratio has no unit. */
static void in_ms(struct row_result *result)
{
	result->value *= 1e-6;
	result->limit *= 1e-6;
	result->p10 *= 1e-6;
	result->p90 *= 1e-6;
	for (unsigned i = 0; i < result->details; i++)
		if (strncmp(result->detail[i].name, "ratio_", 6) != 0)
			result->detail[i].value *= 1e-6;
}

int row_snapshot_1m(const struct plan *plan, struct row_result *result)
{
	uint32_t live = plan->quick ? 100000 : 1000000;
	struct plan few = *plan;
	struct contest contest = {.plan = &few};
	struct target target = {0};
	struct look moved = {&target, .moved = true, .whole = true};
	struct look sample = {&target, .moved = true};
	struct look rest = {&target, .whole = true};
	unsigned copy, whole, alone, at_rest;
	int err = publishing_begin(TTA_EVENTS, result);

	if (!err && (err = prepare(plan, &target, live)))
		result_fail(result, err, "%u live buffers", live);
	if (err)
		return err;
	few.rounds = plan->quick ? 5 : 9;
	few.warm_up = 1;
	copy = contest_add(&contest, (struct loop){run_copy, &target, 1, NULL});
	whole = contest_add(&contest, (struct loop){run_look, &moved, 1, NULL});
	alone = contest_add(&contest, (struct loop){run_look, &sample, 1, NULL});
	at_rest = contest_add(&contest, (struct loop){run_look, &rest, 1, NULL});
	contest_run(&contest);
	if (target.buffers != live)
		return result_fail(result, -EPROTO, "%zu buffers of %u were seen",
				   target.buffers, live);
	result_from(result, &contest, whole, copy);
	result_detail(result, "sample_alone", contest.stats[alone].median);
	result_detail(result, "at_rest", contest.stats[at_rest].median);
	in_ms(result);
	result_detail(result, "live", live);
	result_judge(result, 5.0);
	return publishing_check(plan, result);
}
