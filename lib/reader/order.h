/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * order.h - sort many entries by (device, address, type).
 */
#ifndef TTA_ORDER_H
#define TTA_ORDER_H

#include <stddef.h>
#include <stdint.h>

/* One entry, as short as sorting allows. */
struct tta_order {
	uint64_t key;  /* address; anything once sorted */
	uint32_t pair; /* device << 8 | type */
	uint32_t at;   /* its place before */
};

/*
 * Sort @count entries that are in order of their places. @other has room for as many.
 *
 * Return: @list or @other, whichever holds the result.
 * Cost:   one pass when they are sorted; else linear, unless keys differ in more than
 *         64 bits.
 */
struct tta_order *tta__order_sort(struct tta_order *list, struct tta_order *other,
				  size_t count);

#endif
