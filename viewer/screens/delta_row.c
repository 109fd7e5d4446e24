/* SPDX-License-Identifier: BSD-2-Clause */
#include "delta_row.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "place_key.h"
#include "rate.h"
#include "screen.h"
#include "sparkline.h"

static unsigned keys_of(const struct view_state *state)
{
	return state->grouped.query.by;
}

static bool is_one_process(const struct view_state *state)
{
	return delta_view_has_process(&state->grouped);
}

const struct delta_by_row *delta_row_of(const struct view_state *state,
					const struct row *row)
{
	return &state->grouped.rows->rows[row->index];
}

struct row_id delta_row_id(const struct view_state *state, const struct delta_by_row *row)
{
	unsigned by = keys_of(state);
	struct row_id id = {.type = place_text_key(row->type)};

	if (is_one_process(state))
		id.segment = row->process->segment;
	else if (by & DELTA_PROC)
		id.segment = place_text_key(row->process->comm);
	if (by & DELTA_DEV)
		id.device = place_device_key(row->device);
	if (by & DELTA_ADDR)
		id.address = row->buffer->addr;
	if (by & DELTA_SIZE)
		id.address = row->buffer->size;
	if (by & DELTA_LABEL)
		id.address = place_text_key(row->buffer->label);
	if (by & DELTA_ADDR && is_one_process(state))
		id.serial = row->buffer->serial;
	return id;
}

void delta_row_group(const struct view_state *state, const struct delta_by_row *row,
		     char *text, size_t room)
{
	unsigned by = keys_of(state);
	char size[FORMAT_SIZE], numbers[16];
	bool ended = row->is_gone || !snap_state_counts(row->process->state);

	if (by & DELTA_ADDR && is_one_process(state))
		snprintf(text, room, "0x%08" PRIx64 " %u", row->buffer->addr,
			 row->process->pid);
	else if (by & DELTA_ADDR)
		snprintf(text, room, "0x%08" PRIx64 " %.40s", row->buffer->addr,
			 row->process->comm);
	else if (by & DELTA_LABEL)
		snprintf(text, room, "%.60s",
			 *row->buffer->label ? row->buffer->label : "(no label)");
	else if (by & DELTA_SIZE)
		snprintf(text, room, "%s",
			 format_bytes(size, row->buffer->size, false, state->bytes));
	else if (is_one_process(state))
		snprintf(text, room, ended ? "(%.40s) %u" : "%.40s %u",
			 row->process->comm, row->process->pid);
	else if (by & DELTA_PROC)
		snprintf(text, room, "%.60s", row->process->comm);
	else if (by & DELTA_DEV)
		snprintf(text, room, "%.20s %s",
			 *row->device->kind ? row->device->kind : "dev",
			 format_ranges(numbers, sizeof(numbers), row->devices,
				       row->device_count));
	else
		snprintf(text, room, "%.60s", row->type);
}

const char *delta_row_sort_text(const struct view_state *state,
				const struct delta_by_row *row)
{
	unsigned by = keys_of(state);

	if (by & (DELTA_ADDR | DELTA_SIZE))
		return NULL;
	if (by & DELTA_LABEL)
		return row->buffer->label;
	if (by & DELTA_PROC)
		return row->process->comm;
	return by & DELTA_DEV ? NULL : row->type;
}

uint64_t delta_row_sort_number(const struct view_state *state,
			       const struct delta_by_row *row)
{
	unsigned by = keys_of(state);

	if (by & DELTA_ADDR)
		return row->buffer->addr;
	return by & DELTA_SIZE ? row->buffer->size : row->devices[0];
}

/* Of a process that lives nothing need be said. */
static const char *fate(const struct delta_by_row *row)
{
	if (row->is_gone || row->process->state == SNAP_LIVE)
		return "";
	if (row->process->state == SNAP_ORPHAN)
		return "ORPHAN";
	return snap_state_name(row->process->state);
}

void delta_row_state(const struct view_state *state, const struct delta_by_row *row,
		     char *text, size_t room)
{
	const char *of = is_one_process(state) ? fate(row) : "";
	bool untold = row->change == DELTA_SAME && !row->bytes.known;
	char devices[32] = "";

	if (row->device_count > 1)
		snprintf(devices, sizeof(devices), " x%zu dev", row->device_count);
	snprintf(text, room, "%s%s%s%s",
		 untold ? "unknown" : delta_change_name(row->change), *of ? " " : "", of,
		 devices);
}

enum attr delta_row_attr(const struct view_state *state, const struct delta_by_row *row)
{
	if (is_one_process(state) && !row->is_gone && row->process->state == SNAP_ORPHAN)
		return ATTR_ORPHAN;
	if (row->change & (DELTA_NEW | DELTA_GROWN))
		return ATTR_GROWTH;
	return row->change & (DELTA_GONE | DELTA_SHRUNK) ? ATTR_SHRINK : ATTR_DIM;
}

