/* SPDX-License-Identifier: BSD-2-Clause */
#include "check_session.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "file_replace.h"
#include "snapshot_json.h"
#include "trouble.h"

#define DEFAULT_RUNS 5

/* Nothing can be judged any more; say why. The first exit code stays. */
#define stop(session, code, ...)                                                         \
	do {                                                                             \
		(session)->stop = (session)->stop ? (session)->stop : (code);            \
		check_book_doubt(&(session)->book, __VA_ARGS__);                         \
	} while (0)

static bool goes_on(const struct check_session *session)
{
	return session->stop == 0 && runner_interrupted(session->runner) == 0;
}

static long wanted_runs(const struct options *options)
{
	return options->count > 0 ? options->count : DEFAULT_RUNS;
}

/* ---- looks ---- */

static int take_snapshot(struct check_session *session)
{
	struct tta_sample *sample;
	struct snapshot *snapshot;
	int err = tta_reader_sample(session->reader, TTA_SAMPLE_ALL, &sample);

	if (err)
		return err;
	err = snapshot_from_sample(sample, &snapshot);
	tta_sample_free(sample);
	if (err)
		return err;
	snapshot_free(session->last);
	session->last = snapshot;
	for (size_t i = 0; i < snapshot->process_count; i++)
		session->seen |=
			check_book_counts(&session->book, &snapshot->processes[i]);
	return 0;
}

static int look(void *arg, struct runner_look *ret_look)
{
	struct check_session *session = arg;
	int err = take_snapshot(session);

	if (err) {
		stop(session, CHECK_EXIT_UNKNOWN, "read '%s': %s",
		     tta_reader_directory(session->reader), strerrordesc_np(-err));
		return err;
	}
	ret_look->signature =
		check_book_signature(&session->book, session->last, &ret_look->busy);
	return 0;
}

/* False when it was stopped. */
static bool settle(struct check_session *session, bool *ret_settled)
{
	enum runner_settled settled = runner_settle(
		session->runner, session->options->check.settle, look, session);

	*ret_settled = settled == RUNNER_SETTLED;
	return settled != RUNNER_STOPPED;
}

/* ---- what is kept ---- */

struct kept {
	const struct snapshot *snapshot;
};

static int write_kept(FILE *file, void *arg)
{
	const struct kept *kept = arg;

	return snapshot_write(kept->snapshot, file, 0);
}

/* The processes of the run alone, unless all count. */
static int reduce(const struct check_session *session, struct snapshot **ret_reduced)
{
	struct selection selection = {.dead = true};
	char text[96];
	int err = 0;

	snprintf(text, sizeof(text), "run=%s", runner_id(session->runner));
	if (!session->options->check.all)
		err = selection_set_text(&selection, text);
	if (!err)
		err = selection_apply(&selection, session->last, ret_reduced);
	selection_fini(&selection);
	return err;
}

static void keep(struct check_session *session, int number)
{
	const char *folder = session->options->keep;
	struct snapshot *reduced = NULL;
	struct kept kept;
	char *path = NULL;
	int err = reduce(session, &reduced);

	if (!err && asprintf(&path, "%s/run-%d.json", folder, number) < 0) {
		path = NULL;
		err = -ENOMEM;
	}
	kept.snapshot = reduced;
	if (!err)
		err = file_replace(path, 0666, false, write_kept, &kept);
	if (err)
		stop(session, CHECK_EXIT_UNKNOWN, "write '%s/run-%d.json': %s", folder,
		     number, strerrordesc_np(-err));
	free(path);
	snapshot_free(reduced);
}

/* ---- commands ---- */

static const char *end_text(const struct runner_result *result, char text[64])
{
	switch (result->end) {
	case RUNNER_EXITED:
		snprintf(text, 64, "exit %d", result->code);
		break;
	case RUNNER_KILLED:
		snprintf(text, 64, "ended by signal %d", result->code);
		break;
	case RUNNER_TIMED_OUT:
		snprintf(text, 64, "timed out");
		break;
	case RUNNER_NOT_STARTED:
		snprintf(text, 64, "%s", strerrordesc_np(result->code));
		break;
	case RUNNER_INTERRUPTED:
		snprintf(text, 64, "interrupted by signal %d", result->code);
		break;
	}
	return text;
}

static bool succeeded(const struct runner_result *result)
{
	return result->end == RUNNER_EXITED && result->code == 0;
}

/* @code is what a failure makes of the check; 0 = what was measured still counts. */
static void run_hook(struct check_session *session, const char *option, const char *line,
		     int code)
{
	struct runner_how how = session->how;
	struct runner_result result;
	char text[64];

	if (!line)
		return;
	how.timeout = RUNNER_FOREVER;
	result = runner_shell(session->runner, line, &how);
	if (!succeeded(&result) && result.end != RUNNER_INTERRUPTED)
		stop(session, code, "%s '%s': %s", option, line, end_text(&result, text));
}

static void judge_end(struct check_session *session, const struct runner_result *result)
{
	const char *command = session->report.command[0];
	char text[64];

	if (result->end == RUNNER_INTERRUPTED || succeeded(result))
		return;
	if (result->end == RUNNER_NOT_STARTED)
		stop(session, result->code == ENOENT ? 127 : 126, "run '%s': %s", command,
		     end_text(result, text));
	else if (result->end == RUNNER_TIMED_OUT)
		stop(session, CHECK_EXIT_UNKNOWN, "'%s' took longer than --timeout",
		     command);
	else if (!session->options->check.ignore_failure)
		stop(session, CHECK_EXIT_UNKNOWN, "'%s' failed: %s: -i ignores that",
		     command, end_text(result, text));
}

