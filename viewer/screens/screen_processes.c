/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * screen_processes.c - one row per process, or per process and device: what it holds of
 * each memory type.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "detail.h"
#include "header.h"
#include "screen.h"
#include "tally.h"

enum {
	COL_PID,
	COL_USER,
	COL_DEV,
	COL_DRAM, /* the memory classes, in their order */
	COL_L1,
	COL_L1_SMALL,
	COL_TRACE,
	COL_CB,
	COL_OTHER,
	COL_TOTAL,
	COL_BUF,
	COL_REFS,
	COL_DELTA,
	COL_RATE,
	COL_AGE,
	COL_STATE,
	COL_COMMAND,
	COL_COUNT,
};

#define NUMBER (TABLE_RIGHT | TABLE_FALLING)

static const struct table_column columns[COL_COUNT] = {
	[COL_PID] = {"pid", "PID", NULL, 7, 10, 100, 0, TABLE_RIGHT},
	[COL_USER] = {"user", "USER", NULL, 6, 10, 35, 0, 0},
	[COL_DEV] = {"dev", "DEV", NULL, 4, 12, 60, 0, 0},
	[COL_DRAM] = {"dram", "DRAM", NULL, 5, 20, 90, 0, NUMBER},
	[COL_L1] = {"l1", "L1", NULL, 5, 20, 85, 0, NUMBER},
	[COL_L1_SMALL] = {"l1_small", "L1SM", NULL, 5, 20, 20, 0, NUMBER},
	[COL_TRACE] = {"trace", "TRACE", NULL, 5, 20, 25, 0, NUMBER},
	[COL_CB] = {"cb", "CB", NULL, 5, 20, 30, 0, NUMBER},
	[COL_OTHER] = {"other", "OTHER", NULL, 5, 20, 80, 0, NUMBER},
	[COL_TOTAL] = {"total", "TOTAL", NULL, 5, 20, 0, 0, NUMBER},
	[COL_BUF] = {"buf", "BUF", NULL, 4, 10, 50, 0, NUMBER},
	[COL_REFS] = {"refs", "REFS", NULL, 4, 10, 0, 0, NUMBER},
	[COL_DELTA] = {"delta", "ΔBASE", "D:BASE", 6, 20, 70, 0, NUMBER | TABLE_SIGNED},
	[COL_RATE] = {"rate", "EV/s", NULL, 5, 8, 15, 120, NUMBER},
	[COL_AGE] = {"age", "AGE", NULL, 4, 6, 40, 0, NUMBER},
	[COL_STATE] = {"state", "S", NULL, 1, 1, 95, 0, 0},
	[COL_COMMAND] = {"command", "COMMAND", NULL, 8, 0, 45, 0, TABLE_REST},
};

static const struct snap_process *process_of(const struct view_state *state,
					     const struct row *row)
{
	return &state->snapshot->processes[row->index];
}

static bool memory_is_of(const struct row *row, const struct snap_memory *memory)
{
	return row->depth == 0 || memory->device == row->sub;
}

/* Bytes of one class; MEMORY_CLASS_COUNT = of all. */
static struct tally process_bytes(const struct view_state *state, const struct row *row,
				  enum memory_class which)
{
	const struct snap_process *process = process_of(state, row);
	struct tally tally = {0};

	for (size_t i = 0; i < process->memory_count; i++) {
		const struct snap_memory *memory = &process->memory[i];

		if (memory_is_of(row, memory) &&
		    (which == MEMORY_CLASS_COUNT || memory_class(memory->type) == which))
			tally_add(&tally, memory->used);
	}
	return tally;
}

static struct tally process_count(const struct view_state *state, const struct row *row,
				  bool refs)
{
	const struct snap_process *process = process_of(state, row);
	struct tally tally = {0};

	for (size_t i = 0; i < process->memory_count; i++)
		if (memory_is_of(row, &process->memory[i]))
			tally_add(&tally, refs ? process->memory[i].refs
					       : process->memory[i].buffers);
	return tally;
}

