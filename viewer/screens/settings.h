/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * settings.h - what the user may settle for good: one table for the setup screen, the
 * configuration file and its manual page.
 */
#ifndef TTATOP_SETTINGS_H
#define TTATOP_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

#define SETTING_NAME_SIZE  48
#define SETTING_VALUE_SIZE 512

struct view_state;

enum palette_id { PALETTE_DEFAULT, PALETTE_SAFE, PALETTE_COUNT };
enum setting_color { SETTING_COLOR_AUTO, SETTING_COLOR_ALWAYS, SETTING_COLOR_NEVER };

/* Percent of a memory from which its figures are a warning, and an alarm. */
#define SETTING_WARN  80
#define SETTING_ALARM 95

struct settings {
	unsigned palette, color; /* enum palette_id, enum setting_color */
	unsigned warn, alarm;	 /* percent of a memory */
	bool mouse, meters;
};

void settings_init(struct settings *settings);
/* How many there are: the table, and then a list of columns for each screen. */
size_t settings_count(void);
/* Those that are a value, not a list of columns. */
size_t settings_values(void);
/* "palette", "columns.processes"; returns @name. */
const char *settings_name(size_t index, char name[SETTING_NAME_SIZE]);
/* What it does, and which values it takes. */
const char *settings_help(size_t index);
/* Its number, or settings_count(). */
size_t settings_find(const char *name);
const char *settings_get(const struct view_state *state, size_t index,
			 char value[SETTING_VALUE_SIZE]);
/* False: not a value that it takes; nothing changed. */
bool settings_set(struct view_state *state, size_t index, const char *value);
/* The next value, or the one before; not for lists of columns. */
void settings_step(struct view_state *state, size_t index, int direction);

#endif
