/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * work_many.h - calls that end many entries at once.
 */
#ifndef TTA_SOAK_WORK_MANY_H
#define TTA_SOAK_WORK_MANY_H

#include "work.h"

/* TRUTH_FREE_GROUP or TRUTH_CLOSE_DEVICE of a place that a thread owns: itself, or it has
 * ended. */
void many_end(struct worker *worker, enum truth_op op, uint32_t place);
/* A new table, while no other thread publishes or changes the level; false: refused. */
bool many_renew(struct worker *worker);

#endif
