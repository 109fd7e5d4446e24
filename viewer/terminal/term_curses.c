/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * term_curses.c - the only file that knows curses.
 */
#include "terminal.h"

#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <unistd.h>

#include "keymap.h"
#include "palette.h"
#include "rescue.h"

#define MOUSE_EVENTS (BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED)

struct terminal {
	SCREEN *screen;
	FILE *keys;	    /* stdin or /dev/tty; NULL: no keys */
	FILE *null;	    /* what curses reads when there are no keys */
	bool colors, color; /* it could; it does */
	attr_t looks[ATTR_CLASS_COUNT];
};

static const struct {
	int curses;
	uint32_t key;
} special_keys[] = {
	{KEY_UP, KC_UP},	{KEY_DOWN, KC_DOWN},	 {KEY_LEFT, KC_LEFT},
	{KEY_RIGHT, KC_RIGHT},	{KEY_PPAGE, KC_PAGE_UP}, {KEY_NPAGE, KC_PAGE_DOWN},
	{KEY_HOME, KC_HOME},	{KEY_END, KC_END},	 {KEY_ENTER, KC_ENTER},
	{KEY_FIND, KC_HOME},	{KEY_SELECT, KC_END},	 {KEY_BACKSPACE, KC_BACKSPACE},
	{KEY_DC, KC_BACKSPACE},
};

/* Emphasis, and a pair of colours for each class. */
static void looks_init(struct terminal *term, enum palette_id palette)
{
	for (int i = 0; i < ATTR_CLASS_COUNT; i++) {
		struct look look =
			palette_look(palette, (enum attr)i, term->color ? COLORS : 0);

		term->looks[i] = (look.bold ? A_BOLD : A_NORMAL) |
				 (look.reverse ? A_REVERSE : A_NORMAL) |
				 (look.dim ? A_DIM : A_NORMAL);
		if (look.color < 0)
			continue;
		init_pair((short)(i + 1), look.color, -1);
		term->looks[i] |= (attr_t)COLOR_PAIR(i + 1);
	}
}

void terminal_style(struct terminal *term, const struct terminal_style *style)
{
	term->color = style->color && term->colors;
	looks_init(term, style->palette);
	mousemask(style->mouse ? MOUSE_EVENTS : 0, NULL);
}

static void modes_init(void)
{
	raw();
	noecho();
	nonl();
	nodelay(stdscr, TRUE);
	keypad(stdscr, TRUE);
	scrollok(stdscr, FALSE);
	leaveok(stdscr, TRUE);
	curs_set(0);
}

static int keys_open(struct terminal *term)
{
	term->keys = isatty(STDIN_FILENO) ? stdin : fopen("/dev/tty", "re");
	if (term->keys)
		return 0;
	term->null = fopen("/dev/null", "re");
	return term->null ? 0 : -errno;
}

static void keys_close(struct terminal *term)
{
	if (term->keys && term->keys != stdin)
		fclose(term->keys);
	if (term->null)
		fclose(term->null);
}

/* Can this terminal move its cursor and clear? Notes how to put it back as it is now. */
static int terminal_check(void)
{
	int error;
	bool able;
	const char *name = getenv("TERM");

	if (!isatty(STDOUT_FILENO))
		return -ENOTTY;
	if (!name || !*name || strcmp(name, "dumb") == 0 || strcmp(name, "unknown") == 0)
		return -ENODEV;
	if (setupterm(NULL, STDOUT_FILENO, &error) == ERR)
		return -ENODEV;
	able = cursor_address && clear_screen;
	if (able)
		rescue_remember(STDOUT_FILENO, exit_ca_mode, cursor_normal,
				exit_attribute_mode, key_mouse != NULL);
	del_curterm(cur_term);
	return able ? 0 : -ENODEV;
}

static int screen_open(struct terminal *term, const struct terminal_style *style)
{
	term->screen = newterm(NULL, stdout, term->keys ? term->keys : term->null);
	if (!term->screen)
		return -ENODEV;
	set_term(term->screen);
	set_escdelay(25);
	modes_init();
	term->colors = has_colors() && start_color() == OK;
	if (term->colors)
		use_default_colors();
	mouseinterval(0); /* app.c tells double clicks; waiting for them delays keys */
	terminal_style(term, style);
	return 0;
}

