/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * screen_buffers.c - every live buffer, also those that dead processes left.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "detail.h"
#include "header.h"
#include "merge.h"
#include "screen.h"
#include "tally.h"

enum {
	COL_ADDRESS,
	COL_END,
	COL_SIZE,
	COL_BANK,
	COL_TYPE,
	COL_DEV,
	COL_PID,
	COL_USER,
	COL_REF,
	COL_VIEWS,
	COL_ALLOC,
	COL_FREED,
	COL_AGE,
	COL_SERIAL,
	COL_GROUP,
	COL_SITE,
	COL_FLAGS,
	COL_LABEL,
	COL_COUNT,
};

#define DETAIL_LINES_LOW  7
#define DETAIL_LINES_TALL 10
#define NUMBER		  (TABLE_RIGHT | TABLE_FALLING)

static const struct table_column columns[COL_COUNT] = {
	[COL_ADDRESS] = {"addr", "ADDRESS", NULL, 10, 18, 100, 0, 0},
	[COL_END] = {"end", "END", NULL, 10, 18, 20, 120, 0},
	[COL_SIZE] = {"size", "SIZE", NULL, 5, 20, 95, 0, NUMBER},
	[COL_BANK] = {"bank", "/BANK", NULL, 5, 20, 25, 120, NUMBER},
	[COL_TYPE] = {"type", "TYPE", NULL, 4, 8, 90, 0, 0},
	[COL_DEV] = {"dev", "DEV", NULL, 3, 6, 85, 0, TABLE_RIGHT},
	[COL_PID] = {"pid", "PID", NULL, 7, 10, 80, 0, TABLE_RIGHT},
	[COL_USER] = {"user", "USER", NULL, 6, 10, 30, 120, 0},
	[COL_REF] = {"refs", "REF", NULL, 3, 6, 60, 0, NUMBER},
	[COL_VIEWS] = {"views", "VIEWS", NULL, 5, 6, 0, 0, NUMBER},
	[COL_ALLOC] = {"allocs", "ALLOC", NULL, 5, 6, 35, 120, NUMBER},
	[COL_FREED] = {"frees", "FREED", NULL, 5, 6, 35, 120, NUMBER},
	[COL_AGE] = {"age", "AGE", NULL, 4, 6, 65, 0, NUMBER},
	[COL_SERIAL] = {"serial", "SERIAL", NULL, 8, 20, 0, 0, TABLE_RIGHT},
	[COL_GROUP] = {"group", "GROUP", NULL, 8, 20, 0, 0, TABLE_RIGHT},
	[COL_SITE] = {"site", "SITE", NULL, 10, 18, 0, 0, 0},
	[COL_FLAGS] = {"flags", "FLAGS", NULL, 12, 30, 70, 0, 0},
	[COL_LABEL] = {"label", "LABEL", NULL, 6, 0, 55, 0, TABLE_REST},
};

static const struct snap_buffer *buffer_of(const struct view_state *state,
					   const struct row *row)
{
	return &state->snapshot->buffers[row->index];
}

static bool in_scope(const struct view_state *state, const struct snap_buffer *buffer)
{
	const struct scope *scope = &state->scope;

	if (scope->process && buffer->segment != scope->segment)
		return false;
	return !scope->device ||
	       row_device_key(&state->snapshot->devices[buffer->device]) ==
		       scope->device_key;
}

static int collect(const struct view_state *state, struct row_list *list)
{
	const struct snapshot *snapshot = state->snapshot;

	for (size_t i = 0; i < snapshot->buffer_count; i++) {
		const struct snap_buffer *buffer = &snapshot->buffers[i];
		struct row *row;

		if (!in_scope(state, buffer))
			continue;
		row = rows_add(list);
		if (!row)
			return -ENOMEM;
		row->index = (uint32_t)i;
		row->id = (struct row_id){
			.segment = buffer->segment,
			.device = row_device_key(&snapshot->devices[buffer->device]),
			.type = row_text_key(buffer->type),
			.address = buffer->addr,
			.serial = buffer->serial,
		};
	}
	return 0;
}

/* Last byte of its range inside a bank. */
static uint64_t buffer_end(const struct snap_buffer *buffer)
{
	uint64_t end;

	if (buffer->bank_size == SNAP_UNKNOWN || buffer->bank_size == 0 ||
	    __builtin_add_overflow(buffer->addr, buffer->bank_size - 1, &end))
		return SNAP_UNKNOWN;
	return end;
}