/* Nothing can be said about a segment that could not be read. */
static bool process_is_opaque(const struct snap_process *process)
{
	return process->memory_count == 0 &&
	       (process->state == SNAP_CORRUPT || process->state == SNAP_STATE_UNKNOWN);
}

static uint64_t process_age(const struct view_state *state,
			    const struct snap_process *process)
{
	uint64_t now = state->snapshot->time_ns, birth = process->start_realtime_ns;

	if (birth == SNAP_UNKNOWN || birth == 0)
		return SNAP_UNKNOWN;
	return now > birth ? now - birth : 0;
}

static bool delta_row_is_of(const struct view_state *state, const struct row *row,
			    const struct delta_row *delta)
{
	const struct snap_device *device;

	if (delta->segment != row->id.segment)
		return false;
	if (row->depth == 0)
		return true;
	device = &state->snapshot->devices[row->sub];
	return delta->device_number == device->number &&
	       strcmp(delta->device_kind, device->kind) == 0 &&
	       strcmp(delta->device_uid, device->uid) == 0;
}

static int64_t process_change(const struct view_state *state, const struct row *row,
			      bool *ret_known)
{
	int64_t change = 0;

	*ret_known = state->delta && !process_is_opaque(process_of(state, row));
	for (size_t i = 0; state->delta && i < state->delta->row_count; i++) {
		const struct delta_row *delta = &state->delta->rows[i];

		if (!delta_row_is_of(state, row, delta))
			continue;
		*ret_known = *ret_known && delta->bytes.known;
		change += delta->bytes.change;
	}
	return change;
}

static uint64_t process_rate(const struct view_state *state, const struct row *row)
{
	double rate;

	if (row->depth > 0 || !state->history ||
	    !history_process_rate(state->history, row->id.segment, &rate))
		return SNAP_UNKNOWN;
	return rate < 0 ? 0 : (uint64_t)(rate + 0.5);
}

static bool process_in_scope(const struct view_state *state,
			     const struct snap_process *process)
{
	return !state->scope.process || process->segment == state->scope.segment;
}

static int collect(const struct view_state *state, struct row_list *list)
{
	const struct snapshot *snapshot = state->snapshot;

	for (size_t i = 0; i < snapshot->process_count; i++) {
		struct row *row;

		if (!process_in_scope(state, &snapshot->processes[i]))
			continue;
		row = rows_add(list);
		if (!row)
			return -ENOMEM;
		row->index = (uint32_t)i;
		row->id.segment = snapshot->processes[i].segment;
	}
	return 0;
}

/* One part per device; memory rows are sorted by device. */
static int expand(const struct view_state *state, const struct row *parent,
		  struct row_list *list)
{
	const struct snap_process *process = process_of(state, parent);
	struct row *row = NULL;

	for (size_t i = 0; i < process->memory_count; i++) {
		uint32_t device = process->memory[i].device;

		if (i > 0 && device == process->memory[i - 1].device)
			continue;
		row = rows_add(list);
		if (!row)
			return -ENOMEM;
		row->index = parent->index;
		row->sub = device;
		row->depth = 1;
		row->id.segment = process->segment;
		row->id.device = row_device_key(&state->snapshot->devices[device]);
	}
	if (row)
		row->last = true;
	return 0;
}

static void key(const struct view_state *state, struct row *row, size_t column)
{
	const struct snap_process *process = process_of(state, row);
	struct tally tally = {.unknown = process_is_opaque(process)};
	bool known;

	if (column >= COL_DRAM && column <= COL_OTHER && !tally.unknown)
		tally = process_bytes(state, row, (enum memory_class)(column - COL_DRAM));
	else if (column == COL_TOTAL && !tally.unknown)
		tally = process_bytes(state, row, MEMORY_CLASS_COUNT);
	else if ((column == COL_BUF || column == COL_REFS) && !tally.unknown)
		tally = process_count(state, row, column == COL_REFS);
	row->number = tally_value(&tally);
	if (column == COL_PID)
		row->number = process->pid;
	else if (column == COL_DEV)
		row->number =
			process->memory_count ? process->memory[0].device : SNAP_UNKNOWN;
	else if (column == COL_DELTA)
		row->number = row_signed(process_change(state, row, &known));
	else if (column == COL_RATE)
		row->number = process_rate(state, row);
	else if (column == COL_AGE)
		row->number = process_age(state, process);
	else if (column == COL_STATE)
		row->number = process->state;
	else if (column == COL_USER)
		row->text = process->user;
	else if (column == COL_COMMAND)
		row->text = detail_command(process);
}

