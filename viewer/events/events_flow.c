/* SPDX-License-Identifier: BSD-2-Clause */
/* What leaves the window, in the order of time, becomes rows. */
#include <errno.h>
#include <stdlib.h>

#include "events_run.h"

/* The newest rows, while it is not known which are the last. */
struct tail {
	struct event *rows;
	size_t room, count, next;
};

static void sync_process(struct events_run *run, const struct tta_process *p)
{
	for (size_t i = 0; i < p->memory_count; i++)
		event_levels_sync(&run->levels, p->nonce, p->memory[i].device,
				  p->memory[i].type, run->window.arrivals,
				  p->memory[i].used);
}

void events_sync(struct events_run *run)
{
	for (size_t i = 0; i < run->sample->process_count; i++) {
		const struct tta_process *p = &run->sample->processes[i];
		const struct events_segment *segment =
			events_book_find(&run->book, p->nonce);

		if (segment && segment->selected && events_settled(p, segment))
			sync_process(run, p);
	}
}

bool events_all_settled(struct events_run *run)
{
	for (size_t i = 0; i < run->sample->process_count; i++) {
		const struct tta_process *p = &run->sample->processes[i];
		const struct events_segment *segment =
			events_book_find(&run->book, p->nonce);

		if (segment && segment->selected && !events_settled(p, segment))
			return false;
	}
	return true;
}

static bool is_shown(const struct events_run *run, const struct event *event)
{
	const struct events_wish *wish = &run->wish;

	if (event->hidden || event->key < run->since || event->key > run->until)
		return false;
	if (event->kind == EVENT_EARLIER)
		return wish->earlier && !wish->suspicious;
	return !wish->suspicious || event_is_suspicious(event);
}

/* The next event to leave, ready to be shown; false: none. */
static bool take(struct events_run *run, uint64_t until, size_t limit,
		 struct event *event)
{
	if (!event_window_pop(&run->window, until, limit, event))
		return false;
	event_track_follow(&run->track, event);
	event->live = event_levels_leave(&run->levels, event);
	if (event->kind == EVENT_EXIT)
		event->live = event->left_bytes;
	return true;
}

static int show(struct events_run *run, struct event *event)
{
	run->rows++;
	return run->wish.row(run->wish.arg, event);
}

static void tail_add(struct tail *tail, const struct event *event)
{
	tail->rows[tail->next] = *event;
	tail->next = (tail->next + 1) % tail->room;
	if (tail->count < tail->room)
		tail->count++;
}

static int show_tail(struct events_run *run, struct tail *tail)
{
	size_t first = tail->count < tail->room ? 0 : tail->next;
	int err = 0;

	for (size_t i = 0; i < tail->count && !err; i++)
		err = show(run, &tail->rows[(first + i) % tail->room]);
	return err;
}

int events_show_last(struct events_run *run, size_t rows)
{
	size_t held = run->window.count;
	struct tail tail = {.room = rows && rows < held ? rows : held};
	struct event event;
	int err;

	if (tail.room == 0)
		return 0;
	tail.rows = calloc(tail.room, sizeof(*tail.rows));
	if (!tail.rows)
		return -ENOMEM;
	while (take(run, UINT64_MAX, 0, &event))
		if (is_shown(run, &event))
			tail_add(&tail, &event);
	err = show_tail(run, &tail);
	free(tail.rows);
	return err;
}

int events_show_ready(struct events_run *run, uint64_t until)
{
	size_t limit = run->wish.room ? run->wish.room : EVENT_WINDOW_RECORDS;
	struct event event;
	int err = 0;

	while (!err && take(run, until, limit, &event))
		if (is_shown(run, &event))
			err = show(run, &event);
	return err;
}
