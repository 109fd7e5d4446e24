/* SPDX-License-Identifier: BSD-2-Clause */
#include "detail.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "detail_text.h"
#include "screen.h"
#include "tally.h"

#define BUFFER_LINES  3 /* about a buffer itself */
#define HISTORY_LINES 4 /* of an address: enough to see why */

const char *detail_command(const struct snap_process *process)
{
	return *process->cmdline ? process->cmdline : process->comm;
}

enum attr detail_state_attr(enum snap_state state)
{
	switch (state) {
	case SNAP_ORPHAN:
		return ATTR_ORPHAN;
	case SNAP_EXITED:
	case SNAP_CORRUPT:
		return ATTR_SUSPICIOUS;
	case SNAP_DEAD:
	case SNAP_STATE_UNKNOWN:
		return ATTR_DIM;
	default:
		return ATTR_NORMAL;
	}
}

enum attr detail_change_attr(int64_t change, bool known)
{
	if (!known)
		return ATTR_DIM;
	return change > 0 ? ATTR_GROWTH : change < 0 ? ATTR_SHRINK : ATTR_NORMAL;
}

/* "19 buffers never freed", and what they are: " (16 DRAM, 3 L1)". */
static void write_buffers(struct detail_text *text, const struct view_state *state,
			  const struct snap_process *process, const char *fate)
{
	struct tally all = {0}, of[MEMORY_CLASS_COUNT] = {0};
	char number[TALLY_TEXT_SIZE];
	const char *before = " (";

	for (size_t i = 0; i < process->memory_count; i++) {
		tally_add(&all, process->memory[i].buffers);
		tally_add(&of[memory_class(process->memory[i].type)],
			  process->memory[i].buffers);
	}
	detail_add(text, "%s buffer%s%s", tally_count(number, &all, false, state->ascii),
		   all.sum == 1 ? "" : "s", fate);
	for (int which = 0; which < MEMORY_CLASS_COUNT; which++) {
		if (of[which].sum == 0)
			continue;
		detail_add(text, "%s%s %s", before,
			   tally_count(number, &of[which], false, state->ascii),
			   memory_short((enum memory_class)which));
		before = ", ";
	}
	detail_add(text, "%s", *before == ',' ? ")" : "");
}

/* What can be done about what it left. */
static void write_remedy(struct detail_text *text, const struct view_state *state)
{
	detail_add(text, "   %s", state->readonly ? "run: ttatop reap" : "F9 reap");
}

/* What this process is, in one line. */
static void write_verdict(struct detail_text *text, const struct view_state *state,
			  const struct snap_process *process)
{
	switch (process->state) {
	case SNAP_ORPHAN:
		detail_add(text, "%u is DEAD: ", process->pid);
		write_buffers(text, state, process, " never freed");
		write_remedy(text, state);
		break;
	case SNAP_EXITED:
		detail_add(text, "%u has EXITED: ", process->pid);
		write_buffers(text, state, process, " left");
		write_remedy(text, state);
		break;
	case SNAP_CORRUPT:
		detail_add(text, "%u: its segment is CORRUPT", process->pid);
		break;
	case SNAP_STATE_UNKNOWN:
		if (process->unpublished)
			detail_add(text, "%u %s", process->pid, process->note);
		else
			detail_add(text, "%u: it cannot be told whether it lives",
				   process->pid);
		break;
	default:
		detail_add(text, "%u is %s: ", process->pid,
			   snap_state_name(process->state));
		write_buffers(text, state, process, "");
	}
}

static void write_soundness(struct detail_text *text, const struct snap_process *process)
{
	detail_add(text, "  numbers %s", process->exact ? "exact" : "NOT exact");
	for (size_t i = 0; i < process->inexact_reason_count; i++)
		detail_add(text, "%s%s", i ? ", " : ": ", process->inexact_reasons[i]);
	detail_number(text, "records overwritten unread", process->lost);
	detail_number(text, "uncertain events", process->uncertain);
	detail_number(text, "unknown frees", process->unknown_frees);
	detail_number(text, "unmatched frees", process->unmatched);
}