static uint64_t buffer_number(const struct view_state *state,
			      const struct snap_buffer *buffer, size_t column)
{
	switch (column) {
	case COL_ADDRESS:
		return buffer->addr;
	case COL_END:
		return buffer_end(buffer);
	case COL_SIZE:
		return buffer->size;
	case COL_BANK:
		return buffer->bank_size;
	case COL_DEV:
		return state->snapshot->devices[buffer->device].number;
	case COL_PID:
		return buffer->pid;
	case COL_REF:
		return buffer->refs;
	case COL_VIEWS:
		return buffer->views;
	case COL_ALLOC:
		return buffer->allocs;
	case COL_FREED:
		return buffer->frees;
	case COL_AGE:
		return buffer->age_ns;
	case COL_SERIAL:
		return buffer->serial;
	case COL_GROUP:
		return buffer->group;
	case COL_SITE:
		return buffer->site;
	default:
		return buffer->flags;
	}
}

static const struct snap_process *owner(const struct view_state *state,
					const struct snap_buffer *buffer)
{
	return &state->snapshot->processes[buffer->process];
}

static void key(const struct view_state *state, struct row *row, size_t column)
{
	const struct snap_buffer *buffer = buffer_of(state, row);

	row->number = buffer_number(state, buffer, column);
	if (column == COL_SIZE && row->number != SNAP_UNKNOWN)
		row->number *= merge_count(row);
	if (column == COL_TYPE)
		row->text = buffer->type;
	else if (column == COL_USER)
		row->text = owner(state, buffer)->user;
	else if (column == COL_LABEL)
		row->text = buffer->label;
}

static void format_hex(struct table_text *text, uint64_t value)
{
	if (value == SNAP_UNKNOWN)
		*text = (struct table_text){.text = "?", .attr = ATTR_DIM};
	else
		snprintf(text->text, sizeof(text->text), "0x%08" PRIx64, value);
}

static void format_text(const struct view_state *state, const struct snap_buffer *buffer,
			size_t column, struct table_text *text)
{
	if (column == COL_TYPE) {
		snprintf(text->text, sizeof(text->text), "%.40s", buffer->type);
		text->attr = memory_attr(memory_class(buffer->type));
	} else if (column == COL_USER) {
		snprintf(text->text, sizeof(text->text), "%.40s",
			 owner(state, buffer)->user);
	} else if (column == COL_LABEL) {
		snprintf(text->text, sizeof(text->text), "%.200s", buffer->label);
	} else {
		detail_flags(state, buffer, text->text, sizeof(text->text));
		text->attr =
			buffer->flags & SNAP_FLAG_ORPHAN ? ATTR_ORPHAN : ATTR_SUSPICIOUS;
	}
}

/* "24.0K", and of equal ones "8 x 24.0K". */
static void format_size(const struct view_state *state, const struct row *row,
			uint64_t bytes, struct table_text *text)
{
	uint64_t count = merge_count(row);
	char number[FORMAT_SIZE];

	format_bytes(number, bytes, false, state->bytes);
	if (count > 1)
		snprintf(text->text, sizeof(text->text), "%" PRIu64 " x %s", count,
			 number);
	else
		snprintf(text->text, sizeof(text->text), "%s", number);
}

static void format_device(const struct view_state *state, const struct row *row,
			  uint64_t number, struct table_text *text)
{
	if (merge_count(row) > 1)
		merge_devices(state->snapshot, row, text->text, 32);
	else
		snprintf(text->text, sizeof(text->text), "%" PRIu64, number);
}

static void format(const struct view_state *state, size_t index, size_t column,
		   struct table_text *text)
{
	const struct row *row = &state->rows.rows[index];
	const struct snap_buffer *buffer = buffer_of(state, row);
	uint64_t value = buffer_number(state, buffer, column);
	char number[FORMAT_SIZE];

	switch (column) {
	case COL_ADDRESS:
	case COL_END:
	case COL_SITE:
		format_hex(text, value);
		break;
	case COL_SIZE:
		format_size(state, row, value, text);
		break;
	case COL_BANK:
		snprintf(text->text, sizeof(text->text), "%s",
			 format_bytes(number, value, false, state->bytes));
		break;
	case COL_DEV:
		format_device(state, row, value, text);
		break;
	case COL_PID:
	case COL_SERIAL:
	case COL_GROUP:
		snprintf(text->text, sizeof(text->text), "%" PRIu64, value);
		break;
	case COL_AGE:
		snprintf(text->text, sizeof(text->text), "%s", format_age(number, value));
		break;
	case COL_REF:
	case COL_VIEWS:
	case COL_ALLOC:
	case COL_FREED:
		snprintf(text->text, sizeof(text->text), "%s",
			 format_count(number, value, false));
		break;
	default:
		format_text(state, buffer, column, text);
	}
}

