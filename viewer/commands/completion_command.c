/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The command and option tables as scripts for shells. Each script is a frame that the
 * shell's own rules need, around what the tables know.
 */
#include <string.h>

#include "commands.h"
#include "completion_frames.h"
#include "trouble.h"

/* What a command takes that is no option, as values of options are written. */
static const char *argument_values(enum command_id id)
{
	switch (id) {
	case COMMAND_DIFF:
		return "<documents>";
	case COMMAND_BASELINE:
		return "set list show rm";
	case COMMAND_CONFIG:
		return "show path check";
	case COMMAND_EXPORT:
		return "prom openmetrics trace folded csv jsonl";
	case COMMAND_HELP:
		return "<commands>";
	case COMMAND_COMPLETION:
		return "bash zsh fish";
	default:
		return NULL;
	}
}

/* What stands between single quotes. */
static void put_quoted(const char *text, const char *quote)
{
	for (; *text; text++)
		fputs(*text == '\'' ? quote : (char[]){*text, '\0'}, stdout);
}

static bool belongs(const struct option_spec *option, const struct command *command)
{
	return option->commands & command->id;
}

/* "live:--view|live:-x)" and what follows; @option takes an argument. */
static void put_case(const struct command *command, const struct option_spec *option)
{
	printf("\t%s:--%s", command->name, option->name);
	if (option->letter)
		printf("|%s:-%c", command->name, option->letter);
	printf(") values='%s' ;;\n", option->values ? option->values : "<any>");
}

/* Bash and zsh read the same function: sets values, those of options and, without one,
 * those of arguments. */
static void put_values(void)
{
	size_t commands, options;
	const struct command *command = command_list(&commands);
	const struct option_spec *option = option_table(&options);

	puts("_ttatop_table() # COMMAND:OPTION\n{\n\tcase $1 in");
	for (size_t i = 0; i < commands; i++)
		for (size_t j = 0; j < options; j++)
			if (belongs(&option[j], &command[i]) && option[j].argument)
				put_case(&command[i], &option[j]);
	for (size_t i = 0; i < commands; i++)
		if (argument_values(command[i].id))
			printf("\t%s:) values='%s' ;;\n", command[i].name,
			       argument_values(command[i].id));
	puts("\t*) return 1 ;;\n\tesac\n}\n");
}

static void put_commands(const char *separator)
{
	size_t count;
	const struct command *command = command_list(&count);

	for (size_t i = 0; i < count; i++)
		printf("%s%s", i ? separator : "", command[i].name);
}

static void bash_options(const struct command *command)
{
	size_t count;
	const struct option_spec *option = option_table(&count);

	printf("\t%s) options='", command->name);
	for (size_t i = 0; i < count; i++) {
		if (!belongs(&option[i], command))
			continue;
		printf(" --%s", option[i].name);
		if (option[i].letter)
			printf(" -%c", option[i].letter);
	}
	puts("' ;;");
}

static void print_bash(void)
{
	size_t count;
	const struct command *command = command_list(&count);

	put_values();
	fputs(frame_bash_begin, stdout);
	fputs("\tlocal commands='", stdout);
	put_commands(" ");
	puts("'");
	fputs(frame_bash_words, stdout);
	puts("\tcase $command in");
	for (size_t i = 0; i < count; i++)
		bash_options(&command[i]);
	puts("\tesac");
	fputs(frame_bash_end, stdout);
}

/* 'name:what it is' */
static void zsh_pair(const char *dashes, const char *name, const char *what)
{
	printf("\t\t'%s%s:", dashes, name);
	put_quoted(what, "'\\''");
	puts("'");
}

static void zsh_options(const struct command *command)
{
	size_t count;
	const struct option_spec *option = option_table(&count);

	printf("\t%s) options=(\n", command->name);
	for (size_t i = 0; i < count; i++) {
		char letter[2] = {option[i].letter, '\0'};

		if (!belongs(&option[i], command))
			continue;
		zsh_pair("--", option[i].name, option[i].help);
		if (option[i].letter)
			zsh_pair("-", letter, option[i].help);
	}
	puts("\t) ;;");
}

static void print_zsh(void)
{
	size_t count;
	const struct command *command = command_list(&count);

	fputs(frame_zsh_begin, stdout);
	put_values();
	fputs(frame_zsh_main, stdout);
	puts("\tcommands=(");
	for (size_t i = 0; i < count; i++)
		zsh_pair("", command[i].name, command[i].summary);
	puts("\t)");
	fputs(frame_zsh_words, stdout);
	puts("\tcase $command in");
	for (size_t i = 0; i < count; i++)
		zsh_options(&command[i]);
	puts("\tesac");
	fputs(frame_zsh_end, stdout);
}

static void fish_values(const char *values)
{
	if (!values)
		printf(" -x");
	else if (strcmp(values, VALUES_FILES) == 0)
		printf(" -r -F");
	else if (strcmp(values, VALUES_FOLDERS) == 0)
		printf(" -x -a '(__fish_complete_directories)'");
	else if (strcmp(values, VALUES_BASELINES) == 0)
		printf(" -r -F -a '(__ttatop_baselines)'");
	else if (values[0] == ',')
		printf(" -x -a '(__fish_append , %s)'", values + 1);
	else
		printf(" -x -a '%s'", values);
}

static void fish_option(const struct command *command, const struct option_spec *option)
{
	printf("complete -c ttatop -n '__ttatop_is %s' -l %s", command->name,
	       option->name);
	if (option->letter)
		printf(" -s %c", option->letter);
	printf(" -d '");
	put_quoted(option->help, "\\'");
	putchar('\'');
	if (option->argument)
		fish_values(option->values);
	putchar('\n');
}

static void fish_command(const struct command *command)
{
	const char *values = argument_values(command->id);

	printf("complete -c ttatop -n __ttatop_is_first -a %s -d '", command->name);
	put_quoted(command->summary, "\\'");
	puts("'");
	if (!values)
		return;
	printf("complete -c ttatop -n '__ttatop_is %s'", command->name);
	if (command->id == COMMAND_DIFF)
		puts(" -F -a 'live (__ttatop_baselines)'");
	else if (command->id == COMMAND_HELP)
		puts(" -a \"$__ttatop_commands\"");
	else
		printf(" -a '%s'\n", values);
}

static void print_fish(void)
{
	size_t commands, options;
	const struct command *command = command_list(&commands);
	const struct option_spec *option = option_table(&options);

	fputs("set -g __ttatop_commands ", stdout);
	put_commands(" ");
	putchar('\n');
	fputs(frame_fish, stdout);
	for (size_t i = 0; i < commands; i++)
		fish_command(&command[i]);
	for (size_t i = 0; i < commands; i++)
		for (size_t j = 0; j < options; j++)
			if (belongs(&option[j], &command[i]))
				fish_option(&command[i], &option[j]);
}

int command_completion(const struct options *options)
{
	static const struct {
		const char *name;
		void (*print)(void);
	} shells[] = {{"bash", print_bash}, {"zsh", print_zsh}, {"fish", print_fish}};
	const char *name = options->arguments[0];

	for (size_t i = 0; i < sizeof(shells) / sizeof(shells[0]); i++)
		if (strcmp(shells[i].name, name) == 0) {
			shells[i].print();
			return finish_output("completion", stdout);
		}
	return trouble("completion", "no shell '%s': bash, zsh or fish", name);
}
