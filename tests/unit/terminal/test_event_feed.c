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

static void rest(void)
{
	const struct timespec moment = {.tv_nsec = 20000000};

	nanosleep(&moment, NULL);
}

Test(event_feed, reads_faster_while_rings_fill_and_a_loss_is_a_row)
{
	const struct options options = {0};
	struct sampler sampler;
	const struct event_log *log;
	uint64_t quiet, busy;

	publish(1);
	open_sampler(&sampler, &options);
	log = sampler_events(&sampler);
	rest();
	cr_assert_eq(sampler_read_events(&sampler, false), 0);
	quiet = event_feed_pace(sampler.feed);
	publish(600);
	rest();
	cr_assert_eq(sampler_read_events(&sampler, false), 0);
	busy = event_feed_pace(sampler.feed);
	cr_assert_lt(busy, quiet);
	/* Twice at once tells nothing new. */
	cr_assert_eq(sampler_read_events(&sampler, false), 0);
	cr_assert_eq(event_feed_pace(sampler.feed), busy);
	publish(5000);
	rest();
	cr_assert_eq(sampler_read_events(&sampler, false), 0);
	cr_assert_leq(event_feed_pace(sampler.feed), busy);
	sample_late(&sampler);
	sample_late(&sampler);
	cr_assert_eq(rows_of_kind(log, EVENT_GAP), 1);
	cr_assert_eq(event_log_counts(log)->lost + rows_of_kind(log, EVENT_RECORD), 5601);
	sampler_close(&sampler);
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
