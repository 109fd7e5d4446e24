/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_events_run.c - events without a command: this process publishes, and whoever wants
 * rows gets them by a function, within a bounded number of events.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <tta/tta.h>

#include "events_run.h"
#include "test_dir.h"

#define ROWS_MAX 4096

struct fixture {
	struct tta_reader *reader;
	struct selection selection;
	struct events_run run;
	struct event rows[ROWS_MAX];
	size_t count;
	int answer; /* of the row function */
	struct snapshot *snapshot;
};

static int take_row(void *arg, struct event *event)
{
	struct fixture *fixture = arg;

	cr_assert_lt(fixture->count, ROWS_MAX);
	fixture->rows[fixture->count++] = *event;
	return fixture->answer;
}

static struct fixture *open_fixture(size_t room, bool suspicious)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));
	const struct events_wish wish = {
		.selection = &fixture->selection,
		.suspicious = suspicious,
		.room = room,
		.row = take_row,
		.arg = fixture,
	};

	cr_assert_eq(tta_reader_open(NULL, &fixture->reader), 0);
	events_run_init(&fixture->run, fixture->reader, &wish);
	return fixture;
}

static void close_fixture(struct fixture *fixture)
{
	events_run_fini(&fixture->run);
	snapshot_free(fixture->snapshot);
	tta_reader_close(fixture->reader);
	free(fixture);
}

static void first_look(struct fixture *fixture)
{
	cr_assert_eq(events_sample(&fixture->run), 0);
	cr_assert_eq(events_first_look(&fixture->run), 0);
	cr_assert_eq(events_show_last(&fixture->run, 0), 0);
}

/* As the live view does: somebody else's sample, lent. */
static void tick(struct fixture *fixture)
{
	struct snapshot *before = fixture->snapshot;
	struct tta_sample *sample;

	cr_assert_eq(events_read(&fixture->run), 0);
	cr_assert_eq(tta_reader_sample(fixture->reader, TTA_SAMPLE_ALL, &sample), 0);
	cr_assert_eq(snapshot_from_sample(sample, &fixture->snapshot), 0);
	cr_assert_eq(events_sampled(&fixture->run, sample, fixture->snapshot), 0);
	tta_sample_free(sample);
	snapshot_free(before);
}

static void publish(unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		tta_alloc(0, TTA_DRAM, 0x1000 + 64 * (uint64_t)i, 64);
}

static void setup(void)
{
	test_dir_make();
}

TestSuite(events_run, .init = setup, .fini = test_dir_remove);

Test(events_run, rows_come_by_lent_samples_with_what_is_live)
{
	struct fixture *fixture;

	tta_alloc(0, TTA_DRAM, 0x1000, 100);
	fixture = open_fixture(0, false);
	first_look(fixture);
	cr_assert_eq(fixture->count, 1);
	cr_assert_eq(fixture->rows[0].live, 100);
	tta_alloc(0, TTA_DRAM, 0x2000, 50);
	tta_alloc(0, TTA_DRAM, 0x2000, 50);
	tick(fixture);
	tick(fixture); /* nothing twice */
	cr_assert_eq(events_show_ready(&fixture->run, UINT64_MAX), 0);
	cr_assert_eq(fixture->count, 3);
	cr_assert_eq(fixture->rows[2].live, 150);
	cr_assert(fixture->rows[2].record.flags & TTA_RECORD_DUP);
	cr_assert(fixture->rows[2].before_known);
	cr_assert_null(fixture->run.sample);
	close_fixture(fixture);
}

Test(events_run, the_first_look_holds_the_newest_that_have_room)
{
	struct fixture *fixture;

	publish(1000);
	fixture = open_fixture(256, false);
	first_look(fixture);
	cr_assert_eq(fixture->count, 256);
	cr_assert_eq(fixture->run.earlier, 1000 - 256);
	cr_assert_eq(fixture->rows[255].record.sequence, 999);
	cr_assert_eq(fixture->rows[255].live, 1000 * 64);
	cr_assert_leq(fixture->run.batch.room, 256);
	close_fixture(fixture);
}

