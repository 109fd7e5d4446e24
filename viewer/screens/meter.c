/* SPDX-License-Identifier: BSD-2-Clause */
#include "meter.h"

#include <stdio.h>
#include <string.h>

#include "tally.h"

#define TWO_BARS_COLS	54 /* of a device: DRAM and L1 as bars */
#define SHORT_BOTH_COLS 28 /* L1 in percent beside a short bar */

/* One physical memory: what lies in it, by class, and how much it holds. */
struct pool {
	const char *name;
	uint64_t used[MEMORY_CLASS_COUNT];
	struct tally main; /* bytes of the memory's own type */
	struct tally all;
	uint64_t capacity;
};

static const enum memory_class dram_classes[] = {MEMORY_DRAM, MEMORY_TRACE};
static const enum memory_class l1_classes[] = {MEMORY_L1, MEMORY_L1_SMALL, MEMORY_CB};
static const enum memory_class other_classes[] = {MEMORY_OTHER};

static bool class_in(enum memory_class which, const enum memory_class *classes,
		     size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (classes[i] == which)
			return true;
	return false;
}

static struct pool pool_of(const struct snap_device *device, const char *name,
			   const enum memory_class *classes, size_t count)
{
	struct pool pool = {.name = name, .capacity = SNAP_UNKNOWN};

	for (size_t i = 0; i < device->memory_count; i++) {
		const struct snap_device_memory *memory = &device->memory[i];
		enum memory_class which = memory_class(memory->type);

		if (!class_in(which, classes, count))
			continue;
		tally_add(&pool.all, memory->used);
		if (memory->used != SNAP_UNKNOWN)
			pool.used[which] += memory->used;
		if (which != classes[0])
			continue;
		tally_add(&pool.main, memory->used);
		pool.capacity = memory->capacity;
	}
	return pool;
}

static bool has_class(const struct snap_device *device, enum memory_class which)
{
	for (size_t i = 0; i < device->memory_count; i++)
		if (memory_class(device->memory[i].type) == which)
			return true;
	return false;
}

/* DRAM, or for a device without it (host memory) what there is. */
static struct pool main_pool(const struct snap_device *device)
{
	if (!has_class(device, MEMORY_DRAM) && has_class(device, MEMORY_OTHER))
		return pool_of(device, device->memory[0].type, other_classes, 1);
	return pool_of(device, "DRAM", dram_classes, 2);
}

static struct pool l1_pool(const struct snap_device *device)
{
	return pool_of(device, "L1", l1_classes, 3);
}

/* Percent used, -1 = not known. */
static int pool_percent(const struct pool *pool)
{
	double used = (double)tally_value(&pool->all);

	if (pool->capacity == SNAP_UNKNOWN || pool->capacity == 0 || pool->all.known == 0)
		return -1;
	used = used * 100 / (double)pool->capacity;
	return used > 999 ? 999 : (int)(used + 0.5);
}

static enum attr percent_attr(const struct view_state *state, int percent)
{
	if (percent >= (int)state->settings.alarm)
		return ATTR_ORPHAN;
	if (percent >= (int)state->settings.warn)
		return ATTR_SUSPICIOUS;
	return percent < 0 ? ATTR_DIM : ATTR_NORMAL;
}

static int share(uint64_t used, uint64_t capacity, int cells)
{
	double part;

	if (used == 0 || capacity == 0 || capacity == SNAP_UNKNOWN ||
	    used == SNAP_UNKNOWN)
		return 0;
	part = (double)used * cells / (double)capacity;
	return part < 1 ? 1 : part > cells ? cells : (int)(part + 0.5);
}

void meter_bar(char *bar, int cells, uint64_t used, uint64_t capacity)
{
	int full = share(used, capacity, cells);

	memset(bar, '|', (size_t)full);
	memset(bar + full, ' ', (size_t)(cells - full));
	bar[cells] = '\0';
}

/* The bar of a pool, each class in its colour or letter; figures go over its right end,
 * which is a '!' when it is almost full. */
static void draw_bar(const struct view_state *state, struct grid *grid, struct rect line,
		     const struct pool *pool, const char *figures, enum attr attr)
{
	bool alarm = attr == ATTR_ORPHAN;
	int at = 1, cells = line.cols - 2;

	if (cells < 1)
		return;
	grid_put(grid, line, 0, ATTR_NORMAL, "[");
	for (int which = 0; which < MEMORY_CLASS_COUNT; which++) {
		char letter[2] = "|";
		int full = share(pool->used[which], pool->capacity, cells);

		if (state->mono)
			letter[0] = memory_letter((enum memory_class)which);
		for (int i = 0; i < full && at <= cells; i++)
			at = grid_put(grid, line, at,
				      memory_attr((enum memory_class)which), letter);
	}
	line.cols--;
	grid_put_right(grid, line, attr, figures);
	grid_put(grid, (struct rect){line.row, line.col, 1, line.cols + 1}, line.cols,
		 alarm ? attr : ATTR_NORMAL, alarm ? "!" : "]");
}

