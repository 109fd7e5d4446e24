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
#include "palette.h"
#include "state.h"

#define FRAME_BYTES (64 * 1024)

struct frame_case {
	const char *name;
	int rows, cols;
	/* pressed before; 'B' = with the baseline, 'E' = with events, '~' Right, 'j'
	 * Down, 'F' F2; first '%' = the story for the map */
	const char *keys;
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
		uint32_t key = *keys == '~'   ? KC_RIGHT
			       : *keys == 'j' ? KC_DOWN
			       : *keys == '^' ? KC_UP
			       : *keys == 'F' ? KC_F2
					      : (unsigned char)*keys;

		if (*keys == '%')
			continue;
		if (*keys == 'B') {
			snprintf(state->base_name, sizeof(state->base_name), "run1");
			view_update(state, state->snapshot, demo_base(demo), history);
		} else if (*keys == 'E') {
			state->events = events;
		} else if (view_key(state, key) & REACT_ROWS) {
			cr_assert_eq(view_rows(state), 0);
		}
	}
}

static void compose_grid(const struct frame_case *frame, struct grid *grid)
{
	struct demo *demo = *frame->keys == '%'
				    ? demo_mapped()
				    : demo_new(frame->devices ? frame->devices : 8);
	struct history *history = demo_history(demo);
	struct event_log *events = demo_events();
	struct view_state state;

	view_init(&state);
	state.directory = "/dev/shm";
	state.ascii = state.mono = frame->ascii;
	view_resize(&state, frame->rows, frame->cols);
	cr_assert_eq(grid_init(grid, frame->rows, frame->cols, frame->ascii), 0);
	cr_assert_eq(view_update(&state,
				 frame->empty ? demo_empty(demo) : demo_snapshot(demo),
				 NULL, history),
		     0);
	press_all(&state, demo, history, events, frame->keys);
	compose(grid, &state);
	view_fini(&state);
	history_free(history);
	event_log_free(events);
	demo_free(demo);
}

