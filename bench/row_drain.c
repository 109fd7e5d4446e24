/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * row_drain.c - how fast a reader takes events out of a ring.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <tta/reader.h>

#include "clock.h"
#include "limit.h"
#include "publishing.h"

#define RECORDS 65536u

struct drain {
	struct tta_reader *reader;
	uint64_t spent, checksum, lost;
	struct limit_record *from, *to;
};

static int visit(void *arg, const struct tta_event *event)
{
	struct drain *drain = arg;

	drain->checksum += event->address;
	return 0;
}

/* An iteration fills three quarters of the ring, and then, timed, takes it out. */
static void run_drain(void *state, uint64_t iterations)
{
	struct drain *drain = state;

	drain->spent = 0;
	for (uint64_t i = 0; i < iterations; i++) {
		struct tta_events_read read = {0};
		uint64_t start;

		for (unsigned n = 0; n < RECORDS / 8 * 3; n++) {
			tta_alloc(0, TTA_DRAM, 0x1000, 4096);
			tta_free(0, TTA_DRAM, 0x1000);
		}
		start = now_ticks();
		tta_reader_events(drain->reader, visit, drain, &read);
		drain->spent += now_ticks() - start;
		drain->lost += RECORDS / 4 * 3 - read.delivered;
	}
}

static void run_copy(void *state, uint64_t iterations)
{
	struct drain *drain = state;

	for (uint64_t i = 0; i < iterations; i++) {
		memcpy(drain->to, drain->from, RECORDS / 4 * 3 * sizeof(*drain->to));
		__asm__ volatile("" ::: "memory");
	}
}

static int prepare(const struct plan *plan, struct drain *drain)
{
	struct tta_sample *sample;
	int err;

	drain->from = aligned_alloc(64, RECORDS * sizeof(*drain->from));
	drain->to = aligned_alloc(64, RECORDS * sizeof(*drain->to));
	if (!drain->from || !drain->to)
		return -ENOMEM;
	memset(drain->from, 1, RECORDS * sizeof(*drain->from));
	memset(drain->to, 1, RECORDS * sizeof(*drain->to));
	err = tta_reader_open(plan->directory, &drain->reader);
	if (err)
		return err;
	err = tta_reader_sample(drain->reader, TTA_SAMPLE_TOTALS, &sample);
	if (!err)
		tta_sample_free(sample);
	return err ? err : tta_reader_events(drain->reader, visit, drain, NULL);
}

/* From nanoseconds for an event to millions of events for a second. */
static void as_rate(struct row_result *result, const struct contest *contest,
		    unsigned ours, unsigned limit)
{
	result->value = 1e3 / contest->stats[ours].median;
	result->p10 = 1e3 / contest->stats[ours].p90;
	result->p90 = 1e3 / contest->stats[ours].p10;
	result->limit = 1e3 / contest->stats[limit].fastest;
	result->ratio = result->value / result->limit;
}

int row_drain(const struct plan *plan, struct row_result *result)
{
	struct contest contest = {.plan = plan};
	struct drain drain = {0};
	unsigned copy, ours;
	int err;

	setenv("TTA_RING", "65536", 1);
	err = publishing_begin(TTA_EVENTS, result);
	if (!err && (err = prepare(plan, &drain)))
		result_fail(result, err, "reader");
	if (err)
		return err;
	drain.lost = 0;
	copy = contest_add(&contest,
			   (struct loop){run_copy, &drain, RECORDS / 4 * 3, NULL});
	ours = contest_add(&contest, (struct loop){run_drain, &drain, RECORDS / 4 * 3,
						   &drain.spent});
	contest_run(&contest);
	if (drain.lost)
		return result_fail(result, -EPROTO, "%llu events were lost",
				   (unsigned long long)drain.lost);
	as_rate(result, &contest, ours, copy);
	result->ok = result->value >= 20.0;
	return publishing_check(plan, result);
}
