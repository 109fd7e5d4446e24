/* SPDX-License-Identifier: BSD-2-Clause */
/* detail_event.c - events in words: one of them, and those of one address. */
#include <inttypes.h>
#include <stdio.h>

#include "detail_text.h"
#include "event_history.h"
#include "format.h"
#include "sparkline.h"

/* ---- one event ---- */

/* "24.0K, dev 0, DRAM" */
static void write_place(struct detail_text *text, const struct view_state *state,
			const struct event_log_row *row)
{
	const struct tta_event *r = &row->event.record;
	char size[FORMAT_SIZE];

	if (event_has_size(&row->event))
		detail_add(text, "%s, ",
			   format_bytes(size, r->size, false, state->bytes));
	detail_add(text, "dev %u, %s", r->device, row->type);
}

/* "alloc at 0x3ffff000 (24.0K, dev 0, DRAM): DUP ref 1 -> 2"; with less room the place
 * is on the next line. */
static void write_what(struct detail_text *text, const struct view_state *state,
		       const struct event_log_row *row, bool wide)
{
	const struct event *event = &row->event;
	const struct event_names names = event_log_names(row);
	char note[EVENT_NOTE_SIZE];

	detail_add(text, "%s", event_op_name(event));
	if (event_has_address(event))
		detail_add(text, " at 0x%08" PRIx64, event->record.address);
	if (event_has_place(event) && wide) {
		detail_add(text, " (");
		write_place(text, state, row);
		detail_add(text, ")");
	}
	event_note(note, event, names.mark);
	if (*note)
		detail_add(text, ": %s", note);
}

static void write_who(struct detail_text *text, const struct event_log_row *row,
		      bool wide)
{
	const struct event *event = &row->event;
	char moment[FORMAT_SIZE];

	detail_add(text, "%s  ", format_moment(moment, event->time_ns));
	if (wide || event->kind != EVENT_RECORD)
		detail_add(text, "pid %u  ", event->record.pid);
	if (event->kind == EVENT_RECORD)
		detail_add(text, "tid %u  ", event->record.thread);
}

/* What was not told is left out. */
static void write_record(struct detail_text *text, const struct view_state *state,
			 const struct event_log_row *row, int cols)
{
	const struct tta_event *r = &row->event.record;
	const char *label = event_log_names(row).label;
	char live[FORMAT_SIZE];

	if (*label)
		detail_part(text, cols, "label %s", label);
	if (r->site)
		detail_part(text, cols, "site 0x%" PRIx64, r->site);
	if (r->group)
		detail_part(text, cols, "group 0x%" PRIx64, r->group);
	if (event_has_refs(&row->event) && r->views)
		detail_part(text, cols, "%u views", r->views);
	if (event_has_place(&row->event))
		detail_part(text, cols, "then %s live of %s on dev %u",
			    format_bytes(live, row->event.live, false, state->bytes),
			    row->type, r->device);
}

static void write_more(struct detail_text *text, const struct view_state *state,
		       const struct event_log_row *row, int cols)
{
	detail_add(text, "  ");
	if (cols < LAYOUT_WIDE_COLS && event_has_place(&row->event)) {
		write_place(text, state, row);
		detail_add(text, "  ");
	}
	detail_add(text, "%s (%s)", row->comm, row->user);
	if (row->event.kind == EVENT_RECORD)
		write_record(text, state, row, cols);
}

static const struct {
	uint32_t flag;
	const char *meaning;
} meanings[] = {
	{TTA_RECORD_DUP, "allocated again while live: its bytes count once, and it takes "
			 "one free more"},
	{TTA_RECORD_SIZE, "allocated again with another size"},
	{TTA_RECORD_UNKNOWN, "nothing is live there: freed twice, or its alloc was not "
			     "published"},
	{TTA_RECORD_UNMATCHED,
	 "its entry is not in the table: detail was dropped before"},
	{TTA_RECORD_DANGLING, "views without an owner: they are left when it was freed"},
};

static const char *meaning_of(const struct event *event)
{
	if (event->kind == EVENT_GAP)
		return "its ring was overwritten before it was read: TTA_RING makes "
		       "rings longer";
	if (event->kind == EVENT_EXIT && event_is_suspicious(event))
		return "it ended without freeing everything: ttatop reap lists what is "
		       "left";
	if (event->kind != EVENT_RECORD)
		return "";
	if (event->record.op == TTA_OP_ALLOC_FAILED)
		return "the allocator had no room for it";
	for (size_t i = 0; i < sizeof(meanings) / sizeof(*meanings); i++)
		if (event->record.flags & meanings[i].flag)
			return meanings[i].meaning;
	return "";
}

static void draw_rate(struct grid *grid, struct rect line, const char *name,
		      unsigned attr, const struct past *past)
{
	int at = grid_put(grid, line, 0, ATTR_NORMAL, name);

	sparkline_draw(grid, rect_skip(line, at), attr, past);
}

/* Allocs and frees per second, beside each other. */
static void draw_rates(const struct view_state *state, struct grid *grid,
		       struct rect line)
{
	struct past allocs = {.count = 0}, frees = {.count = 0};
	size_t points = line.cols > 40 ? (size_t)(line.cols - 36) / 2 : 0;
	struct rect part;
	int at;

