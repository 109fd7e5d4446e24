/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tally.h - what the counter lines and the table of one segment add up to, by
 * (device, type).
 */
#ifndef TTA_TALLY_H
#define TTA_TALLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tta/layout.h>

#include "line.h"

/* Events that could not be attributed are booked on this pair. */
#define TTA_PAIR_CATCH_ALL 0xffffffu

struct tta_tally_row {
	uint32_t pair; /* device << 8 | type */
	bool seen;     /* a counter line or an entry named it in this copy */
	struct tta_line_sums kind[TTA_LINE_LIMIT]; /* by enum tta_line_kind */
	uint64_t peak;
	uint64_t unsized;
	bool peak_lags; /* bytes that no live word could take: the peak lacks them */
	/* of the table */
	uint64_t entry_bytes;
	uint64_t entry_refs;
	uint64_t entries;
};

/* Rows stay from sample to sample; their sums are cleared. Zero-initialised is empty. */
struct tta_tally {
	struct tta_tally_row *rows;
	uint32_t count, room;
	uint32_t *slots; /* open addressing: row + 1; a power of two */
	uint32_t slot_mask;
	uint32_t last; /* row of the last hit */
};

/* Row of a pair, made on first use; NULL when there is no memory. Pointers into the tally
 * are valid until the next call. */
struct tta_tally_row *tta__tally_row(struct tta_tally *tally, uint32_t pair);
void tta__tally_clear_counters(struct tta_tally *tally);
void tta__tally_clear_entries(struct tta_tally *tally);
void tta__tally_fini(struct tta_tally *tally);

#endif