static void haystack(const struct view_state *state, const struct row *row,
		     char text[SCREEN_HAYSTACK_SIZE])
{
	const struct snap_buffer *buffer = buffer_of(state, row);
	const struct snap_process *process = owner(state, buffer);
	char flags[64];

	detail_flags(state, buffer, flags, sizeof(flags));
	snprintf(text, SCREEN_HAYSTACK_SIZE,
		 "0x%08" PRIx64 " %.40s dev %u %u %.40s %s %.200s %.64s", buffer->addr,
		 buffer->type, state->snapshot->devices[buffer->device].number,
		 buffer->pid, process->user, flags, buffer->label, process->comm);
}

static void about(const struct view_state *state, const struct row *row,
		  struct filter_row *about)
{
	const char *text = about->text;

	*about = filter_row_of_buffer(state->snapshot, buffer_of(state, row));
	about->text = text;
}

static bool suspicious(const struct view_state *state, const struct row *row)
{
	return buffer_of(state, row)->flags & ~(uint32_t)SNAP_FLAG_STALE;
}

static uint32_t hidden(const struct view_state *state)
{
	(void)state;
	return 0;
}

/* What is shown, and how much of it is suspicious. */
static void summary(const struct view_state *state, struct grid *grid, struct rect line)
{
	struct tally bytes = {0};
	uint64_t oldest = 0, shown = 0;
	char text[TALLY_TEXT_SIZE], age[FORMAT_SIZE];
	int at;

	for (size_t i = 0; i < state->rows.count; i++) {
		const struct row *row = &state->rows.rows[i];
		const struct snap_buffer *buffer = buffer_of(state, row);

		shown += merge_count(row);
		for (uint64_t k = merge_count(row); k > 0; k--)
			tally_add(&bytes, buffer->size);
		if (buffer->age_ns != SNAP_UNKNOWN && buffer->age_ns > oldest)
			oldest = buffer->age_ns;
	}
	at = grid_format(grid, line, 0, ATTR_NORMAL,
			 "%" PRIu64 " of %zu buffers shown   %s", shown,
			 state->snapshot->buffer_count,
			 tally_bytes(text, &bytes, false, state->bytes, state->ascii));
	if (state->rows.count)
		at = grid_format(grid, line, at + 3, ATTR_NORMAL, "oldest %s",
				 format_age(age, oldest));
	detail_flag_counts(state, grid, line, at + 3);
}

static void merge(const struct view_state *state, struct row_list *list)
{
	merge_buffers(state->snapshot, list);
}

static void detail(const struct view_state *state, const struct row *row,
		   struct grid *grid, struct rect area)
{
	detail_buffer(state, buffer_of(state, row), grid, area);
}

/* Room for the history of an address, once events are read. */
static int detail_lines(const struct view_state *state)
{
	bool tall = state->lines >= LAYOUT_GRAPH_ROWS;

	return !state->events ? 0 : tall ? DETAIL_LINES_TALL : DETAIL_LINES_LOW;
}

static enum screen_id zoom(const struct view_state *state, const struct row *row,
			   struct scope *scope)
{
	const struct snap_buffer *buffer = buffer_of(state, row);

	*scope = (struct scope){
		.process = true,
		.device = true,
		.buffer = true,
		.segment = buffer->segment,
		.device_key = row->id.device,
		.type_key = row->id.type,
		.address = buffer->addr,
		.pid = buffer->pid,
	};
	snprintf(scope->text, sizeof(scope->text), "0x%" PRIx64 " dev %u pid %u",
		 buffer->addr, state->snapshot->devices[buffer->device].number,
		 buffer->pid);
	return SCREEN_EVENTS;
}

const struct screen screen_buffers = {
	.name = "buffers",
	.title = "Buffers",
	.digit = '3',
	.columns = columns,
	.column_count = COL_COUNT,
	.sort = COL_SIZE,
	.fresh = true,
	.collect = collect,
	.merge = merge,
	.key = key,
	.format = format,
	.haystack = haystack,
	.about = about,
	.suspicious = suspicious,
	.hidden = hidden,
	.summary = summary,
	.detail = detail,
	.detail_lines = detail_lines,
	.zoom = zoom,
};
