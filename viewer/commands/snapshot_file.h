/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * snapshot_file.h - a snapshot as a file: `snapshot -o` and the live view.
 */
#ifndef TTATOP_SNAPSHOT_FILE_H
#define TTATOP_SNAPSHOT_FILE_H

#include "snapshot_json.h"

/* What file_replace() returns; @flags as for snapshot_write(). */
int snapshot_file_save(const char *path, const struct snapshot *snapshot, unsigned flags,
		       bool overwrite);

#endif
