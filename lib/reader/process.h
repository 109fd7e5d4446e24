/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * process.h - one attached segment into one process of a sample.
 */
#ifndef TTA_PROCESS_H
#define TTA_PROCESS_H

#include "arena.h"
#include "attach.h"

/*
 * Fill @process; its arrays come from @arena. A segment that makes no sense, or that was
 * truncated meanwhile, becomes a corrupt process, and the attachment is broken.
 *
 * The descriptor of @attachment is open. Return: 0; -ENOMEM.
 */
int tta__process_sample(struct tta_attachment *attachment, unsigned parts,
			struct tta_arena *arena, struct tta_process *process);

/* What can be said of a broken attachment. */
void tta__process_corrupt(const struct tta_attachment *attachment,
			  struct tta_process *process);

#endif
