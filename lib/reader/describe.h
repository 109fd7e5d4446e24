/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * describe.h - what a process said about its devices, types and labels.
 */
#ifndef TTA_DESCRIBE_H
#define TTA_DESCRIBE_H

#include "arena.h"
#include "attach.h"
#include "table.h"

/* All run under the guard and return 0 or -ENOMEM. Ids out of bounds are left out and
 * make the totals inexact. */

int tta__describe_types(const struct tta_attachment *attachment, struct tta_arena *arena,
			struct tta_process *process);
int tta__describe_devices(const struct tta_attachment *attachment,
			  struct tta_arena *arena, struct tta_process *process);

/* Texts of the labels that @table uses; after the counts were refreshed once more. */
int tta__describe_labels(const struct tta_attachment *attachment, struct tta_arena *arena,
			 struct tta_table *table);

#endif
