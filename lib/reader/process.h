/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * process.h - one attached segment into one process of a sample.
 */
#ifndef TTA_PROCESS_H
#define TTA_PROCESS_H

#include "arena.h"
#include "attach.h"
#include "table.h"

/* Where memory comes from that is not the content's. */
struct tta_memory_use {
	struct tta_arena *arena;     /* lives as long as the sample */
	struct tta_table_room *room; /* for the time of the call */
};

/*
 * Fill @process; its arrays come from @use->arena and from *@ret_content, which the
 * attachment holds (NULL: from nowhere). A segment that makes no sense, or that was
 * truncated meanwhile, becomes a corrupt process, and the attachment is broken.
 *
 * The descriptor of @attachment is open. Return: 0; -ENOMEM.
 */
int tta__process_sample(struct tta_attachment *attachment, unsigned parts,
			const struct tta_memory_use *use, struct tta_process *process,
			struct tta_content **ret_content);

/* What can be said of a broken attachment. */
void tta__process_corrupt(const struct tta_attachment *attachment,
			  struct tta_process *process);

#endif
