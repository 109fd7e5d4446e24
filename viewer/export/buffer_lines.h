/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * buffer_lines.h - live buffers for spreadsheets and flame graphs.
 */
#ifndef TTATOP_BUFFER_LINES_H
#define TTATOP_BUFFER_LINES_H

#include <stdio.h>

#include "snapshot.h"

/* Every column of every buffer, as the document calls them; nothing for unknown. 0. */
int buffer_lines_csv(const struct snapshot *snapshot, bool header, FILE *file);
/*
 * "process pid;dev name;type;label bytes", equal stacks once; buffers of unknown size are
 * left out and counted. 0 or -ENOMEM.
 */
int buffer_lines_folded(const struct snapshot *snapshot, FILE *file, size_t *ret_unknown);

#endif