int terminal_open(const struct terminal_style *style, struct terminal **ret_term)
{
	struct terminal *term;
	int err = terminal_check();

	if (err)
		return err;
	term = calloc(1, sizeof(*term));
	if (!term)
		return -ENOMEM;
	err = keys_open(term);
	if (!err)
		err = screen_open(term, style);
	if (!err) {
		rescue_arm(true);
		*ret_term = term;
		return 0;
	}
	keys_close(term);
	free(term);
	return err;
}

void terminal_close(struct terminal *term)
{
	if (!term)
		return;
	endwin();
	rescue_arm(false);
	delscreen(term->screen);
	keys_close(term);
	free(term);
}

void terminal_size(const struct terminal *term, int *ret_rows, int *ret_cols)
{
	(void)term;
	getmaxyx(stdscr, *ret_rows, *ret_cols);
}

void terminal_resized(struct terminal *term)
{
	struct winsize size;

	(void)term;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row && size.ws_col)
		resizeterm(size.ws_row, size.ws_col);
}

bool terminal_has_color(const struct terminal *term)
{
	return term->color;
}

static attr_t cell_looks(const struct terminal *term, uint8_t attr)
{
	unsigned which = attr & ATTR_CLASS_MASK;

	return term->looks[which < ATTR_CLASS_COUNT ? which : ATTR_NORMAL] |
	       (attr & ATTR_SELECTED ? A_REVERSE : A_NORMAL);
}

/* A run of cells that look the same, as one string; returns the column after it. */
static int show_run(const struct terminal *term, const struct grid *grid, int row,
		    int col, int end)
{
	char text[1024];
	size_t used = 0;
	uint8_t attr = grid_cell(grid, row, col)->attr;
	int at = col;

	while (at < end && used + sizeof(grid->cells->text) < sizeof(text)) {
		const struct cell *cell = grid_cell(grid, row, at);
		size_t length = strlen(cell->text);

		if (cell->attr != attr)
			break;
		memcpy(text + used, cell->text, length);
		used += length;
		at++;
	}
	attrset((int)cell_looks(term, attr));
	mvaddnstr(row, col, text, (int)used);
	return at;
}

void terminal_show(struct terminal *term, const struct grid *grid, bool all)
{
	int rows, cols;

	terminal_size(term, &rows, &cols);
	rows = rows < grid->rows ? rows : grid->rows;
	cols = cols < grid->cols ? cols : grid->cols;
	erase();
	for (int row = 0; row < rows; row++) {
		/* The last cell of the last row scrolls some terminals: left alone. */
		int end = row == rows - 1 && rows > 1 ? cols - 1 : cols;

		for (int col = 0; col < end;)
			col = show_run(term, grid, row, col, end);
	}
	attrset(A_NORMAL);
	if (all)
		clearok(stdscr, TRUE);
	wnoutrefresh(stdscr);
	doupdate();
}

int terminal_descriptor(const struct terminal *term)
{
	return term->keys ? fileno(term->keys) : -1;
}

uint32_t terminal_key(struct terminal *term)
{
	wint_t code;
	int kind = term->keys ? get_wch(&code) : ERR;

	if (kind == OK)
		return code == '\n' ? (uint32_t)KC_ENTER : (uint32_t)code;
	if (kind != KEY_CODE_YES)
		return KC_NONE;
	if (code == KEY_MOUSE)
		return KC_MOUSE;
	if (code >= (wint_t)KEY_F(1) && code <= (wint_t)KEY_F(24))
		return KC_F1 + (code - (wint_t)KEY_F(1));
	for (size_t i = 0; i < sizeof(special_keys) / sizeof(*special_keys); i++)
		if ((wint_t)special_keys[i].curses == code)
			return special_keys[i].key;
	return KC_SPECIAL; /* a key without a meaning here; more may wait behind it */
}

bool terminal_mouse(struct terminal *term, struct mouse_event *ret_event)
{
	MEVENT event;

	(void)term;
	if (getmouse(&event) != OK)
		return false;
	ret_event->row = event.y;
	ret_event->col = event.x;
	ret_event->what = event.bstate & BUTTON4_PRESSED   ? MOUSE_WHEEL_UP
			  : event.bstate & BUTTON5_PRESSED ? MOUSE_WHEEL_DOWN
							   : MOUSE_CLICK;
	return event.bstate & MOUSE_EVENTS;
}

void terminal_suspend(struct terminal *term)
{
	(void)term;
	rescue_arm(false);
	endwin();
}

void terminal_resume(struct terminal *term)
{
	rescue_arm(true);
	terminal_resized(term);
	curs_set(0);
	clearok(stdscr, TRUE);
	wrefresh(stdscr);
}
