/* SPDX-License-Identifier: BSD-2-Clause */
#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "option_values.h"
#include "options.h"

#define ARGS_MAX 16

/* Parse what is in @line, split at blanks; the words live in @options' arguments. */
static enum options_result parse(const char *command, const char *line,
				 struct options *options)
{
	static char text[256], *argv[ARGS_MAX + 1];
	int argc = 0;

	snprintf(text, sizeof(text), "ttatop %s", line);
	for (char *word = strtok(text, " "); word && argc < ARGS_MAX;
	     word = strtok(NULL, " "))
		argv[argc++] = word;
	argv[argc] = NULL;
	return options_parse(command_find(command), argc, argv, options);
}

static char *error_line(const char *command, const char *line)
{
	char *text = NULL;
	size_t size;
	FILE *saved = stderr, *file = open_memstream(&text, &size);
	struct options options;

	stderr = file;
	cr_assert_eq(parse(command, line, &options), OPTIONS_WRONG, "%s", line);
	stderr = saved;
	options_fini(&options);
	fclose(file);
	return text;
}

static void expect_error(const char *command, const char *line, const char *message)
{
	char *text = error_line(command, line);

	cr_assert_str_eq(text, message);
	free(text);
}

Test(options, nothing_given_is_the_default)
{
	struct options o;

	unsetenv("NO_COLOR");
	cr_assert_eq(parse("live", "", &o), OPTIONS_RUN);
	cr_assert_float_eq(o.delay, 1, 0);
	cr_assert_eq(o.count, -1);
	cr_assert_eq(o.color, COLOR_AUTO);
	cr_assert_eq(o.view, VIEW_DEFAULT);
	cr_assert(o.older < 0);
	cr_assert_null(o.directory);
	options_fini(&o);
}

Test(options, live_ones_set_their_fields)
{
	struct options o;

	cr_assert_eq(parse("live", "-b1 -n 3 -d 500ms --view buffers -tjU", &o),
		     OPTIONS_RUN);
	cr_assert(o.batch && o.once && o.tree && o.json && o.ascii);
	cr_assert_eq(o.count, 3);
	cr_assert_float_eq(o.delay, 0.5, 1e-9);
	cr_assert_eq(o.view, VIEW_BUFFERS);
	options_fini(&o);
	cr_assert_eq(parse("live",
			   "--csv --bytes --no-header --readonly -q --color=never", &o),
		     OPTIONS_RUN);
	cr_assert(o.csv && o.bytes && o.no_header && o.readonly && o.quiet);
	cr_assert_eq(o.color, COLOR_NEVER);
	options_fini(&o);
	cr_assert_eq(parse("live", "-s -size -c pid,dev -B @run1 --shm-dir /x", &o),
		     OPTIONS_RUN);
	cr_assert_str_eq(o.sort, "-size");
	cr_assert_str_eq(o.columns, "pid,dev");
	cr_assert_str_eq(o.base, "@run1");
	cr_assert_str_eq(o.directory, "/x");
	options_fini(&o);
}

Test(options, selections_add_up)
{
	struct options o;

	cr_assert_eq(parse("snapshot", "-p 1,2 -p 3 -u root -D 0-1 -T l1", &o),
		     OPTIONS_RUN);
	cr_assert_eq(o.selection.pid_count, 3);
	cr_assert_eq(o.selection.user_count, 1);
	cr_assert_eq(o.selection.device_count, 2);
	cr_assert_str_eq(o.selection.types[0], "L1");
	options_fini(&o);
	cr_assert_eq(parse("live", "-F kv", &o), OPTIONS_RUN);
	cr_assert_str_eq(o.selection.text, "kv");
	options_fini(&o);
}

Test(options, of_the_other_commands)
{
	struct options o;

	cr_assert_eq(parse("snapshot", "-o f --force --no-buffers --redact", &o),
		     OPTIONS_RUN);
	cr_assert_str_eq(o.output, "f");
	cr_assert(o.force && o.no_buffers && o.redact);
	options_fini(&o);
	cr_assert_eq(parse("reap", "-y --keep d --no-keep --older 10m tta.x", &o),
		     OPTIONS_RUN);
	cr_assert(o.yes && o.no_keep);
	cr_assert_str_eq(o.keep, "d");
	cr_assert_float_eq(o.older, 600, 0);
	cr_assert_eq(o.argument_count, 1);
	cr_assert_str_eq(o.arguments[0], "tta.x");
	options_fini(&o);
	cr_assert_eq(parse("diff", "a -j -", &o), OPTIONS_RUN);
	cr_assert_eq(o.argument_count, 2);
	cr_assert_str_eq(o.arguments[1], "-");
	options_fini(&o);
}

