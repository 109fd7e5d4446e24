/* SPDX-License-Identifier: BSD-2-Clause */
#include "option_values.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define DELAY_MIN   0.1
#define SECONDS_MAX 1e9

int option_seconds(const char *text, double *ret_seconds)
{
	static const struct {
		const char *suffix;
		double seconds;
	} units[] = {{"", 1},	{"s", 1},    {"ms", 1e-3},
		     {"m", 60}, {"h", 3600}, {"d", 86400}};
	char *end;
	double value;

	if (!isdigit((unsigned char)text[0]) && text[0] != '.')
		return -EINVAL;
	value = strtod(text, &end);
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]) && end > text; i++) {
		if (strcmp(end, units[i].suffix) != 0 ||
		    !(value * units[i].seconds <= SECONDS_MAX))
			continue;
		*ret_seconds = value * units[i].seconds;
		return 0;
	}
	return -EINVAL;
}

int option_set_delay(struct options *options, const char *value)
{
	double seconds;

	if (option_seconds(value, &seconds) || seconds < DELAY_MIN)
		return -EINVAL;
	options->delay = seconds;
	return 0;
}

int option_set_count(struct options *options, const char *value)
{
	char *end;
	long count;

	errno = 0;
	count = strtol(value, &end, 10);
	if (!isdigit((unsigned char)value[0]) || *end || errno || count < 1)
		return -EINVAL;
	options->count = count;
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
		[VIEW_PROCESSES] = "processes",
		[VIEW_DEVICES] = "devices",
		[VIEW_BUFFERS] = "buffers",
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

int option_set_filter(struct options *options, const char *value)
{
	return selection_set_text(&options->selection, value);
}
