/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * operations.h - the table of what dies in the kill campaign.
 */
#ifndef TTA_OPERATIONS_H
#define TTA_OPERATIONS_H

#include <stdbool.h>
#include <stdint.h>

#include <tta/reader.h>

#include "ledger.h"
#include "victim.h"

/* What may be told apart besides the ledger; @done: everything was run. */
typedef const char *(*extra_check)(const struct tta_process *process, bool done);

struct operation {
	const char *name;
	struct work work;
	struct step before[12]; /* events of prepare; ends with TTA_OP_NONE */
	unsigned filler;	/* entries that prepare makes besides, first of all */
	struct step during[12]; /* events that may be cut short */
	unsigned least;		/* points that it has at least */
	bool born;		/* its segment is made under way: it may not be there */
	bool goes;		/* its segment may be gone at the end */
	bool level_moves; /* entries turn into bytes without detail, not cut by events */
	bool lost;	  /* a thread died in an event before: always uncertain */
	bool crowded;	  /* in the overflow lane: no note says which, no ring */
	extra_check extra;
};

extern const struct operation operations[];
extern const unsigned operations_count;

/* All steps of @op, one after the other; their number, and of those before the run. */
unsigned operation_steps(const struct operation *op, struct step steps[LEDGER_STEPS],
			 unsigned *ret_before);

/* The event that a thread of `lost` died in. */
extern const struct step lost_step;

/* Births find no /proc from here on. */
extern bool without_proc;

#endif
