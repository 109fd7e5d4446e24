/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * screen_devices.c - one row per device for its main memory, and one per further memory
 * type below it.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "detail.h"
#include "header.h"
#include "holders.h"
#include "meter.h"
#include "rate.h"
#include "screen.h"
#include "tally.h"

enum {
	COL_DEV,
	COL_KIND,
	COL_TYPE,
	COL_USE,
	COL_USED,
	COL_CAPACITY,
	COL_PEAK,
	COL_BASE_PEAK,
	COL_FREE,
	COL_BUF,
	COL_PROCESSES,
	COL_ORPHAN,
	COL_DELTA,
	COL_HOLDERS,
	COL_MOVES,
	COL_ALLOC_RATE,
	COL_FREE_RATE,
	COL_BYTE_RATE,
	COL_PAST,
	COL_COUNT,
};

#define NUMBER	       (TABLE_RIGHT | TABLE_FALLING)
#define BAR_CELLS      14
#define BAR_CELLS_WIDE 24
#define WIDE_COLS      120
#define RATES                                                                            \
	(1u << COL_MOVES | 1u << COL_ALLOC_RATE | 1u << COL_FREE_RATE |                  \
	 1u << COL_BYTE_RATE | 1u << COL_PAST)

static const struct table_column columns[COL_COUNT] = {
	[COL_DEV] = {"dev", "DEV", NULL, 4, 8, 100, 0, TABLE_RIGHT},
	[COL_KIND] = {"kind", "KIND", NULL, 8, 16, 20, 120, 0},
	[COL_TYPE] = {"type", "TYPE", NULL, 8, 12, 95, 0, 0},
	[COL_USE] = {"use", "USE", NULL, BAR_CELLS, BAR_CELLS_WIDE, 50, 0, TABLE_FALLING},
	[COL_USED] = {"used", "USED", NULL, 5, 20, 90, 0, NUMBER},
	[COL_CAPACITY] = {"cap", "CAP", NULL, 5, 20, 85, 0, NUMBER},
	[COL_PEAK] = {"peak", "PEAK", NULL, 5, 20, 40, 0, NUMBER},
	[COL_BASE_PEAK] = {"peak_base", "~PEAK", NULL, 5, 20, 15, 140, NUMBER},
	[COL_FREE] = {"free", "FREE", NULL, 5, 20, 30, 120, NUMBER},
	[COL_BUF] = {"buf", "BUF", NULL, 4, 10, 60, 0, NUMBER},
	[COL_PROCESSES] = {"proc", "PROC", NULL, 4, 6, 38, 0, NUMBER},
	[COL_ORPHAN] = {"orphan", "ORPHAN", NULL, 6, 20, 70, 0, NUMBER},
	[COL_DELTA] = {"delta", "ΔBASE", "D:BASE", 6, 20, 65, 0, NUMBER | TABLE_SIGNED},
	[COL_HOLDERS] = {"holders", "HELD BY", NULL, 10, 60, 48, 0, 0},
	[COL_MOVES] = {"moves", "+/- per s", NULL, 9, 12, 28, 120, NUMBER},
	[COL_ALLOC_RATE] = {"allocs", "ALLOC/s", NULL, 7, 8, 0, 0, NUMBER},
	[COL_FREE_RATE] = {"frees", "FREE/s", NULL, 6, 8, 0, 0, NUMBER},
	[COL_BYTE_RATE] = {"moved", "BYTES/s", NULL, 7, 20, 0, 0, NUMBER | TABLE_SIGNED},
	[COL_PAST] = {"past", "60s", NULL, PAST_CELLS, PAST_CELLS, 26, 120, 0},
};

static const struct snap_device *device_of(const struct view_state *state,
					   const struct row *row)
{
	return &state->snapshot->devices[row->index];
}

static const struct snap_device_memory *memory_of(const struct view_state *state,
						  const struct row *row)
{
	return &device_of(state, row)->memory[row->sub];
}

/* DRAM when there is any, else what comes first. */
static uint32_t main_memory(const struct snap_device *device)
{
	for (uint32_t i = 0; i < device->memory_count; i++)
		if (memory_class(device->memory[i].type) == MEMORY_DRAM)
			return i;
	return 0;
}

static struct row *add_memory(const struct view_state *state, struct row_list *list,
			      uint32_t device, uint32_t memory)
{
	const struct snap_device *of = &state->snapshot->devices[device];
	struct row *row = rows_add(list);

	if (!row)
		return NULL;
	row->index = device;
	row->sub = memory;
	row->id.device = row_device_key(of);
	row->id.type = row_text_key(of->memory[memory].type);
	return row;
}

static int collect(const struct view_state *state, struct row_list *list)
{
	for (uint32_t i = 0; i < state->snapshot->device_count; i++) {
		const struct snap_device *device = &state->snapshot->devices[i];

		if (device->memory_count > 0 &&
		    !add_memory(state, list, i, main_memory(device)))
			return -ENOMEM;
	}
	return 0;
}