static void compose_case(const struct frame_case *frame, char text[FRAME_BYTES])
{
	struct grid grid;

	compose_grid(frame, &grid);
	grid_text(&grid, text);
	grid_fini(&grid);
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

/* Which colours are where: a letter for each, and what it stands for below. */
static void colours_text(const struct grid *grid, enum palette_id palette,
			 char text[FRAME_BYTES])
{
	short known[26];
	size_t count = 0, used = 0;

	for (int row = 0; row < grid->rows; row++) {
		for (int col = 0; col < grid->cols; col++) {
			unsigned attr = grid_cell(grid, row, col)->attr & ATTR_CLASS_MASK;
			short color = palette_look(palette, (enum attr)attr, 256).color;
			size_t at = 0;

			while (at < count && known[at] != color)
				at++;
			if (at == count && color >= 0)
				known[count++] = color;
			text[used++] = color < 0 ? '.' : (char)('a' + at);
		}
		text[used++] = '\n';
	}
	for (size_t i = 0; i < count; i++)
		used += (size_t)sprintf(text + used, "%c = %d\n", (char)('a' + i),
					known[i]);
	text[used] = '\0';
}

Test(frames, colours_of_both_palettes)
{
	static const struct frame_case frame = {"colours", 24,	  80, "Bj ",
						false,	   false, 8};
	static const char *const names[] = {"colours_default_80x24",
					    "colours_safe_80x24"};
	static char text[FRAME_BYTES], golden[FRAME_BYTES];
	struct grid grid;

	for (int i = 0; i < PALETTE_COUNT; i++) {
		compose_grid(&frame, &grid);
		colours_text(&grid, (enum palette_id)i, text);
		grid_fini(&grid);
		if (getenv("UPDATE_GOLDEN"))
			save_golden(names[i], text);
		load_golden(names[i], golden);
		cr_assert_str_eq(text, golden, "%s:\n%s", names[i], text);
	}
}

FRAME(processes_40x10, 10, 40, "B", false, false, 8)
FRAME(processes_80x24, 24, 80, "Bjj", false, false, 8)
FRAME(processes_120x40, 40, 120, "Btjjjjjj", false, false, 8)
FRAME(processes_no_baseline_80x24, 24, 80, "", false, false, 8)
FRAME(processes_12_devices_80x24, 24, 80, "", false, false, 12)
FRAME(processes_32_devices_80x24, 24, 80, "", false, false, 32)
FRAME(processes_ascii_80x24, 24, 80, "Bjj", true, false, 8)
FRAME(processes_filter_80x24, 24, 80, "\\orph", false, false, 8)
FRAME(processes_paused_80x24, 24, 80, "Z#", false, false, 8)
FRAME(devices_40x10, 10, 40, "B2", false, false, 8)
FRAME(devices_80x24, 24, 80, "B2", false, false, 8)
FRAME(devices_folded_80x24, 24, 80, "B2t", false, false, 8)
FRAME(devices_120x40, 40, 120, "B2", false, false, 8)
FRAME(devices_ascii_80x24, 24, 80, "B2", true, false, 8)
FRAME(device_detail_40x10, 10, 40, "%2", false, false, 8)
FRAME(device_detail_80x24, 24, 80, "%2", false, false, 8)
FRAME(device_detail_120x40, 40, 120, "%B2j", false, false, 8)
FRAME(device_detail_200x60, 60, 200, "%2", false, false, 8)
FRAME(device_detail_ascii_80x24, 24, 80, "%2", true, false, 8)
FRAME(map_40x10, 10, 40, "%2mn", false, false, 8)
FRAME(map_80x24, 24, 80, "%2m", false, false, 8)
FRAME(map_120x40, 40, 120, "%2jm~~~nf1M\r", false, false, 8)
FRAME(map_200x60, 60, 200, "%2mnf1G 4K\r", false, false, 8)
FRAME(map_ascii_80x24, 24, 80, "%2jmn", true, false, 8)
FRAME(map_zoomed_80x24, 24, 80, "%2jm~~++", false, false, 8)
FRAME(map_asking_80x24, 24, 80, "%2mf1.5X", false, false, 8)
FRAME(map_undescribed_40x10, 10, 40, "%2jjjjjjjjm", false, false, 8)
FRAME(map_of_a_buffer_80x24, 24, 80, "%3\\orph\rm", false, false, 8)
FRAME(unpublished_80x24, 24, 80, "%jjjj", false, false, 8)
FRAME(unpublished_why_80x24, 24, 80, "%jjjj\r", false, false, 8)
FRAME(buffers_40x10, 10, 40, "B3", false, false, 8)
FRAME(buffers_80x24, 24, 80, "B3\\orph|exit\r", false, false, 8)
FRAME(buffers_120x40, 40, 120, "B3\\orph|exit\r", false, false, 8)
FRAME(buffers_ascii_80x24, 24, 80, "B3\\orph\r", true, false, 8)
FRAME(buffers_of_orphan_80x24, 24, 80, "jj\r", false, false, 8)
FRAME(processes_200x60, 60, 200, "B", false, false, 8)
FRAME(processes_ascii_120x40, 40, 120, "B", true, false, 8)
FRAME(processes_12_devices_120x40, 40, 120, "", false, false, 12)
FRAME(devices_200x60, 60, 200, "B2", false, false, 8)
FRAME(delta_40x10, 10, 40, "B5", false, false, 8)
FRAME(delta_80x24, 24, 80, "B5", false, false, 8)
FRAME(delta_120x40, 40, 120, "B5", false, false, 8)
FRAME(delta_200x60, 60, 200, "B5", false, false, 8)
FRAME(delta_ascii_80x24, 24, 80, "B5", true, false, 8)
FRAME(delta_ascii_120x40, 40, 120, "B5", true, false, 8)
FRAME(delta_32_devices_80x24, 24, 80, "B5", false, false, 32)
FRAME(delta_no_baseline_80x24, 24, 80, "5", false, false, 8)
FRAME(delta_device_80x24, 24, 80, "B5g", false, false, 8)
FRAME(delta_label_80x24, 24, 80, "B5gggg", false, false, 8)
FRAME(delta_address_120x40, 40, 120, "B5ggggg", false, false, 8)
FRAME(delta_older_80x24, 24, 80, "B5o\r", false, false, 8)
FRAME(events_40x10, 10, 40, "E4", false, false, 8)
FRAME(events_80x24, 24, 80, "E4", false, false, 8)
FRAME(events_120x40, 40, 120, "E4", false, false, 8)
FRAME(events_200x60, 60, 200, "E4", false, false, 8)
FRAME(events_ascii_80x24, 24, 80, "E4", true, false, 8)
FRAME(events_suspicious_80x24, 24, 80, "E4n", false, false, 8)
FRAME(events_filter_80x24, 24, 80, "E4\\dev<1 free\r", false, false, 8)
FRAME(events_paused_80x24, 24, 80, "E4 ^", false, false, 8)
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
FRAME(tagged_40x10, 10, 40, "  ", false, false, 8)
FRAME(tagged_80x24, 24, 80, "j  ", false, false, 8)
FRAME(tagged_ascii_80x24, 24, 80, "j  ", true, false, 8)
FRAME(tagged_120x40, 40, 120, "3  ", false, false, 8)
FRAME(tagged_200x60, 60, 200, "3  ", false, false, 8)
FRAME(merged_40x10, 10, 40, "3*", false, false, 8)
FRAME(merged_80x24, 24, 80, "3\\orph\r*", false, false, 8)
FRAME(merged_120x40, 40, 120, "3\\orph\r*", false, false, 8)
FRAME(merged_200x60, 60, 200, "3*", false, false, 8)
FRAME(find_40x10, 10, 40, "/pyt", false, false, 8)
FRAME(find_80x24, 24, 80, "/pyt", false, false, 8)
FRAME(setup_40x10, 10, 40, "Fjj", false, false, 8)
FRAME(setup_80x24, 24, 80, "Fjj", false, false, 8)
FRAME(setup_120x40, 40, 120, "Fjj", false, false, 8)
FRAME(setup_200x60, 60, 200, "Fjj", false, false, 8)
FRAME(signals_40x10, 10, 40, "k", false, false, 8)
FRAME(signals_80x24, 24, 80, "k", false, false, 8)
FRAME(signals_120x40, 40, 120, "k", false, false, 8)
FRAME(signals_200x60, 60, 200, "k", false, false, 8)
FRAME(confirm_40x10, 10, 40, "   k\r", false, false, 8)
FRAME(confirm_80x24, 24, 80, "   kj\r", false, false, 8)
FRAME(confirm_120x40, 40, 120, "jjk", false, false, 8)
FRAME(confirm_200x60, 60, 200, "jjk", false, false, 8)
FRAME(devices_menu_40x10, 10, 40, "Djjjjjjjj", false, false, 8)
FRAME(devices_menu_80x24, 24, 80, "D", false, false, 8)
FRAME(types_menu_80x24, 24, 80, "y", false, false, 8)
FRAME(users_menu_120x40, 40, 120, "u", false, false, 8)
FRAME(users_menu_200x60, 60, 200, "u", false, false, 8)
FRAME(empty_40x10, 10, 40, "", false, true, 8)
FRAME(empty_80x24, 24, 80, "", false, true, 8)
FRAME(empty_120x40, 40, 120, "", false, true, 8)
FRAME(tiny_19x4, 4, 19, "", false, false, 8)
