/* SPDX-License-Identifier: BSD-2-Clause */
/* app_act.c - what keys change outside of the view: processes, segments and files. */
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "app_state.h"
#include "config.h"
#include "csv.h"
#include "file_replace.h"
#include "reap_segment.h"
#include "signal_process.h"
#include "snapshot_file.h"
#include "text.h"

static void say(struct app *app, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void say(struct app *app, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(app->state.message, sizeof(app->state.message), format, arguments);
	va_end(arguments);
}

/* How an action on all targets went: the first failure is told. */
struct outcome {
	size_t done, tried;
	uint32_t pid; /* of the first that failed */
	char why[96]; /* "" = none failed */
};

static void outcome_add(struct outcome *outcome, const struct target *target,
			const char *why)
{
	outcome->tried++;
	outcome->done += !*why;
	if (!*why || *outcome->why)
		return;
	outcome->pid = target->pid;
	snprintf(outcome->why, sizeof(outcome->why), "%s", why);
}

static void outcome_say(struct app *app, const struct outcome *outcome, const char *what)
{
	if (*outcome->why)
		say(app, "%s: %zu of %zu; pid %u: %s", what, outcome->done,
		    outcome->tried, outcome->pid, outcome->why);
	else
		say(app, "%s: %zu of %zu", what, outcome->done, outcome->tried);
}

void app_signal_targets(struct app *app)
{
	const struct target_list *targets = &app->state.targets;
	struct outcome outcome = {0};
	char what[32];

	for (size_t i = 0; i < targets->count; i++) {
		const struct target *target = &targets->items[i];
		int err;

		if (target->ended)
			continue;
		err = signal_process((pid_t)target->pid, target->start_time, target->uid,
				     targets->signal_number);
		outcome_add(&outcome, target,
			    err == -ESRCH ? "it is gone, or another process"
			    : err	  ? strerrordesc_np(-err)
					  : "");
	}
	snprintf(what, sizeof(what), "SIG%s sent", sigabbrev_np(targets->signal_number));
	outcome_say(app, &outcome, what);
}

static const struct tta_process *find_process(const struct tta_sample *sample,
					      uint64_t nonce)
{
	for (size_t i = 0; i < sample->process_count; i++)
		if (sample->processes[i].nonce == nonce)
			return &sample->processes[i];
	return NULL;
}

/* Why it is still there; "" = it is removed, or was already. */
static void reap_target(struct app *app, const struct tta_sample *sample,
			const struct target *target, char why[96])
{
	struct reap_order order = {.sample = sample};
	int result;

	*why = '\0';
	order.process = find_process(sample, target->segment);
	if (!order.process)
		return;
	order.file = order.process->name;
	order.inode = order.process->inode;
	result = reap_segment(app->sampler.reader, &order);
	if (result < 0)
		snprintf(why, 96, "save evidence: %s", strerrordesc_np(-result));
	else if (result == TTA_REAP_GONE && app->options->containers)
		snprintf(why, 96, "gone, or in a container: reap it there");
	else if (result != TTA_REAP_REMOVED && result != TTA_REAP_GONE)
		snprintf(why, 96, "%s", reap_why_not(result));
}

void app_reap_targets(struct app *app)
{
	const struct target_list *targets = &app->state.targets;
	struct outcome outcome = {0};
	struct tta_sample *sample;
	char why[96];
	int err = tta_reader_sample(app->sampler.reader, TTA_SAMPLE_ALL, &sample);

	if (err) {
		say(app, "reap: %s", strerrordesc_np(-err));
		return;
	}
	for (size_t i = 0; i < targets->count; i++) {
		if (!targets->items[i].ended)
			continue;
		reap_target(app, sample, &targets->items[i], why);
		outcome_add(&outcome, &targets->items[i], why);
	}
	tta_sample_free(sample);
	app_sample(app);
	outcome_say(app, &outcome, "reaped");
}

/* ---- files ---- */

static const char *why_not_written(int err)
{
	switch (err) {
	case -EEXIST:
		return "it exists";
	case -ELOOP:
		return "it is a link";
	case -EPERM:
		return "it belongs to somebody else";
	default:
		return strerrordesc_np(-err);
	}
}

/* The name comes last: it may be long. */
static void say_written(struct app *app, const char *what, const char *path, int err)
{
	if (err)
		say(app, "not written: %s: %s", why_not_written(err), path);
	else
		say(app, "%s written to %s", what, path);
}

struct writing {
	const struct view_state *state;
	bool csv;
};

static int write_rows(FILE *file, void *arg)
{
	const struct writing *writing = arg;

	return writing->csv ? csv_print(file, writing->state)
			    : text_print(file, writing->state);
}

void app_write_rows(struct app *app)
{
	struct view_state plain = app->state; /* borrows everything */
	struct writing writing = {.state = &plain};
	const char *path = app->state.line, *dot = strrchr(path, '.');

	plain.plain = true;
	plain.hide_header = false;
	writing.csv = dot && strcasecmp(dot, ".csv") == 0;
	say_written(app, "rows", path,
		    file_replace(path, 0666, false, write_rows, &writing));
}

void app_write_snapshot(struct app *app)
{
	const char *path = app->state.line;

	say_written(app, "snapshot", path,
		    snapshot_file_save(path, app->sampler.now, 0, false));
}

void app_write_config(struct app *app)
{
	char path[PATH_MAX] = "";
	int err = config_save(&app->state, app->options, path);

	say_written(app, "settings", path, err);
}
