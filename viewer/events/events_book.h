/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * events_book.h - what is known of the segments that events come from: names, marks,
 * labels, whether they are selected, and how far each lane has been read.
 */
#ifndef TTATOP_EVENTS_BOOK_H
#define TTATOP_EVENTS_BOOK_H

#include "event_json.h"
#include "event_map.h"
#include "select.h"

struct events_segment {
	uint64_t nonce;
	uint32_t pid, uid;
	char file[128], comm[32], user[40];
	enum snap_state state;
	bool selected, listed, ended; /* ended: its row is out */
	uint64_t to_realtime;	      /* added to the segment's CLOCK_MONOTONIC */
	uint64_t records;	      /* read or lost: how far its lanes are, in sum */
	uint64_t accounted;	      /* lost records that rows told of */
	uint64_t lost;		      /* as the reader counts */
	uint64_t newest_ns;	      /* of its events, CLOCK_REALTIME */
	bool gone;		      /* its name was gone before the last read */
	unsigned absent;	      /* samples without it since its row is out */
	struct tta_type_record *types;
	size_t type_count;
	char **marks; /* by index */
	size_t mark_count;
	char **labels; /* by id, NULL = not seen */
	size_t label_count;
};

/* How far a lane was read. */
struct events_lane {
	uint64_t next;	/* position */
	uint64_t key;	/* of its newest event */
	uint64_t begun; /* one of its events was read */
};

struct events_book {
	struct events_segment *list;
	size_t count, room;
	uint64_t to_realtime;	/* of this boot */
	struct event_map index; /* nonce -> index + 1 */
	struct event_map lanes;
};

void events_book_init(struct events_book *book);
void events_book_fini(struct events_book *book);
/* NULL: never sampled. */
struct events_segment *events_book_find(struct events_book *book, uint64_t nonce);
/* Forget a segment; the last one takes its place in the list. */
void events_book_forget(struct events_book *book, struct events_segment *segment);
/* Take in a process of @sample, as @snapshot shows it. NULL without memory. */
struct events_segment *events_book_update(struct events_book *book,
					  const struct tta_sample *sample,
					  const struct tta_process *process,
					  const struct snap_process *shown);
/* NULL without memory. */
struct events_lane *events_book_lane(struct events_book *book,
				     const struct tta_event *record);
/* What the numbers of @event are called; @text holds what has no name. */
struct event_names events_names(struct events_book *book, const struct event *event,
				char text[32]);
const char *events_type_name(const struct events_segment *segment, uint32_t type);

#endif
