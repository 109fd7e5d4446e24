/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mark.c - keep what every (device, type) holds now, outside the rings.
 */
#include <errno.h>
#include <string.h>

#include "publisher.h"
#include "testpoint.h"

/* Sum of finished events over all lanes; *ret_quiet false when one is in flight. */
static uint64_t finished_events(const struct publisher *p, const struct lane *self,
				bool *ret_quiet)
{
	const struct section *lanes = &p->section[TTA_SECTION_LANES];
	uint64_t count = tta_load_acquire64(&lanes->taken);
	uint64_t sum = 0;

	for (uint64_t i = 0; i < count; i++) {
		const struct tta_lane *lane = tta__section_at(lanes, i);
		uint64_t events = tta_load_acquire64(&lane->events); /* L4 */

		sum += events;
		if (lane != self->shared && tta_load_acquire64(&lane->note) != events)
			*ret_quiet = false;
	}
	return sum;
}

/* One row per live word; rows of one mark lie side by side. */
static uint64_t rows_begin(struct publisher *p, uint32_t mark, uint64_t *ret_first)
{
	const struct section *live = &p->section[TTA_SECTION_LIVE];
	const struct section *rows = &p->section[TTA_SECTION_MARK_ROWS];
	uint64_t count = tta_load_acquire64(&live->taken);
	uint64_t used = 0;

	if (!tta__section_take(p, TTA_SECTION_MARK_ROWS, count, ret_first))
		return 0;
	for (uint64_t i = 0; i < count; i++) {
		const struct tta_live *word = tta__section_at(live, i);
		struct tta_mark_row *row = tta__section_at(rows, *ret_first + used);
		uint64_t key = tta_load_acquire64(&word->key);

		if (key == 0)
			continue;
		row->mark = mark;
		row->device = key >> 16 & 0xffff;
		row->type = key >> 8 & 0xff;
		row->bytes = tta_load_relaxed64(&word->bytes);
		used++;
	}
	return used;
}

static struct tta_mark_row *row_of(const struct section *rows, uint64_t first,
				   uint64_t count, uint32_t place)
{
	for (uint64_t i = 0; i < count; i++) {
		struct tta_mark_row *row = tta__section_at(rows, first + i);

		if ((row->device | row->type << 16) == place)
			return row;
	}
	return NULL;
}

static void rows_add_entries(struct publisher *p, uint64_t first, uint64_t count)
{
	const struct section *rows = &p->section[TTA_SECTION_MARK_ROWS];
	uint64_t slots = tta_load_acquire64(&p->section[TTA_SECTION_POOL].taken);

	for (uint64_t i = 0; i < slots; i++) {
		const struct tta_slot *slot = tta__slot(p, (uint32_t)i);
		uint64_t word = tta_load_acquire64(&slot->word); /* P1 */
		struct tta_mark_row *row;

		if (tta_slot_state(word) != TTA_SLOT_LIVE)
			continue;
		row = row_of(rows, first, count,
			     tta_load_relaxed32(&slot->place) & 0xffffff);
		if (!row)
			continue;
		row->buffers++;
		row->refs += tta_slot_refs(word);
	}
}

static int mark_locked(struct publisher *p, const struct lane *self, const char *name,
		       uint64_t *ret_index)
{
	struct section *marks = &p->section[TTA_SECTION_MARKS];
	struct section *rows = &p->section[TTA_SECTION_MARK_ROWS];
	struct tta_mark_record *mark;
	uint64_t before, first = 0;
	uint64_t count;
	bool quiet = true;

	if (!tta__section_take(p, TTA_SECTION_MARKS, 1, ret_index))
		return -ENOSPC;
	mark = tta__section_at(marks, *ret_index);
	before = finished_events(p, self, &quiet);
	count = rows_begin(p, (uint32_t)*ret_index, &first);
	TTA_TESTPOINT("mark: rows begun");
	rows_add_entries(p, first, count);
	quiet = quiet && before == finished_events(p, self, &quiet);
	*mark = (struct tta_mark_record){
		.time = tta__clock_ticks(),
		.first_row = first,
		.rows = (uint32_t)count,
		.exact = quiet,
	};
	strncpy(mark->name, name, sizeof(mark->name) - 1);
	TTA_TESTPOINT("mark: filled");
	tta__section_publish(rows, tta_load_relaxed64(&rows->taken)); /* S1 */
	tta__section_publish(marks, *ret_index + 1);
	return 0;
}

int tta_mark(const char *name)
{
	int saved_errno = errno;
	struct publisher *p;
	struct tta_busy_mark mark;
	struct lane *lane;
	uint64_t index;
	int err;

	if (!name || tta_load_relaxed32(&tta_level_word) == TTA_OFF)
		return name ? -ENODEV : -EINVAL;
	lane = tta__event_enter(&mark, &p);
	if (!lane)
		return -ENODEV;
	err = -EBUSY;
	if (tta__lock_patiently(&p->catalog_lock)) {
		err = mark_locked(p, lane, name, &index);
		tta__unlock(&p->catalog_lock);
	}
	if (!err)
		tta__event_mark(p, lane, index);
	tta__event_leave(p, lane);
	errno = saved_errno;
	return err;
}
