/* SPDX-License-Identifier: BSD-2-Clause */
#include "option_values.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "when.h"

#define DELAY_MIN 0.1

int option_seconds(const char *text, double *ret_seconds)
{
	return when_seconds(text, ret_seconds);
}

int option_set_delay(struct options *options, const char *value)
{
	double seconds;

	if (option_seconds(value, &seconds))
		return -EINVAL;
	/* leaks may look once; nothing repeats without a pause */
	if (seconds < DELAY_MIN && (seconds > 0 || options->command->id != COMMAND_LEAKS))
		return -EINVAL;
	options->delay = seconds;
	options->delay_given = true;
	return 0;
}

int option_set_interval(struct options *options, const char *value)
{
	return option_seconds(value, &options->interval) || options->interval < DELAY_MIN
		       ? -EINVAL
		       : 0;
}

static int parse_count(const char *value, long *ret_count)
{
	char *end;
	long count;

	errno = 0;
	count = strtol(value, &end, 10);
	if (!isdigit((unsigned char)value[0]) || *end || errno || count < 1)
		return -EINVAL;
	*ret_count = count;
	return 0;
}

int option_set_count(struct options *options, const char *value)
{
	return parse_count(value, &options->count);
}

int option_set_lines(struct options *options, const char *value)
{
	if (strcmp(value, "all") != 0)
		return option_set_count(options, value);
	options->count = 0;
	return 0;
}

static int find_word(const char *const *words, size_t count, const char *value)
{
	for (size_t i = 0; i < count; i++)
		if (words[i] && strcmp(words[i], value) == 0)
			return (int)i;
	return -1;
}

int option_set_view(struct options *options, const char *value)
{
	static const char *const names[] = {
		[VIEW_PROCESSES] = "processes", [VIEW_DEVICES] = "devices",
		[VIEW_BUFFERS] = "buffers",	[VIEW_EVENTS] = "events",
		[VIEW_DELTA] = "delta",
	};
	int found = find_word(names, sizeof(names) / sizeof(names[0]), value);

	if (found < 0)
		return -EINVAL;
	options->view = (enum view_name)found;
	return 0;
}

int option_set_color(struct options *options, const char *value)
{
	static const char *const names[] = {
		[COLOR_AUTO] = "auto",
		[COLOR_ALWAYS] = "always",
		[COLOR_NEVER] = "never",
	};
	int found = find_word(names, sizeof(names) / sizeof(names[0]), value);

	if (found < 0)
		return -EINVAL;
	options->color = (enum color_when)found;
	return 0;
}

int option_set_no_color(struct options *options, const char *value)
{
	(void)value;
	options->color = COLOR_NEVER;
	return 0;
}

int option_set_pids(struct options *options, const char *value)
{
	return selection_add_pids(&options->selection, value);
}

int option_set_users(struct options *options, const char *value)
{
	return selection_add_users(&options->selection, value);
}

int option_set_devices(struct options *options, const char *value)
{
	return selection_add_devices(&options->selection, value);
}

int option_set_types(struct options *options, const char *value)
{
	return selection_add_types(&options->selection, value);
}

int option_set_sources(struct options *options, const char *value)
{
	return selection_add_sources(&options->selection, value);
}

int option_set_top(struct options *options, const char *value)
{
	return parse_count(value, &options->top);
}

int option_set_warmup(struct options *options, const char *value)
{
	options->check.warmup = 0;
	return strcmp(value, "0") == 0 ? 0 : parse_count(value, &options->check.warmup);
}

int option_set_settle(struct options *options, const char *value)
{
	options->check.settle = -1;
	return strcmp(value, "auto") == 0 ? 0
					  : option_seconds(value, &options->check.settle);
}

int option_set_json(struct options *options, const char *value)
{
	if (value && value[0] == '\0')
		return -EINVAL;
	options->json = true;
	options->check.json_file = value;
	return 0;
}