static void draw_pool(const struct view_state *state, struct grid *grid, struct rect line,
		      const struct pool *pool)
{
	char figures[2 * TALLY_TEXT_SIZE], used[TALLY_TEXT_SIZE], capacity[FORMAT_SIZE];
	int at = grid_put(grid, line, 0, ATTR_NORMAL, pool->name);

	snprintf(figures, sizeof(figures), "%s/%s",
		 tally_bytes(used, &pool->main, false, false, state->ascii),
		 format_bytes(capacity, pool->capacity, false, false));
	draw_bar(state, grid, rect_skip(line, at), pool, figures,
		 percent_attr(state, pool_percent(pool)));
}

static void percent_text(char text[16], int percent)
{
	if (percent < 0)
		snprintf(text, 16, "  ?%%");
	else
		snprintf(text, 16, "%3d%%", percent);
}

static void draw_l1_percent(const struct view_state *state, struct grid *grid,
			    struct rect line, const struct pool *l1)
{
	char text[16];

	percent_text(text, pool_percent(l1));
	grid_format(grid, line, 0, percent_attr(state, pool_percent(l1)), "L1%s", text);
}

/* " 0 DRAM[|||||8.50G/12.0G] L1 49%", with a second bar when there is room. */
static void draw_full(const struct view_state *state, const struct snap_device *device,
		      struct grid *grid, struct rect line)
{
	struct pool dram = main_pool(device), l1 = l1_pool(device);
	bool two = line.cols >= TWO_BARS_COLS;
	int at = grid_format(grid, line, 0, ATTR_TITLE, "%2u", device->number) + 1;
	int left = two ? (line.cols - at) / 2 : line.cols - at - 8;
	struct rect rest = rect_skip(line, at);

	draw_pool(state, grid, (struct rect){rest.row, rest.col, 1, left}, &dram);
	rest = rect_skip(rest, left + 1);
	if (two) {
		rest.cols--;
		draw_pool(state, grid, rest, &l1);
		return;
	}
	draw_l1_percent(state, grid, rest, &l1);
}

/* " 0[|||||||   71%]", and when there is room " L1 49%" */
static void draw_short(const struct view_state *state, const struct snap_device *device,
		       struct grid *grid, struct rect line)
{
	struct pool dram = main_pool(device), l1 = l1_pool(device);
	char text[16];

	grid_format(grid, line, 0, ATTR_TITLE, "%2u", device->number);
	line = rect_skip(line, 3);
	line.cols--;
	if (line.cols >= SHORT_BOTH_COLS - 4) {
		draw_l1_percent(state, grid, rect_skip(line, line.cols - 7), &l1);
		line.cols -= 8;
	}
	percent_text(text, pool_percent(&dram));
	draw_bar(state, grid, line, &dram, text,
		 percent_attr(state, pool_percent(&dram)));
}

/* How full in one character. */
static char ladder(int percent)
{
	static const char steps[] = ".-=+*#%@";

	if (percent < 0)
		return '?';
	return steps[percent >= 100 ? 7 : percent * 8 / 100];
}

static void draw_strip_cell(const struct view_state *state, struct grid *grid,
			    struct rect line, int at, int percent)
{
	if (percent < 0)
		grid_put(grid, line, at, ATTR_DIM, "  ?");
	else
		grid_format(grid, line, at, percent_attr(state, percent), "%2d%c",
			    percent > 99 ? 99 : percent, ladder(percent));
}

/* One line of a strip: a run of devices, DRAM and, when there is room, L1. */
static void draw_strip(const struct view_state *state, const struct meter_grid *meter,
		       struct grid *grid, struct rect line, size_t first)
{
	const struct snapshot *snapshot = state->snapshot;
	size_t end = first + (size_t)meter->columns;
	int l1_at = 11 + 4 * meter->columns + 5;
	bool two = l1_at + 4 * meter->columns <= line.cols + 1;
	char range[32];

	end = end > snapshot->device_count ? snapshot->device_count : end;
	snprintf(range, sizeof(range), "%u-%u", snapshot->devices[first].number,
		 snapshot->devices[end - 1].number);
	grid_format(grid, line, 0, ATTR_NORMAL, "%s %5s", first ? "    " : "DRAM", range);
	if (two && first == 0)
		grid_put(grid, line, l1_at - 3, ATTR_NORMAL, "L1");
	for (size_t i = first; i < end; i++) {
		struct pool dram = main_pool(&snapshot->devices[i]);
		struct pool l1 = l1_pool(&snapshot->devices[i]);
		int at = (int)(i - first) * 4;

		draw_strip_cell(state, grid, line, 11 + at, pool_percent(&dram));
		if (two)
			draw_strip_cell(state, grid, line, l1_at + at, pool_percent(&l1));
	}
}

void meter_draw(const struct view_state *state, const struct layout *layout,
		struct grid *grid)
{
	const struct meter_grid *meter = &layout->meter;
	size_t lines = (size_t)layout->meters.rows;

	for (size_t i = 0; i < state->snapshot->device_count && lines > 0; i++) {
		const struct snap_device *device = &state->snapshot->devices[i];
		struct rect line = rect_line(layout->meters, (int)(i % lines));
		int width = line.cols / (meter->columns ? meter->columns : 1);

		if (meter->style == METER_STRIP) {
			size_t first = i * (size_t)meter->columns;

			if (i < lines && first < state->snapshot->device_count)
				draw_strip(state, meter, grid, line, first);
			continue;
		}
		line.col += (int)(i / lines) * width;
		line.cols = width;
		if (meter->style == METER_FULL)
			draw_full(state, device, grid, line);
		else
			draw_short(state, device, grid, line);
	}
}
