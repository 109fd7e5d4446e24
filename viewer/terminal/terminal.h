/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * terminal.h - the terminal: shows a grid, gives keys. Only term_curses.c knows curses.
 */
#ifndef TTATOP_TERMINAL_H
#define TTATOP_TERMINAL_H

#include <stdbool.h>
#include <stdint.h>

#include "grid.h"
#include "mouse.h"
#include "palette.h"

struct terminal;

struct terminal_style {
	bool color; /* where the terminal has any */
	enum palette_id palette;
	bool mouse;
};

/*
 * Take the terminal over: alternate screen, raw keys. Keys come from stdin when it is a
 * terminal, else from /dev/tty, else there are none. 0; -ENOTTY stdout is no terminal;
 * -ENODEV TERM names none that can show a screen; -ENOMEM.
 */
int terminal_open(const struct terminal_style *style, struct terminal **ret_term);
/* Another style from now on. */
void terminal_style(struct terminal *term, const struct terminal_style *style);
/* Give it back as it was; NULL is a no-op. */
void terminal_close(struct terminal *term);

void terminal_size(const struct terminal *term, int *ret_rows, int *ret_cols);
/* Take note of a new size. */
void terminal_resized(struct terminal *term);
/* Show @grid; with @all everything is sent again. */
void terminal_show(struct terminal *term, const struct grid *grid, bool all);
bool terminal_has_color(const struct terminal *term);

/* Where keys come from, for poll(2); -1 = nowhere. */
int terminal_descriptor(const struct terminal *term);
/* The next key as keymap.h names it, KC_NONE when none waits. Never blocks. */
uint32_t terminal_key(struct terminal *term);

/* What the mouse did, after KC_MOUSE; false: nothing that matters. */
bool terminal_mouse(struct terminal *term, struct mouse_event *ret_event);

/* Give the terminal back for a while, and take it again. */
void terminal_suspend(struct terminal *term);
void terminal_resume(struct terminal *term);

#endif
