/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * marks.h - what a process kept at its marks.
 */
#ifndef TTA_MARKS_H
#define TTA_MARKS_H

#include "arena.h"
#include "attach.h"

/*
 * Marks into process->marks. Under the guard. Marks whose rows are out of bounds are left
 * out; all marks together show no more rows than are published. Return: 0; -ENOMEM.
 */
int tta__marks_copy(const struct tta_attachment *attachment, struct tta_arena *arena,
		    struct tta_process *process);

#endif
