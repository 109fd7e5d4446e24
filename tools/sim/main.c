/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tta-sim - publishes what scenarios and recorded server logs tell, as real processes.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <tta/version.h>

#include "builtin.h"
#include "channel.h"
#include "child.h"
#include "log_plan.h"
#include "options.h"
#include "play.h"
#include "scenario_parse.h"

/*
 * Before libtta's own constructor: nobody attaches before its first event, so that the
 * parent, which has none, never gets a segment.
 */
__attribute__((__constructor__(101))) static void attach_lazily(void)
{
	setenv("TTA_ATTACH", "lazy", 1);
}

static int load_scenario(const char *name, struct sim_program *program,
			 struct sim_error *error)
{
	FILE *file = sim_builtin_open(name);
	int err;

	if (!file)
		file = fopen(name, "re");
	if (!file) {
		err = -errno;
		snprintf(error->text, sizeof(error->text),
			 "%.60s: %s: try 'tta-sim list', or a file", name,
			 strerror(-err));
		return err;
	}
	err = sim_scenario_parse(name, file, program, error);
	fclose(file);
	return err;
}

static int load_log(struct sim_log_plan *plan, const char *name)
{
	FILE *file = strcmp(name, "-") == 0 ? stdin : fopen(name, "re");
	int err;

	if (!file)
		return -errno;
	err = sim_log_plan_file(plan, file);
	if (file != stdin)
		fclose(file);
	return err;
}

static int load_logs(const struct sim_options *options, struct sim_program *program,
		     struct sim_error *error)
{
	struct sim_log_plan *plan = sim_log_plan_new(program);
	int err = plan ? 0 : -ENOMEM;

	for (size_t i = 0; !err && i < options->file_count; i++) {
		err = load_log(plan, options->files[i]);
		if (err)
			snprintf(error->text, sizeof(error->text), "read %.100s: %s",
				 options->files[i], strerror(-err));
	}
	sim_log_plan_free(plan);
	return err;
}

static int play(const struct sim_options *options, int signal_fd, struct sim_error *error)
{
	struct sim_play_options how = {.file = options->files[0],
				       .hold = options->hold,
				       .step = options->step,
				       .signal_fd = signal_fd};
	struct sim_program program = {0};
	int err;

	if (options->command == SIM_COMMAND_LOG)
		err = load_logs(options, &program, error);
	else
		err = load_scenario(options->files[0], &program, error);
	if (!err && options->command == SIM_COMMAND_LOG)
		fprintf(stderr,
			"tta-sim: log: %u lines to play, %u skipped; processes: %zu\n",
			program.played, program.skipped, program.process_count);
	if (!err)
		err = sim_play(&program, &how, error);
	sim_program_fini(&program);
	return err;
}

/* SIGINT and SIGTERM become readable; the processes inherit them blocked. */
static int block_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* Exit status of a run; tells what went wrong. */
static int finish(int err, int signal_fd, const struct sim_error *error)
{
	struct signalfd_siginfo info;

	if (err == -EINTR && read(signal_fd, &info, sizeof(info)) == sizeof(info))
		return 128 + (int)info.ssi_signo;
	if (err)
		fprintf(stderr, "tta-sim: %s\n",
			error->text[0] ? error->text : strerror(-err));
	return err ? 1 : 0;
}

static int run(const struct sim_options *options)
{
	struct sim_error error = {""};
	int signal_fd = block_signals();
	int err;

	if (signal_fd < 0)
		err = -errno;
	else if (options->command == SIM_COMMAND_LOAD)
		err = sim_play_load(&options->load, signal_fd, &error);
	else
		err = play(options, signal_fd, &error);
	return finish(err, signal_fd, &error);
}

int main(int argc, char **argv)
{
	const char *channel = getenv(SIM_CHANNEL_VARIABLE);
	struct sim_options options;
	struct sim_error error;

	if (channel)
		sim_child_run(channel);
	if (sim_options_parse(argc, argv, &options, &error)) {
		fprintf(stderr, "tta-sim: %s: try 'tta-sim --help'\n", error.text);
		return 2;
	}
	switch (options.command) {
	case SIM_COMMAND_HELP:
		fputs(sim_options_help(), stdout);
		return 0;
	case SIM_COMMAND_HELP_SCENARIO:
		fwrite(sim_builtin_format.text, 1, sim_builtin_format.size, stdout);
		return 0;
	case SIM_COMMAND_LIST:
		sim_builtin_list(stdout);
		return 0;
	case SIM_COMMAND_VERSION:
		printf("tta-sim %s\n", TTA_VERSION_STRING);
		return 0;
	default:
		return run(&options);
	}
}
