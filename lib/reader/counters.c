/* SPDX-License-Identifier: BSD-2-Clause */
#include "counters.h"

#include <errno.h>
#include <stdlib.h>

enum columns {
	COLUMNS_FREE,
	COLUMNS_ALLOC,
};

static void row_add_line(struct tta_tally_row *row, const struct tta_counter_line *line,
			 uint32_t kind, const struct tta_line_sums *sums,
			 enum columns columns)
{
	struct tta_line_sums *sum = &row->kind[kind];
	uint64_t peak;

	row->seen = true;
	if (columns == COLUMNS_FREE) {
		sum->free_bytes += sums->free_bytes;
		sum->free_count += sums->free_count;
		return;
	}
	sum->alloc_bytes += sums->alloc_bytes;
	sum->alloc_count += sums->alloc_count;
	row->unsized += tta_load_relaxed64(&line->unsized);
	row->peak_lags = row->peak_lags || tta_load_relaxed64(&line->missed) != 0;
	peak = tta_load_relaxed64(&line->peak);
	if (kind != TTA_LINE_ADD && peak > row->peak)
		row->peak = peak;
}

/* C2: the free columns of all lines come before any alloc column, so that no free is
 * seen without its alloc. Weaker: negative live bytes. Bites: torture_counters. */
static int copy_columns(struct tta_attachment *a, enum columns columns, bool *whole)
{
	uint64_t count = tta__attachment_count(a, TTA_SECTION_COUNTERS);

	for (uint64_t i = 0; i < count; i++) {
		const struct tta_counter_line *line =
			tta__attachment_at(a, TTA_SECTION_COUNTERS, i);
		struct tta_line_sums sums;
		struct tta_tally_row *row;
		struct tta_line_id id;

		if (!tta__line_identify(line, &id))
			continue;
		if (id.kind < TTA_LINE_DETAIL || id.kind >= TTA_LINE_LIMIT)
			continue;
		if (!tta__line_read(line, &id, &sums)) {
			*whole = false;
			continue;
		}
		row = tta__tally_row(&a->tally, id.device << 8 | id.type);
		if (!row)
			return -ENOMEM;
		row_add_line(row, line, id.kind, &sums, columns);
	}
	return 0;
}

/* ---- where the lines are ---- */

/* The owner of a lane's line counts its writes. Lines of many writers have no such
 * count, but their sums only grow. */
static struct tta_line_seen line_look(const struct tta_counter_line *line)
{
	struct tta_line_seen seen = {0};
	struct tta_line_sums sums;
	struct tta_line_id id;

	if (!tta__line_identify(line, &id))
		return seen;
	seen.key = tta_load_relaxed64(&line->key);
	if (id.lane != TTA_LANE_OVERFLOW) {
		/* C1 acquire: the sums copied next are not older than this. Weaker: a
		 * change that the copy missed is never noticed. */
		seen.moves = tta_load_acquire64(&line->sequence);
	} else if (tta__line_read(line, &id, &sums)) {
		seen.moves = sums.alloc_bytes + sums.alloc_count + sums.free_bytes +
			     sums.free_count;
	}
	return seen;
}

static const struct tta_counter_line *line_at(const struct tta_attachment *a,
					      uint64_t index)
{
	return tta__attachment_at(a, TTA_SECTION_COUNTERS, index);
}

static int look_at_lines(struct tta_attachment *a)
{
	uint64_t count = tta__attachment_count(a, TTA_SECTION_COUNTERS);

	if (count > a->lines_room) {
		struct tta_line_seen *seen =
			reallocarray(a->lines_seen, count, sizeof(*seen));

		if (!seen)
			return -ENOMEM;
		a->lines_seen = seen;
		a->lines_room = count;
	}
	for (uint64_t i = 0; i < count; i++)
		a->lines_seen[i] = line_look(line_at(a, i));
	a->lines_count = count;
	return 0;
}

bool tta__counters_unmoved(const struct tta_attachment *a)
{
	if (tta__attachment_count(a, TTA_SECTION_COUNTERS) != a->lines_count)
		return false;
	for (uint64_t i = 0; i < a->lines_count; i++) {
		struct tta_line_seen seen = line_look(line_at(a, i));

		if (seen.key != a->lines_seen[i].key ||
		    seen.moves != a->lines_seen[i].moves)
			return false;
	}
	return true;
}

int tta__counters_copy(struct tta_attachment *a, bool *ret_whole)
{
	bool whole = true;
	int err;

	tta__tally_clear_counters(&a->tally);
	err = look_at_lines(a);
	if (!err)
		err = copy_columns(a, COLUMNS_FREE, &whole);
	if (!err)
		err = copy_columns(a, COLUMNS_ALLOC, &whole);
	*ret_whole = whole;
	return err;
}

/* ---- rows of a sample ---- */

static uint64_t clamped(uint64_t up, uint64_t down)
{
	return up > down ? up - down : 0;
}

/*
 * Frees are read before allocs, so a copy of a busy process shows too much, by all that
 * it allocated in between. It never held more than its peak, which is read last.
 */
