/* SPDX-License-Identifier: BSD-2-Clause */
#include "settings.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "screen.h"

enum setting_kind {
	KIND_WORD, /* an unsigned, one of words */
	KIND_BOOL,
	KIND_NOT, /* a bool that is kept the other way round */
	KIND_PERCENT,
	KIND_DELAY,
};

struct setting {
	const char *name;
	enum setting_kind kind;
	size_t offset; /* in struct view_state */
	const char *const *words;
	const char *help;
};

static const char *const palettes[] = {"default", "safe", NULL};
static const char *const colors[] = {"auto", "always", "never", NULL};
static const char *const answers[] = {"no", "yes", NULL};
static const double delays[] = {0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60};

#define AT(field) offsetof(struct view_state, field)

static const struct setting table[] = {
	{"palette", KIND_WORD, AT(settings.palette), palettes,
	 "default; safe: orange and blue instead of red and green"},
	{"color", KIND_WORD, AT(settings.color), colors,
	 "auto, always or never; auto obeys NO_COLOR"},
	{"delay", KIND_DELAY, AT(delay), NULL, "seconds between updates, at least 0.1"},
	{"header", KIND_NOT, AT(hide_header), NULL,
	 "everything above the table: yes, no"},
	{"meters", KIND_BOOL, AT(settings.meters), NULL,
	 "devices and their history above the table: yes, no"},
	{"warn", KIND_PERCENT, AT(settings.warn), NULL,
	 "a memory this full, in percent, is yellow"},
	{"alarm", KIND_PERCENT, AT(settings.alarm), NULL,
	 "a memory this full, in percent, is red"},
	{"mouse", KIND_BOOL, AT(settings.mouse), NULL, "clicks and wheel: yes, no"},
};
#define VALUES (sizeof(table) / sizeof(*table))

void settings_init(struct settings *settings)
{
	*settings = (struct settings){.warn = SETTING_WARN,
				      .alarm = SETTING_ALARM,
				      .mouse = true,
				      .meters = true};
}

size_t settings_count(void)
{
	return VALUES + SCREEN_COUNT;
}

size_t settings_values(void)
{
	return VALUES;
}

const char *settings_name(size_t index, char name[SETTING_NAME_SIZE])
{
	if (index < VALUES)
		snprintf(name, SETTING_NAME_SIZE, "%s", table[index].name);
	else
		snprintf(name, SETTING_NAME_SIZE, "columns.%s",
			 screen_get((enum screen_id)(index - VALUES))->name);
	return name;
}

const char *settings_help(size_t index)
{
	return index < VALUES ? table[index].help
			      : "columns and their order: a,b,c or +a,-b";
}

size_t settings_find(const char *name)
{
	char own[SETTING_NAME_SIZE];
	size_t index = 0;

	while (index < settings_count() &&
	       strcasecmp(settings_name(index, own), name) != 0)
		index++;
	return index;
}

static void columns_get(const struct view_state *state, enum screen_id id,
			char value[SETTING_VALUE_SIZE])
{
	const struct table_choice *choice = &state->screens[id].choice;
	size_t used = 0;

	*value = '\0';
	for (size_t i = 0; i < choice->count && used < SETTING_VALUE_SIZE; i++)
		used += (size_t)snprintf(value + used, SETTING_VALUE_SIZE - used, "%s%s",
					 i ? "," : "",
					 screen_get(id)->columns[choice->columns[i]].key);
}

const char *settings_get(const struct view_state *state, size_t index,
			 char value[SETTING_VALUE_SIZE])
{
	const char *field =
		(const char *)state + table[index < VALUES ? index : 0].offset;

	if (index >= VALUES) {
		columns_get(state, (enum screen_id)(index - VALUES), value);
		return value;
	}
	switch (table[index].kind) {
	case KIND_WORD:
		snprintf(value, SETTING_VALUE_SIZE, "%s",
			 table[index].words[*(const unsigned *)(const void *)field]);
		break;
	case KIND_BOOL:
	case KIND_NOT:
		snprintf(
			value, SETTING_VALUE_SIZE, "%s",
			answers[*(const bool *)field != (table[index].kind == KIND_NOT)]);
		break;
	case KIND_PERCENT:
		snprintf(value, SETTING_VALUE_SIZE, "%u",
			 *(const unsigned *)(const void *)field);
		break;
	case KIND_DELAY:
		snprintf(value, SETTING_VALUE_SIZE, "%g",
			 *(const double *)(const void *)field);
	}
	return value;
}

/* Its place among the words, -1 = none of them. */
static int word_find(const char *const *words, const char *value)
{
	for (int i = 0; words[i]; i++)
		if (strcasecmp(words[i], value) == 0)
			return i;
	return -1;
}

static bool number_parse(const char *value, double least, double most, double *ret_number)
{
	char *end;

	*ret_number = strtod(value, &end);
	return end != value && *end == '\0' && *ret_number >= least &&
	       *ret_number <= most;
}

static bool columns_set(struct view_state *state, enum screen_id id, const char *value)
{
	const struct screen *screen = screen_get(id);
	struct table_choice *choice = &state->screens[id].choice;

	if (table_choose(screen->columns, screen->column_count, value, choice))
		return false;
	choice->chosen = false; /* narrow screens may still drop some */
	return true;
}

bool settings_set(struct view_state *state, size_t index, const char *value)
{
	char *field = (char *)state + table[index < VALUES ? index : 0].offset;
	enum setting_kind kind;
	double number = 0;
	int word;

	if (index >= VALUES)
		return columns_set(state, (enum screen_id)(index - VALUES), value);
	kind = table[index].kind;
	if (kind == KIND_WORD || kind == KIND_BOOL || kind == KIND_NOT) {
		word = word_find(kind == KIND_WORD ? table[index].words : answers, value);
		if (word < 0)
			return false;
		if (kind == KIND_WORD)
			*(unsigned *)(void *)field = (unsigned)word;
		else
			*(bool *)field = word != (kind == KIND_NOT);
		return true;
	}
	if (!number_parse(value, kind == KIND_DELAY ? 0.1 : 1,
			  kind == KIND_DELAY ? 86400 : 100, &number))
		return false;
	if (kind == KIND_DELAY)
		*(double *)(void *)field = number;
	else
		*(unsigned *)(void *)field = (unsigned)number;
	return true;
}

/* The next larger or smaller one of a ladder; its ends stay. */
static double delay_step(double delay, int direction)
{
	const size_t count = sizeof(delays) / sizeof(*delays);

	if (direction > 0) {
		for (size_t i = 0; i < count; i++)
			if (delays[i] > delay)
				return delays[i];
		return delay;
	}
	for (size_t i = count; i-- > 0;)
		if (delays[i] < delay)
			return delays[i];
	return delay;
}

void settings_step(struct view_state *state, size_t index, int direction)
{
	const struct setting *setting = &table[index];
	char *field = (char *)state + setting->offset;
	unsigned *number = (unsigned *)(void *)field;
	unsigned words = 0;

	switch (setting->kind) {
	case KIND_WORD:
		while (setting->words[words])
			words++;
		*number = (*number + (direction > 0 ? 1 : words - 1)) % words;
		break;
	case KIND_BOOL:
	case KIND_NOT:
		*(bool *)field = !*(bool *)field;
		break;
	case KIND_PERCENT:
		if (direction > 0 ? *number < 100 : *number > 1)
			*number += (unsigned)direction;
		break;
	case KIND_DELAY:
		*(double *)(void *)field =
			delay_step(*(double *)(void *)field, direction);
	}
}