void detail_process(const struct view_state *state, const struct snap_process *process,
		    struct grid *grid, struct rect area)
{
	struct detail_text text = {.text = ""};
	unsigned attr = detail_state_attr(process->state);
	char number[FORMAT_SIZE];

	write_verdict(&text, state, process);
	if (*process->note && !process->unpublished &&
	    detail_fits(&text, process->note, area.cols))
		detail_add(&text, "   %s", process->note);
	if (!process->exact && !process->unpublished && area.rows < 3)
		detail_add(&text, "   numbers NOT exact");
	detail_draw(&text, grid, rect_line(area, 0), attr);
	if (process->unpublished) {
		detail_add(&text, "  %s   user %s   what it holds is not known",
			   process->comm, process->user);
		detail_draw(&text, grid, rect_line(area, 1), ATTR_NORMAL);
		return;
	}
	detail_add(&text, "  %s   user %s   segment %016" PRIx64, detail_command(process),
		   process->user, process->segment);
	detail_draw(&text, grid, rect_line(area, 1), ATTR_NORMAL);
	write_soundness(&text, process);
	detail_draw(&text, grid, rect_line(area, 2),
		    process->exact ? ATTR_NORMAL : ATTR_SUSPICIOUS);
	detail_add(&text, "  events %s   closed %s",
		   format_count(number, process->events, false),
		   process->closed == SNAP_UNKNOWN ? "?"
		   : process->closed		   ? "some"
						   : "none");
	if (*process->run_id)
		detail_add(&text, "   run id %s", process->run_id);
	detail_draw(&text, grid, rect_line(area, 3), ATTR_NORMAL);
}

static void write_place(struct detail_text *text, const struct view_state *state,
			const struct snap_buffer *buffer)
{
	const struct snap_device *device = &state->snapshot->devices[buffer->device];
	char size[FORMAT_SIZE];

	detail_add(text, "0x%08" PRIx64 " dev %u %s %s", buffer->addr, device->number,
		   buffer->type, format_bytes(size, buffer->size, false, state->bytes));
	if (buffer->bank_size == SNAP_UNKNOWN || buffer->bank_size == 0)
		return;
	detail_add(text, ", %s per bank",
		   format_bytes(size, buffer->bank_size, false, state->bytes));
}

static void write_history(struct detail_text *text, const struct snap_buffer *buffer)
{
	char refs[FORMAT_SIZE], allocs[FORMAT_SIZE], frees[FORMAT_SIZE],
		views[FORMAT_SIZE];

	detail_add(text, "  allocated %sx, freed %sx, refs %s",
		   format_count(allocs, buffer->allocs, false),
		   format_count(frees, buffer->frees, false),
		   format_count(refs, buffer->refs, false));
	if (buffer->views)
		detail_add(text, ", views %s", format_count(views, buffer->views, false));
}

/* What was not told is left out, not shown as 0. */
static void write_origin(struct detail_text *text, const struct snap_buffer *buffer)
{
	char age[FORMAT_SIZE];

	detail_add(text, "  serial %" PRIx64 "   age %s   label %s", buffer->serial,
		   format_age(age, buffer->age_ns),
		   *buffer->label ? buffer->label : "(none)");
	if (buffer->group)
		detail_add(text, "   group %" PRIu64, buffer->group);
	if (buffer->site)
		detail_add(text, "   site 0x%" PRIx64, buffer->site);
}

/* What the flags mean, then where it comes from; without room for both and a history the
 * former, as the table shows age and label. */
static int draw_flags_and_origin(const struct view_state *state,
				 const struct snap_buffer *buffer, struct grid *grid,
				 struct rect area)
{
	bool crowded = state->events && area.rows <= BUFFER_LINES + HISTORY_LINES;
	struct detail_text text = {.text = ""};
	int used = 2;

