/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * line.h - read counter lines that their owner may be writing.
 */
#ifndef TTA_LINE_H
#define TTA_LINE_H

#include <stdbool.h>
#include <stdint.h>

#include <tta/layout.h>

/* A private copy of struct tta_sums. */
struct tta_line_sums {
	uint64_t alloc_bytes;
	uint64_t alloc_count;
	uint64_t free_bytes;
	uint64_t free_count;
};

/* Parts of a line's key. */
struct tta_line_id {
	uint32_t lane;
	uint32_t device;
	uint32_t type;
	uint32_t kind; /* enum tta_line_kind; other values are of a later minor */
};

/* False when the line is not handed out yet. */
bool tta__line_identify(const struct tta_counter_line *line, struct tta_line_id *ret_id);

/*
 * One whole copy of the sums of @line. Bounded tries.
 *
 * Return: false when the owner wrote during each of them; nothing is copied then.
 */
bool tta__line_read(const struct tta_counter_line *line, const struct tta_line_id *id,
		    struct tta_line_sums *ret_sums);

#endif
