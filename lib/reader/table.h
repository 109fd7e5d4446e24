/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * table.h - live entries of the pool into private buffers.
 */
#ifndef TTA_TABLE_H
#define TTA_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "arena.h"
#include "attach.h"
#include "order.h"

/* One entry, private. */
struct tta_slot_copy {
	uint64_t word;
	uint64_t address;
	uint64_t size;
	uint64_t time;
	uint64_t group;
	uint64_t origin;
	uint32_t place;
	uint32_t allocs;
	uint32_t bank_size;
	uint32_t slot; /* index in the pool; filled by the table */
};

enum tta_slot_read {
	TTA_SLOT_READ_LIVE = 0,
	TTA_SLOT_READ_NONE = 1,	 /* free, tentative or retired */
	TTA_SLOT_READ_MOVED = 2, /* changed during every try */
};

/* Copy a slot that is live and did not change meanwhile. Bounded tries. */
enum tta_slot_read tta__slot_read(const struct tta_slot *slot,
				  struct tta_slot_copy *ret_copy);

/* Memory to copy and sort in, kept from one segment to the next. Zero-initialised is
 * empty; grows to what the largest segment needs. */
struct tta_table_room {
	struct tta_slot_copy *copies; /* of @room */
	struct tta_order *list, *other;
	size_t room;
};

void tta__table_room_fini(struct tta_table_room *room);

struct tta_table {
	struct tta_buffer *buffers; /* sorted by (device, address, type) */
	size_t count;
	bool whole;    /* no entry was left out because it moved */
	bool corrupt;  /* an entry made no sense and was left out */
	bool labelled; /* some entry has a label */
};

/*
 * Copy all live entries, without label texts, and add them to the tally. Under the guard.
 * @table->buffers is the newest piece of @arena until the next call: another try takes
 * its place. Return: 0; -ENOMEM.
 */
int tta__table_copy(struct tta_attachment *attachment, struct tta_arena *arena,
		    struct tta_table_room *room, struct tta_table *table);

#endif
