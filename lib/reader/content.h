/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * content.h - what was copied from one segment: shared by all samples that show it.
 *
 * A segment in which nothing happened since the last sample is not copied again.
 */
#ifndef TTA_CONTENT_H
#define TTA_CONTENT_H

#include <stdbool.h>

#include <tta/atomic.h>
#include <tta/reader.h>

#include "arena.h"

/* Filled once, then read by any number of threads until nobody holds it. */
struct tta_content {
	tta_a32 holders;
	struct tta_arena arena; /* of the arrays below */

	/* what it is a copy of */
	unsigned parts;
	bool with_table;
	uint64_t table_generation;
	uint64_t counts[TTA_SECTION_MARK_ROWS + 1]; /* of what is appended, by section */

	/* what it says */
	bool settled;	    /* nothing moved while it was copied */
	bool corrupt_table; /* entries were left out */
	bool disagrees;	    /* table and counters */
	bool residue;
	uint64_t adds;		 /* calls of tta_add(): counted by lines, not by lanes */
	uint32_t totals_inexact; /* TTA_INEXACT_* that come from what was copied */
	size_t memory_count, device_count, type_count, buffer_count, mark_count;
	const struct tta_memory *memory;
	const struct tta_device *devices;
	const struct tta_type_record *types;
	const struct tta_buffer *buffers;
	const struct tta_mark_info *marks;
};

/*
 * Empty, held by the caller: one of @mine that only the caller holds, or a new one.
 * @mine: what the caller keeps, NULL allowed; [0] becomes the result.
 * Return: NULL when there is no memory.
 */
struct tta_content *tta__content_renew(struct tta_content *mine[2]);
void tta__content_hold(struct tta_content *content);
/* Any thread; NULL is a no-op. The last one to let go frees it. */
void tta__content_release(struct tta_content *content);

#endif
