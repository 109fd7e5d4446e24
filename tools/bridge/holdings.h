/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * holdings.h - what a client holds, as far as its messages need it: a FREE names no
 * memory type, so that of the last ALLOC of (device, id) is looked up. Bounded.
 */
#ifndef BRIDGE_HOLDINGS_H
#define BRIDGE_HOLDINGS_H

#include <stdbool.h>
#include <stdint.h>

#define HOLDINGS_MOST (1u << 18) /* of one client: some 20 MiB */

struct holdings {
	void *tree;
	uint32_t count;
	uint64_t forgotten; /* allocs beyond HOLDINGS_MOST: their frees are not matched */
};

/* An ALLOC of (device, id). */
void holdings_add(struct holdings *holdings, int32_t device, uint64_t id, uint32_t type);
/* A FREE: its type, or @otherwise when nothing of the kind is held. */
uint32_t holdings_take(struct holdings *holdings, int32_t device, uint64_t id,
		       uint32_t otherwise);

#endif
