/* SPDX-License-Identifier: BSD-2-Clause */
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <tta/layout.h>

#include "text.h"

/* Long options have no letter; their value is 256 and up. */
enum option_id {
	OPTION_HOLD = 256,
	OPTION_STEP,
	OPTION_PROCS,
	OPTION_THREADS,
	OPTION_DEVICES,
	OPTION_LIVE,
	OPTION_RATE,
	OPTION_SECONDS,
};

static int fail(struct sim_error *error, const char *format, ...)
	__attribute__((__format__(__printf__, 2, 3)));

static int fail(struct sim_error *error, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(error->text, sizeof(error->text), format, arguments);
	va_end(arguments);
	return -EINVAL;
}

static int find_command(const char *name, struct sim_options *options)
{
	static const struct {
		const char *name;
		enum sim_command command;
	} commands[] = {
		{"run", SIM_COMMAND_RUN},   {"log", SIM_COMMAND_LOG},
		{"load", SIM_COMMAND_LOAD}, {"list", SIM_COMMAND_LIST},
		{"help", SIM_COMMAND_HELP},
	};

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(name, commands[i].name) == 0) {
			options->command = commands[i].command;
			return 0;
		}
	}
	return -EINVAL;
}

/* A number of `load`; the bounds keep a slip from filling the machine. */
static int take_number(int id, const char *text, struct sim_options *options)
{
	static const uint64_t most[] = {
		[OPTION_PROCS - OPTION_PROCS] = 4096,
		[OPTION_THREADS - OPTION_PROCS] = 1024,
		[OPTION_DEVICES - OPTION_PROCS] = TTA_DEVICE_LIMIT,
		[OPTION_LIVE - OPTION_PROCS] = 1 << 24,
		[OPTION_RATE - OPTION_PROCS] = 1000 * 1000 * 1000,
		[OPTION_SECONDS - OPTION_PROCS] = 30 * 24 * 3600,
	};
	struct sim_load *load = &options->load;
	uint64_t value;

	if (sim_parse_size(text, &value) || value > most[id - OPTION_PROCS])
		return -EINVAL;
	if (id == OPTION_RATE) {
		load->rate = value;
		return 0;
	}
	if (value == 0)
		return -EINVAL;
	if (id == OPTION_PROCS)
		load->processes = (uint32_t)value;
	else if (id == OPTION_THREADS)
		load->threads = (uint32_t)value;
	else if (id == OPTION_DEVICES)
		load->devices = (uint32_t)value;
	else if (id == OPTION_LIVE)
		load->live = value;
	else
		load->seconds = value;
	return 0;
}

static bool fits(int id, enum sim_command command)
{
	if (id == OPTION_HOLD)
		return command == SIM_COMMAND_RUN || command == SIM_COMMAND_LOG;
	if (id == OPTION_STEP)
		return command == SIM_COMMAND_RUN;
	return command == SIM_COMMAND_LOAD;
}

static int take_option(int id, const char *name, struct sim_options *options,
		       struct sim_error *error)
{
	if (!fits(id, options->command))
		return fail(error, "--%s: not an option of this command", name);
	if (id == OPTION_HOLD)
		options->hold = true;
	else if (id == OPTION_STEP)
		options->step = true;
	else if (take_number(id, optarg, options))
		return fail(error, "--%s: '%.40s' is out of range", name, optarg);
	return 0;
}

static int check_files(struct sim_options *options, struct sim_error *error)
{
	size_t count = options->file_count;

	switch (options->command) {
	case SIM_COMMAND_RUN:
		return count == 1 ? 0 : fail(error, "run: one scenario is needed");
	case SIM_COMMAND_LOG:
		return count ? 0 : fail(error, "log: a file is needed");
	case SIM_COMMAND_HELP:
		if (count == 1 && strcmp(options->files[0], "scenario") == 0) {
			options->command = SIM_COMMAND_HELP_SCENARIO;
			return 0;
		}
		break;
	default:
		break;
	}
	return count ? fail(error, "'%.60s': nothing is expected here", options->files[0])
		     : 0;
}

/* Everything behind the command. */
static int take_rest(int argc, char **argv, struct sim_options *options,
		     struct sim_error *error)
{
	static const struct option known[] = {
		{"hold", no_argument, NULL, OPTION_HOLD},
		{"step", no_argument, NULL, OPTION_STEP},
		{"procs", required_argument, NULL, OPTION_PROCS},
		{"threads", required_argument, NULL, OPTION_THREADS},
		{"devices", required_argument, NULL, OPTION_DEVICES},
		{"live", required_argument, NULL, OPTION_LIVE},
		{"rate", required_argument, NULL, OPTION_RATE},
		{"seconds", required_argument, NULL, OPTION_SECONDS},
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	int index = 0;
	int id;

	opterr = 0;
	optind = 0; /* start afresh */
	while ((id = getopt_long(argc, argv, ":h", known, &index)) != -1) {
		int err = 0;

		if (id == 'h')
			options->command = SIM_COMMAND_HELP;
		else if (id == '?' || id == ':')
			err = fail(error, "%.60s: %s", argv[optind - 1],
				   id == '?' ? "no such option" : "needs a value");
		else
			err = take_option(id, known[index].name, options, error);
		if (err || id == 'h')
			return err;
	}
	options->file_count = (size_t)(argc - optind);
	options->files = argv + optind;
	return check_files(options, error);
}

int sim_options_parse(int argc, char **argv, struct sim_options *ret_options,
		      struct sim_error *ret_error)
{
	memset(ret_options, 0, sizeof(*ret_options));
	ret_options->load = (struct sim_load){
		.processes = 1, .threads = 1, .devices = 1, .live = 1000, .seconds = 10};
	ret_error->text[0] = '\0';
	if (argc < 2)
		return fail(ret_error, "a command is missing");
	if (strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "--help") == 0) {
		ret_options->command = SIM_COMMAND_HELP;
		return 0;
	}
	if (strcmp(argv[1], "-V") == 0 || strcmp(argv[1], "--version") == 0) {
		ret_options->command = SIM_COMMAND_VERSION;
		return 0;
	}
	if (find_command(argv[1], ret_options))
		return fail(ret_error, "'%.60s': no such command", argv[1]);
	return take_rest(argc - 1, argv + 1, ret_options, ret_error);
}

const char *sim_options_help(void)
{
	return "Usage: tta-sim run SCENARIO [--hold] [--step]\n"
	       "       tta-sim log FILE... [--hold]\n"
	       "       tta-sim load [--procs P] [--threads T] [--devices D] [--live N]\n"
	       "                    [--rate R] [--seconds S]\n"
	       "       tta-sim list\n"
	       "       tta-sim help [scenario]\n"
	       "\n"
	       "Publishes device-memory events from real processes.\n"
	       "\n"
	       "  run   plays a scenario: a built-in name (see list) or a file\n"
	       "  log   plays lines of the old allocation server's log; - is stdin\n"
	       "  load  keeps N live buffers in each of P x T threads, at R events/s "
	       "each\n"
	       "        (0: as fast as can be), for S seconds\n"
	       "  list  names the built-in scenarios\n"
	       "  help  scenario: describes the scenario format\n"
	       "\n"
	       "  --hold     print 'ready' when all is played, and keep the processes "
	       "until\n"
	       "             SIGINT or SIGTERM\n"
	       "  --step     at each mark print it and wait for a line on stdin\n"
	       "  -h --help  -V --version\n"
	       "\n"
	       "The processes publish where TTA_DIR says. Exit: 0 played, 1 trouble, 2 "
	       "usage,\n"
	       "128+N ended by signal N before all was played.\n";
}
