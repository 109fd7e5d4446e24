/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_frames.c - frames as golden text: a change of the live view is a text diff.
 * UPDATE_GOLDEN=1 writes the files anew.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compose.h"
#include "demo_events.h"
#include "demo_snapshot.h"
#include "state.h"

#define FRAME_BYTES (64 * 1024)

struct frame_case {
	const char *name;
	int rows, cols;
	const char *keys; /* pressed before; 'B' = with the baseline, 'E' = with events */
	bool ascii, empty;
	unsigned devices;
};

static void load_golden(const char *name, char text[FRAME_BYTES])
{
	char path[512];
	FILE *file;
	size_t length = 0;

	snprintf(path, sizeof(path), "%s/%s.txt", GOLDEN_DIR, name);
	file = fopen(path, "re");
	if (file) {
		length = fread(text, 1, FRAME_BYTES - 1, file);
		fclose(file);
	}
	text[length] = '\0';
}

static void save_golden(const char *name, const char *text)
{
	char path[512];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s.txt", GOLDEN_DIR, name);
	file = fopen(path, "we");
	cr_assert(file, "%s", path);
	fputs(text, file);
	cr_assert_eq(fclose(file), 0);
}

static void grid_text(const struct grid *grid, char text[FRAME_BYTES])
{
	size_t used = 0;

	for (int row = 0; row < grid->rows; row++) {
		grid_line(grid, row, text + used, FRAME_BYTES - used - 2);
		used += strlen(text + used);
		text[used++] = '\n';
		text[used] = '\0';
	}
}

static void press_all(struct view_state *state, struct demo *demo,
		      struct history *history, const struct event_log *events,
		      const char *keys)
{
	for (; *keys; keys++) {
		if (*keys == 'B') {
			snprintf(state->base_name, sizeof(state->base_name), "run1");
			view_update(state, state->snapshot, demo_base(demo), history);
		} else if (*keys == 'E') {
			state->events = events;
		} else if (view_key(state, (unsigned char)*keys) & REACT_ROWS) {
			cr_assert_eq(view_rows(state), 0);
		}
	}
}

static void compose_case(const struct frame_case *frame, char text[FRAME_BYTES])
{
	struct demo *demo = demo_new(frame->devices ? frame->devices : 8);
	struct history *history = demo_history(demo);
	struct event_log *events = demo_events();
	struct view_state state;
	struct grid grid;

	view_init(&state);
	state.directory = "/dev/shm";
	state.ascii = state.mono = frame->ascii;
	view_resize(&state, frame->rows, frame->cols);
	cr_assert_eq(grid_init(&grid, frame->rows, frame->cols, frame->ascii), 0);
	cr_assert_eq(view_update(&state,
				 frame->empty ? demo_empty(demo) : demo_snapshot(demo),
				 NULL, history),
		     0);
	press_all(&state, demo, history, events, frame->keys);
	compose(&grid, &state);
	grid_text(&grid, text);
	grid_fini(&grid);
	view_fini(&state);
	history_free(history);
	event_log_free(events);
	demo_free(demo);
}

static void check(const struct frame_case *frame)
{
	static char text[FRAME_BYTES], golden[FRAME_BYTES];

	setenv("TZ", "UTC", 1);
	compose_case(frame, text);
	if (getenv("UPDATE_GOLDEN"))
		save_golden(frame->name, text);
	load_golden(frame->name, golden);
	cr_assert_str_eq(text, golden,
			 "%s differs from its golden file:\n%s\nexpected:\n%s",
			 frame->name, text, golden);
}

#define FRAME(frame_name, ...)                                                           \
	Test(frames, frame_name)                                                         \
	{                                                                                \
		static const struct frame_case frame = {#frame_name, __VA_ARGS__};       \
                                                                                         \
		check(&frame);                                                           \
	}

FRAME(processes_40x10, 10, 40, "B", false, false, 8)
FRAME(processes_80x24, 24, 80, "Bjj", false, false, 8)
FRAME(processes_120x40, 40, 120, "Btjjjjjj", false, false, 8)
FRAME(processes_no_baseline_80x24, 24, 80, "", false, false, 8)
FRAME(processes_12_devices_80x24, 24, 80, "", false, false, 12)
FRAME(processes_32_devices_80x24, 24, 80, "", false, false, 32)
FRAME(processes_ascii_80x24, 24, 80, "Bjj", true, false, 8)
FRAME(processes_filter_80x24, 24, 80, "\\orph", false, false, 8)
FRAME(processes_paused_80x24, 24, 80, " #", false, false, 8)
FRAME(devices_40x10, 10, 40, "B2", false, false, 8)
FRAME(devices_80x24, 24, 80, "B2", false, false, 8)
FRAME(devices_folded_80x24, 24, 80, "B2t", false, false, 8)
FRAME(devices_120x40, 40, 120, "B2", false, false, 8)
FRAME(devices_ascii_80x24, 24, 80, "B2", true, false, 8)
FRAME(buffers_40x10, 10, 40, "B3", false, false, 8)
FRAME(buffers_80x24, 24, 80, "B3\\orph|exit\r", false, false, 8)
FRAME(buffers_120x40, 40, 120, "B3\\orph|exit\r", false, false, 8)
FRAME(buffers_ascii_80x24, 24, 80, "B3\\orph\r", true, false, 8)
FRAME(buffers_of_orphan_80x24, 24, 80, "jj\r", false, false, 8)
FRAME(events_40x10, 10, 40, "E4", false, false, 8)
FRAME(events_80x24, 24, 80, "E4", false, false, 8)
FRAME(events_120x40, 40, 120, "E4", false, false, 8)
FRAME(events_200x60, 60, 200, "E4", false, false, 8)
FRAME(events_ascii_80x24, 24, 80, "E4", true, false, 8)
FRAME(events_suspicious_80x24, 24, 80, "E4n", false, false, 8)
FRAME(events_filter_80x24, 24, 80, "E4\\dev<1 free\r", false, false, 8)
FRAME(events_paused_80x24, 24, 80, "E4 k", false, false, 8)
FRAME(events_of_orphan_80x24, 24, 80, "Ejje", false, false, 8)
FRAME(events_nobody_reads_80x24, 24, 80, "4", false, false, 8)
FRAME(history_40x10, 10, 40, "E3\\addr=0x3ffff000 dev=0\r", false, false, 8)
FRAME(history_80x24, 24, 80, "E3\\addr=0x3ffff000 dev=0\r", false, false, 8)
FRAME(history_120x40, 40, 120, "E3\\addr=0x3ffff000 dev=0\r", false, false, 8)
FRAME(history_200x60, 60, 200, "E3\\addr=0x3ffff000 dev=0\r", false, false, 8)
FRAME(history_40x24, 24, 40, "E3\\addr=0x3ffff000 dev=0\r", false, false, 8)
FRAME(history_of_addresses_80x24, 24, 80, "E3\\addr=0x3ffff000 dev=0\r\r", false, false,
      8)
FRAME(help_40x10, 10, 40, "?", false, false, 8)
FRAME(help_80x24, 24, 80, "?", false, false, 8)
FRAME(help_120x40, 40, 120, "?", false, false, 8)
FRAME(empty_40x10, 10, 40, "", false, true, 8)
FRAME(empty_80x24, 24, 80, "", false, true, 8)
FRAME(empty_120x40, 40, 120, "", false, true, 8)
FRAME(tiny_19x4, 4, 19, "", false, false, 8)
