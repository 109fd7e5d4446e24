/* SPDX-License-Identifier: BSD-2-Clause */
/* export trace: what happens for some seconds. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "events_follow.h"
#include "export_job.h"
#include "source.h"
#include "trace.h"
#include "trouble.h"

#define SECONDS_DEFAULT 10

struct tracer {
	const struct options *options;
	struct end_signals signals;
	struct events_run run;
	struct trace *trace; /* NULL: not begun */
	uint64_t until_ns;   /* CLOCK_MONOTONIC */
	uint64_t looked_ns;  /* time of the newest look that is in the trace */
	int result;	     /* what was said already */
};

/* @use with what is selected of the newest look. */
static int with_selected(struct tracer *tracer,
			 int (*use)(struct tracer *tracer,
				    const struct snapshot *snapshot))
{
	struct snapshot *reduced;
	int err = selection_apply(&tracer->options->selection, tracer->run.snapshot,
				  &reduced);

	if (err)
		return err;
	err = use(tracer, reduced);
	snapshot_free(reduced);
	return err;
}

static int take_look(struct tracer *tracer, const struct snapshot *snapshot)
{
	return trace_look(tracer->trace, snapshot);
}

static int take_last_look(struct tracer *tracer, const struct snapshot *snapshot)
{
	return trace_end(tracer->trace, snapshot);
}

static int put_row(void *arg, struct event *event)
{
	struct tracer *tracer = arg;
	char text[32];
	struct event_names names = events_names(&tracer->run.book, event, text);

	return trace_row(tracer->trace, event, &names);
}

static int step(void *arg)
{
	struct tracer *tracer = arg;

	if (tracer->looked_ns == tracer->run.now_ns)
		return 0;
	tracer->looked_ns = tracer->run.now_ns;
	return events_outcome("export", with_selected(tracer, take_look));
}

static bool is_over(void *arg)
{
	const struct tracer *tracer = arg;

	return source_now_ns(CLOCK_MONOTONIC) >= tracer->until_ns;
}

/* Whoever wants to see something starts it now. */
static void say_begun(const struct tracer *tracer)
{
	if (!tracer->options->quiet)
		fputs("ttatop: export: tracing what happens from now on\n", stderr);
}

static int begin(struct tracer *tracer, FILE *file)
{
	struct snapshot *first;
	int err = selection_apply(&tracer->options->selection, tracer->run.snapshot,
				  &first);

	if (err)
		return err;
	err = trace_begin(file, first, &tracer->trace);
	snapshot_free(first);
	if (!err)
		say_begun(tracer);
	if (!err)
		err = events_first_look(&tracer->run);
	return err ? err : events_show_last(&tracer->run, 0);
}

static int follow(struct tracer *tracer)
{
	const struct events_follow follow = {
		.command = "export",
		.run = &tracer->run,
		.output = -1,
		.step = step,
		.is_over = is_over,
		.arg = tracer,
	};
	double seconds = tracer->options->duration;

	if (seconds < 0)
		seconds = SECONDS_DEFAULT;
	tracer->until_ns = source_now_ns(CLOCK_MONOTONIC) + (uint64_t)(seconds * 1e9);
	return events_follow(&follow, &tracer->signals);
}

static int write_trace(FILE *file, void *arg)
{
	struct tracer *tracer = arg;
	int err = 0;

	tracer->result = events_sample_for("export", &tracer->run);
	if (!tracer->result)
		err = begin(tracer, file);
	if (!tracer->result && !err)
		tracer->result = follow(tracer);
	if (!tracer->result && !err)
		err = with_selected(tracer, take_last_look);
	trace_free(tracer->trace);
	return tracer->result ? EXPORT_SAID : err;
}

static void remark(const struct tracer *tracer)
{
	const struct events_run *run = &tracer->run;

	if (tracer->options->quiet || (!run->lost && !run->unseen))
		return;
	fprintf(stderr,
		"ttatop: export: %" PRIu64 " events lost, %" PRIu64
		" ends not seen to the last event\n",
		run->lost, run->unseen);
}

int export_trace(const struct options *options)
{
	struct tracer tracer = {.options = options};
	const struct events_wish wish = {
		.selection = &options->selection,
		.row = put_row,
		.arg = &tracer,
	};
	struct tta_reader *reader;
	int result = source_open_reader(options, "export", &reader);

	if (result)
		return result;
	events_run_init(&tracer.run, reader, &wish);
	result = end_signals_begin(&tracer.signals);
	if (result) {
		result = trouble("export", "wait for signals: %s",
				 strerrordesc_np(-result));
	} else {
		result = export_output(options, false, write_trace, &tracer);
		remark(&tracer);
		end_signals_end(&tracer.signals);
	}
	events_run_fini(&tracer.run);
	tta_reader_close(reader);
	return result;
}
