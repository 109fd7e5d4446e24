/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * screen_events.c - what happens, as it comes: the newest at the end.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "detail.h"
#include "event_filter.h"
#include "screen.h"
#include "tally.h"
#include "utf8.h"

enum {
	COL_TIME,
	COL_DT,
	COL_PID,
	COL_COMM,
	COL_TID,
	COL_DEV,
	COL_TYPE,
	COL_OP,
	COL_ADDRESS,
	COL_SIZE,
	COL_REF,
	COL_LIVE,
	COL_LABEL,
	COL_SITE,
	COL_GROUP,
	COL_NOTE,
	COL_COUNT,
};

#define NUMBER (TABLE_RIGHT | TABLE_FALLING)

static const struct table_column columns[COL_COUNT] = {
	[COL_TIME] = {"time", "TIME", NULL, 15, 30, 100, 0, 0},
	[COL_DT] = {"dt", "+DT", NULL, 8, 20, 30, 100, TABLE_RIGHT},
	[COL_PID] = {"pid", "PID", NULL, 7, 10, 80, 0, TABLE_RIGHT},
	[COL_COMM] = {"comm", "COMMAND", NULL, 8, 15, 40, 100, 0},
	[COL_TID] = {"tid", "TID", NULL, 7, 10, 0, 0, TABLE_RIGHT},
	[COL_DEV] = {"dev", "DEV", NULL, 3, 6, 75, 0, TABLE_RIGHT},
	[COL_TYPE] = {"type", "TYPE", NULL, 4, 8, 60, 0, 0},
	[COL_OP] = {"op", "OP", NULL, 6, 10, 95, 0, 0},
	[COL_ADDRESS] = {"addr", "ADDRESS", NULL, 10, 18, 90, 0, 0},
	[COL_SIZE] = {"size", "SIZE", NULL, 5, 20, 85, 0, NUMBER},
	[COL_REF] = {"ref", "REF", NULL, 3, 6, 55, 0, NUMBER},
	[COL_LIVE] = {"live", "LIVE", NULL, 5, 20, 50, 0, NUMBER},
	[COL_LABEL] = {"label", "LABEL", NULL, 8, 30, 0, 0, 0},
	[COL_SITE] = {"site", "SITE", NULL, 10, 18, 0, 0, 0},
	[COL_GROUP] = {"group", "GROUP", NULL, 8, 20, 0, 0, 0},
	[COL_NOTE] = {"note", "NOTE", NULL, 4, 0, 65, 0, TABLE_REST},
};

static const struct event_log_row *row_of(const struct view_state *state,
					  const struct row *row)
{
	return event_log_row(state->events, row->id.serial);
}

/* ---- which rows ---- */

/* Publishers number devices: which device a number means depends on the process when
 * there are several of that number. */
struct device_scope {
	const struct snap_device *device; /* NULL: not there any more */
	bool ambiguous;
};

static struct device_scope find_device(const struct view_state *state)
{
	struct device_scope found = {0};

	for (size_t i = 0; i < state->snapshot->device_count; i++)
		if (row_device_key(&state->snapshot->devices[i]) ==
		    state->scope.device_key)
			found.device = &state->snapshot->devices[i];
	for (size_t i = 0; found.device && i < state->snapshot->device_count; i++)
		found.ambiguous |=
			&state->snapshot->devices[i] != found.device &&
			state->snapshot->devices[i].number == found.device->number;
	return found;
}

static const struct snap_process *process_of(const struct view_state *state,
					     uint64_t segment)
{
	for (size_t i = 0; i < state->snapshot->process_count; i++)
		if (state->snapshot->processes[i].segment == segment)
			return &state->snapshot->processes[i];
	return NULL;
}

static bool process_holds(const struct view_state *state, uint64_t segment,
			  const struct snap_device *device)
{
	const struct snap_process *process = process_of(state, segment);

	for (size_t i = 0; process && i < process->memory_count; i++)
		if (process->memory[i].device == device->id)
			return true;
	return false;
}

static bool on_device(const struct view_state *state, const struct event_log_row *row,
		      const struct device_scope *scope)
{
	const struct tta_event *r = &row->event.record;

	return event_has_place(&row->event) && scope->device &&
	       r->device == scope->device->number &&
	       (!scope->ambiguous || process_holds(state, r->nonce, scope->device));
}

