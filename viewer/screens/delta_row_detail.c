/* SPDX-License-Identifier: BSD-2-Clause */
/* delta_row_detail.c - the lines below the delta screen's rows. */
#include <stdio.h>

#include "delta_row.h"
#include "detail_text.h"
#include "tally.h"

/* "python 1906102: new ORPHAN x8 dev, DRAM 0 -> 288K: +288K, +16 buf, +16 refs" */
static void write_row(struct detail_text *text, const struct view_state *state,
		      const struct delta_by_row *row)
{
	char words[128], base[FORMAT_SIZE], now[FORMAT_SIZE], change[FORMAT_SIZE],
		buffers[FORMAT_SIZE], refs[FORMAT_SIZE];

	delta_row_group(state, row, words, sizeof(words));
	detail_add(text, "%s", words);
	delta_row_state(state, row, words, sizeof(words));
	detail_add(text, ": %s   %s %s to %s: %s, %s buf, %s refs", words, row->type,
		   format_bytes(base, row->bytes.base, false, state->bytes),
		   format_bytes(now, row->bytes.now, false, state->bytes),
		   format_change(change, row->bytes.change, row->bytes.known,
				 state->bytes),
		   format_change(buffers, row->buffers.change, row->buffers.known, true),
		   format_change(refs, row->refs.change, row->refs.known, true));
	if (row->first != DELTA_NO_BUFFER)
		detail_add(text, "   oldest %s",
			   format_age(now, delta_row_age(state, row)));
}

static void write_left(struct detail_text *text, const struct view_state *state,
		       const char *who, uint64_t bytes, uint64_t buffers)
{
	char size[FORMAT_SIZE], count[FORMAT_SIZE];

	detail_add(text, "%s: %s in %s", who,
		   format_bytes(size, bytes, false, state->bytes),
		   format_count(count, buffers, false));
}

/* What stays until it is reaped; false: nothing. */
static bool write_residue(struct detail_text *text, const struct view_state *state,
			  int cols)
{
	const struct snap_totals *all = &state->snapshot->totals;
	const char *end = "-> exit residue, F9 reaps it";

	if (!all->orphans && !all->exited)
		return false;
	if (all->orphans)
		write_left(text, state, "residue of DEAD processes", all->orphan_bytes,
			   all->orphan_buffers);
	if (all->orphans)
		detail_add(text, " buffer%s", all->orphan_buffers == 1 ? "" : "s");
	if (all->exited)
		write_left(text, state,
			   all->orphans ? ", exited" : "residue of exited processes",
			   all->residue_bytes, all->residue_buffers);
	detail_add(text, " %s", detail_fits(text, end, cols) ? end : "-> F9 reaps");
	return true;
}

static void write_kept(struct detail_text *text, const struct view_state *state)
{
	const struct delta_view *view = &state->grouped;
	char bytes[FORMAT_SIZE], count[FORMAT_SIZE];

	detail_add(text,
		   "never freed since base and older than 60 s: %s buffer%s, %s"
		   "  (press o: list)",
		   format_count(count, view->kept_buffers, false),
		   view->kept_buffers == 1 ? "" : "s",
		   format_bytes(bytes, view->kept_bytes, false, state->bytes));
}

void delta_row_detail(const struct view_state *state, const struct delta_by_row *row,
		      struct grid *grid, struct rect area)
{
	struct detail_text text = {.text = ""};
	int line = 0;

	write_row(&text, state, row);
	detail_draw(&text, grid, rect_line(area, line++), delta_row_attr(state, row));
	if (write_residue(&text, state, area.cols))
		detail_draw(&text, grid, rect_line(area, line++), ATTR_ORPHAN);
	write_kept(&text, state);
	detail_draw(&text, grid, rect_line(area, line++), ATTR_NORMAL);
	detail_add(&text,
		   "next: ttatop check -n 5 -- CMD tells residue that stays constant "
		   "from residue that grows with every run");
	detail_draw(&text, grid, rect_line(area, line), ATTR_DIM);
}
