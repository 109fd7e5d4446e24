/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * events_run.h - from rings to rows: what is kept while events are followed.
 *
 *	events_source.c  reader -> records, gaps, ends -> batch -> window
 *	events_flow.c    window -> what was before, levels -> the rows that are wanted
 *	events_run.c     beginning, first look and end
 *
 * Functions that can fail return 0 or -errno; what a row function returns comes back.
 */
#ifndef TTATOP_EVENTS_RUN_H
#define TTATOP_EVENTS_RUN_H

#include "event_level.h"
#include "event_track.h"
#include "event_window.h"
#include "events_book.h"

/* Which events become rows, and who gets them. */
struct events_wish {
	const struct selection *selection; /* borrowed */
	bool suspicious;		   /* no others */
	bool earlier; /* also what was overwritten before the first look */
	/* Events held at most, 0 = as many as the rings hand over at once: whoever
	 * follows for long has to be content with less. */
	size_t room;
	size_t addresses; /* followed at most, 0 = as many as event_track.h says */
	/* A row that is ready, in the order of time; it may be changed. */
	int (*row)(void *arg, struct event *event);
	void *arg;
};

struct events_run {
	struct events_wish wish;
	struct tta_reader *reader; /* borrowed */
	struct events_book book;
	struct event_window batch; /* just read, not booked yet */
	struct event_window window;
	struct event_track ahead; /* as far as was read */
	struct event_track track; /* as far as rows are out */
	struct event_levels levels;
	uint64_t since, until; /* CLOCK_REALTIME; 0 and UINT64_MAX = not given */
	/* `until` is a mark: its row, which comes a little after its time, is the last.
	 */
	bool until_mark;
	uint64_t until_segment, until_index;
	bool following;			 /* past the first look */
	const struct tta_sample *sample; /* the newest; when lent, during that call */
	const struct snapshot *snapshot; /* of it; when lent, until the next one */
	struct tta_sample *own_sample;	 /* what was not lent */
	struct snapshot *own_snapshot;
	uint64_t now_ns;   /* CLOCK_REALTIME of the newest sample */
	bool wants_detail; /* a mark or a label without a name was read */
	/* counts */
	uint64_t earlier;      /* overwritten, or too many, before the first look */
	uint64_t lost, unseen; /* of selected processes; ends that were not seen */
	uint64_t rows;
	uint64_t delivered; /* by the last read */
	uint64_t busiest;   /* the most of these from one lane, with what it lost */
	uint64_t streak;    /* from the lane that is being read */
	uint64_t streak_segment;
	uint32_t streak_lane;
	bool overrun; /* the last read lost something */
	int error;
};

void events_run_init(struct events_run *run, struct tta_reader *reader,
		     const struct events_wish *wish);
void events_run_fini(struct events_run *run);

/* Look at the directory and at every segment. */
int events_sample(struct events_run *run);
/*
 * The same with a sample that somebody else took, after the last events_read(), with all
 * its parts. @sample is lent for the call, @snapshot until the next sample.
 */
int events_sampled(struct events_run *run, const struct tta_sample *sample,
		   const struct snapshot *snapshot);
/* After the first sample: what the rings hold, until it agrees with the sample. */
int events_first_look(struct events_run *run);
/*
 * Take the records written since, before a sample: files that are gone before it have no
 * more to come.
 */
int events_read(struct events_run *run);
/* The same between samples, for less. */
int events_read_more(struct events_run *run);
/* Rows of the processes that have ended, and of those whose file went. */
int events_notice_ends(struct events_run *run);
/* Is this process in the sample as its records tell it, no event more or less? */
bool events_settled(const struct tta_process *process,
		    const struct events_segment *segment);
/* Is a selected process alive? */
bool events_anybody_alive(const struct events_run *run);
/* What the reader lost and no later record has shown: one gap per segment. */
int events_close_accounts(struct events_run *run);

/* Book the batch in the order of time, and hold it. */
int events_book_batch(struct events_run *run);
/* Hand out the last @rows of what is held, 0 = all. */
int events_show_last(struct events_run *run, size_t rows);
/* Hand out what is old enough, or what is too much. */
int events_show_ready(struct events_run *run, uint64_t until);
/* Set the levels of all processes of the sample that are settled. */
void events_sync(struct events_run *run);
/* Every selected process is settled: a first look may end. */
bool events_all_settled(struct events_run *run);

#endif
