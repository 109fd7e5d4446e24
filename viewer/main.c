/* SPDX-License-Identifier: BSD-2-Clause */
/* ttatop: one binary; `live` is what it does without a command. */
#include <stdbool.h>

#include "commands.h"
#include "config.h"
#include "live.h"
#include "trouble.h"

static int run(const struct command *command, const struct options *options)
{
	switch (command->id) {
	case COMMAND_LIVE:
		return options->json ? command_json_live(options) : live_run(options);
	case COMMAND_SNAPSHOT:
		return command_snapshot(options);
	case COMMAND_DIFF:
		return command_diff(options);
	case COMMAND_BASELINE:
		return command_baseline(options);
	case COMMAND_REAP:
		return command_reap(options);
	case COMMAND_LEAKS:
		return command_leaks(options);
	case COMMAND_CHECK:
		return command_check(options);
	case COMMAND_COMPLETION:
		return command_completion(options);
	case COMMAND_EVENTS:
		return command_events(options);
	case COMMAND_EXPORT:
		return command_export(options);
	case COMMAND_DOCTOR:
		return command_doctor(options);
	case COMMAND_CONFIG:
		return config_command(options);
	case COMMAND_HELP:
		return command_help(options);
	}
	return EXIT_TROUBLE;
}

/* To git bisect 2 would be a bad commit: check says 125, "cannot tell", instead. */
static int exit_code(const struct command *command, int result)
{
	return command->id == COMMAND_CHECK && result == EXIT_TROUBLE ? 125 : result;
}

static int parse_and_run(const struct command *command, int argc, char **argv)
{
	struct options options;
	int result = options_parse(command, argc, argv, &options);

	if (result == OPTIONS_RUN) {
		result = run(command, &options);
	} else if (result == OPTIONS_HELP) {
		options_help(command, stdout);
		result = finish_output("help", stdout);
	} else if (result == OPTIONS_VERSION) {
		result = command_version();
	}
	options_fini(&options);
	return exit_code(command, result);
}

int main(int argc, char **argv)
{
	bool named = argc > 1 && argv[1][0] != '-';
	const struct command *command = command_find(named ? argv[1] : "live");

	if (!command)
		return trouble(argv[1], "no such command: see 'ttatop help'");
	return parse_and_run(command, argc - named, argv + named);
}
