/* SPDX-License-Identifier: BSD-2-Clause */
/* events: the rings merged by time, once or on and on. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "commands.h"
#include "events_follow.h"
#include "events_print.h"
#include "events_run.h"
#include "source.h"
#include "trouble.h"
#include "when.h"

#define ROWS_DEFAULT 10

/* What `events` does: its options, how rows are printed, where they come from. */
struct job {
	const struct options *options;
	struct events_printer printer;
	struct events_run run;
};

static int outcome(int err)
{
	return events_outcome("events", err);
}

static int sample(struct events_run *run)
{
	return events_sample_for("events", run);
}

static int print_row(void *arg, struct event *event)
{
	return events_print(arg, event);
}

/* ---- what was asked for ---- */

/* The newest mark of that name, among selected processes. */
static const struct snap_mark *find_mark(struct events_run *run, const char *name)
{
	const struct snap_mark *newest = NULL;

	for (size_t i = 0; i < run->snapshot->mark_count; i++) {
		const struct snap_mark *mark = &run->snapshot->marks[i];
		const struct events_segment *segment =
			events_book_find(&run->book, mark->segment);

		if (strcmp(mark->name, name) != 0 || !segment || !segment->selected)
			continue;
		if (!newest || mark->time_ns > newest->time_ns)
			newest = mark;
	}
	return newest;
}

/* Its number in its segment, as its record tells it. */
static uint64_t mark_index(const struct events_run *run, const struct snap_mark *mark)
{
	uint64_t index = 0;

	for (const struct snap_mark *m = run->snapshot->marks; m < mark; m++)
		index += m->segment == mark->segment;
	return index;
}

static int find_time(struct events_run *run, const char *option, const char *text,
		     uint64_t *ret_time, const struct snap_mark **ret_mark)
{
	int err;

	*ret_mark = NULL;
	if (!text)
		return 0;
	err = when_parse(text, run->now_ns, ret_time);
	if (err == -EINVAL)
		*ret_mark = find_mark(run, text);
	if (*ret_mark)
		*ret_time = (*ret_mark)->time_ns;
	if (err == 0 || *ret_mark)
		return 0;
	return trouble("events",
		       "--%s: '%s' is no time and no mark: try '10m ago', "
		       "14:32 or the name of a mark that a process has set",
		       option, text);
}

static int find_range(struct job *job)
{
	const struct options *options = job->options;
	struct events_run *run = &job->run;
	const struct snap_mark *mark;
	int err = find_time(run, "since", options->since, &run->since, &mark);

	if (!err)
		err = find_time(run, "until", options->until, &run->until, &mark);
	if (err || !mark)
		return err;
	run->until_mark = true;
	run->until_segment = mark->segment;
	run->until_index = mark_index(run, mark);
	return 0;
}

static size_t rows_wanted(const struct options *options)
{
	if (options->count >= 0)
		return (size_t)options->count;
	return options->since || options->until ? 0 : ROWS_DEFAULT;
}

/* ---- remarks ---- */

static void remark_earlier(const struct job *job)
{
	const struct events_run *run = &job->run;
	size_t wanted = rows_wanted(job->options);

	/* Whoever asked for the last few got them. */
	if (run->earlier && !job->options->quiet && (!wanted || run->rows < wanted))
		fprintf(stderr,
			"ttatop: events: %" PRIu64
			" earlier events were overwritten before ttatop looked\n",
			run->earlier);
}

static void remark_end(const struct job *job)
{
	const struct events_run *run = &job->run;

	if (job->options->quiet || (!job->options->follow && !run->lost && !run->unseen))
		return;
	fflush(stdout);
	fprintf(stderr, "ttatop: events: %" PRIu64 " rows, %" PRIu64 " events lost",
		run->rows, run->lost);
	if (run->window.late)
		fprintf(stderr, ", %" PRIu64 " out of order", run->window.late);
	if (run->unseen)
		fprintf(stderr, ", %" PRIu64 " ends not seen to the last event",
			run->unseen);
	fputc('\n', stderr);
}

/* ---- the first look ---- */

static int first_look(struct job *job)
{
	struct events_run *run = &job->run;
	int err = sample(run);

	if (!err)
		err = find_range(job);
	if (!err)
		err = outcome(events_first_look(run));
	if (err)
		return err;
	events_print_title(&job->printer);
	err = outcome(events_show_last(run, rows_wanted(job->options)));
	if (!err)
		remark_earlier(job);
	return err ? err : finish_output("events", stdout);
}

/* ---- following ---- */

static int flush_rows(void *arg)
{
	(void)arg;
	return finish_output("events", stdout);
}

static bool is_over(void *arg)
{
	const struct job *job = arg;
	const struct events_run *run = &job->run;
	uint64_t now = source_now_ns(CLOCK_REALTIME);

	if (run->until != UINT64_MAX && now > run->until &&
	    now - run->until > EVENT_WINDOW_NS)
		return true;
	return job->options->pid_exit && !events_anybody_alive(run);
}

static int follow_events(struct job *job)
{
	const struct events_follow follow = {
		.command = "events",
		.run = &job->run,
		.output = STDOUT_FILENO,
		.step = flush_rows,
		.is_over = is_over,
		.arg = job,
	};
	struct end_signals signals;
	int err = end_signals_begin(&signals);

	if (err)
		return trouble("events", "wait for signals: %s", strerrordesc_np(-err));
	err = events_follow(&follow, &signals);
	remark_end(job);
	end_signals_end(&signals);
	return err;
}

static int run_events(struct job *job)
{
	int err = first_look(job);

	if (!err && job->options->follow)
		err = follow_events(job);
	else if (!err)
		remark_end(job);
	if (err)
		return err;
	return job->options->strict && (job->run.lost || job->run.unseen);
}

/* @act with everything that it needs, and without it again. */
static int with_job(const struct options *options, const char *command,
		    int (*act)(struct job *job))
{
	struct job job = {.options = options};
	const struct events_wish wish = {
		.selection = &options->selection,
		.suspicious = options->suspicious,
		.earlier = options->json,
		.row = print_row,
		.arg = &job.printer,
	};
	struct tta_reader *reader;
	int err = source_open_reader(options, command, &reader);

	if (err)
		return err;
	events_run_init(&job.run, reader, &wish);
	err = events_printer_init(&job.printer, options, &job.run.book);
	if (!err)
		err = act(&job);
	events_run_fini(&job.run);
	tta_reader_close(reader);
	return err;
}

int command_events(const struct options *options)
{
	return with_job(options, "events", run_events);
}

/* ---- the live view's, for programs ---- */

/* One update more: what has come since the one before. */
static int update(struct job *job)
{
	uint64_t now = source_now_ns(CLOCK_REALTIME);
	int err;

	source_pause(job->options->delay);
	err = outcome(events_read(&job->run));
	if (!err)
		err = sample(&job->run);
	if (!err)
		err = outcome(events_show_ready(&job->run, now));
	return err ? err : finish_output("live", stdout);
}

static int run_live(struct job *job)
{
	const struct options *options = job->options;
	bool endless = options->batch && !options->once && options->count < 0;
	long count = options->batch && options->count > 0 ? options->count : 1;
	int err = sample(&job->run);

	if (!err)
		err = outcome(events_first_look(&job->run));
	if (!err)
		err = outcome(events_show_last(&job->run, 0));
	if (!err)
		err = finish_output("live", stdout);
	for (long i = 1; !err && (endless || i < count); i++)
		err = update(job);
	return err;
}

int command_events_live(const struct options *options)
{
	return with_job(options, "live", run_live);
}