static bool in_scope(const struct view_state *state, const struct event_log_row *row,
		     const struct device_scope *device)
{
	const struct scope *scope = &state->scope;
	const struct tta_event *r = &row->event.record;
	bool mine = scope->process && r->nonce == scope->segment;

	if (row->event.kind == EVENT_EARLIER || (scope->process && !mine))
		return false;
	/* What was lost may have been of any place; an end is of all. */
	if (row->event.kind == EVENT_GAP || (mine && row->event.kind == EVENT_EXIT))
		return true;
	if (scope->device && !on_device(state, row, device))
		return false;
	return !scope->buffer ||
	       (event_has_address(&row->event) && r->address == scope->address &&
		row_text_key(row->type) == scope->type_key);
}

static int collect(const struct view_state *state, struct row_list *list)
{
	struct device_scope device = find_device(state);
	size_t count = state->events ? event_log_count(state->events) : 0;

	for (size_t i = 0; i < count; i++) {
		const struct event_log_row *event = event_log_at(state->events, i);
		struct row *row;

		if (event->number < state->events_from ||
		    !in_scope(state, event, &device))
			continue;
		row = rows_add(list);
		if (!row)
			return -ENOMEM;
		row->id.serial = event->number;
	}
	return 0;
}

/* ---- cells ---- */

static uint64_t known_if(bool known, uint64_t value)
{
	return known ? value : SNAP_UNKNOWN;
}

static uint64_t event_number(const struct event_log_row *row, size_t column)
{
	const struct event *event = &row->event;
	const struct tta_event *r = &event->record;
	bool record = event->kind == EVENT_RECORD;

	switch (column) {
	case COL_PID:
		return r->pid;
	case COL_TID:
		return known_if(record, r->thread);
	case COL_DEV:
		return known_if(event_has_place(event), r->device);
	case COL_ADDRESS:
		return known_if(event_has_address(event), r->address);
	case COL_SIZE:
		return known_if(event_has_size(event), r->size);
	case COL_REF:
		return known_if(event_has_refs(event), r->refs);
	case COL_LIVE:
		return event->live;
	case COL_SITE:
		return known_if(record && r->site, r->site);
	case COL_GROUP:
		return known_if(record && r->group, r->group);
	default:
		return row->number; /* as they came */
	}
}

static void key(const struct view_state *state, struct row *row, size_t column)
{
	const struct event_log_row *event = row_of(state, row);

	if (!event)
		return;
	row->number = event_number(event, column);
	if (column == COL_COMM)
		row->text = event->comm;
	else if (column == COL_TYPE)
		row->text = event_has_place(&event->event) ? event->type : "";
	else if (column == COL_OP)
		row->text = event_op_name(&event->event);
	else if (column == COL_LABEL)
		row->text = event->text;
}

/* Since the row above, as long as rows are in the order of time. */
static void format_dt(const struct view_state *state, size_t index,
		      const struct event *event, struct table_text *text)
{
	const struct event_log_row *above =
		index > 0 && view_follows(state)
			? row_of(state, &state->rows.rows[index - 1])
			: NULL;
	char since[FORMAT_SIZE];
	uint64_t ns;

	if (!above || above->event.time_ns == SNAP_UNKNOWN ||
	    event->time_ns == SNAP_UNKNOWN || above->event.time_ns > event->time_ns)
		return;
	ns = event->time_ns - above->event.time_ns;
	if (state->dates)
		snprintf(text->text, sizeof(text->text), "%" PRIu64, ns);
	else
		snprintf(text->text, sizeof(text->text), "%s", format_since(since, ns));
}

static void format_time_cell(const struct view_state *state, const struct event *event,
			     struct table_text *text)
{
	char moment[FORMAT_SIZE], day[FORMAT_TIME_SIZE];

	if (!state->dates)
		snprintf(text->text, sizeof(text->text), "%s",
			 format_moment(moment, event->time_ns));
	else if (event->time_ns != SNAP_UNKNOWN)
		snprintf(text->text, sizeof(text->text), "%s",
			 format_time(day, event->time_ns));
}

static enum attr op_attr(const struct event *event)
{
	if (event->kind == EVENT_EXIT && event->state == SNAP_ORPHAN)
		return ATTR_ORPHAN;
	return event_is_suspicious(event) ? ATTR_SUSPICIOUS : ATTR_NORMAL;
}

/* What is wrong comes first: it must not be cut off. */
static void format_note(const struct event_log_row *row, struct table_text *text)
{
	const struct event_names names = event_log_names(row);
	const char *label = row->event.kind == EVENT_RECORD ? names.label : "";
	const char *between;
	char note[EVENT_NOTE_SIZE];

	event_note(note, &row->event, names.mark);
	between = *label && *note ? ", " : "";
	if (event_is_suspicious(&row->event))
		snprintf(text->text, sizeof(text->text), "%.180s%s%.64s", note, between,
			 label);
	else
		snprintf(text->text, sizeof(text->text), "%.64s%s%.180s", label, between,
			 note);
	text->attr = op_attr(&row->event);
}