Test(events_run, following_holds_no_more_and_loses_nothing)
{
	struct fixture *fixture = open_fixture(256, false);

	publish(1);
	first_look(fixture);
	publish(1000);
	tick(fixture);
	cr_assert_eq(events_show_ready(&fixture->run, 0), 0);
	cr_assert_leq(fixture->run.window.count, 256);
	cr_assert_leq(fixture->run.window.room, 512);
	cr_assert_eq(events_show_ready(&fixture->run, UINT64_MAX), 0);
	cr_assert_eq(fixture->count, 1001);
	for (size_t i = 0; i < fixture->count; i++)
		cr_assert_eq(fixture->rows[i].record.sequence, i);
	close_fixture(fixture);
}

Test(events_run, only_suspicious_rows_when_they_are_asked_for)
{
	struct fixture *fixture = open_fixture(0, true);

	publish(3);
	tta_free(0, TTA_DRAM, 0x999000);
	first_look(fixture);
	cr_assert_eq(fixture->count, 1);
	cr_assert_eq(fixture->rows[0].record.op, TTA_OP_FREE);
	close_fixture(fixture);
}

Test(events_run, an_overrun_is_a_gap_where_events_are_missing)
{
	struct fixture *fixture = open_fixture(0, false);
	uint64_t got = 0;

	publish(1);
	first_look(fixture);
	publish(5000);
	tick(fixture);
	cr_assert_eq(events_show_ready(&fixture->run, UINT64_MAX), 0);
	cr_assert_eq(fixture->rows[1].kind, EVENT_GAP);
	for (size_t i = 0; i < fixture->count; i++)
		got += fixture->rows[i].kind == EVENT_RECORD;
	cr_assert_eq(got + fixture->rows[1].lost, 5001);
	cr_assert_eq(fixture->run.lost, fixture->rows[1].lost);
	/* What is live is known again from the sample after it. */
	tta_free(0, TTA_DRAM, 0x1040);
	tick(fixture);
	cr_assert_eq(events_show_ready(&fixture->run, UINT64_MAX), 0);
	cr_assert_eq(fixture->rows[fixture->count - 1].live, 4999 * 64);
	close_fixture(fixture);
}

Test(events_run, what_the_row_function_says_comes_back)
{
	struct fixture *fixture = open_fixture(0, false);

	publish(3);
	cr_assert_eq(events_sample(&fixture->run), 0);
	cr_assert_eq(events_first_look(&fixture->run), 0);
	fixture->answer = -EIO;
	cr_assert_eq(events_show_last(&fixture->run, 0), -EIO);
	cr_assert_eq(fixture->count, 1);
	close_fixture(fixture);
}

/* Who watches for days does not grow by those who come and go. */
Test(events_run, processes_that_are_gone_are_forgotten)
{
	struct fixture *fixture = open_fixture(0, false);

	publish(1);
	first_look(fixture);
	for (int i = 0; i < 3; i++) {
		int fds[2];
		char byte;
		pid_t child;

		cr_assert_eq(pipe(fds), 0);
		child = fork();
		if (child == 0) {
			tta_alloc(1, TTA_L1, 0x1000, 64);
			tta_free(1, TTA_L1, 0x1000);
			(void)!write(fds[1], "", 1);
			pause();
		}
		cr_assert_eq(read(fds[0], &byte, 1), 1);
		tick(fixture);
		cr_assert_eq(fixture->run.book.count, 2);
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
		cr_assert_eq(test_dir_count(), 2);
		/* Nothing is left of it: anybody may remove it. */
		for (size_t k = 0; k < fixture->snapshot->process_count; k++)
			if (fixture->snapshot->processes[k].pid == (uint32_t)child)
				cr_assert_eq(tta_reader_reap(
						     fixture->reader,
						     fixture->snapshot->processes[k].file,
						     0, NULL, NULL),
					     TTA_REAP_REMOVED);
		for (int k = 0; k < 8; k++)
			tick(fixture);
		cr_assert_eq(fixture->run.book.count, 1);
		cr_assert_eq(fixture->run.book.lanes.count, 1);
		cr_assert_eq(fixture->run.levels.accounts.count, 1);
		close(fds[0]);
		close(fds[1]);
	}
	cr_assert_eq(events_show_ready(&fixture->run, UINT64_MAX), 0);
	cr_assert_eq(fixture->count, 1 + 3 * 3);
	close_fixture(fixture);
}
