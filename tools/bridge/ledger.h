/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ledger.h - what all clients of this bridge hold, read from the segments that it
 * publishes: there is no other record of it.
 */
#ifndef BRIDGE_LEDGER_H
#define BRIDGE_LEDGER_H

#include <tta/reader.h>

#include "wire.h"

struct ledger {
	char publisher[24];	   /* of our segments */
	struct tta_sample *sample; /* totals, for a moment */
	uint64_t taken_ns;
	bool outdated;
};

/* Answer a question of somebody at @fd; nothing waits. */
void ledger_answer(struct ledger *ledger, const struct wire_message *message, int fd,
		   uint32_t stride);
/* Print what a dump asks for; waits for whoever reads our output. */
void ledger_dump(struct ledger *ledger, const struct wire_message *message);
/* What was published since is to be seen. */
void ledger_touch(struct ledger *ledger);
/* Is nothing left in the segment that process @pid writes? False when it cannot be
 * told. */
bool ledger_holds_nothing(uint32_t pid);
void ledger_fini(struct ledger *ledger);

#endif
