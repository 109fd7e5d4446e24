/* SPDX-License-Identifier: BSD-2-Clause */
#include "tally.h"

#include <stdlib.h>
#include <string.h>

static uint32_t slot_of(const struct tta_tally *tally, uint32_t pair)
{
	return (pair * UINT32_C(0x9e3779b1) >> 7) & tally->slot_mask;
}

static void slot_fill(struct tta_tally *tally, uint32_t row)
{
	uint32_t at = slot_of(tally, tally->rows[row].pair);

	while (tally->slots[at] != 0)
		at = (at + 1) & tally->slot_mask;
	tally->slots[at] = row + 1;
}

/* Twice the room, and slots for at most half as many rows. */
static bool tally_grow(struct tta_tally *tally)
{
	uint32_t room = tally->room ? tally->room * 2 : 8;
	struct tta_tally_row *rows = reallocarray(tally->rows, room, sizeof(*rows));
	uint32_t *slots;

	if (!rows)
		return false;
	tally->rows = rows;
	slots = calloc((size_t)room * 2, sizeof(*slots));
	if (!slots)
		return false;
	free(tally->slots);
	tally->slots = slots;
	tally->slot_mask = room * 2 - 1;
	tally->room = room;
	for (uint32_t i = 0; i < tally->count; i++)
		slot_fill(tally, i);
	return true;
}

static struct tta_tally_row *row_add(struct tta_tally *tally, uint32_t pair)
{
	struct tta_tally_row *row;

	if (tally->count == tally->room && !tally_grow(tally))
		return NULL;
	row = &tally->rows[tally->count];
	*row = (struct tta_tally_row){.pair = pair};
	slot_fill(tally, tally->count);
	tally->last = tally->count++;
	return row;
}

struct tta_tally_row *tta__tally_row(struct tta_tally *tally, uint32_t pair)
{
	uint32_t at;

	if (tally->count == 0)
		return row_add(tally, pair);
	if (tally->rows[tally->last].pair == pair)
		return &tally->rows[tally->last];
	for (at = slot_of(tally, pair); tally->slots[at] != 0;
	     at = (at + 1) & tally->slot_mask) {
		uint32_t row = tally->slots[at] - 1;

		if (tally->rows[row].pair == pair) {
			tally->last = row;
			return &tally->rows[row];
		}
	}
	return row_add(tally, pair);
}

void tta__tally_clear_counters(struct tta_tally *tally)
{
	for (uint32_t i = 0; i < tally->count; i++) {
		struct tta_tally_row *row = &tally->rows[i];

		memset(row->kind, 0, sizeof(row->kind));
		row->peak = 0;
		row->unsized = 0;
		row->peak_lags = false;
		row->seen = row->entries != 0;
	}
}

void tta__tally_clear_entries(struct tta_tally *tally)
{
	for (uint32_t i = 0; i < tally->count; i++) {
		struct tta_tally_row *row = &tally->rows[i];

		row->entry_bytes = 0;
		row->entry_refs = 0;
		row->entries = 0;
	}
}

void tta__tally_fini(struct tta_tally *tally)
{
	free(tally->rows);
	free(tally->slots);
	*tally = (struct tta_tally){0};
}
