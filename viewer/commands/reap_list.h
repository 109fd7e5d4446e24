/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * reap_list.h - which segments could be reaped.
 */
#ifndef TTATOP_REAP_LIST_H
#define TTATOP_REAP_LIST_H

#include "options.h"

/* A segment to be removed; borrows from the sample and its snapshot. */
struct reap_item {
	const char *file;
	uint64_t inode;			   /* 0 = whatever the name leads to */
	const struct tta_process *process; /* NULL = it could not be read */
	const struct snap_process *shown;  /* NULL with process */
	uint64_t bytes, buffers;	   /* SNAP_UNKNOWN possible */
	uint64_t age_ns;		   /* since its last event */
};

/*
 * What ended and is selected, or exactly what the arguments name. @snapshot is made of
 * @sample, unreduced. Returns 0 with *ret_items to be freed, or EXIT_TROUBLE after a line
 * on stderr (no such segment, no memory).
 */
int reap_list_make(const struct options *options, const struct tta_sample *sample,
		   const struct snapshot *snapshot, struct reap_item **ret_items,
		   size_t *ret_count);
/* A table on stdout. 0 or -ENOMEM. */
int reap_list_print(const struct options *options, const struct reap_item *items,
		    size_t count);

#endif
