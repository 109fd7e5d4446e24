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
 * Add up all counter lines. Under the guard.
 *
 * @ret_whole: false when a line could not be read whole. Return: 0; -ENOMEM.
 */
int tta__counters_copy(struct tta_attachment *attachment, bool *ret_whole);

/*
 * The tally as process->memory, sorted.
 *
 * @with_table:  the entries in the tally are meant
 * @self_test: nothing moved during the copies and nothing was dropped: counters and
 *               table must agree
 * Adds to both inexact sets. Return: 0; -ENOMEM.
 */
int tta__counters_emit(const struct tta_attachment *attachment, bool with_table,
		       bool self_test, struct tta_arena *arena,
		       struct tta_process *process);

#endif