static void bound_used(const struct tta_tally_row *row, bool quiet, struct tta_memory *m)
{
	if (m->used <= m->peak)
		return;
	if (quiet || row->peak_lags)
		m->peak = m->used;
	else
		m->used = m->peak;
}

static struct tta_memory memory_of(const struct tta_tally_row *row, bool with_table,
				   bool quiet)
{
	const struct tta_line_sums *detail = &row->kind[TTA_LINE_DETAIL];
	const struct tta_line_sums *bare = &row->kind[TTA_LINE_NO_DETAIL];
	const struct tta_line_sums *add = &row->kind[TTA_LINE_ADD];
	const struct tta_line_sums *disowned = &row->kind[TTA_LINE_DISOWNED];
	struct tta_memory m = {
		.device = row->pair >> 8,
		.type = row->pair & 0xffu,
		.peak = row->peak,
		.allocs = detail->alloc_count + bare->alloc_count,
		.frees = detail->free_count + bare->free_count,
		.add_bytes_up = add->alloc_bytes,
		.add_bytes_down = add->free_bytes,
		.detail_bytes = clamped(detail->alloc_bytes,
					detail->free_bytes + disowned->alloc_bytes),
		.no_detail_bytes = clamped(bare->alloc_bytes + disowned->alloc_bytes,
					   bare->free_bytes),
		.buffers = with_table ? row->entries : TTA_UNKNOWN,
		.table_bytes = with_table ? row->entry_bytes : TTA_UNKNOWN,
	};

	m.refs = clamped(m.allocs, m.frees);
	m.used = m.detail_bytes + m.no_detail_bytes;
	bound_used(row, quiet, &m);
	if (row->unsized > 0) {
		m.used = TTA_UNKNOWN;
		m.peak = TTA_UNKNOWN;
		m.no_detail_bytes = TTA_UNKNOWN;
	}
	return m;
}

/* More freed than allocated: the host's duty or the segment is broken. */
static bool row_negative(const struct tta_tally_row *row)
{
	const struct tta_line_sums *detail = &row->kind[TTA_LINE_DETAIL];

	return detail->alloc_bytes < detail->free_bytes ||
	       detail->alloc_count < detail->free_count;
}

/* At rest the table is what the counters say was published with detail, less what went
 * with an old table. */
static bool row_disagrees(const struct tta_tally_row *row)
{
	const struct tta_line_sums *detail = &row->kind[TTA_LINE_DETAIL];
	const struct tta_line_sums *disowned = &row->kind[TTA_LINE_DISOWNED];

	return detail->alloc_bytes - detail->free_bytes - disowned->alloc_bytes !=
		       row->entry_bytes ||
	       detail->alloc_count - detail->free_count - disowned->alloc_count !=
		       row->entry_refs;
}

static uint32_t row_inexact(const struct tta_tally_row *row)
{
	return (row->unsized > 0 ? TTA_INEXACT_UNSIZED : 0) |
	       (row_negative(row) ? TTA_INEXACT_MISMATCH : 0);
}

static bool row_touched(const struct tta_tally_row *row)
{
	for (uint32_t kind = TTA_LINE_DETAIL; kind < TTA_LINE_LIMIT; kind++)
		if (row->kind[kind].alloc_count | row->kind[kind].free_count |
		    row->kind[kind].alloc_bytes | row->kind[kind].free_bytes)
			return true;
	return row->unsized != 0;
}

static int memory_order(const void *left, const void *right)
{
	const struct tta_memory *a = left, *b = right;

	if (a->device != b->device)
		return a->device < b->device ? -1 : 1;
	return (a->type > b->type) - (a->type < b->type);
}

uint64_t tta__counters_adds(const struct tta_attachment *a)
{
	uint64_t adds = 0;

	for (uint32_t i = 0; i < a->tally.count; i++) {
		const struct tta_line_sums *add = &a->tally.rows[i].kind[TTA_LINE_ADD];

		adds += add->alloc_count + add->free_count;
	}
	return adds;
}

int tta__counters_emit(const struct tta_attachment *a, bool with_table, bool quiet,
		       struct tta_arena *arena, struct tta_process *p,
		       bool *ret_disagrees)
{
	struct tta_memory *list = tta__arena_take(arena, a->tally.count, sizeof(*list));
	size_t count = 0;

	if (!list)
		return -ENOMEM;
	*ret_disagrees = false;
	for (uint32_t i = 0; i < a->tally.count; i++) {
		const struct tta_tally_row *row = &a->tally.rows[i];

		if (!row->seen)
			continue;
		if (row->pair == TTA_PAIR_CATCH_ALL) {
			if (row_touched(row))
				p->totals_inexact |= TTA_INEXACT_DROPPED;
			continue;
		}
		p->totals_inexact |= row_inexact(row);
		*ret_disagrees = *ret_disagrees || row_disagrees(row);
		list[count++] = memory_of(row, with_table, quiet);
	}
	tta__arena_trim(arena, list, count * sizeof(*list));
	qsort(list, count, sizeof(*list), memory_order);
	p->memory = list;
	p->memory_count = count;
	return 0;
}
