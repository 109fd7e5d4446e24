/* SPDX-License-Identifier: BSD-2-Clause */
#include "events_run.h"

#define FIRST_LOOKS 5

void events_run_init(struct events_run *run, struct tta_reader *reader,
		     const struct events_wish *wish)
{
	*run = (struct events_run){.wish = *wish, .reader = reader, .until = UINT64_MAX};
	events_book_init(&run->book);
	event_track_init(&run->ahead, wish->addresses);
	event_track_init(&run->track, wish->addresses);
	event_levels_init(&run->levels);
}

int events_first_look(struct events_run *run)
{
	int err = 0;

	for (int i = 0; i < FIRST_LOOKS && !err; i++) {
		err = events_read(run);
		if (!err)
			err = events_sample(run);
		if (!err && events_all_settled(run))
			break;
	}
	if (!err)
		err = events_close_accounts(run);
	if (!err)
		err = events_notice_ends(run);
	if (err)
		return err;
	events_sync(run);
	run->following = true;
	return 0;
}

void events_run_fini(struct events_run *run)
{
	tta_sample_free(run->own_sample);
	snapshot_free(run->own_snapshot);
	event_window_fini(&run->batch);
	event_window_fini(&run->window);
	event_track_fini(&run->ahead);
	event_track_fini(&run->track);
	event_levels_fini(&run->levels);
	events_book_fini(&run->book);
}
