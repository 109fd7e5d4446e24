/* SPDX-License-Identifier: BSD-2-Clause */
/* The option table at work: what getopt_long() wants, values, help texts. */
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "filter.h"
#include "filter_values.h"
#include "option_values.h"
#include "trouble.h"

#define OPTIONS_MAX 64

/* The table as getopt_long() knows it, for one command. */
struct grammar {
	struct option longs[OPTIONS_MAX + 1];
	char shorts[2 * OPTIONS_MAX + 3];
};

static int argument_of(const struct option_spec *spec)
{
	if (spec->kind == OPTION_MAYBE)
		return optional_argument;
	return spec->argument ? required_argument : no_argument;
}

static void make_grammar(const struct command *command, struct grammar *grammar)
{
	const struct option_spec *table;
	size_t count, longs = 0, shorts = 0;

	memset(grammar, 0, sizeof(*grammar));
	if (command->id == COMMAND_CHECK)
		grammar->shorts[shorts++] = '+'; /* what follows CMD is CMD's */
	grammar->shorts[shorts++] = ':';	 /* a missing argument is told apart */
	table = option_table(&count);
	for (size_t i = 0; i < count && longs < OPTIONS_MAX; i++) {
		if (!(table[i].commands & command->id))
			continue;
		grammar->longs[longs++] = (struct option){
			.name = table[i].name,
			.has_arg = argument_of(&table[i]),
			.val = 256 + (int)i,
		};
		if (table[i].letter)
			grammar->shorts[shorts++] = table[i].letter;
		if (table[i].letter && table[i].argument)
			grammar->shorts[shorts++] = ':';
	}
}

static const struct option_spec *find_spec(const struct command *command, int value)
{
	size_t count;
	const struct option_spec *table = option_table(&count);

	if (value >= 256)
		return &table[value - 256];
	for (size_t i = 0; i < count; i++)
		if (table[i].letter == value && table[i].commands & command->id)
			return &table[i];
	return NULL;
}

static int apply(const struct option_spec *spec, struct options *options,
		 const char *value)
{
	char *field = (char *)options + spec->offset;

	switch (spec->kind) {
	case OPTION_FLAG:
		*(bool *)field = true;
		return 0;
	case OPTION_TEXT:
		memcpy(field, &value, sizeof(value));
		return 0;
	case OPTION_SECONDS:
		return option_seconds(value, (double *)(void *)field);
	case OPTION_BYTES:
		return filter_value_bytes(value, (uint64_t *)(void *)field) ? 0 : -EINVAL;
	case OPTION_FILTER:
		return selection_set_text(&options->selection, value);
	case OPTION_VALUE:
	case OPTION_MAYBE:
		return spec->set(options, value);
	case OPTION_ASK:
		break;
	}
	return 0;
}

/* The option that getopt_long() is at, as it was given; its argument may stand alone. */
static const char *given_option(char **argv)
{
	return argv[optind - 1] == optarg ? argv[optind - 2] : argv[optind - 1];
}

static enum options_result wrong_option(const struct command *command, int problem,
					char **argv)
{
	char letter[3] = {'-', (char)optopt, '\0'};
	const char *name = optopt > 0 && optopt < 256 ? letter : given_option(argv);

	trouble(command->name, "%s '%s': see 'ttatop help %s'",
		problem == ':' ? "no argument for" : "unknown option", name,
		command->name);
	return OPTIONS_WRONG;
}

/* An expression is long enough to be told where. */
static void wrong_filter(const char *text)
{
	struct filter_error error = {0};
	struct filter *filter = NULL;

	if (filter_parse(text, &filter, &error) == 0)
		filter_free(filter);
	fprintf(stderr, "ttatop: -F '%s': column %zu: %s\n", text, error.column,
		error.message);
}

static enum options_result parse_one(const struct command *command, int found,
				     char **argv, struct options *options)
{
	const struct option_spec *spec;
	int err;

	if (found == '?' || found == ':')
		return wrong_option(command, found, argv);
	spec = find_spec(command, found);
	if (spec->kind == OPTION_ASK)
		return spec->letter == 'h' ? OPTIONS_HELP : OPTIONS_VERSION;
	err = apply(spec, options, optarg);
	if (err == 0)
		return OPTIONS_RUN;
	if (err == -EINVAL && spec->kind == OPTION_FILTER)
		wrong_filter(optarg);
	else if (err == -EINVAL)
		trouble(command->name, "--%s: bad value '%s': %s", spec->name, optarg,
			spec->help);
	else
		trouble(command->name, "--%s: %s", spec->name, strerrordesc_np(-err));
	return OPTIONS_WRONG;
}

