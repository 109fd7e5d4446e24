/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rows.h - the rows of a screen: small, sortable, and recognisable in the next snapshot.
 */
#ifndef TTATOP_ROWS_H
#define TTATOP_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "place_key.h"
#include "snapshot.h"

/* Who a row is, from one snapshot to the next. */
struct row_id {
	uint64_t segment, device, type; /* hashes for device and type; 0 = all */
	uint64_t address, serial;
};

struct row {
	struct row_id id;
	uint32_t index;	  /* of the process, device or buffer in the snapshot */
	uint32_t sub;	  /* of a device (processes) or memory row (devices) below it */
	uint64_t devices; /* merged rows: a bit for each, by index; 0 = one row */
	bool fresh;	  /* it was not there a sample ago */
	uint8_t depth;	  /* 1 = part of the row above */
	bool last;	  /* of the parts */
	uint64_t number;  /* sort key; with text NULL */
	const char *text;
	uint32_t order; /* as collected: settles ties */
};

struct row_list {
	struct row *rows;
	size_t count, room;
};

void rows_fini(struct row_list *list);
/* A zeroed row at the end, valid until the next call; NULL without memory. */
struct row *rows_add(struct row_list *list);
/* By number or text, ties as collected; unknown numbers come last in both directions. */
void rows_sort(struct row_list *list, bool falling);

bool row_id_same(const struct row_id *a, const struct row_id *b);
/* Position of the row, or the number of rows. */
size_t rows_find(const struct row_list *list, const struct row_id *id);

/* Devices and types by what they are, not by their place in one document. */
static inline uint64_t row_device_key(const struct snap_device *device)
{
	return place_device_key(device);
}

static inline uint64_t row_text_key(const char *text)
{
	return place_text_key(text);
}

/* A signed change as a sort key. */
uint64_t row_signed(int64_t value);
/* The reverse. */
int64_t row_change(uint64_t key);

#endif
