/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * keymap.h - keys to actions, from one table; keys are code points and these codes.
 */
#ifndef TTATOP_KEYMAP_H
#define TTATOP_KEYMAP_H

#include <stddef.h>
#include <stdint.h>

#define KC_CTRL(letter) ((uint32_t)((letter)&0x1f))

enum key_code {
	KC_NONE = 0,
	KC_TAB = 9,
	KC_ENTER = 13,
	KC_ESCAPE = 27,
	KC_BACKSPACE = 127,
	KC_SPECIAL = 0x200000, /* above every code point */
	KC_UP,
	KC_DOWN,
	KC_LEFT,
	KC_RIGHT,
	KC_PAGE_UP,
	KC_PAGE_DOWN,
	KC_HOME,
	KC_END,
	KC_MOUSE, /* what it did is asked for apart */
	KC_F1,
	KC_F2,
	KC_F3,
	KC_F4,
	KC_F5,
	KC_F6,
	KC_F7,
	KC_F8,
	KC_F9,
	KC_F10,
	KC_F12 = KC_F1 + 11,
	KC_F15 = KC_F1 + 14, /* Shift-F3 */
	KC_F24 = KC_F1 + 23,
};

enum action {
	ACTION_NONE,
#define BINDING(action, key1, key2, key3, bar, help) ACTION_##action,
#include "keymap.def"
#undef BINDING
	ACTION_COUNT,
};

#define KEYMAP_KEYS	 3
#define KEYMAP_NAME_SIZE 16

struct binding {
	enum action action;
	uint32_t keys[KEYMAP_KEYS]; /* 0 = none */
	const char *bar, *help;
};

/* The table, ACTION_COUNT - 1 rows. */
const struct binding *keymap_bindings(size_t *ret_count);
enum action keymap_action(uint32_t key);
/* "F1", "q", "^C", "Space", "PgUp"; returns @name. */
const char *keymap_name(char name[KEYMAP_NAME_SIZE], uint32_t key);

#endif
