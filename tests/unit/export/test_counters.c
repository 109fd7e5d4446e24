/* SPDX-License-Identifier: BSD-2-Clause */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "counters.h"
#include "sample_builder.h"

static struct counters counters;

static void begin(void)
{
	cr_assert_eq(counters_init(&counters), 0);
}

static void end(void)
{
	counters_fini(&counters);
}

TestSuite(counters, .init = begin, .fini = end);

static const struct counter *series(enum counter_kind kind, const char *first)
{
	for (size_t i = 0; i < counters.count; i++)
		if (counters.list[i].kind == kind &&
		    (!first || strcmp(counters.list[i].labels[0], first) == 0))
			return &counters.list[i];
	cr_assert_fail("no such series");
	return NULL;
}

static uint64_t allocs(void)
{
	return series(COUNTER_ALLOCS, "0")->value;
}

/* @counts[i]: allocations of process i + 1, 0 = it is not there. */
static void look(const uint64_t counts[2])
{
	struct sample_builder *b = sample_new();
	struct snapshot *s;

	for (uint32_t i = 0; i < 2; i++) {
		if (!counts[i])
			continue;
		sample_process(b, i + 1);
		sample_memory(b, 0, TTA_DRAM)->allocs = counts[i];
	}
	s = sample_snapshot(b);
	cr_assert_eq(counters_take(&counters, s), 0);
	snapshot_free(s);
	sample_delete(b);
}

#define LOOK(...) look((const uint64_t[2]){__VA_ARGS__})

Test(counters, one_look_is_the_sum_of_what_is_there)
{
	LOOK(5, 7);
	cr_assert_eq(allocs(), 12);
}

Test(counters, what_a_process_counted_stays_when_it_goes)
{
	LOOK(5, 7);
	LOOK(6, 0);
	cr_assert_eq(allocs(), 13);
	LOOK(0, 0);
	cr_assert_eq(allocs(), 13);
}

Test(counters, a_segment_that_could_not_be_read_once_is_not_counted_twice)
{
	LOOK(5, 7);
	LOOK(5, 0);
	LOOK(5, 8);
	cr_assert_eq(allocs(), 13);
}

Test(counters, a_count_that_falls_takes_nothing_away)
{
	LOOK(5, 7);
	LOOK(3, 7);
	cr_assert_eq(allocs(), 12);
	LOOK(6, 7);
	cr_assert_eq(allocs(), 13);
}

Test(counters, segments_that_went_are_forgotten_after_a_while)
{
	LOOK(5, 7);
	for (unsigned i = 0; i < COUNTERS_PATIENCE; i++)
		LOOK(0, 0);
	cr_assert_eq(counters.seen_count, 0);
	cr_assert_eq(allocs(), 12);
}

Test(counters, what_somebody_does_not_know_nobody_knows)
{
	struct sample_builder *b = sample_new();
	struct snapshot *s;

	sample_process(b, 1);
	sample_memory(b, 0, TTA_DRAM)->allocs = 3;
	s = sample_snapshot(b);
	s->processes[0].dups = SNAP_UNKNOWN;
	cr_assert_eq(counters_take(&counters, s), 0);
	cr_assert(series(COUNTER_SUSPICIOUS, "dup")->unknown);
	cr_assert_not(series(COUNTER_SUSPICIOUS, "size")->unknown);
	cr_assert_eq(allocs(), 3);
	snapshot_free(s);
	sample_delete(b);
}

/* As many processes as a sample holds, each with a type of its own. */
static void look_at_new_types(uint32_t first)
{
	struct sample_builder *b = sample_new();
	struct snapshot *s;
	char name[16];

	for (uint32_t i = first; i < first + SAMPLE_ROOM; i++) {
		snprintf(name, sizeof(name), "t%u", i);
		sample_process(b, i + 1);
		sample_type(b, TTA_TYPE_FIRST_NAMED, name);
		sample_memory(b, 0, TTA_TYPE_FIRST_NAMED)->allocs = 1;
	}
	s = sample_snapshot(b);
	cr_assert_eq(counters_take(&counters, s), 0);
	snapshot_free(s);
	sample_delete(b);
}

Test(counters, names_of_strangers_do_not_fill_the_memory)
{
	for (uint32_t i = 0; i <= COUNTERS_LIMIT / 2; i += SAMPLE_ROOM)
		look_at_new_types(i);
	cr_assert_eq(counters.count, COUNTERS_LIMIT);
	cr_assert(series(COUNTER_READ_ERRORS, "too_many_series")->value > 0);
}