/* One after the other in the order of the classes. */
static int expand(const struct view_state *state, const struct row *parent,
		  struct row_list *list)
{
	const struct snap_device *device = device_of(state, parent);

	for (int which = 0; which < MEMORY_CLASS_COUNT; which++)
		for (uint32_t i = 0; i < device->memory_count; i++) {
			struct row *row;

			if (i == parent->sub || memory_class(device->memory[i].type) !=
							(enum memory_class)which)
				continue;
			row = add_memory(state, list, parent->index, i);
			if (!row)
				return -ENOMEM;
			row->depth = 1;
		}
	return 0;
}

static int64_t memory_change(const struct view_state *state, const struct row *row,
			     bool *ret_known)
{
	const struct snap_device *device = device_of(state, row);
	const char *type = memory_of(state, row)->type;

	*ret_known = state->delta != NULL;
	for (size_t i = 0; state->delta && i < state->delta->total_count; i++) {
		const struct delta_total *total = &state->delta->totals[i];

		if (total->device_number != device->number ||
		    strcmp(total->type, type) != 0 ||
		    strcmp(total->device_kind, device->kind) != 0 ||
		    strcmp(total->device_uid, device->uid) != 0)
			continue;
		*ret_known = total->bytes.known;
		return total->bytes.change;
	}
	return 0;
}

/* Used per 10,000 of the capacity. */
static uint64_t memory_share(const struct snap_device_memory *memory)
{
	if (memory->used == SNAP_UNKNOWN || memory->capacity == SNAP_UNKNOWN ||
	    memory->capacity == 0)
		return SNAP_UNKNOWN;
	return (uint64_t)((double)memory->used * 10000 / (double)memory->capacity);
}

static uint64_t memory_number(const struct snap_device_memory *memory, size_t column)
{
	switch (column) {
	case COL_USED:
		return memory->used;
	case COL_CAPACITY:
		return memory->capacity;
	case COL_PEAK:
		return memory->peak;
	case COL_FREE:
		return memory->free;
	case COL_BUF:
		return memory->buffers;
	case COL_PROCESSES:
		return memory->processes;
	case COL_ORPHAN:
		return memory->orphan_bytes;
	default:
		return memory_share(memory);
	}
}

static struct history_place place_of(const struct row *row)
{
	return (struct history_place){.device = row->id.device, .type = row->id.type};
}

static enum rate_column rate_of(size_t column)
{
	return column == COL_ALLOC_RATE	 ? RATE_ALLOCS
	       : column == COL_FREE_RATE ? RATE_FREES
	       : column == COL_MOVES	 ? RATE_MOVES
					 : RATE_BYTES;
}

/* The largest sample since the baseline: what was between two samples is not in it. */
static uint64_t base_peak(const struct view_state *state, const struct row *row)
{
	struct history_place place = place_of(row);
	uint64_t bytes;

	if (!state->base || !state->history ||
	    !history_peak_since_base(state->history, &place, &bytes))
		return SNAP_UNKNOWN;
	return bytes;
}

static void key(const struct view_state *state, struct row *row, size_t column)
{
	const struct snap_device *device = device_of(state, row);
	bool known;

	row->number = memory_number(memory_of(state, row), column);
	if (column == COL_DEV)
		row->number = device->number;
	else if (column == COL_DELTA)
		row->number = row_signed(memory_change(state, row, &known));
	else if (column == COL_BASE_PEAK)
		row->number = base_peak(state, row);
	else if (column >= COL_MOVES && column <= COL_PAST)
		row->number = rate_key(state, place_of(row), rate_of(column));
	else if (column == COL_KIND)
		row->text = device->kind;
	else if (column == COL_TYPE)
		row->text = memory_of(state, row)->type;
	else if (column == COL_HOLDERS)
		row->number = memory_of(state, row)->processes;
}

static void format_use(const struct view_state *state, const struct row *row,
		       struct table_text *text)
{
	const struct snap_device_memory *memory = memory_of(state, row);
	int cells = state->cols >= WIDE_COLS ? BAR_CELLS_WIDE : BAR_CELLS;
	char bar[BAR_CELLS_WIDE + 1];

	if (memory_share(memory) == SNAP_UNKNOWN)
		return;
	meter_bar(bar, cells - 2, memory->used, memory->capacity);
	snprintf(text->text, sizeof(text->text), "[%s]", bar);
	text->attr = memory_attr(memory_class(memory->type));
}

static void format_number(const struct view_state *state, const struct row *row,
			  size_t column, struct table_text *text)
{
	uint64_t value = memory_number(memory_of(state, row), column);
	char number[FORMAT_SIZE];

	if (column == COL_BUF || column == COL_PROCESSES)
		format_count(number, value, true);
	else
		format_bytes(number, value, column != COL_FREE, state->bytes);
	snprintf(text->text, sizeof(text->text), "%s", number);
	if (column == COL_ORPHAN && value > 0 && value != SNAP_UNKNOWN)
		text->attr = ATTR_ORPHAN;
	else if (value == SNAP_UNKNOWN)
		text->attr = ATTR_DIM;
}