static int compare_numbers(const void *left, const void *right)
{
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;

	return a < b ? -1 : a > b;
}

/* The numbers of the devices it holds something of: "0-3". */
static void format_devices(const struct view_state *state, const struct row *row,
			   char *text, size_t room)
{
	const struct snap_process *process = process_of(state, row);
	uint32_t numbers[256];
	size_t count = 0, unique = 0;

	for (size_t i = 0; i < process->memory_count && count < 256; i++)
		if (i == 0 || process->memory[i].device != process->memory[i - 1].device)
			numbers[count++] =
				state->snapshot->devices[process->memory[i].device]
					.number;
	qsort(numbers, count, sizeof(*numbers), compare_numbers);
	for (size_t i = 0; i < count; i++)
		if (unique == 0 || numbers[unique - 1] != numbers[i])
			numbers[unique++] = numbers[i];
	if (unique == 0)
		snprintf(text, room, "%s", process_is_opaque(process) ? "?" : "-");
	else
		format_ranges(text, room, numbers, unique);
}

static void format_bytes_cell(const struct view_state *state, const struct row *row,
			      size_t column, struct table_text *text)
{
	bool all = column == COL_TOTAL;
	enum memory_class which =
		all ? MEMORY_CLASS_COUNT : (enum memory_class)(column - COL_DRAM);
	struct tally tally = process_bytes(state, row, which);
	char number[TALLY_TEXT_SIZE];

	snprintf(text->text, sizeof(text->text), "%s",
		 tally_bytes(number, &tally, true, state->bytes, state->ascii));
	if (tally.sum > 0)
		text->attr = all ? ATTR_NORMAL : memory_attr(which);
}

static void format_change_cell(const struct view_state *state, const struct row *row,
			       struct table_text *text)
{
	char number[FORMAT_SIZE];
	bool known;
	int64_t change = process_change(state, row, &known);

	snprintf(text->text, sizeof(text->text), "%s",
		 format_change(number, change, known, state->bytes));
	text->attr = detail_change_attr(change, known);
}

static void format_command(const struct view_state *state, const struct row *row,
			   struct table_text *text)
{
	const struct snap_process *process = process_of(state, row);

	if (snap_state_counts(process->state))
		snprintf(text->text, sizeof(text->text), "%.240s",
			 detail_command(process));
	else
		snprintf(text->text, sizeof(text->text), "(%.240s)",
			 detail_command(process));
	(void)state;
}

/* Columns that a part repeats from its process are left empty on screen. */
static void format_identity(const struct view_state *state, const struct row *row,
			    size_t column, struct table_text *text)
{
	const struct snap_process *process = process_of(state, row);
	bool part = row->depth > 0;
	char number[FORMAT_SIZE];

	text->attr = detail_state_attr(process->state);
	if (part && !state->plain && column == COL_PID)
		snprintf(text->text, sizeof(text->text), "%s",
			 state->ascii ? row->last ? "`-   " : "|-   "
			 : row->last  ? "└     "
				      : "├     ");
	else if (part && column == COL_DEV)
		snprintf(text->text, sizeof(text->text), "%u",
			 state->snapshot->devices[row->sub].number);
	else if (part && !state->plain)
		return;
	else if (column == COL_PID)
		snprintf(text->text, sizeof(text->text), "%u", process->pid);
	else if (column == COL_USER)
		snprintf(text->text, sizeof(text->text), "%.40s", process->user);
	else if (column == COL_DEV)
		format_devices(state, row, text->text, sizeof(number));
	else if (column == COL_AGE)
		snprintf(text->text, sizeof(text->text), "%s",
			 format_age(number, process_age(state, process)));
	else if (column == COL_STATE)
		snprintf(text->text, sizeof(text->text), "%c",
			 snap_state_letter(process->state));
	else
		format_command(state, row, text);
}