Test(options, help_and_version_are_asked_for)
{
	struct options o;

	cr_assert_eq(parse("reap", "--help --bogus", &o), OPTIONS_HELP);
	options_fini(&o);
	cr_assert_eq(parse("live", "-V", &o), OPTIONS_VERSION);
	options_fini(&o);
}

Test(options, mistakes_are_told_in_one_line)
{
	expect_error(
		"snapshot", "--x",
		"ttatop: snapshot: unknown option '--x': see 'ttatop help snapshot'\n");
	expect_error(
		"snapshot", "-x",
		"ttatop: snapshot: unknown option '-x': see 'ttatop help snapshot'\n");
	expect_error(
		"snapshot", "--yes",
		"ttatop: snapshot: unknown option '--yes': see 'ttatop help snapshot'\n");
	expect_error(
		"snapshot", "--out f",
		"ttatop: snapshot: unknown option '--out': see 'ttatop help snapshot'\n");
	expect_error(
		"snapshot", "-o",
		"ttatop: snapshot: no argument for '-o': see 'ttatop help snapshot'\n");
	expect_error("snapshot", "x",
		     "ttatop: snapshot: unexpected argument 'x': see 'ttatop help "
		     "snapshot'\n");
	expect_error("diff", "",
		     "ttatop: diff: an argument is missing: see 'ttatop help diff'\n");
	expect_error("live", "-p 1,x",
		     "ttatop: live: --pid: bad value '1,x': these processes: 12,15\n");
}

Test(options, values_that_make_no_sense_are_refused)
{
	static const char *const wrong[] = {"-d 0",   "-d 0.05",       "-d x",
					    "-d 1w",  "-n 0",	       "-n -1",
					    "-n 1x",  "--view nosuch", "-D 5-1",
					    "-T l1,", "--color red",   "-d 1e300"};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		free(error_line("live", wrong[i]));
}

Test(options, no_color_is_honoured_and_overruled)
{
	struct options o;

	setenv("NO_COLOR", "1", 1);
	cr_assert_eq(parse("live", "", &o), OPTIONS_RUN);
	cr_assert_eq(o.color, COLOR_NEVER);
	options_fini(&o);
	cr_assert_eq(parse("live", "--color always", &o), OPTIONS_RUN);
	cr_assert_eq(o.color, COLOR_ALWAYS);
	options_fini(&o);
	setenv("NO_COLOR", "", 1);
	cr_assert_eq(parse("live", "", &o), OPTIONS_RUN);
	cr_assert_eq(o.color, COLOR_AUTO);
	options_fini(&o);
}

Test(options, seconds_take_units)
{
	static const struct {
		const char *text;
		double seconds;
	} rows[] = {{"0.5", 0.5}, {"500ms", 0.5}, {"2s", 2},	{".25", 0.25},
		    {"10m", 600}, {"1h", 3600},	  {"1d", 86400}};
	double seconds;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		cr_assert_eq(option_seconds(rows[i].text, &seconds), 0);
		cr_assert_float_eq(seconds, rows[i].seconds, 1e-9);
	}
	cr_assert_eq(option_seconds("nan", &seconds), -EINVAL);
	cr_assert_eq(option_seconds("inf", &seconds), -EINVAL);
	cr_assert_eq(option_seconds("-1", &seconds), -EINVAL);
	cr_assert_eq(option_seconds("", &seconds), -EINVAL);
	cr_assert_eq(option_seconds("s", &seconds), -EINVAL);
}

static char *help_text(const struct command *command)
{
	char *text = NULL;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	options_help(command, file);
	fclose(file);
	return text;
}

Test(options, help_lists_every_option_of_a_command_and_no_other)
{
	size_t commands, options;
	const struct command *command = command_list(&commands);
	const struct option_spec *table = option_table(&options);

	for (size_t i = 0; i < commands; i++) {
		char *text = help_text(&command[i]);

		for (size_t j = 0; j < options; j++) {
			char name[64], help[128];
			bool listed;

			snprintf(name, sizeof(name), "--%s ", table[j].name);
			snprintf(help, sizeof(help), " %s\n", table[j].help);
			listed = strstr(text, name) && strstr(text, help);
			cr_assert_eq(listed, (table[j].commands & command[i].id) != 0,
				     "%s: %s", command[i].name, name);
		}
		free(text);
	}
}

Test(options, help_fits_a_terminal)
{
	size_t commands;
	const struct command *command = command_list(&commands);

	for (size_t i = 0; i < commands; i++) {
		char *text = help_text(&command[i]);

		for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
			cr_assert_leq(strlen(line), 99, "%s", line);
		free(text);
	}
}

