/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * counters.h - counter lines into a tally, and a tally into rows of a sample.
 */
#ifndef TTA_COUNTERS_H
#define TTA_COUNTERS_H

#include <stdbool.h>

#include "arena.h"
#include "attach.h"

/*
 * Add up all counter lines, and note where each of them is. Under the guard.
 *
 * @ret_whole: false when a line could not be read whole. Return: 0; -ENOMEM.
 */
int tta__counters_copy(struct tta_attachment *attachment, bool *ret_whole);

/* No line moved since the copy, and there is no new one. Under the guard. */
bool tta__counters_unmoved(const struct tta_attachment *attachment);

/* How often bytes were added or taken by tta_add(), which moves no lane. */
uint64_t tta__counters_adds(const struct tta_attachment *attachment);

/*
 * The tally as process->memory, sorted.
 *
 * @with_table:    the entries in the tally are meant
 * @quiet:         nothing moved while the totals were copied
 * @ret_disagrees: counters and table say different things; a fault if nothing moved
 *                 during the copies and nothing was dropped
 * Adds to the inexact set of the totals. Return: 0; -ENOMEM.
 */
int tta__counters_emit(const struct tta_attachment *attachment, bool with_table,
		       bool quiet, struct tta_arena *arena, struct tta_process *process,
		       bool *ret_disagrees);

#endif
