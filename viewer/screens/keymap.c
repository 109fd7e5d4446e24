/* SPDX-License-Identifier: BSD-2-Clause */
#include "keymap.h"

#include <stdio.h>

#include "utf8.h"

static const struct binding bindings[] = {
#define BINDING(action, key1, key2, key3, bar, help)                                     \
	{ACTION_##action, {key1, key2, key3}, bar, help},
#include "keymap.def"
#undef BINDING
};

static const struct {
	uint32_t key;
	const char *name;
} names[] = {
	{' ', "Space"},
	{KC_TAB, "Tab"},
	{KC_ENTER, "Enter"},
	{KC_ESCAPE, "Esc"},
	{KC_UP, "Up"},
	{KC_DOWN, "Down"},
	{KC_LEFT, "Left"},
	{KC_RIGHT, "Right"},
	{KC_PAGE_UP, "PgUp"},
	{KC_PAGE_DOWN, "PgDn"},
	{KC_HOME, "Home"},
	{KC_END, "End"},
	{KC_BACKSPACE, "Backspace"},
};

const struct binding *keymap_bindings(size_t *ret_count)
{
	*ret_count = sizeof(bindings) / sizeof(*bindings);
	return bindings;
}

enum action keymap_action(uint32_t key)
{
	for (size_t i = 0; key && i < sizeof(bindings) / sizeof(*bindings); i++)
		for (size_t k = 0; k < KEYMAP_KEYS; k++)
			if (bindings[i].keys[k] == key)
				return bindings[i].action;
	return ACTION_NONE;
}

const char *keymap_name(char name[KEYMAP_NAME_SIZE], uint32_t key)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (names[i].key == key) {
			snprintf(name, KEYMAP_NAME_SIZE, "%s", names[i].name);
			return name;
		}
	if (key >= KC_F1 && key <= KC_F12)
		snprintf(name, KEYMAP_NAME_SIZE, "F%u", key - KC_F1 + 1);
	else if (key > KC_F12 && key <= KC_F24)
		snprintf(name, KEYMAP_NAME_SIZE, "Shift-F%u", key - KC_F12);
	else if (key < ' ')
		snprintf(name, KEYMAP_NAME_SIZE, "^%c", (char)(key + '@'));
	else
		name[utf8_encode(name, key)] = '\0';
	return name;
}
