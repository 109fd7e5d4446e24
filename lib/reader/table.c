/* SPDX-License-Identifier: BSD-2-Clause */
#include "table.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>

#define SLOT_TRIES 4
#define LARGE_PAGE ((size_t)2 << 20)
#define AHEAD	   16u /* entries whose memory is asked for in time */

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

/*
 * An entry that only views hold has no bytes, whatever its size field still says; nor has
 * one whose last owner leaves or whose next one comes: the event of that owner is in
 * flight, or uncertain when it died there.
 */
static uint64_t size_of(const struct tta_slot_copy *copy)
{
	return tta_slot_refs(copy->word) && copy->size != TTA_SIZE_LEAVING ? copy->size
									   : 0;
}

static struct tta_buffer buffer_of(const struct tta_attachment *a,
				   const struct tta_slot_copy *copy)
{
	uint32_t refs = tta_slot_refs(copy->word);
	bool banked = copy->bank_size != 0 && copy->bank_size != TTA_BANK_SIZE_UNKNOWN;

	return (struct tta_buffer){
		.address = copy->address,
		.size = size_of(copy),
		.bank_size = banked ? copy->bank_size : TTA_UNKNOWN,
		.serial = (uint64_t)tta_slot_generation(copy->word) << 32 | copy->slot,
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

static int tally_add(struct tta_attachment *a, const struct tta_buffer *buffer)
{
	struct tta_tally_row *row =
		tta__tally_row(&a->tally, buffer->device << 8 | buffer->type);

	if (!row)
		return -ENOMEM;
	row->seen = true;
	row->entries++;
	row->entry_bytes += buffer->size;
	row->entry_refs += buffer->refs;
	return 0;
}

static int table_add(struct tta_attachment *a, struct tta_table *table,
		     const struct tta_slot_copy *copy)
{
	struct tta_buffer *buffer = &table->buffers[table->count];

	*buffer = buffer_of(a, copy);
	/* Taken by whoever ends the entry, between two steps. */
	if (buffer->size == TTA_SIZE_TAKEN) {
		table->whole = false;
		return 0;
	}
	if (buffer->size >= TTA_SIZE_LIMIT) {
		table->corrupt = true;
		return 0;
	}
	table->labelled = table->labelled || buffer->label != 0;
	table->count++;
	return tally_add(a, buffer);
}

static struct tta_order order_of(const struct tta_slot_copy *copy, size_t at)
{
	return (struct tta_order){
		.key = copy->address,
		.pair = (copy->place & 0xffffu) << 8 | (copy->place >> 16 & 0xffu),
		.at = (uint32_t)at,
	};
}

/* Copies of all live entries, one after the other, and where they belong. */
static size_t copy_slots(const struct tta_attachment *a, uint64_t slots,
			 struct tta_table_room *room, struct tta_table *table)
{
	size_t count = 0;

	for (uint64_t i = 0; i < slots; i++) {
		struct tta_slot_copy *copy = &room->copies[count];
		enum tta_slot_read read =
			tta__slot_read(tta__attachment_at(a, TTA_SECTION_POOL, i), copy);

		if (read == TTA_SLOT_READ_MOVED)
			table->whole = false;
		if (read != TTA_SLOT_READ_LIVE)
			continue;
		copy->slot = (uint32_t)i;
		room->list[count] = order_of(copy, count);
		count++;
	}
	return count;
}

static int add_in_order(struct tta_attachment *a, const struct tta_table_room *room,
			const struct tta_order *list, size_t count,
			struct tta_table *table)
{
	int err = 0;

	for (size_t i = 0; i < count && !err; i++) {
		if (i + AHEAD < count)
			__builtin_prefetch(&room->copies[list[i + AHEAD].at]);
		err = table_add(a, table, &room->copies[list[i].at]);
	}
	return err;
}

/* In any order, every entry lies in a page of its own: large pages keep their addresses
 * in the translation cache. Without them all is the same, but slower. */
static void *memory_for_any_order(size_t bytes)
{
	size_t whole = (bytes + LARGE_PAGE - 1) & ~(LARGE_PAGE - 1);
	void *memory;

	if (bytes < LARGE_PAGE || whole < bytes)
		return malloc(bytes);
	memory = aligned_alloc(LARGE_PAGE, whole);
	if (memory)
		madvise(memory, whole, MADV_HUGEPAGE);
	return memory;
}

static int room_reserve(struct tta_table_room *room, uint64_t count)
{
	const size_t each = sizeof(*room->copies) + 2 * sizeof(*room->list);

	if (count <= room->room)
		return 0;
	tta__table_room_fini(room);
	if (count > UINT32_MAX)
		return -ENOMEM;
	room->copies = memory_for_any_order(count * each);
	if (!room->copies)
		return -ENOMEM;
	room->list = (struct tta_order *)(room->copies + count);
	room->other = room->list + count;
	room->room = count;
	return 0;
}

void tta__table_room_fini(struct tta_table_room *room)
{
	free(room->copies);
	*room = (struct tta_table_room){0};
}

int tta__table_copy(struct tta_attachment *a, struct tta_arena *arena,
		    struct tta_table_room *room, struct tta_table *table)
{
	uint64_t slots = tta__attachment_count(a, TTA_SECTION_POOL);
	size_t count;
	int err;

	if (table->buffers)
		tta__arena_trim(arena, table->buffers, 0);
	*table = (struct tta_table){.whole = true};
	tta__tally_clear_entries(&a->tally);
	if (room_reserve(room, slots))
		return -ENOMEM;
	count = copy_slots(a, slots, room, table);
	table->buffers = tta__arena_take(arena, count, sizeof(*table->buffers));
	if (!table->buffers)
		return -ENOMEM;
	err = add_in_order(a, room, tta__order_sort(room->list, room->other, count),
			   count, table);
	tta__arena_trim(arena, table->buffers, table->count * sizeof(*table->buffers));
	return err;
}