	detail_flag_meanings(&text, state, buffer);
	if (text.used > 0)
		detail_draw(&text, grid, rect_line(area, used++), ATTR_SUSPICIOUS);
	if (used > 2 && crowded)
		return used;
	write_origin(&text, buffer);
	detail_draw(&text, grid, rect_line(area, used++), ATTR_NORMAL);
	return used;
}

void detail_buffer(const struct view_state *state, const struct snap_buffer *buffer,
		   struct grid *grid, struct rect area)
{
	const struct snap_process *process = &state->snapshot->processes[buffer->process];
	struct detail_text text = {.text = ""};
	int used;

	write_place(&text, state, buffer);
	write_history(&text, buffer);
	detail_draw(&text, grid, rect_line(area, 0),
		    buffer->flags & SNAP_FLAG_ORPHAN ? ATTR_ORPHAN : ATTR_NORMAL);
	detail_add(&text, "  owner %u %s  %s   user %s", process->pid,
		   process->state == SNAP_ORPHAN ? "DEAD"
						 : snap_state_name(process->state),
		   detail_command(process), process->user);
	detail_draw(&text, grid, rect_line(area, 1), ATTR_NORMAL);
	used = draw_flags_and_origin(state, buffer, grid, area);
	if (!state->events || area.rows <= used)
		return;
	area.row += used;
	area.rows -= used;
	detail_history(state, buffer, grid, area);
}

/* The buffers of a process that does not publish: why there are none. */
static bool empty_unpublished(const struct view_state *state, struct grid *grid,
			      struct rect area)
{
	const struct snapshot *snapshot = state->snapshot;

	for (size_t i = 0; state->scope.process && i < snapshot->process_count; i++) {
		const struct snap_process *process = &snapshot->processes[i];

		if (!process->unpublished || process->segment != state->scope.segment)
			continue;
		grid_format(grid, rect_line(area, 0), 0, ATTR_NORMAL,
			    "%u (%s) is known from the driver alone. It", process->pid,
			    process->comm);
		grid_format(grid, rect_line(area, 1), 0, ATTR_SUSPICIOUS, "%s.",
			    process->note);
		grid_put(grid, rect_line(area, 2), 0, ATTR_NORMAL,
			 "What it holds is not known. Esc goes back; try: ttatop doctor");
		return true;
	}
	return false;
}

void detail_empty(const struct view_state *state, struct grid *grid, struct rect area)
{
	const struct snapshot *snapshot = state->snapshot;
	int line = 0;

	if (state->unfiltered > 0) {
		grid_format(grid, rect_line(area, 0), 0, ATTR_NORMAL,
			    "No row matches '%s': %zu hidden.", state->filter,
			    state->unfiltered);
		grid_put(grid, rect_line(area, 1), 0, ATTR_NORMAL,
			 "Press F4 to change the filter, Esc to clear it.");
		return;
	}
	if (screen_of(state)->empty && screen_of(state)->empty(state, grid, area))
		return;
	if (empty_unpublished(state, grid, area))
		return;
	if (snapshot->process_count > 0 || snapshot->device_count > 0) {
		grid_put(grid, rect_line(area, 0), 0, ATTR_NORMAL,
			 state->zoom_depth
				 ? "Nothing here any more. Press Esc to go back."
				 : "Publishers hold nothing of this kind.");
		return;
	}
	grid_format(grid, rect_line(area, line++), 0, ATTR_NORMAL,
		    "No publishers found in %s.", state->directory);
	grid_put(grid, rect_line(area, line++), 0, ATTR_NORMAL,
		 "Start a program linked with libtta, or try: tta-sim run demo");
	for (size_t i = 0; i < snapshot->warning_count; i++)
		grid_format(grid, rect_line(area, line++), 0, ATTR_SUSPICIOUS, "%s",
			    snapshot->warnings[i].text);
}
