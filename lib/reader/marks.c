/* SPDX-License-Identifier: BSD-2-Clause */
#include "marks.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "text.h"

#define ROW_BYTES_UNKNOWN 1u

static struct tta_mark_memory row_copy(const struct tta_attachment *a, uint64_t index)
{
	struct tta_mark_row row;

	memcpy(&row, tta__attachment_at(a, TTA_SECTION_MARK_ROWS, index), sizeof(row));
	return (struct tta_mark_memory){
		.device = row.device,
		.type = row.type,
		.bytes = row.flags & ROW_BYTES_UNKNOWN ? TTA_UNKNOWN : row.bytes,
		.buffers = row.buffers,
		.refs = row.refs,
	};
}

/* False when the rows are not where they can be, or were shown by other marks. */
static bool mark_fill(const struct tta_attachment *a, const struct tta_mark_record *mark,
		      struct tta_mark_memory *rows, uint64_t room,
		      struct tta_mark_info *info)
{
	uint64_t count = tta__attachment_count(a, TTA_SECTION_MARK_ROWS);

	if (mark->rows > room || mark->first_row > count ||
	    mark->rows > count - mark->first_row)
		return false;
	*info = (struct tta_mark_info){
		.time_ns = tta__clock_ns(&a->clock, mark->time),
		.exact = mark->exact == 1,
		.memory_count = mark->rows,
		.memory = rows,
	};
	tta__text_copy(info->name, sizeof(info->name), mark->name, sizeof(mark->name));
	for (uint32_t i = 0; i < mark->rows; i++)
		rows[i] = row_copy(a, mark->first_row + i);
	return true;
}

int tta__marks_copy(const struct tta_attachment *a, struct tta_arena *arena,
		    struct tta_process *p)
{
	uint64_t count = tta__attachment_count(a, TTA_SECTION_MARKS);
	uint64_t room = tta__attachment_count(a, TTA_SECTION_MARK_ROWS);
	struct tta_mark_memory *rows = tta__arena_take(arena, room, sizeof(*rows));
	struct tta_mark_info *list = tta__arena_take(arena, count, sizeof(*list));
	size_t kept = 0;

	if (!rows || !list)
		return -ENOMEM;
	for (uint64_t i = 0; i < count; i++) {
		struct tta_mark_record mark;

		memcpy(&mark, tta__attachment_at(a, TTA_SECTION_MARKS, i), sizeof(mark));
		if (!mark_fill(a, &mark, rows, room, &list[kept])) {
			p->totals_inexact |= TTA_INEXACT_CORRUPT;
			continue;
		}
		rows += mark.rows;
		room -= mark.rows;
		kept++;
	}
	p->marks = list;
	p->mark_count = kept;
	return 0;
}
