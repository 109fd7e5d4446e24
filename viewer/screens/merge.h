/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * merge.h - equal buffers of several devices as one row.
 */
#ifndef TTATOP_MERGE_H
#define TTATOP_MERGE_H

#include "rows.h"

/*
 * Of rows that are buffers of one process with the same type, address, size and label the
 * first stays, and says in `devices` where the others are. Devices from the 64th on are
 * left as they are.
 */
void merge_buffers(const struct snapshot *snapshot, struct row_list *list);
/* How many rows it stands for. */
uint64_t merge_count(const struct row *row);
/* The numbers of its devices: "0-7". */
void merge_devices(const struct snapshot *snapshot, const struct row *row, char *text,
		   size_t room);

#endif