static void format_words(const struct view_state *state, const struct event_log_row *row,
			 size_t column, struct table_text *text)
{
	const struct event *event = &row->event;
	char mark[2] = {state->dates ? '\0' : event_op_mark(event), '\0'};

	if (column == COL_COMM) {
		snprintf(text->text, sizeof(text->text), "%s", row->comm);
	} else if (column == COL_TYPE) {
		snprintf(text->text, sizeof(text->text), "%s",
			 event_has_place(event) ? row->type : "-");
		text->attr = event_has_place(event) ? memory_attr(memory_class(row->type))
						    : ATTR_DIM;
	} else if (column == COL_OP) {
		snprintf(text->text, sizeof(text->text), "%s%s", event_op_name(event),
			 mark);
		text->attr = op_attr(event);
	} else if (column == COL_LABEL) {
		snprintf(text->text, sizeof(text->text), "%s",
			 event_log_names(row).label);
	} else {
		format_note(row, text);
	}
}

/* "-": the event has none; LIVE alone may be unknown. */
static void format_number(const struct view_state *state, const struct event_log_row *row,
			  size_t column, struct table_text *text)
{
	uint64_t value = event_number(row, column);
	bool bytes = column == COL_SIZE || column == COL_LIVE;
	bool hex = column == COL_ADDRESS || column == COL_SITE || column == COL_GROUP;
	char number[FORMAT_SIZE];

	if (value == SNAP_UNKNOWN && column == COL_LIVE && event_has_place(&row->event))
		*text = (struct table_text){.text = "?", .attr = ATTR_DIM};
	else if (value == SNAP_UNKNOWN)
		*text = (struct table_text){.text = "-", .attr = ATTR_DIM};
	else if (hex)
		snprintf(text->text, sizeof(text->text), "0x%08" PRIx64, value);
	else
		snprintf(text->text, sizeof(text->text), "%s",
			 bytes ? format_bytes(number, value, false, state->bytes)
			       : (snprintf(number, sizeof(number), "%" PRIu64, value),
				  number));
}

static void format(const struct view_state *state, size_t index, size_t column,
		   struct table_text *text)
{
	const struct event_log_row *row = row_of(state, &state->rows.rows[index]);

	if (!row) /* forgotten since the rows were made */
		return;
	switch (column) {
	case COL_TIME:
		format_time_cell(state, &row->event, text);
		break;
	case COL_DT:
		format_dt(state, index, &row->event, text);
		break;
	case COL_COMM:
	case COL_TYPE:
	case COL_OP:
	case COL_LABEL:
	case COL_NOTE:
		format_words(state, row, column, text);
		break;
	default:
		format_number(state, row, column, text);
	}
}

/* ---- finding ---- */

/* A gap stays: what was lost might have matched. But nobody looks for it by that. */
static bool matches(const struct view_state *state, const struct row *row,
		    const struct filter *filter)
{
	const struct event_log_row *event = row_of(state, row);
	struct event_names names;
	char note[EVENT_NOTE_SIZE] = "";

	if (!event)
		return false;
	if (event->event.kind == EVENT_GAP && filter == state->filtering)
		return true;
	names = event_log_names(event);
	if (filter_has_words(filter))
		event_note(note, &event->event, names.mark);
	return event_matches(filter, &event->event, &names,
			     process_of(state, event->event.record.nonce), note);
}

static bool suspicious(const struct view_state *state, const struct row *row)
{
	const struct event_log_row *event = row_of(state, row);

	return event && event_is_suspicious(&event->event);
}

static uint32_t hidden(const struct view_state *state)
{
	(void)state;
	return 0;
}

/* ---- above and below ---- */

struct strip {
	struct grid *grid;
	struct rect line;
	int at;
	const char *gap;
};