/* Who holds the device, or the part of it. */
static void format_holders(const struct view_state *state, const struct row *row,
			   struct table_text *text)
{
	const char *type = row->depth > 0 ? memory_of(state, row)->type : NULL;
	int cols = state->cols >= 160 ? 40 : state->cols >= WIDE_COLS ? 18 : 10;

	holders_brief(state->snapshot, device_of(state, row), type, cols, text->text,
		      sizeof(text->text));
}

static void format(const struct view_state *state, size_t index, size_t column,
		   struct table_text *text)
{
	const struct row *row = &state->rows.rows[index];
	const struct snap_device *device = device_of(state, row);
	bool repeated = row->depth > 0 && !state->plain, known;
	char number[FORMAT_SIZE];
	int64_t change;

	switch (column) {
	case COL_DEV:
		if (!repeated)
			snprintf(text->text, sizeof(text->text), "%u", device->number);
		break;
	case COL_KIND:
		if (!repeated)
			snprintf(text->text, sizeof(text->text), "%.40s", device->kind);
		break;
	case COL_TYPE:
		snprintf(text->text, sizeof(text->text), "%.40s",
			 memory_of(state, row)->type);
		text->attr = memory_attr(memory_class(text->text));
		break;
	case COL_USE:
		format_use(state, row, text);
		break;
	case COL_HOLDERS:
		format_holders(state, row, text);
		break;
	case COL_DELTA:
		change = memory_change(state, row, &known);
		snprintf(text->text, sizeof(text->text), "%s",
			 format_change(number, change, known, state->bytes));
		text->attr = detail_change_attr(change, known);
		break;
	case COL_BASE_PEAK:
		snprintf(text->text, sizeof(text->text), "%s",
			 format_bytes(number, base_peak(state, row), true, state->bytes));
		break;
	case COL_MOVES:
	case COL_ALLOC_RATE:
	case COL_FREE_RATE:
	case COL_BYTE_RATE:
		rate_format(state, place_of(row), rate_of(column), text);
		break;
	case COL_PAST:
		rate_past(state, place_of(row), MEMORY_CLASS_COUNT, text);
		text->attr = memory_attr(memory_class(memory_of(state, row)->type));
		break;
	default:
		format_number(state, row, column, text);
	}
}

static void haystack(const struct view_state *state, const struct row *row,
		     char text[SCREEN_HAYSTACK_SIZE])
{
	const struct snap_device *device = device_of(state, row);
	size_t used =
		(size_t)snprintf(text, SCREEN_HAYSTACK_SIZE, "dev %u %.40s %.40s %.40s",
				 device->number, device->kind, device->uid, device->arch);

	/* Folded types are found too. */
	for (size_t i = 0; i < device->memory_count && used < SCREEN_HAYSTACK_SIZE - 64;
	     i++)
		used += (size_t)snprintf(text + used, SCREEN_HAYSTACK_SIZE - used,
					 " %.40s", device->memory[i].type);
}

static void about(const struct view_state *state, const struct row *row,
		  struct filter_row *about)
{
	about->device = device_of(state, row);
}

static bool suspicious(const struct view_state *state, const struct row *row)
{
	uint64_t bytes = memory_of(state, row)->orphan_bytes;

	return bytes > 0 && bytes != SNAP_UNKNOWN;
}

static uint32_t hidden(const struct view_state *state)
{
	uint32_t mask = state->delta && state->show_delta
				? 0
				: 1u << COL_DELTA | 1u << COL_BASE_PEAK;

	if (!state->history)
		mask |= RATES | 1u << COL_BASE_PEAK;
	if (state->plain)
		mask |= 1u << COL_PAST;
	return mask;
}

static void detail(const struct view_state *state, const struct row *row,
		   struct grid *grid, struct rect area)
{
	detail_device(state, device_of(state, row), row->sub, grid, area);
}

static enum screen_id zoom(const struct view_state *state, const struct row *row,
			   struct scope *scope)
{
	scope->device = true;
	scope->device_key = row->id.device;
	snprintf(scope->text, sizeof(scope->text), "dev %u",
		 device_of(state, row)->number);
	return SCREEN_BUFFERS;
}

const struct screen screen_devices = {
	.name = "devices",
	.title = "Devices",
	.digit = '2',
	.columns = columns,
	.column_count = COL_COUNT,
	.sort = COL_DEV,
	.tree = true,
	.has_tree = true,
	.fresh = true,
	.collect = collect,
	.expand = expand,
	.key = key,
	.format = format,
	.haystack = haystack,
	.about = about,
	.suspicious = suspicious,
	.hidden = hidden,
	.summary = header_totals,
	.detail = detail,
	.detail_lines = detail_device_lines,
	.zoom = zoom,
};
