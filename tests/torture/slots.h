/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * slots.h - where every slot of the pool is, at rest.
 */
#ifndef TTA_TORTURE_SLOTS_H
#define TTA_TORTURE_SLOTS_H

#include <stdint.h>

/* Slots that were ever handed out. */
uint64_t slots_taken(void);
/* How often a slot was filled, over all slots: inserts, lost tries, dangling joins. */
uint64_t slots_filled(void);

/*
 * While no event runs: every slot is either live, or free in exactly one place
 * (a magazine or the depot), or retired in exactly one group chain. At most @lost may be
 * nowhere (events that were left in the middle). Fails otherwise.
 */
void slots_check(uint64_t lost, const char *what);

#endif
