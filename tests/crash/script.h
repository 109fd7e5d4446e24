/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * script.h - calls drawn by lot, the same again for the same seed: whoever knows how many
 * were done knows what must be there.
 */
#ifndef TTA_SCRIPT_H
#define TTA_SCRIPT_H

#include <stdbool.h>
#include <stdint.h>

#include "ledger.h"

#define SCRIPT_THREADS 4u
#define SCRIPT_PLAIN   24u /* addresses of a thread with owners and views */
#define SCRIPT_GROUPED 8u  /* and of its group */
#define ADD_DEVICE     9u  /* tta_add: here, the type is the thread */

/* What may happen besides alloc and free. */
#define MIX_ADDS   1u
#define MIX_GROUPS 2u
#define MIX_DUPS   4u
#define MIX_VIEWS  8u

struct load {
	uint64_t seed;
	unsigned threads;
	unsigned mix;
	bool shared; /* all threads at one (device, type) */
};

struct script {
	const struct load *load;
	unsigned thread;
	uint64_t random;
	struct ledger ledger;
};

/* One call of the API. */
struct call {
	struct step step; /* TTA_OP_CLOSE: the whole group */
	bool grouped;
};

void script_begin(struct script *s, const struct load *load, unsigned thread);
/* What comes next; the same until script_apply(). */
struct call script_next(const struct script *s);
void script_apply(struct script *s, const struct call *call);
/* Records that a call leaves. */
unsigned script_events(const struct script *s, const struct call *call);

uint32_t script_type(const struct load *load, unsigned thread);
uint64_t script_group(unsigned thread);
bool script_is_grouped(uint64_t address);
/* The thread that an address belongs to. */
unsigned script_owner(uint64_t address);

#endif