/* What does not fit is left out, and what comes after it. */
static void strip_add(struct strip *strip, unsigned attr, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void strip_add(struct strip *strip, unsigned attr, const char *format, ...)
{
	char text[128];
	va_list arguments;
	int at = strip->at + (strip->at ? utf8_width(strip->gap) : 0);

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	if (at + utf8_width(text) > strip->line.cols)
		strip->line.cols = strip->at;
	else
		strip->at = grid_put(strip->grid, strip->line, at, attr, text);
}

static void add_rates(struct strip *strip, const struct view_state *state, bool wide)
{
	struct event_rates rates;
	char count[FORMAT_SIZE], bytes[FORMAT_SIZE];

	if (!event_log_rates(state->events, &rates))
		return;
	strip_add(strip, ATTR_NORMAL, "%s%s",
		  format_count(count, (uint64_t)(rates.events + 0.5), false),
		  wide ? " events/s" : "/s");
	strip_add(strip, ATTR_NORMAL, "alloc %s/s +%s/s",
		  format_count(count, (uint64_t)(rates.allocs + 0.5), false),
		  format_bytes(bytes, (uint64_t)rates.bytes_up, false, state->bytes));
	strip_add(strip, ATTR_NORMAL, "free %s/s -%s/s",
		  format_count(count, (uint64_t)(rates.frees + 0.5), false),
		  format_bytes(bytes, (uint64_t)rates.bytes_down, false, state->bytes));
}

/* "35 DUP  1 SZ" */
static void add_kinds(struct strip *strip, const struct event_counts *counts)
{
	const struct {
		uint64_t count;
		const char *name;
	} kinds[] = {
		{counts->dup, "DUP"},	     {counts->size, "SZ"},
		{counts->unknown, "free?"},  {counts->unmatched, "unmatched"},
		{counts->dangling, "DANG"},  {counts->failed, "oom"},
		{counts->left, "left live"},
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		char number[FORMAT_SIZE];

		if (kinds[i].count)
			strip_add(strip, ATTR_SUSPICIOUS, "%s %s",
				  format_count(number, kinds[i].count, false),
				  kinds[i].name);
	}
}

static const char *mode_of(const struct view_state *state)
{
	if (state->paused)
		return "[PAUSE]";
	return state->screens[SCREEN_EVENTS].moved ? "[SCROLL]" : "[FOLLOW]";
}

/* What deserves a look comes first: the rest may not fit. */
static void summary(const struct view_state *state, struct grid *grid, struct rect line)
{
	bool wide = line.cols >= LAYOUT_WIDE_COLS;
	struct strip strip = {grid, line, 0, wide ? "   " : "  "};
	const struct event_counts *counts;
	char number[FORMAT_SIZE];

	if (!state->events)
		return;
	counts = event_log_counts(state->events);
	if (!state->plain)
		strip_add(&strip, state->paused ? ATTR_PAUSE : ATTR_TAB, "%s",
			  mode_of(state));
	strip_add(&strip, counts->lost ? ATTR_SUSPICIOUS : ATTR_NORMAL, "lost %s",
		  format_count(number, counts->lost, false));
	strip_add(&strip, counts->suspicious ? ATTR_SUSPICIOUS : ATTR_NORMAL, "%s %s",
		  wide ? "suspicious" : "bad",
		  format_count(number, counts->suspicious, false));
	add_rates(&strip, state, wide);
	add_kinds(&strip, counts);
}

static void detail(const struct view_state *state, const struct row *row,
		   struct grid *grid, struct rect area)
{
	const struct event_log_row *event = row_of(state, row);

	if (event)
		detail_event(state, event, grid, area);
}

/* To the events of the same address, else of the same process. */
static enum screen_id zoom(const struct view_state *state, const struct row *row,
			   struct scope *scope)
{
	const struct event_log_row *event = row_of(state, row);
	const struct tta_event *r;

	*scope = state->scope;
	if (!event) /* forgotten: stay */
		return SCREEN_EVENTS;
	r = &event->event.record;
	*scope = (struct scope){.process = true, .segment = r->nonce, .pid = r->pid};
	snprintf(scope->text, sizeof(scope->text), "pid %u", r->pid);
	if (!event_has_address(&event->event))
		return SCREEN_EVENTS;
	scope->buffer = true;
	scope->type_key = row_text_key(event->type);
	scope->address = r->address;
	snprintf(scope->text, sizeof(scope->text), "0x%" PRIx64 " dev %u pid %u",
		 r->address, r->device, r->pid);
	for (size_t i = 0; i < state->snapshot->device_count; i++) {
		const struct snap_device *device = &state->snapshot->devices[i];

		if (device->number != r->device || scope->device)
			continue;
		scope->device = true;
		scope->device_key = row_device_key(device);
	}
	return SCREEN_EVENTS;
}

const struct screen screen_events = {
	.name = "events",
	.title = "Events",
	.columns = columns,
	.column_count = COL_COUNT,
	.sort = COL_TIME,
	.stream = true,
	.collect = collect,
	.key = key,
	.format = format,
	.matches = matches,
	.suspicious = suspicious,
	.hidden = hidden,
	.summary = summary,
	.detail = detail,
	.zoom = zoom,
};
