/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * attach.h - one segment as the reader holds it: mapping, proofs, cursors.
 */
#ifndef TTA_ATTACH_H
#define TTA_ATTACH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tta/reader.h>

#include "clock.h"
#include "content.h"
#include "records.h"
#include "segment_file.h"
#include "tally.h"
#include "validate.h"

/* Note and events of a lane, as seen before a copy. */
struct tta_lane_seen {
	uint64_t events;
	uint64_t note;
};

/* A counter line, as seen before a copy. */
struct tta_line_seen {
	uint64_t key;
	uint64_t moves; /* grows with every change of its sums */
};

struct tta_place;

struct tta_attachment {
	const struct tta_place *place; /* where its name is */
	char name[TTA_SEGMENT_NAME_SIZE];
	uint64_t inode;
	int fd;	   /* -1 while it is closed to save descriptors */
	bool kept; /* the reader counts its descriptor as kept open */
	const void *base;
	uint64_t size;
	uint64_t allocated;	      /* of the file, when `backed` was proven */
	struct tta_layout_map map;    /* as the header says */
	struct tta_layout_map backed; /* capacity = records proven to have memory */
	struct tta_clock clock;
	bool no_ofd;
	bool listed; /* its name was there in the last listing */
	bool broken; /* to be dropped */
	bool pid_looked_up;
	char problem[TTA_PROBLEM_SIZE];
	struct tta_process identity; /* what never changes */

	struct tta_tally tally;
	struct tta_lane_seen *seen; /* by lane, the overflow lane last */
	uint64_t seen_room;
	uint64_t seen_count; /* lanes of the last look, without the overflow lane */
	struct tta_line_seen *lines_seen;
	uint64_t lines_room, lines_count; /* the same of counter lines */
	struct tta_content *content[2];	  /* of the newest copy, and one before or NULL */
	uint64_t *cursors;		  /* next ring position to read, by lane */
	uint64_t cursor_room;
	uint64_t lost;
	uint64_t adds; /* calls of tta_add() seen, and when the newest was */
	uint64_t adds_ns;
};

/*
 * Judge and map @name.
 *
 * Return: 0; -EBADMSG its bytes make no sense: *@ret_attachment is there, broken, with
 *         its problem; any other negative errno: nothing is there, @problem says why.
 */
int tta__attachment_new(const struct tta_place *place, const char *name,
			const char *boot_id, struct tta_attachment **ret_attachment,
			char problem[TTA_PROBLEM_SIZE]);
void tta__attachment_free(struct tta_attachment *attachment);

/* Make sure that a descriptor is open; -ESTALE the name leads to another file. */
int tta__attachment_open(struct tta_attachment *attachment, int directory_fd);
void tta__attachment_close(struct tta_attachment *attachment);

/*
 * Look at the file again: it must still be as long as the mapping, and what was proven
 * to be backed is doubted when memory was taken away. -EBADMSG with a problem.
 */
int tta__attachment_check(struct tta_attachment *attachment);

/*
 * Take over the published counts, each proven to lie in its section and to be backed.
 * Under the guard. -EBADMSG with a problem.
 */
int tta__attachment_refresh(struct tta_attachment *attachment);

/* Say why it is broken; returns -EBADMSG. */
__attribute__((format(printf, 2, 3))) int tta__attachment_refuse(
	struct tta_attachment *attachment, const char *format, ...);

static inline uint64_t tta__attachment_count(const struct tta_attachment *a,
					     enum tta_section_type type)
{
	return a->backed.section[type].capacity;
}

static inline const void *tta__attachment_at(const struct tta_attachment *a,
					     enum tta_section_type type, uint64_t index)
{
	return tta__record_at(a->base, &a->backed.section[type], index);
}

#endif
