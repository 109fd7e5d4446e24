/* SPDX-License-Identifier: BSD-2-Clause */
#include "table.h"

#include <errno.h>
#include <stdlib.h>

#define SLOT_TRIES 4

static void slot_load(const struct tta_slot *slot, struct tta_slot_copy *copy)
{
	copy->address = tta_load_relaxed64(&slot->address);
	copy->size = tta_load_relaxed64(&slot->size);
	copy->time = tta_load_relaxed64(&slot->time);
	copy->group = tta_load_relaxed64(&slot->group);
	copy->origin = tta_load_relaxed64(&slot->origin);
	copy->place = tta_load_relaxed32(&slot->place);
	copy->allocs = tta_load_relaxed32(&slot->allocs);
	copy->bank_size = tta_load_relaxed32(&slot->bank_size);
}

enum tta_slot_read tta__slot_read(const struct tta_slot *slot,
				  struct tta_slot_copy *ret_copy)
{
	for (int i = 0; i < SLOT_TRIES; i++) {
		/* P1 acquire: the fields belong to this word. Weaker: fields of the entry
		 * before. Bites: torture_table. */
		uint64_t word = tta_load_acquire64(&slot->word);

		if (tta_slot_state(word) != TTA_SLOT_LIVE)
			return TTA_SLOT_READ_NONE;
		ret_copy->word = word;
		slot_load(slot, ret_copy);
		/* P2 acquire: fields before the second look. Weaker: a reused slot passes
		 * for the old entry. Bites: nothing yet on x86. */
		tta_fence_acquire();
		if (tta_load_relaxed64(&slot->word) == word)
			return TTA_SLOT_READ_LIVE;
	}
	return TTA_SLOT_READ_MOVED;
}

/* An entry that only views hold has no bytes, whatever its size field still says. */
static struct tta_buffer buffer_of(const struct tta_attachment *a, uint64_t index,
				   const struct tta_slot_copy *copy)
{
	uint32_t refs = tta_slot_refs(copy->word);
	bool banked = copy->bank_size != 0 && copy->bank_size != TTA_BANK_SIZE_UNKNOWN;

	return (struct tta_buffer){
		.address = copy->address,
		.size = refs ? copy->size : 0,
		.bank_size = banked ? copy->bank_size : TTA_UNKNOWN,
		.serial = (uint64_t)tta_slot_generation(copy->word) << 32 | index,
		.time_ns = tta__clock_ns(&a->clock, copy->time),
		.group = copy->group,
		.site = copy->origin >> 16,
		.device = copy->place & 0xffffu,
		.type = copy->place >> 16 & 0xffu,
		.refs = refs,
		.views = tta_slot_views(copy->word),
		.allocs = copy->allocs,
		.frees = copy->allocs > refs ? copy->allocs - refs : 0,
		.flags = copy->place >> 24,
		.label = (uint32_t)copy->origin & 0xffffu,
		.label_text = "",
	};
}

static int table_add(struct tta_attachment *a, struct tta_table *table, uint64_t index,
		     const struct tta_slot_copy *copy)
{
	struct tta_buffer *buffer = &table->buffers[table->count];
	struct tta_tally_row *row;

	*buffer = buffer_of(a, index, copy);
	/* Taken by whoever ends the entry, between two steps. */
	if (buffer->size >= TTA_SIZE_LEAVING) {
		table->whole = false;
		return 0;
	}
	if (buffer->size >= TTA_SIZE_LIMIT) {
		table->corrupt = true;
		return 0;
	}
	row = tta__tally_row(&a->tally, buffer->device << 8 | buffer->type);
	if (!row)
		return -ENOMEM;
	row->seen = true;
	row->entries++;
	row->entry_bytes += buffer->size;
	row->entry_refs += buffer->refs;
	table->count++;
	return 0;
}

int tta__table_copy(struct tta_attachment *a, struct tta_arena *arena,
		    struct tta_table *table)
{
	uint64_t slots = tta__attachment_count(a, TTA_SECTION_POOL);

	if (table->buffers)
		tta__arena_trim(arena, table->buffers, 0);
	*table = (struct tta_table){.whole = true};
	table->buffers = tta__arena_take(arena, slots, sizeof(*table->buffers));
	if (!table->buffers)
		return -ENOMEM;
	tta__tally_clear_entries(&a->tally);
	for (uint64_t i = 0; i < slots; i++) {
		struct tta_slot_copy copy;
		enum tta_slot_read read =
			tta__slot_read(tta__attachment_at(a, TTA_SECTION_POOL, i), &copy);

		if (read == TTA_SLOT_READ_MOVED)
			table->whole = false;
		if (read == TTA_SLOT_READ_LIVE && table_add(a, table, i, &copy))
			return -ENOMEM;
	}
	tta__arena_trim(arena, table->buffers, table->count * sizeof(*table->buffers));
	return 0;
}

static int buffer_order(const void *left, const void *right)
{
	const struct tta_buffer *a = left, *b = right;

	if (a->device != b->device)
		return a->device < b->device ? -1 : 1;
	if (a->address != b->address)
		return a->address < b->address ? -1 : 1;
	if (a->type != b->type)
		return a->type < b->type ? -1 : 1;
	return (a->serial > b->serial) - (a->serial < b->serial);
}

void tta__table_sort(struct tta_table *table)
{
	for (size_t i = 1; i < table->count; i++)
		if (buffer_order(&table->buffers[i - 1], &table->buffers[i]) > 0) {
			qsort(table->buffers, table->count, sizeof(*table->buffers),
			      buffer_order);
			return;
		}
}
