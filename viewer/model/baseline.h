/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * baseline.h - named snapshots in $XDG_STATE_HOME/ttatop (~/.local/state/ttatop), and
 * the evidence of what was reaped. Nothing is made until something is saved.
 *
 * Names are made of A-Z a-z 0-9 . _ - and do not begin with a dot.
 */
#ifndef TTATOP_BASELINE_H
#define TTATOP_BASELINE_H

#include <limits.h>

#include "snapshot_json.h"

/* 0; -EINVAL the name; -ENOENT no home directory; -ENAMETOOLONG. */
int baseline_path(const char *name, char ret_path[PATH_MAX]);
/* Save or replace. 0, the above, or what the system says. */
int baseline_save(const char *name, const struct snapshot *snapshot);
/* 0, the above, -ENOENT, or -EINVAL with words in @error ("" when it is the name). */
int baseline_load(const char *name, struct snapshot **ret_snapshot,
		  char error[SNAPSHOT_ERROR_SIZE]);
int baseline_remove(const char *name);
/* Sorted names; free each and the list. 0 (none: also without a directory) or -errno. */
int baseline_list(char ***ret_names, size_t *ret_count);

/*
 * Save @snapshot, of one process, as the evidence of segment file @segment; @directory
 * NULL = the state directory. @ret_path is where.
 */
int evidence_save(const char *directory, const char *segment,
		  const struct snapshot *snapshot, char ret_path[PATH_MAX]);

#endif
