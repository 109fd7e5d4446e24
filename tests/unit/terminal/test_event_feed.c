/* SPDX-License-Identifier: BSD-2-Clause */
/* Events for the screens: read as often as rings need it, and not where nobody looks. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <time.h>

#include <tta/tta.h>

#include "sampler.h"
#include "test_dir.h"

static void setup(void)
{
	test_dir_make();
}

TestSuite(event_feed, .init = setup, .fini = test_dir_remove);

static void publish(unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		tta_alloc(0, TTA_DRAM, 0x1000 + 64 * (uint64_t)i, 64);
}

static void open_sampler(struct sampler *sampler, const struct options *options)
{
	cr_assert_eq(sampler_open(sampler, options), 0);
	cr_assert_eq(sampler_sample(sampler), 0);
	cr_assert_null(sampler_events(sampler));
	cr_assert_eq(sampler_follow_events(sampler), 0);
}

static size_t rows_of_kind(const struct event_log *log, enum event_kind kind)
{
	size_t count = 0;

	for (size_t i = 0; i < event_log_count(log); i++)
		count += event_log_at(log, i)->event.kind == kind;
	return count;
}

/* Rows are held back for a while, so that those of other threads can come before. */
static void sample_late(struct sampler *sampler)
{
	const struct timespec rest = {.tv_nsec = EVENT_WINDOW_NS + 10000000};

	nanosleep(&rest, NULL);
	cr_assert_eq(sampler_sample(sampler), 0);
}

Test(event_feed, what_rings_hold_is_there_at_once_and_the_rest_with_samples)
{
	const struct options options = {0};
	struct sampler sampler;
	const struct event_log *log;

	publish(3);
	open_sampler(&sampler, &options);
	log = sampler_events(&sampler);
	cr_assert_eq(event_log_count(log), 3);
	tta_alloc(0, TTA_DRAM, 0x1000, 64);
	sample_late(&sampler);
	sample_late(&sampler);
	cr_assert_eq(event_log_count(log), 4);
	cr_assert_eq(event_log_counts(log)->dup, 1);
	sampler_close(&sampler);
}

Test(event_feed, a_loss_is_a_row_and_a_counter)
{
	const struct options options = {0};
	struct sampler sampler;
	const struct event_log *log;

	publish(1);
	open_sampler(&sampler, &options);
	log = sampler_events(&sampler);
	publish(600);
	cr_assert_eq(sampler_read_events(&sampler, false), 0);
	publish(5000);
	sample_late(&sampler);
	sample_late(&sampler);
	cr_assert_eq(rows_of_kind(log, EVENT_GAP), 1);
	cr_assert_eq(event_log_counts(log)->lost + rows_of_kind(log, EVENT_RECORD), 5601);
	sampler_close(&sampler);
}

#define MS UINT64_C(1000000)

static uint64_t pace(uint64_t since_ms, uint64_t cost_us, uint64_t busiest, bool overrun)
{
	const struct event_feed_reading reading = {since_ms * MS, cost_us * 1000, busiest,
						   overrun};

	return event_feed_pace_after(&reading);
}

Test(event_feed, reads_faster_as_the_busiest_ring_fills_but_never_for_much)
{
	/* Nothing happens: rarely, and where a look is expensive even more so. */
	cr_assert_eq(pace(200, 10, 0, false), 200 * MS);
	cr_assert_eq(pace(200, 1000, 0, false), 500 * MS);
	/* Half of a ring of the default size. */
	cr_assert_eq(pace(100, 10, 512, false), 99999744);
	cr_assert_eq(pace(100, 10, 1024, false), 49999872);
	cr_assert_eq(pace(100, 10, 100, false), 200 * MS);
	/* A twentieth of the time at most. */
	cr_assert_eq(pace(10, 1000, 1000, false), 20 * MS);
	cr_assert_eq(pace(10, 1000, 5000, true), 20 * MS);
	cr_assert_eq(pace(10, 10, 5000, true), 5 * MS);
}

/* As long as the view is paused. */
Test(event_feed, without_samples_it_reads_until_there_is_no_more_room)
{
	const struct options options = {0};
	struct sampler sampler;
	const struct event_log *log;

	publish(1);
	open_sampler(&sampler, &options);
	log = sampler_events(&sampler);
	for (int i = 0; i < 80; i++) {
		publish(1000);
		cr_assert_eq(sampler_read_events(&sampler, true), 0);
		cr_assert_eq(event_log_count(log), 1);
	}
	sample_late(&sampler);
	sample_late(&sampler);
	cr_assert_gt(event_log_count(log), EVENT_LOG_ROWS);
	cr_assert_gt(event_log_counts(log)->lost, 0);
	cr_assert_eq(event_log_counts(log)->lost + event_log_counts(log)->rows -
			     rows_of_kind(log, EVENT_GAP),
		     80001);
	sampler_close(&sampler);
}

/* Between samples rows come when too many wait, and nothing is lost that was read. */
Test(event_feed, many_events_come_before_the_next_sample)
{
	const struct options options = {0};
	struct sampler sampler;
	const struct event_log *log;

	publish(1);
	open_sampler(&sampler, &options);
	log = sampler_events(&sampler);
	for (int i = 0; i < 80; i++) {
		publish(1000);
		cr_assert_eq(sampler_read_events(&sampler, false), 0);
	}
	cr_assert_gt(event_log_next(log), 80000 - 32768 - 1024);
	sample_late(&sampler);
	sample_late(&sampler);
	cr_assert_eq(event_log_counts(log)->lost, 0);
	cr_assert_eq(event_log_next(log), 80001);
	sampler_close(&sampler);
}
