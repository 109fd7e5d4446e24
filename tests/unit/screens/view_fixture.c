/* SPDX-License-Identifier: BSD-2-Clause */
#include "view_fixture.h"

#include <criterion/criterion.h>
#include <string.h>

void open_fixture_on(struct fixture *fixture, struct demo *demo, int rows, int cols)
{
	fixture->demo = demo;
	fixture->log = NULL;
	fixture->history = demo_history(fixture->demo);
	view_init(&fixture->state);
	fixture->state.directory = "/dev/shm";
	view_resize(&fixture->state, rows, cols);
	cr_assert_eq(grid_init(&fixture->grid, rows, cols, false), 0);
	cr_assert_eq(view_update(&fixture->state, demo_snapshot(fixture->demo), NULL,
				 fixture->history),
		     0);
}

void open_fixture(struct fixture *fixture, int rows, int cols)
{
	open_fixture_on(fixture, demo_new(8), rows, cols);
}

void close_fixture(struct fixture *fixture)
{
	view_fini(&fixture->state);
	history_free(fixture->history);
	event_log_free(fixture->log);
	grid_fini(&fixture->grid);
	demo_free(fixture->demo);
}

unsigned press(struct view_state *state, uint32_t key)
{
	unsigned reaction = view_key(state, key);

	if (reaction & REACT_ROWS)
		cr_assert_eq(view_rows(state), 0);
	return reaction;
}

void type(struct view_state *state, const char *text)
{
	for (; *text; text++)
		press(state, (unsigned char)*text);
}

void walk(struct view_state *state, const char *keys)
{
	for (; *keys; keys++)
		press(state, *keys == 'j' ? KC_DOWN : (unsigned char)*keys);
}

uint32_t selected_pid(const struct view_state *state)
{
	return state->snapshot->processes[view_selected(state)->index].pid;
}

const char *frame(struct fixture *fixture)
{
	static char text[64 * 1024];
	size_t used = 0;

	compose(&fixture->grid, &fixture->state);
	for (int row = 0; row < fixture->grid.rows; row++) {
		grid_line(&fixture->grid, row, text + used, sizeof(text) - used - 2);
		strcat(text, "\n");
		used = strlen(text);
	}
	return text;
}
