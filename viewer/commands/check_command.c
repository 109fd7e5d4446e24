/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check_session.h"
#include "commands.h"
#include "file_replace.h"
#include "source.h"
#include "trouble.h"

/* What lives as long as the command. */
struct check {
	struct check_session session;
	struct check_limits limits;
	struct suppressions suppressions;
};

/* ---- before ---- */

static int read_limits(const struct options *options, struct check *check)
{
	const char *text = options->check.limit;

	if (!text || check_limits_parse(text, &check->limits) == 0)
		return 0;
	return trouble("check", "--limit: bad value '%s': 0, 64K, dram=64K,refs=2", text);
}

static int read_suppressions(const struct options *options, struct check *check)
{
	const char *name = options->check.suppress;
	char error[SUPPRESS_ERROR_SIZE];
	FILE *file;
	int err;

	if (!name)
		return 0;
	file = fopen(name, "re");
	if (!file)
		return trouble("check", "open '%s': %s", name, strerrordesc_np(errno));
	err = suppressions_read(file, name, &check->suppressions, error);
	fclose(file);
	if (err == -EINVAL)
		return trouble("check", "%s", error);
	return err ? trouble("check", "%s", strerrordesc_np(-err)) : 0;
}

static int prepare_keep(const char *folder)
{
	char *path;
	int err = 0;

	if (!folder)
		return 0;
	if (mkdir(folder, 0777) && errno != EEXIST)
		return trouble("check", "make '%s': %s", folder, strerrordesc_np(errno));
	if (asprintf(&path, "%s/run-0.json", folder) < 0)
		return trouble("check", "%s", strerrordesc_np(ENOMEM));
	if (access(path, F_OK) == 0)
		err = trouble("check", "'%s' exists: keep in another folder", path);
	free(path);
	return err;
}

static int open_runner(const struct options *options, struct check_session *session)
{
	int err = runner_open("check", &session->runner);

	if (!err && options->directory)
		err = runner_set(session->runner, "TTA_DIR", options->directory);
	if (!err)
		err = check_book_open(&session->book,
				      options->check.all ? NULL
							 : runner_id(session->runner));
	return err ? trouble("check", "start: %s", strerrordesc_np(-err)) : 0;
}

static int prepare(const struct options *options, struct check *check)
{
	struct check_session *session = &check->session;
	int err = read_limits(options, check);

	if (!err)
		err = read_suppressions(options, check);
	if (!err)
		err = prepare_keep(options->keep);
	if (!err)
		err = source_open_reader(options, "check", &session->reader);
	return err ? err : open_runner(options, session);
}

static bool json_on_stdout(const struct options *options)
{
	return options->json && !options->check.json_file;
}

static void describe(const struct options *options, struct check_session *session)
{
	bool json = json_on_stdout(options);

	session->options = options;
	session->style.exact = options->bytes;
	session->style.file = json ? stderr : stdout;
	if (json && options->quiet)
		session->style.file = NULL;
	session->how = (struct runner_how){
		.timeout = options->check.timeout,
		.null_input = true,
		.to_stderr = json,
	};
	session->report.command = options->arguments;
	session->report.run_id = runner_id(session->runner);
	session->report.mark = options->check.marks;
	session->report.all = options->check.all;
	session->report.keep = options->check.marks ? NULL : options->keep;
}

/* ---- after ---- */

static int write_json(FILE *file, void *arg)
{
	return check_json_write(arg, file);
}

static int write_junit(FILE *file, void *arg)
{
	return check_junit_write(arg, file);
}

static int report_to_file(const char *path, int (*write)(FILE *file, void *arg),
			  struct check_report *report)
{
	int err = path ? file_replace(path, 0666, true, write, report) : 0;

	return err ? trouble("check", "write '%s': %s", path, strerrordesc_np(-err)) : 0;
}

static int report_as_text(const struct options *options, struct check_session *session)
{
	FILE *file = session->style.file;
	int err = 0;

	if (!file)
		return 0;
	err = check_text_end(&session->report, session->style);
	if (!err && options->check.gen_suppressions)
		err = check_text_suppressions(&session->report, file);
	return err || fflush(file) ? trouble("check", "write the report: it failed") : 0;
}

static int tell(const struct options *options, struct check_session *session)
{
	struct check_report *report = &session->report;
	int err = report_as_text(options, session), more;

	if (json_on_stdout(options)) {
		more = check_json_write(report, stdout);
		err = err || more || finish_output("check", stdout);
	}
	more = report_to_file(options->check.json_file, write_json, report);
	err = err ? err : more;
	more = report_to_file(options->check.junit, write_junit, report);
	err = err ? err : more;
	return err ? EXIT_TROUBLE : report->exit_code;
}

static int conclude(const struct options *options, struct check *check)
{
	struct check_session *session = &check->session;
	struct check_report *report = &session->report;

	if (check_judge(&session->book, &check->limits, &check->suppressions,
			options->strict, report))
		return trouble("check", "%s", strerrordesc_np(ENOMEM));
	if (session->stop) {
		report->exit_code = session->stop;
		report->verdict = GROWTH_UNJUDGED;
	}
	return tell(options, session);
}

/* As if nobody had kept the signal back. */
static int end_by(int signal)
{
	trouble("check", "ended by signal %d", signal);
	raise(signal);
	return 128 + signal;
}

static int run(const struct options *options, struct check *check)
{
	struct check_session *session = &check->session;
	int result = EXIT_TROUBLE;

	describe(options, session);
	check_session_run(session);
	if (runner_interrupted(session->runner) == 0)
		result = conclude(options, check);
	if (!options->check.keep_segments)
		check_session_reap(session);
	return result;
}

int command_check(const struct options *options)
{
	struct check check = {0};
	struct check_session *session = &check.session;
	int result = prepare(options, &check), interrupted = 0;

	if (!result) {
		result = run(options, &check);
		interrupted = runner_interrupted(session->runner);
	}
	snapshot_free(session->last);
	free(session->report.executed);
	if (session->book.arena)
		check_book_close(&session->book);
	suppressions_free(&check.suppressions);
	runner_close(session->runner);
	tta_reader_close(session->reader);
	return interrupted ? end_by(interrupted) : result;
}