	points = points > PAST_POINTS ? PAST_POINTS : points;
	allocs.count = frees.count = event_log_past(state->events, allocs.values,
						    frees.values, points, &allocs.span);
	if (allocs.count < 2)
		return;
	at = grid_format(grid, line, 0, ATTR_NORMAL, "rate/s, %.0f s   ", allocs.span);
	part = rect_skip(line, at);
	part.cols = part.cols / 2 - 1;
	draw_rate(grid, part, "alloc ", ATTR_GROWTH, &allocs);
	draw_rate(grid, rect_skip(line, at + part.cols + 2), "free ", ATTR_SHRINK,
		  &frees);
}

void detail_event(const struct view_state *state, const struct event_log_row *row,
		  struct grid *grid, struct rect area)
{
	struct detail_text text = {.text = ""};
	bool wide = area.cols >= LAYOUT_WIDE_COLS;
	unsigned attr = event_is_suspicious(&row->event) ? ATTR_SUSPICIOUS : ATTR_NORMAL;

	if (area.cols >= LAYOUT_ROOMY_COLS)
		write_who(&text, row, wide);
	write_what(&text, state, row, wide);
	detail_draw(&text, grid, rect_line(area, 0), attr);
	write_more(&text, state, row, area.cols);
	detail_draw(&text, grid, rect_line(area, 1), ATTR_NORMAL);
	detail_part(&text, 256, "%s", meaning_of(&row->event));
	detail_draw(&text, grid, rect_line(area, 2), ATTR_DIM);
	if (area.rows > 3)
		draw_rates(state, grid, rect_line(area, 3));
}

/* ---- one address ---- */

/* Why there may have been more; "" = the history is whole. */
static const char *begin_words(const struct event_history *history, bool roomy,
			       char text[80])
{
	char moment[FORMAT_SIZE];

	switch (history->begin) {
	case HISTORY_LOST:
		snprintf(text, 80, "events lost at %.8s%s",
			 format_moment(moment, history->lost_ns),
			 roomy ? ": there may have been more" : "");
		return text;
	case HISTORY_EARLIER:
		return roomy ? "what came before was overwritten before ttatop looked"
			     : "before it: overwritten";
	case HISTORY_FORGOTTEN:
		return roomy ? "what came before is no longer kept"
			     : "before it: no longer kept";
	case HISTORY_UNKNOWN:
		return history->total ? "its alloc has not been seen"
				      : "no event of it has been seen";
	case HISTORY_WHOLE:
		break;
	}
	return "";
}

/* Whatever does not fit is left out as a whole, the least important first. */
static void write_past(struct detail_text *text, const struct view_state *state,
		       const struct event_log_row *row, int cols)
{
	const struct event *event = &row->event;
	const struct tta_event *r = &event->record;
	char moment[FORMAT_SIZE], size[FORMAT_SIZE], note[EVENT_NOTE_SIZE];
	bool sized = event_has_size(event) && r->op == TTA_OP_ALLOC;

	format_moment(moment, event->time_ns);
	detail_add(text, cols < LAYOUT_ROOMY_COLS ? "  %.8s  %-9s" : "  %s  %-9s", moment,
		   event_op_name(event));
	if (event->kind == EVENT_EXIT) {
		detail_part(text, cols, "the process %s",
			    event->state == SNAP_ORPHAN ? "died" : "ended");
		return;
	}
	detail_part(text, cols, "%5s",
		    sized ? format_bytes(size, r->size, false, state->bytes) : "");
	if (event_has_refs(event))
		detail_part(text, cols, "ref %u", r->refs);
	if (event_is_suspicious(event) && *event_note(note, event, NULL))
		detail_part(text, cols, "%s", note);
	detail_part(text, cols, "pid %u tid %u", r->pid, r->thread);
	if (r->site)
		detail_part(text, cols, "site 0x%" PRIx64, r->site);
}

static void draw_notice(const struct event_history *history, size_t shown,
			struct grid *grid, struct rect line)
{
	bool roomy = line.cols >= LAYOUT_ROOMY_COLS;
	struct detail_text text = {.text = ""};
	char words[80];

	if (shown < history->total)
		detail_add(&text, "  %zu earlier", history->total - shown);
	detail_part(&text, line.cols, "%s", begin_words(history, roomy, words));
	detail_draw(&text, grid, line, ATTR_DIM);
}

void detail_history(const struct view_state *state, const struct snap_buffer *buffer,
		    struct grid *grid, struct rect area)
{
	const struct event_place place = {
		.segment = buffer->segment,
		.address = buffer->addr,
		.device = state->snapshot->devices[buffer->device].number,
		.type = buffer->type,
	};
	struct event_history history;
	size_t lines = (size_t)area.rows, shown;
	int line = 0;

	event_history_find(&history, state->events, &place);
	shown = history.count < lines ? history.count : lines;
	if (shown < history.total || history.begin != HISTORY_WHOLE) {
		shown = history.count < lines - 1 ? history.count : lines - 1;
		draw_notice(&history, shown, grid, rect_line(area, line++));
	}
	for (size_t i = shown; i > 0; i--) {
		const struct event_log_row *row = history.rows[i - 1];
		struct detail_text text = {.text = ""};

		write_past(&text, state, row, area.cols);
		detail_draw(&text, grid, rect_line(area, line++),
			    event_is_suspicious(&row->event) ? ATTR_SUSPICIOUS
							     : ATTR_NORMAL);
	}
}