static void format(const struct view_state *state, size_t index, size_t column,
		   struct table_text *text)
{
	const struct row *row = &state->rows.rows[index];
	char number[TALLY_TEXT_SIZE];
	struct tally count;

	if (column <= COL_DEV || column >= COL_AGE) {
		format_identity(state, row, column, text);
		return;
	}
	if (process_is_opaque(process_of(state, row))) {
		*text = (struct table_text){.text = "?", .attr = ATTR_DIM};
		return;
	}
	switch (column) {
	case COL_BUF:
	case COL_REFS:
		count = process_count(state, row, column == COL_REFS);
		snprintf(text->text, sizeof(text->text), "%s",
			 tally_count(number, &count, true, state->ascii));
		break;
	case COL_DELTA:
		format_change_cell(state, row, text);
		break;
	case COL_RATE:
		if (row->depth == 0)
			snprintf(text->text, sizeof(text->text), "%s",
				 format_count(number, process_rate(state, row), true));
		break;
	default:
		format_bytes_cell(state, row, column, text);
	}
}

static void haystack(const struct view_state *state, const struct row *row,
		     char text[SCREEN_HAYSTACK_SIZE])
{
	const struct snap_process *process = process_of(state, row);

	snprintf(text, SCREEN_HAYSTACK_SIZE, "%u %.64s %.64s %.700s %s %.64s",
		 process->pid, process->user, process->comm, process->cmdline,
		 snap_state_name(process->state), process->run_id);
}

static void about(const struct view_state *state, const struct row *row,
		  struct filter_row *about)
{
	about->process = process_of(state, row);
}

static bool suspicious(const struct view_state *state, const struct row *row)
{
	enum snap_state is = process_of(state, row)->state;

	return is == SNAP_ORPHAN || is == SNAP_EXITED || is == SNAP_CORRUPT;
}

static uint32_t hidden(const struct view_state *state)
{
	uint32_t mask = state->delta && state->show_delta ? 0 : 1u << COL_DELTA;

	if (!state->history)
		mask |= 1u << COL_RATE;
	for (size_t i = 0; i < state->snapshot->process_count; i++) {
		const struct snap_process *process = &state->snapshot->processes[i];

		for (size_t k = 0; k < process->memory_count; k++)
			if (process->memory[k].used &&
			    memory_class(process->memory[k].type) == MEMORY_OTHER)
				return mask;
	}
	return mask | 1u << COL_OTHER;
}

static void detail(const struct view_state *state, const struct row *row,
		   struct grid *grid, struct rect area)
{
	detail_process(state, process_of(state, row), grid, area);
}

static enum screen_id zoom(const struct view_state *state, const struct row *row,
			   struct scope *scope)
{
	const struct snap_process *process = process_of(state, row);

	scope->process = true;
	scope->segment = process->segment;
	scope->pid = process->pid;
	snprintf(scope->text, sizeof(scope->text), "pid %u", process->pid);
	if (row->depth > 0) {
		scope->device = true;
		scope->device_key = row->id.device;
		snprintf(scope->text, sizeof(scope->text), "pid %u dev %u", process->pid,
			 state->snapshot->devices[row->sub].number);
	}
	return SCREEN_BUFFERS;
}

const struct screen screen_processes = {
	.name = "processes",
	.title = "Processes",
	.columns = columns,
	.column_count = COL_COUNT,
	.sort = COL_DRAM,
	.has_tree = true,
	.meters = true,
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
	.zoom = zoom,
};