Test(options, no_command_uses_a_letter_or_name_twice)
{
	size_t count;
	const struct option_spec *table = option_table(&count);

	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < i; j++) {
			if (!(table[i].commands & table[j].commands))
				continue;
			cr_assert_str_neq(table[i].name, table[j].name);
			cr_assert(table[i].letter == 0 ||
				  table[i].letter != table[j].letter);
		}
}

static char *read_manual(void)
{
	char *text = calloc(1, 65536);
	FILE *file = fopen(TTATOP_MANUAL, "r");

	cr_assert_not_null(file);
	cr_assert_gt(fread(text, 1, 65535, file), 0);
	fclose(file);
	return text;
}

static void manual_line(const struct option_spec *option, char line[128])
{
	char letter[16] = "";

	if (option->letter)
		snprintf(letter, sizeof(letter), "%c , Fl ", option->letter);
	snprintf(line, 128, "\n.It Fl %s-%s%s%s\n", letter, option->name,
		 option->argument ? " Ar " : "",
		 option->argument ? option->argument : "");
}

/* Is @item, from its line break to the next, an option of the table? */
static bool in_table(const char *item)
{
	size_t count, length = strcspn(item + 1, "\n") + 2;
	const struct option_spec *table = option_table(&count);
	char line[128];

	for (size_t i = 0; i < count; i++) {
		manual_line(&table[i], line);
		if (strlen(line) == length && strncmp(line, item, length) == 0)
			return true;
	}
	return false;
}

Test(options, the_manual_knows_the_same_options)
{
	char *text = read_manual(), line[128];
	size_t count;
	const struct option_spec *table = option_table(&count);

	for (size_t i = 0; i < count; i++) {
		manual_line(&table[i], line);
		cr_assert_not_null(strstr(text, line), "not in the manual: %s", line);
	}
	for (char *at = text; (at = strstr(at, "\n.It Fl ")); at++)
		cr_assert(in_table(at), "in the manual alone: %.40s", at + 1);
	free(text);
}

Test(options, filters_are_told_where_they_go_wrong)
{
	struct options o;

	expect_error("live", "-F size>",
		     "ttatop: -F 'size>': column 6: a number is missing\n");
	expect_error(
		"leaks", "--filter=x|foo=1",
		"ttatop: -F 'x|foo=1': column 3: no such key: pid dev type size addr "
		"age refs label user state flag run\n");
	cr_assert_eq(parse("diff", "-F size>1M|kv a", &o), OPTIONS_RUN);
	cr_assert_not_null(o.selection.filter);
	options_fini(&o);
}

Test(options, of_leaks_and_diff)
{
	struct options o;

	cr_assert_eq(parse("leaks",
			   "-d 0 --older 5m --by dev -k 3 -a --fail 1.5K --since warm",
			   &o),
		     OPTIONS_RUN);
	cr_assert_float_eq(o.delay, 0, 0);
	cr_assert_float_eq(o.older, 300, 0);
	cr_assert_eq(o.top, 3);
	cr_assert_eq(o.fail, 1536);
	cr_assert(o.addresses);
	cr_assert_str_eq(o.since, "warm");
	options_fini(&o);
	cr_assert_eq(parse("diff", "--min 2M --only new --devices-merged --folded a b",
			   &o),
		     OPTIONS_RUN);
	cr_assert_eq(o.min, 2 << 20);
	cr_assert(o.devices_merged && o.folded);
	cr_assert_eq(o.argument_count, 2);
	options_fini(&o);
	free(error_line("leaks", "-d 0.05"));
	free(error_line("leaks", "-k 0"));
	free(error_line("leaks", "--fail x"));
}

Test(options, of_export)
{
	struct options o;

	cr_assert_eq(parse("export", "prom", &o), OPTIONS_RUN);
	cr_assert(o.interval < 0);
	cr_assert_null(o.listen);
	cr_assert_str_eq(o.arguments[0], "prom");
	options_fini(&o);
	cr_assert_eq(parse("export",
			   "prom -o f --interval 2s --per-process --listen 127.0.0.1:1 "
			   "--listen-any --from x --force -D 0",
			   &o),
		     OPTIONS_RUN);
	cr_assert_float_eq(o.interval, 2, 0);
	cr_assert(o.per_process && o.listen_any && o.force);
	cr_assert_str_eq(o.listen, "127.0.0.1:1");
	cr_assert_str_eq(o.from, "x");
	options_fini(&o);
	free(error_line("export", "prom --interval 0.05"));
	free(error_line("export", ""));
	free(error_line("export", "prom csv"));
}
