/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * extent_sort.h - ranges of addresses in order; private to the model.
 */
#ifndef TTATOP_EXTENT_SORT_H
#define TTATOP_EXTENT_SORT_H

#include <stddef.h>
#include <stdint.h>

#include "snapshot.h"

/* A buffer's range in each bank. */
struct extent {
	uint64_t group; /* extents of different groups have nothing to do with each other
			 */
	uint64_t begin, end;
	struct snap_buffer *buffer;
};

/*
 * Sort by group, begin and end. @other has room for as many.
 *
 * Return: @list or @other, whichever holds the result.
 * Cost:   one pass for each doubling of the number of runs that are in order already;
 *         every process is one.
 */
struct extent *extents_sort(struct extent *list, struct extent *other, size_t count);

#endif