uint64_t delta_row_age(const struct view_state *state, const struct delta_by_row *row)
{
	const struct delta_by *delta = state->grouped.rows;
	uint64_t oldest = 0;
	bool any = false;

	for (uint32_t i = row->first; i != DELTA_NO_BUFFER; i = delta->next[i]) {
		uint64_t age = state->snapshot->buffers[i].age_ns;

		if (age == SNAP_UNKNOWN)
			continue;
		any = true;
		oldest = age > oldest ? age : oldest;
	}
	return any ? oldest : SNAP_UNKNOWN;
}

/* The device of a row's number: merged rows have devices of one kind. */
static const struct snap_device *find_device(const struct snapshot *snapshot,
					     const struct delta_by_row *row,
					     uint32_t number)
{
	for (size_t i = 0; i < snapshot->device_count; i++)
		if (snapshot->devices[i].number == number &&
		    strcmp(snapshot->devices[i].kind, row->device->kind) == 0)
			return &snapshot->devices[i];
	return NULL;
}

/* Newest to newest; what began later held nothing before. */
static size_t add_past(uint64_t *sum, size_t have, const uint64_t *values, size_t count)
{
	size_t longest = have > count ? have : count;

	memmove(sum + (longest - have), sum, have * sizeof(*sum));
	memset(sum, 0, (longest - have) * sizeof(*sum));
	for (size_t i = 0; i < count; i++)
		sum[longest - count + i] = snap_sum(sum[longest - count + i], values[i]);
	return longest;
}

void delta_row_past(const struct view_state *state, const struct delta_by_row *row,
		    struct table_text *text)
{
	uint64_t sum[PAST_CELLS] = {0}, values[PAST_CELLS];
	size_t count = 0;

	for (size_t i = 0; state->history && i < row->device_count; i++) {
		const struct snap_device *device =
			find_device(state->snapshot, row, row->devices[i]);
		struct history_place place = {.segment = row->process->segment,
					      .type = place_text_key(row->type)};

		if (!device)
			continue;
		place.device = place_device_key(device);
		count = add_past(sum, count, values,
				 history_track_past(state->history, &place, PAST_SECONDS,
						    values, PAST_CELLS));
	}
	sparkline_text(text->text, sizeof(text->text), PAST_CELLS, sum, count,
		       state->ascii);
	text->attr = memory_attr(memory_class(row->type));
}

void delta_row_words(const struct view_state *state, const struct delta_by_row *row,
		     char *text, size_t room)
{
	char group[96];

	delta_row_group(state, row, group, sizeof(group));
	snprintf(text, room, "%s %s %s", group, row->type,
		 delta_change_name(row->change));
	if (keys_of(state) & DELTA_PROC && strlen(text) < room / 2)
		snprintf(text + strlen(text), room - strlen(text), " %.64s %.64s %.400s",
			 row->process->user, snap_state_name(row->process->state),
			 row->process->cmdline);
}

/* Who is gone is not to be touched any more. */
void delta_row_about(const struct view_state *state, const struct delta_by_row *row,
		     struct filter_row *about)
{
	about->type = row->type;
	if (is_one_process(state) && !row->is_gone)
		about->process = row->process;
}

/* Without its buffers: terms about those do not match here. */
static bool matches_itself(const struct view_state *state, const struct delta_by_row *row,
			   const struct filter *filter, const char *words)
{
	unsigned by = keys_of(state);
	const struct snapshot *of = row->is_gone ? state->base : state->snapshot;
	struct filter_row about = {
		.process = by & DELTA_PROC ? row->process : NULL,
		.type = row->type,
		.text = words,
	};

	if (!(by & DELTA_DEV))
		return filter_matches_itself(filter, &about);
	for (size_t i = 0; i < row->device_count; i++) {
		about.device = find_device(of, row, row->devices[i]);
		if (!about.device)
			about.device = row->device;
		if (filter_matches_itself(filter, &about))
			return true;
	}
	return false;
}

bool delta_row_matches(const struct view_state *state, const struct delta_by_row *row,
		       const struct filter *filter)
{
	const struct delta_by *delta = state->grouped.rows;
	char words[SCREEN_HAYSTACK_SIZE];

	delta_row_words(state, row, words, sizeof(words));
	if (matches_itself(state, row, filter, words))
		return true;
	for (uint32_t i = row->first; i != DELTA_NO_BUFFER; i = delta->next[i]) {
		struct filter_row about = filter_row_of_buffer(
			state->snapshot, &state->snapshot->buffers[i]);

		about.text = words;
		if (filter_matches_itself(filter, &about))
			return true;
	}
	return false;
}

void delta_row_scope(const struct view_state *state, const struct delta_by_row *row,
		     struct scope *scope)
{
	char device[24] = "", process[24] = "";

	scope->process = is_one_process(state);
	scope->segment = row->process->segment;
	scope->pid = row->process->pid;
	scope->device = keys_of(state) & DELTA_DEV && row->device_count == 1;
	scope->device_key = place_device_key(row->device);
	if (scope->process)
		snprintf(process, sizeof(process), "pid %u", row->process->pid);
	if (scope->device)
		snprintf(device, sizeof(device), "dev %u", row->devices[0]);
	snprintf(scope->text, sizeof(scope->text), "%s%s%s", process,
		 *process && *device ? " " : "", device);
}
