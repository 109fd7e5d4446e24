/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * snapshot_json.h - snapshots as documents (schema ttatop.snapshot, version 1).
 */
#ifndef TTATOP_SNAPSHOT_JSON_H
#define TTATOP_SNAPSHOT_JSON_H

#include <stdio.h>

#include "snapshot.h"

/* What is left out, and how it is laid out. */
#define SNAPSHOT_ONE_LINE   1u
#define SNAPSHOT_REDACT	    2u /* no command lines, no user names */
#define SNAPSHOT_NO_BUFFERS 4u
#define SNAPSHOT_NO_DEVICES 8u
#define SNAPSHOT_NO_MARKS   16u

#define SNAPSHOT_ERROR_SIZE 320

/* 0, -ENOMEM, -EIO (errno of the stream is kept). Does not flush. */
int snapshot_write(const struct snapshot *snapshot, FILE *file, unsigned flags);

/*
 * The same things one by one, an object per line of schema ttatop.tick: what is known of
 * the whole, then devices, processes, buffers, marks. 0, -ENOMEM, -EIO.
 */
int snapshot_write_lines(const struct snapshot *snapshot, FILE *file);

/*
 * Read a document back; nothing in it is trusted. @name is for messages.
 * 0, -ENOMEM, -EINVAL with @error = "NAME: where: what".
 */
int snapshot_load(FILE *file, const char *name, struct snapshot **ret_snapshot,
		  char error[SNAPSHOT_ERROR_SIZE]);

#endif
