/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * events_run.h - from rings to rows: what `events` keeps while it runs.
 *
 *	events_source.c  reader -> records, gaps, ends -> batch -> window
 *	events_flow.c    window -> what was before, levels -> the rows that are wanted
 *	events_command.c the first look, and following
 */
#ifndef TTATOP_EVENTS_RUN_H
#define TTATOP_EVENTS_RUN_H

#include "event_level.h"
#include "event_track.h"
#include "event_window.h"
#include "events_book.h"
#include "events_print.h"
#include "options.h"

struct events_run {
	const struct options *options;
	struct tta_reader *reader;
	struct events_book book;
	struct event_window batch; /* just read, not booked yet */
	struct event_window window;
	struct event_track ahead; /* as far as was read */
	struct event_track track; /* as far as rows are out */
	struct event_levels levels;
	struct events_printer printer;
	uint64_t since, until; /* CLOCK_REALTIME; 0 and UINT64_MAX = not given */
	/* `until` is a mark: its row, which comes a little after its time, is the last.
	 */
	bool until_mark;
	uint64_t until_segment, until_index;
	bool following;		   /* past the first look */
	struct tta_sample *sample; /* the newest */
	struct snapshot *snapshot; /* of it */
	uint64_t now_ns;	   /* CLOCK_REALTIME of the newest sample */
	bool wants_detail;	   /* a mark or a label without a name was read */
	/* counts */
	uint64_t earlier;      /* overwritten before the first look */
	uint64_t lost, unseen; /* of selected processes; ends that were not seen */
	uint64_t rows;
	uint64_t delivered; /* by the last read */
	bool overrun;	    /* the last read lost something */
	int error;
};

/* Look at the directory and at every segment. 0, or EXIT_TROUBLE after a line. */
int events_sample(struct events_run *run);
/*
 * Take the records written since. Files that are gone before it have no more to come.
 * 0 or EXIT_TROUBLE.
 */
int events_read(struct events_run *run);
/* Rows of the processes that have ended, and of those whose file went. 0 or -ENOMEM. */
int events_notice_ends(struct events_run *run);
/* Is this process in the sample as its records tell it, no event more or less? */
bool events_settled(const struct tta_process *process,
		    const struct events_segment *segment);
/* Is a selected process alive? */
bool events_anybody_alive(const struct events_run *run);
/* What the reader lost and no later record has shown: one gap per segment. */
int events_close_accounts(struct events_run *run);

/* Book the batch in the order of time, and hold it. 0 or -ENOMEM. */
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
