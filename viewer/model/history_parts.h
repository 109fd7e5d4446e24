/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * history_parts.h - what a history is made of; for history*.c alone.
 */
#ifndef TTATOP_HISTORY_PARTS_H
#define TTATOP_HISTORY_PARTS_H

#include "history.h"

/* One number per sample. Index 0 of the list is the sum over all types. */
struct series {
	char *type;
	uint64_t *values; /* a ring of `points` */
};

struct tick_process {
	uint64_t segment, events;
	uint32_t pid;
	enum snap_state state;
};

/* What happened to a place since the sample before. */
struct tick_moves {
	bool any, unknown; /* some process was there before; a count of it is not known */
	double allocs, frees, bytes;
};

/* What a process holds somewhere; segment 0: all live ones, without counts. */
struct tick_place {
	struct history_place place;
	uint64_t used, allocs, frees;
	struct tick_moves moves;
};

/* One sample, sorted for bsearch(). */
struct tick {
	uint64_t time_ns;     /* monotonic */
	uint64_t realtime_ns; /* of the same instant */
	struct tick_process *processes;
	size_t count;
	struct tick_place *places;
	size_t place_count;
};

/* The past of a place. */
struct track {
	struct history_place place;
	size_t born, seen; /* pushes: the first, the last with this place */
	uint64_t peak;	   /* since the baseline */
	uint64_t values[HISTORY_TRACK_POINTS]; /* a ring */
};

struct tracks {
	struct track **list; /* sorted by place */
	size_t count;
};

struct history {
	size_t points;
	size_t pushed; /* samples so far; the next goes to pushed % points */
	uint64_t *times;
	struct series *series;
	size_t series_count;
	struct tick last, before; /* rates need two */
	struct tracks tracks;
	bool base_live; /* the tracks' peaks are since the baseline */
	struct history_mark marks[HISTORY_MARKS];
	size_t mark_count; /* ever set; the next goes to mark_count % HISTORY_MARKS */
};

int tick_take(const struct snapshot *snapshot, struct tick *ret_tick);
void tick_free(struct tick *tick);
/* NULL: not in that sample. */
const struct tick_process *tick_find(const struct tick *tick, uint64_t segment);
/* Fill the moves of @last, also those of all processes together. */
void tick_add_moves(struct tick *last, const struct tick *before);
int place_compare(const void *a, const void *b);

/* Follow what @tick says; it is sample number @push. What there is no memory for is not
 * followed. */
void tracks_push(struct tracks *tracks, const struct tick *tick, size_t push);
void tracks_free(struct tracks *tracks);
/* Peaks begin anew with the newest sample. */
void tracks_reset_peaks(struct tracks *tracks, size_t push);

/* What happened between the last two ticks. */
void history_note(struct history *history, const struct snapshot *snapshot);

#endif
