/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * order.h - sort many entries by (device, address, type, place in the pool).
 */
#ifndef TTA_ORDER_H
#define TTA_ORDER_H

#include <stddef.h>
#include <stdint.h>

/* One entry, as short as sorting allows. */
struct tta_order {
	uint64_t key;  /* address; anything once sorted */
	uint32_t pair; /* device << 8 | type */
	uint32_t slot;
};

/* Memory to sort in, kept from one segment to the next. Zero-initialised is empty. */
struct tta_order_room {
	struct tta_order *list; /* of @room */
	struct tta_order *other;
	size_t room;
};

/* Room for @count entries; what was there is lost. 0 or -ENOMEM. */
int tta__order_reserve(struct tta_order_room *room, size_t count);
void tta__order_fini(struct tta_order_room *room);

/*
 * Sort the first @count entries of @room->list, which are in order of their slots.
 *
 * Return: one of the two lists, whichever holds the result.
 * Cost:   one pass when they are sorted; else linear, unless keys differ in more than
 *         64 bits.
 */
struct tta_order *tta__order_sort(struct tta_order_room *room, size_t count);

#endif
