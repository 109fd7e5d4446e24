/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * records.h - reach the records of a validated section through a mapping.
 */
#ifndef TTA_RECORDS_H
#define TTA_RECORDS_H

#include <stddef.h>
#include <stdint.h>

#include "validate.h"

/* Published records, never more than the view's capacity; 0 when absent. */
static inline uint64_t tta__records_count(const void *base,
					  const struct tta_section_view *view)
{
	const void *word = (const char *)base + view->count_offset;
	uint64_t count;

	if (view->offset == 0)
		return 0;
	/* S1 acquire: records below the count are there. Weaker: unwritten records. */
	count = tta_load_acquire64((const tta_a64 *)word);
	return count < view->capacity ? count : view->capacity;
}

/* Record @index, which the caller knows to be below the count. */
static inline const void *tta__record_at(const void *base,
					 const struct tta_section_view *view,
					 uint64_t index)
{
	return (const char *)base + view->offset + index * view->stride;
}

#endif