/* CMD once, with what belongs to each run. */
static void run_once(struct check_session *session, struct check_run *run)
{
	const struct check_options *check = &session->options->check;
	struct runner_result result;

	run_hook(session, "--prepare", check->prepare, CHECK_EXIT_UNKNOWN);
	if (!goes_on(session))
		return;
	result = runner_run(session->runner, session->report.command, &session->how);
	judge_end(session, &result);
	run->ran = true;
	run->ended_by_signal = result.end == RUNNER_KILLED;
	run->status = result.code;
	run->duration_ns = result.duration_ns;
	if (result.end != RUNNER_NOT_STARTED)
		run_hook(session, "--conclude", check->conclude, CHECK_EXIT_UNKNOWN);
}

static void require_publisher(struct check_session *session)
{
	if (!session->seen)
		stop(session, CHECK_EXIT_UNKNOWN,
		     "no publisher seen in '%s': is CMD linked with libtta, and is "
		     "TTA_LEVEL not off?",
		     tta_reader_directory(session->reader));
}

/* ---- after each run ---- */

static void tell(struct check_session *session, const struct check_run *run)
{
	if (!session->style.file)
		return;
	check_text_run(&session->report, run, session->style);
	fflush(session->style.file);
}

static void note_run(struct check_session *session, struct check_run run)
{
	struct check_report *report = &session->report;
	const struct check_run *before = report->executed + report->executed_count - 1;
	uint64_t now = run.left.value[CHECK_BYTES];

	if (report->executed_count > 0) {
		uint64_t then = before->left.value[CHECK_BYTES];

		run.growth_known = now != SNAP_UNKNOWN && then != SNAP_UNKNOWN;
		run.growth = run.growth_known ? (int64_t)(now - then) : 0;
	}
	report->executed[report->executed_count++] = run;
	tell(session, &run);
}

static void measure(struct check_session *session, struct check_run run)
{
	int err;

	if (!settle(session, &run.settled))
		return;
	if (run.number <= 0)
		check_book_restart(&session->book);
	err = check_book_look(&session->book, session->last);
	if (err) {
		stop(session, CHECK_EXIT_UNKNOWN, "%s", strerrordesc_np(-err));
		return;
	}
	run.left = check_book_total(&session->book, session->book.look_count - 1);
	note_run(session, run);
	if (run.number >= 0 && session->options->keep)
		keep(session, run.number);
}

/* For @runs lines of the report. */
static bool make_room(struct check_session *session, size_t runs)
{
	session->report.executed = calloc(runs, sizeof(struct check_run));
	if (!session->report.executed)
		stop(session, CHECK_EXIT_UNKNOWN, "%s", strerrordesc_np(ENOMEM));
	return session->report.executed != NULL;
}

static void run_all(struct check_session *session)
{
	long runs = wanted_runs(session->options);
	long warmup = session->options->check.warmup;

	session->report.runs = (size_t)runs;
	if (warmup == 0)
		measure(session, (struct check_run){.number = 0});
	for (long i = 1 - warmup; i <= runs && goes_on(session); i++) {
		struct check_run run = {.number = (int)i};

		run_once(session, &run);
		if (goes_on(session))
			measure(session, run);
		if (goes_on(session))
			require_publisher(session);
	}
}

/* ---- marks ---- */

static void note_marks(struct check_session *session)
{
	const struct options *options = session->options;
	struct check_book *book = &session->book;
	size_t wanted = options->count > 0 ? (size_t)options->count + 1 : 2;

	if (book->look_count < wanted)
		stop(session, CHECK_EXIT_UNKNOWN,
		     "mark '%s' was reached %zu times after %ld for warm-up: at least "
		     "%zu are needed",
		     options->check.marks, book->look_count, options->check.warmup,
		     wanted);
	session->report.runs = book->look_count > 0 ? book->look_count - 1 : 0;
	if (!make_room(session, book->look_count + 1))
		return;
	for (size_t i = 0; i < book->look_count; i++)
		note_run(session, (struct check_run){
					  .number = (int)i,
					  .settled = true,
					  .left = check_book_total(book, i),
				  });
}

static void run_marks(struct check_session *session)
{
	const struct options *options = session->options;
	struct check_run run = {.number = 1};
	size_t most = options->count > 0 ? (size_t)options->count + 1 : 0;
	bool settled;
	int err;

	run_once(session, &run);
	if (!goes_on(session) || !settle(session, &settled))
		return;
	require_publisher(session);
	err = check_book_marks(&session->book, session->last, options->check.marks,
			       (size_t)options->check.warmup, most);
	if (err)
		stop(session, CHECK_EXIT_UNKNOWN, "%s", strerrordesc_np(-err));
	if (goes_on(session) && options->keep)
		keep(session, 0);
	if (goes_on(session))
		note_marks(session);
}

/* ---- all ---- */

void check_session_run(struct check_session *session)
{
	const struct options *options = session->options;

	if (session->style.file) {
		check_text_begin(&session->report, session->style);
		fflush(session->style.file);
	}
	run_hook(session, "--setup", options->check.setup, CHECK_EXIT_UNKNOWN);
	if (goes_on(session) && options->check.marks)
		run_marks(session);
	else if (goes_on(session) &&
		 make_room(session,
			   (size_t)(wanted_runs(options) + options->check.warmup + 1)))
		run_all(session);
	run_hook(session, "--cleanup", options->check.cleanup, 0);
}

void check_session_reap(struct check_session *session)
{
	if (take_snapshot(session))
		return;
	for (size_t i = 0; i < session->last->process_count; i++) {
		const struct snap_process *process = &session->last->processes[i];

		if (strcmp(process->run_id, runner_id(session->runner)) == 0 &&
		    !snap_state_counts(process->state))
			tta_reader_reap(session->reader, process->file, process->inode,
					NULL, NULL);
	}
}
