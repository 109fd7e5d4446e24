/* SPDX-License-Identifier: BSD-2-Clause */
/* events: the rings merged by time, once or on and on. */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "commands.h"
#include "events_run.h"
#include "source.h"
#include "trouble.h"
#include "when.h"

#define ROWS_DEFAULT  10
#define FIRST_LOOKS   5
#define WAIT_MIN_MS   1
#define WAIT_MAX_MS   100
#define SAMPLE_MIN_NS UINT64_C(50000000)
#define SAMPLE_SHARE  20u /* a sample takes at most this part of the time */

static uint64_t now_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
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

static int find_range(struct events_run *run)
{
	const struct snap_mark *mark;
	int err = find_time(run, "since", run->options->since, &run->since, &mark);

	if (!err)
		err = find_time(run, "until", run->options->until, &run->until, &mark);
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

static void remark_earlier(const struct events_run *run)
{
	size_t wanted = rows_wanted(run->options);

	/* Whoever asked for the last few got them. */
	if (run->earlier && !run->options->quiet && (!wanted || run->rows < wanted))
		fprintf(stderr,
			"ttatop: events: %" PRIu64
			" earlier events were overwritten before ttatop looked\n",
			run->earlier);
}

static void remark_end(const struct events_run *run)
{
	if (run->options->quiet || (!run->options->follow && !run->lost && !run->unseen))
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

static int first_look(struct events_run *run)
{
	const struct options *options = run->options;
	int err = events_sample(run);

	if (!err)
		err = find_range(run);
	for (int i = 0; i < FIRST_LOOKS && !err; i++) {
		err = events_read(run);
		if (!err)
			err = events_sample(run);
		if (events_all_settled(run))
			break;
	}
	if (!err)
		err = events_close_accounts(run);
	if (!err && events_notice_ends(run))
		err = trouble("events", "%s", strerrordesc_np(ENOMEM));
	if (err)
		return err;
	events_sync(run);
	run->following = true;
	events_print_title(&run->printer);
	err = events_show_last(run, rows_wanted(options));
	if (!err)
		remark_earlier(run);
	return err ? err : finish_output("events", stdout);
}

/* ---- following ---- */

struct follow {
	int signals; /* descriptor */
	int wait_ms;
	uint64_t sampled_ns, sample_cost_ns; /* CLOCK_MONOTONIC */
	int ended_by;			     /* signal, 0 = none */
};

static void set_pace(struct follow *follow, const struct events_run *run)
{
	if (run->overrun)
		follow->wait_ms = WAIT_MIN_MS;
	else if (run->delivered > 0)
		follow->wait_ms /= 2;
	else
		follow->wait_ms += follow->wait_ms / 2 + 1;
	if (follow->wait_ms < WAIT_MIN_MS)
		follow->wait_ms = WAIT_MIN_MS;
	if (follow->wait_ms > WAIT_MAX_MS)
		follow->wait_ms = WAIT_MAX_MS;
}

static int sample_when_due(struct events_run *run, struct follow *follow)
{
	uint64_t now = now_ns(CLOCK_MONOTONIC);
	uint64_t rest = follow->sample_cost_ns * SAMPLE_SHARE;
	int err;

	if (now - follow->sampled_ns < (rest > SAMPLE_MIN_NS ? rest : SAMPLE_MIN_NS))
		return 0;
	err = events_sample(run);
	follow->sampled_ns = now_ns(CLOCK_MONOTONIC);
	follow->sample_cost_ns = follow->sampled_ns - now;
	return err;
}

static int follow_once(struct events_run *run, struct follow *follow)
{
	uint64_t now = now_ns(CLOCK_REALTIME);
	int err = events_read(run);

	if (!err)
		set_pace(follow, run);
	if (!err)
		err = sample_when_due(run, follow);
	if (!err)
		err = events_show_ready(run, now - EVENT_WINDOW_NS);
	return err ? err : finish_output("events", stdout);
}

/* Wait for the next look. False: a signal came, or nobody reads our output. */
static bool wait_for_next(struct follow *follow)
{
	struct pollfd polled[] = {{.fd = follow->signals, .events = POLLIN},
				  {.fd = STDOUT_FILENO}};
	struct signalfd_siginfo info;

	if (poll(polled, 2, follow->wait_ms) <= 0)
		return true;
	if (polled[0].revents &&
	    read(follow->signals, &info, sizeof(info)) == (ssize_t)sizeof(info))
		follow->ended_by = (int)info.ssi_signo;
	else if (polled[1].revents & POLLERR)
		follow->ended_by = SIGPIPE;
	return follow->ended_by == 0;
}

static bool is_over(const struct events_run *run)
{
	uint64_t now = now_ns(CLOCK_REALTIME);

	if (run->until != UINT64_MAX && now > run->until &&
	    now - run->until > EVENT_WINDOW_NS)
		return true;
	return run->options->pid_exit && !events_anybody_alive(run);
}

/* What is held leaves, whatever its age. */
static int finish(struct events_run *run)
{
	int err = events_read(run);

	if (!err)
		err = events_sample(run);
	if (!err)
		err = events_close_accounts(run);
	if (!err)
		err = events_show_ready(run, UINT64_MAX);
	return err ? err : finish_output("events", stdout);
}

static int follow_events(struct events_run *run, struct follow *follow)
{
	int err = 0;

	do
		err = follow_once(run, follow);
	while (!err && !is_over(run) && wait_for_next(follow));
	if (!err && follow->ended_by != SIGPIPE)
		err = finish(run);
	return err;
}

static int with_signals(struct events_run *run, struct follow *follow)
{
	sigset_t ends, before;
	int err;

	sigemptyset(&ends);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGHUP);
	sigprocmask(SIG_BLOCK, &ends, &before);
	follow->signals = signalfd(-1, &ends, SFD_CLOEXEC | SFD_NONBLOCK);
	if (follow->signals < 0)
		err = trouble("events", "wait for signals: %s", strerrordesc_np(errno));
	else
		err = follow_events(run, follow);
	remark_end(run);
	if (follow->signals >= 0)
		close(follow->signals);
	if (follow->ended_by)
		raise(follow->ended_by); /* ends us when it is unblocked */
	sigprocmask(SIG_SETMASK, &before, NULL);
	return err;
}

static int run_events(struct events_run *run)
{
	struct follow follow = {.wait_ms = WAIT_MIN_MS};
	int err = first_look(run);

	if (!err && run->options->follow)
		err = with_signals(run, &follow);
	else if (!err)
		remark_end(run);
	if (err)
		return err;
	return run->options->strict && (run->lost || run->unseen);
}

static void run_fini(struct events_run *run)
{
	tta_reader_close(run->reader);
	tta_sample_free(run->sample);
	snapshot_free(run->snapshot);
	event_window_fini(&run->batch);
	event_window_fini(&run->window);
	event_track_fini(&run->ahead);
	event_track_fini(&run->track);
	event_levels_fini(&run->levels);
	events_book_fini(&run->book);
}

int command_events(const struct options *options)
{
	struct events_run run = {.options = options, .until = UINT64_MAX};
	int err = source_open_reader(options, "events", &run.reader);

	if (err)
		return err;
	events_book_init(&run.book);
	event_track_init(&run.ahead);
	event_track_init(&run.track);
	event_levels_init(&run.levels);
	err = events_printer_init(&run.printer, options, &run.book);
	if (!err)
		err = run_events(&run);
	run_fini(&run);
	return err;
}
