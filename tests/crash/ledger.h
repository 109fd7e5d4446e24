/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ledger.h - what a row of finished events must have left: the meaning table once more,
 * as small as one device and one type allow.
 */
#ifndef TTA_LEDGER_H
#define TTA_LEDGER_H

#include <stdbool.h>
#include <stdint.h>

#include <tta/layout.h>
#include <tta/reader.h>

#define LEDGER_DEVICE  3u
#define LEDGER_TYPE    TTA_L1
#define LEDGER_ENTRIES 128u
#define LEDGER_STEPS   128u

/* One event. */
struct step {
	uint32_t op; /* enum tta_op */
	uint64_t address;
	uint64_t size; /* TTA_OP_ADD: bytes, signed */
};

struct entry {
	uint64_t address, size;
	uint32_t refs, views;
};

struct ledger {
	uint64_t alloc_bytes, allocs, free_bytes, frees;
	uint64_t add_up, add_down;
	unsigned count;
	struct entry entry[LEDGER_ENTRIES]; /* by address */
};

void ledger_apply(struct ledger *ledger, const struct step *step);
/* The first @count of @steps, from nothing. */
void ledger_run(struct ledger *ledger, const struct step *steps, unsigned count);
const struct entry *ledger_find(const struct ledger *ledger, uint64_t address);

/* Does a row of counters say @allocs of what came and @frees of what went? */
bool ledger_counts(const struct ledger *allocs, const struct ledger *frees,
		   const struct tta_memory *row);
/* Is @seen the entry of its address in either of the two? NULL, or what differs. */
const char *ledger_compare_entry(const struct ledger *before, const struct ledger *after,
				 const struct tta_buffer *seen);
/* Entries that both have. */
unsigned ledger_in_both(const struct ledger *before, const struct ledger *after);

/*
 * Does @process hold what @before or @after says, one event apart? Each column of
 * counters whole (unless @loose: many write there), each field of an entry of either;
 * with @before == @after everything is exact. NULL, or what differs.
 */
const char *ledger_compare(const struct ledger *before, const struct ledger *after,
			   const struct tta_process *process, bool loose);

#endif
