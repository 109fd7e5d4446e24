/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_sizes.c - every screen at every size: nothing crashes, nothing is drawn outside
 * (a sanitizer would tell), and every frame says something.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "compose.h"
#include "demo_events.h"
#include "demo_snapshot.h"
#include "state.h"

/* Keys that lead to what is to be drawn; F is F2. */
static const char *const ways[] = {"1",	    "t",   "2",	  "3",	       "?",  "3\\zzz\r",
				   "#",	    "2\r", "2m",  "2mf1M\r++", "5",  "5ggggg",
				   "5go\r", "k",   "k\r", "u",	       "D",  "3*  ",
				   "/m",    "S",   "F",	  "4",	       "4\r"};
#define WAYS (sizeof(ways) / sizeof(*ways))

static void press_all(struct view_state *state, const char *keys)
{
	for (; *keys; keys++)
		if (view_key(state, *keys == 'F' ? KC_F2 : (unsigned char)*keys) &
		    REACT_ROWS)
			cr_assert_eq(view_rows(state), 0);
}

static void draw(struct view_state *state, int rows, int cols)
{
	char line[2048];
	struct grid grid;
	bool any = false;

	cr_assert_eq(grid_init(&grid, rows, cols, false), 0);
	view_resize(state, rows, cols);
	compose(&grid, state);
	for (int row = 0; row < rows && !any; row++)
		any = *grid_line(&grid, row, line, sizeof(line)) != '\0';
	cr_assert(any, "%dx%d shows nothing", rows, cols);
	grid_fini(&grid);
}

static void sweep(struct demo *demo, const struct snapshot *snapshot, int rows, int cols,
		  int row_step, int col_step)
{
	struct history *history = demo_history(demo);
	struct event_log *events = demo_events();

	for (size_t i = 0; i < WAYS; i++) {
		struct view_state state;

		view_init(&state);
		state.directory = "/dev/shm";
		state.events = events;
		cr_assert_eq(view_update(&state, snapshot, demo_base(demo), history), 0);
		press_all(&state, ways[i]);
		for (int row = 1; row <= rows; row += row_step)
			for (int col = 1; col <= cols; col += col_step)
				draw(&state, row, col);
		view_fini(&state);
	}
	history_free(history);
	event_log_free(events);
}

/* Every size up to 60 columns by 30 rows, then samples up to 250x80. */
static void sweep_devices(unsigned devices, size_t buffers)
{
	struct demo *demo = demo_large(devices, buffers);

	sweep(demo, demo_snapshot(demo), 30, 60, 1, 1);
	sweep(demo, demo_snapshot(demo), 80, 250, 13, 17);
	demo_free(demo);
}

Test(sizes, without_devices)
{
	struct demo *demo = demo_new(0);

	sweep(demo, demo_empty(demo), 30, 60, 1, 1);
	demo_free(demo);
}

Test(sizes, one_device)
{
	sweep_devices(1, 1);
}

Test(sizes, eight_devices)
{
	sweep_devices(8, 40);
}

Test(sizes, sixteen_devices)
{
	sweep_devices(16, 40);
}

Test(sizes, sixty_four_devices)
{
	sweep_devices(64, 40);
}

Test(sizes, ten_thousand_buffers_large_screen)
{
	struct demo *demo = demo_large(32, 10000);

	sweep(demo, demo_snapshot(demo), 100, 300, 33, 99);
	demo_free(demo);
}

static double milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* No limit is asserted: the numbers are for people. */
Test(sizes, says_what_a_frame_costs)
{
	struct demo *demo = demo_large(8, 10000);
	struct view_state state;
	struct grid grid;
	double start, update, frame;
	int frames = 200;

	view_init(&state);
	view_resize(&state, 40, 120);
	cr_assert_eq(grid_init(&grid, 40, 120, false), 0);
	state.screen = SCREEN_BUFFERS;
	start = milliseconds();
	cr_assert_eq(view_update(&state, demo_snapshot(demo), NULL, NULL), 0);
	update = milliseconds() - start;
	start = milliseconds();
	for (int i = 0; i < frames; i++)
		compose(&grid, &state);
	frame = (milliseconds() - start) / frames;
	fprintf(stderr, "10,000 buffers, 120x40: update %.2f ms, frame %.3f ms\n", update,
		frame);
	grid_fini(&grid);
	view_fini(&state);
	demo_free(demo);
}

/* One device has them all: its map is made anew for every frame. */
Test(sizes, says_what_a_map_costs)
{
	static const char *const names[] = {"device detail", "map"};
	struct demo *demo = demo_large(1, 100000);
	struct view_state state;
	struct grid grid;
	int frames = 20;

	view_init(&state);
	view_resize(&state, 40, 120);
	cr_assert_eq(grid_init(&grid, 40, 120, false), 0);
	state.screen = SCREEN_DEVICES;
	cr_assert_eq(view_update(&state, demo_snapshot(demo), NULL, NULL), 0);
	for (int i = 0; i < 2; i++) {
		double start = milliseconds();

		for (int k = 0; k < frames; k++)
			compose(&grid, &state);
		fprintf(stderr, "100,000 buffers, 120x40: %s %.2f ms\n", names[i],
			(milliseconds() - start) / frames);
		press_all(&state, "m");
	}
	grid_fini(&grid);
	view_fini(&state);
	demo_free(demo);
}
