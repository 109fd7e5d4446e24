/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * reap_segment.h - remove what a process left, after saving what that was: `reap` and the
 * live view.
 */
#ifndef TTATOP_REAP_SEGMENT_H
#define TTATOP_REAP_SEGMENT_H

#include <limits.h>
#include <stdbool.h>
#include <tta/reader.h>

/* What to remove, and where its evidence goes. */
struct reap_order {
	const char *file;
	uint64_t inode;
	const struct tta_sample *sample;
	const struct tta_process *process; /* NULL = there is nothing to save */
	bool keep_nothing;
	const char *directory;	 /* of the evidence, NULL = the state directory */
	char evidence[PATH_MAX]; /* afterwards: its file, "" = none */
};

/* enum tta_reap_result, or -errno: saving failed, and nothing was removed. */
int reap_segment(struct tta_reader *reader, struct reap_order *order);
/* Why it was not removed. */
const char *reap_why_not(int result);

#endif
