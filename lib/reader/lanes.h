/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lanes.h - what lanes say: alive or dead, quiet or in the middle of an event.
 */
#ifndef TTA_LANES_H
#define TTA_LANES_H

#include <stdbool.h>

#include "arena.h"
#include "attach.h"
#include "verdict.h"

/* All functions run under the guard, after tta__attachment_refresh(). */

struct tta_lane_words tta__lanes_words(const struct tta_attachment *attachment);

/*
 * Start of a copy: note where every lane is. @ended: the process is gone, and an event
 * in flight will stay so; else only those of dead threads do.
 *
 * @ret_quiet: no event is in flight that may go on. Return: 0; -ENOMEM.
 */
int tta__lanes_before(struct tta_attachment *attachment, bool ended, bool *ret_quiet);

/* End of a copy: no lane moved since, and there is no new one. */
bool tta__lanes_unmoved(const struct tta_attachment *attachment);

/* Sums over all lanes into the soundness fields of @process, and what was in flight in
 * lanes of dead threads. Return: 0; -ENOMEM. */
int tta__lanes_sum(const struct tta_attachment *attachment, bool ended,
		   struct tta_arena *arena, struct tta_process *process);

#endif