static enum options_result check_arguments(const struct command *command,
					   const struct options *options)
{
	int count = options->argument_count;

	if (count > command->arguments_max)
		trouble(command->name, "unexpected argument '%s': see 'ttatop help %s'",
			options->arguments[command->arguments_max], command->name);
	else if (count < command->arguments_min)
		trouble(command->name, "an argument is missing: see 'ttatop help %s'",
			command->name);
	else
		return OPTIONS_RUN;
	return OPTIONS_WRONG;
}

static void options_init(struct options *options, const struct command *command)
{
	const char *no_color = getenv("NO_COLOR");

	memset(options, 0, sizeof(*options));
	options->delay = 1;
	options->count = -1;
	options->older = options->interval = options->duration = -1;
	options->min = options->fail = UINT64_MAX;
	options->top = -1;
	options->command = command;
	options->check.warmup = 1;
	options->check.settle = options->check.timeout = -1;
	if (no_color && no_color[0])
		options->color = COLOR_NEVER;
}

/* getopt_long() takes a unique beginning for the whole; scripts would break on it. */
static bool is_abbreviation(const struct grammar *grammar, char **argv, int found)
{
	const char *given;
	size_t length;

	if (found < 256)
		return false;
	given = given_option(argv);
	length = strcspn(given, "=");
	for (const struct option *option = grammar->longs; option->name; option++)
		if (strlen(option->name) + 2 == length &&
		    strncmp(option->name, given + 2, length - 2) == 0)
			return false;
	return true;
}

enum options_result options_parse(const struct command *command, int argc, char **argv,
				  struct options *options)
{
	enum options_result result = OPTIONS_RUN;
	struct grammar grammar;
	int found;

	options_init(options, command);
	make_grammar(command, &grammar);
	optind = 0; /* glibc: start afresh */
	opterr = 0;
	while (result == OPTIONS_RUN &&
	       (found = getopt_long(argc, argv, grammar.shorts, grammar.longs, NULL)) !=
		       -1) {
		if (is_abbreviation(&grammar, argv, found)) {
			optopt = 0;
			found = '?';
		}
		result = parse_one(command, found, argv, options);
	}
	if (result != OPTIONS_RUN)
		return result;
	options->argument_count = argc - optind;
	options->arguments = argv + optind;
	return check_arguments(command, options);
}

void options_fini(struct options *options)
{
	selection_fini(&options->selection);
}

static void help_commands(FILE *file)
{
	size_t count;
	const struct command *commands = command_list(&count);

	fputs("\nCommands:\n", file);
	for (size_t i = 0; i < count; i++)
		fprintf(file, "  %-10s %s\n", commands[i].name, commands[i].summary);
	fputs("\n'ttatop help COMMAND' tells more, and so does ttatop(1).\n", file);
}

static void help_option(const struct option_spec *spec, FILE *file)
{
	char left[64];

	if (spec->letter)
		snprintf(left, sizeof(left), "-%c, --%s", spec->letter, spec->name);
	else
		snprintf(left, sizeof(left), "    --%s", spec->name);
	fprintf(file, "  %s%s%-*s %s\n", left, spec->argument ? " " : "",
		(int)(26 - strlen(left) - (spec->argument != NULL)),
		spec->argument ? spec->argument : "", spec->help);
}

void options_help(const struct command *command, FILE *file)
{
	size_t count;
	const struct option_spec *table = option_table(&count);

	if (command->id == COMMAND_LIVE)
		fputs("Usage: ttatop [live] [OPTION...]\n       ttatop COMMAND "
		      "[OPTION...] "
		      "[ARGUMENT...]\n\n",
		      file);
	else
		fprintf(file, "Usage: ttatop %s %s\n\n", command->name,
			command->synopsis);
	fprintf(file, "%s\nOptions:\n", command->about);
	for (size_t i = 0; i < count; i++)
		if (table[i].commands & command->id)
			help_option(&table[i], file);
	if (command->id == COMMAND_LIVE || command->id == COMMAND_HELP)
		help_commands(file);
}
