/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * reap.c - the public door to removal; the proof of death is in the segment layer.
 */
#include "watch.h"

int tta_reader_reap(struct tta_reader *reader, const char *name, uint64_t inode,
		    int (*before)(void *arg), void *arg)
{
	return tta__segment_reap(dirfd(reader->places.list[0]->stream), name, inode,
				 before, arg);
}
