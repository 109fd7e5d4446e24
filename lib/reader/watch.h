/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * watch.h - the reader: a directory and the segments attached from it.
 */
#ifndef TTA_WATCH_H
#define TTA_WATCH_H

#include <stdbool.h>
#include <stddef.h>

#include <tta/reader.h>

#include "attach.h"
#include "place.h"
#include "sample_box.h"
#include "table.h"

struct tta_reader {
	char *directory;
	struct tta_places places;
	bool containers; /* other directories than the own one, too */
	uint64_t pidns;	 /* of the reader, 0 = not known */
	char boot_id[40];
	struct tta_attachment **list; /* sorted by device, inode, then name */
	size_t count, room;
	size_t descriptors_kept;
	size_t descriptor_limit;    /* the host needs some as well */
	struct tta_sample_box *box; /* of the newest sample, to be used again */
	struct tta_table_room table_room;
};

/* Handed to the caller of tta__watch_update() for each file that cannot be attached. */
typedef int (*tta_skip_fn)(void *arg, const struct tta_place *place, const char *name,
			   int err, const char *problem);

/*
 * List the directories: attach what is new, drop what has gone. What makes no sense is
 * attached as broken, for one sample.
 * Return: 0; -ENOMEM; the own directory's error; what @skip returned.
 */
int tta__watch_update(struct tta_reader *reader, tta_skip_fn skip, void *arg);

/* Drop the attachments that broke. */
void tta__watch_drop_broken(struct tta_reader *reader);

/*
 * A descriptor for the time of a look. -ENOENT or -ESTALE: gone; else open's error.
 * tta__watch_release() keeps it when there are enough.
 */
int tta__watch_acquire(struct tta_reader *reader, struct tta_attachment *attachment);
void tta__watch_release(struct tta_reader *reader, struct tta_attachment *attachment);

#endif
