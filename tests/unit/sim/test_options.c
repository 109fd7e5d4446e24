/* SPDX-License-Identifier: BSD-2-Clause */
#include <criterion/criterion.h>

#include <stdio.h>

#include "options.h"
#include "text.h"

static struct sim_options options;
static struct sim_error error;
static char text[256];
static struct sim_words words;

/* Parse "tta-sim @arguments". */
static int parse(const char *arguments)
{
	snprintf(text, sizeof(text), "tta-sim %s", arguments);
	cr_assert_null(sim_words_split(text, &words));
	words.word[words.count] = NULL;
	return sim_options_parse((int)words.count, words.word, &options, &error);
}

Test(sim_options, options_may_stand_anywhere)
{
	cr_assert_eq(parse("log a.log --hold b.log"), 0);
	cr_assert_eq(options.command, SIM_COMMAND_LOG);
	cr_assert(options.hold);
	cr_assert_eq(options.file_count, 2);
	cr_assert_str_eq(options.files[1], "b.log");
}

Test(sim_options, a_load_has_defaults_and_numbers)
{
	cr_assert_eq(parse("load --procs 3 --live 2K --rate=500 --seconds 1"), 0);
	cr_assert_eq(options.load.processes, 3);
	cr_assert_eq(options.load.threads, 1);
	cr_assert_eq(options.load.live, 2048);
	cr_assert_eq(options.load.rate, 500);
	cr_assert_eq(options.load.seconds, 1);
}

Test(sim_options, help_and_version_are_commands)
{
	cr_assert_eq(parse("--help"), 0);
	cr_assert_eq(options.command, SIM_COMMAND_HELP);
	cr_assert_eq(parse("load --help"), 0);
	cr_assert_eq(options.command, SIM_COMMAND_HELP);
	cr_assert_eq(parse("help scenario"), 0);
	cr_assert_eq(options.command, SIM_COMMAND_HELP_SCENARIO);
	cr_assert_eq(parse("-V"), 0);
	cr_assert_eq(options.command, SIM_COMMAND_VERSION);
}

Test(sim_options, each_misuse_has_its_line)
{
	static const struct {
		const char *arguments;
		const char *error;
	} wrong[] = {
		{"", "a command is missing"},
		{"play x", "'play': no such command"},
		{"run", "run: one scenario is needed"},
		{"run a b", "run: one scenario is needed"},
		{"log", "log: a file is needed"},
		{"list x", "'x': nothing is expected here"},
		{"help me", "'me': nothing is expected here"},
		{"run demo --fast", "--fast: no such option"},
		{"load --hold", "--hold: not an option of this command"},
		{"log x --step", "--step: not an option of this command"},
		{"run x --procs 2", "--procs: not an option of this command"},
		{"load --procs", "--procs: needs a value"},
		{"load --procs 0", "--procs: '0' is out of range"},
		{"load --threads many", "--threads: 'many' is out of range"},
		{"load --devices 65537", "--devices: '65537' is out of range"},
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		cr_expect_lt(parse(wrong[i].arguments), 0, "%s", wrong[i].arguments);
		cr_expect_str_eq(error.text, wrong[i].error);
	}
}
