/* SPDX-License-Identifier: BSD-2-Clause */
/* Records, gaps and ends of processes, from the reader into the window. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "event_filter.h"
#include "events_run.h"

/* Samples, a tenth of a second apart at least: longer than the window holds back. */
#define FORGET_AFTER 5u

static int no_memory(struct events_run *run)
{
	run->error = -ENOMEM;
	return -ENOMEM;
}

/*
 * More than is to be held at once. Before anything is out the earliest is given up, as if
 * it had been overwritten; later what is held leaves in the order known so far.
 */
static int make_room(struct events_run *run)
{
	struct event earliest;
	int err;

	if (run->wish.room == 0 || run->batch.count < run->wish.room)
		return 0;
	if (!run->following) {
		event_window_pop(&run->batch, UINT64_MAX, 0, &earliest);
		run->earlier += earliest.kind == EVENT_RECORD;
		return 0;
	}
	err = events_book_batch(run);
	return err ? err : events_show_ready(run, 0);
}

static int push(struct events_run *run, struct event *event)
{
	int err = make_room(run);

	if (err)
		return err;
	event->live = event->dt_ns = SNAP_UNKNOWN;
	if (event->kind != EVENT_RECORD)
		event->delta_known = true;
	return event_window_push(&run->batch, event) ? no_memory(run) : 0;
}

/* Sizes that grew are told by what was at the address before: the order of time. */
int events_book_batch(struct events_run *run)
{
	event_window_sort(&run->batch);
	for (size_t i = 0; i < run->batch.count; i++) {
		struct event *event = &run->batch.heap[i];

		event->arrival = run->window.arrivals + 1;
		event_track_follow(&run->ahead, event);
		event_levels_read(&run->levels, event);
		if (event_window_push(&run->window, event))
			return no_memory(run);
	}
	run->batch.count = 0;
	return 0;
}

/* ---- selection ---- */

static const struct snap_process *find_process(const struct events_run *run,
					       uint64_t nonce)
{
	for (size_t i = 0; i < run->snapshot->process_count; i++)
		if (run->snapshot->processes[i].segment == nonce)
			return &run->snapshot->processes[i];
	return NULL;
}

static bool place_selected(const struct events_run *run, const struct tta_event *r,
			   const char *type)
{
	const struct selection *selection = run->wish.selection;
	const struct snap_device device = {.number = r->device};

	return r->op == TTA_OP_MARK || (selection_has_device(selection, &device) &&
					selection_has_type(selection, type));
}

static bool wanted(struct events_run *run, const struct event *event,
		   const struct events_segment *segment)
{
	const struct filter *filter = run->wish.selection->filter;
	char unnamed[32];
	struct event_names names;

	if (!place_selected(run, &event->record,
			    events_type_name(segment, event->record.type)))
		return false;
	if (!filter)
		return true;
	names = events_names(&run->book, event, unnamed);
	return event_matches(filter, event, &names,
			     find_process(run, event->record.nonce), names.mark);
}

/* ---- records ---- */

static int push_gap(struct events_run *run, struct events_segment *segment,
		    const struct tta_event *r, uint64_t key, uint64_t count, bool earlier)
{
	struct event gap = {
		.kind = earlier ? EVENT_EARLIER : EVENT_GAP,
		.key = key,
		.time_ns = key,
		.record = {.nonce = r->nonce, .pid = r->pid, .lane = r->lane},
		.lost = count,
	};

	segment->accounted += count;
	if (earlier)
		run->earlier += count;
	else
		run->lost += count;
	return push(run, &gap);
}

/* Is what was overwritten before the first record of a lane nobody's loss? */
static bool before_us(const struct events_run *run, const struct events_lane *lane,
		      uint64_t key)
{
	return !run->following && !lane->begun && !(run->since && key > run->since);
}

static void note_names(struct events_run *run, const struct events_segment *segment,
		       const struct tta_event *r)
{
	if (r->op == TTA_OP_MARK && r->address >= segment->mark_count)
		run->wants_detail = true;
	if (r->label && (r->label >= segment->label_count || !segment->labels[r->label]))
		run->wants_detail = true;
}

static int push_record(struct events_run *run, struct events_segment *segment,
		       const struct tta_event *r, uint64_t key)
{
	struct event event = {
		.kind = EVENT_RECORD,
		.key = key,
		.time_ns = r->time_ns + segment->to_realtime,
		.record = *r,
	};

	note_names(run, segment, r);
	event.delta_known = event_delta(r, &event.delta);
	event.hidden = !wanted(run, &event, segment);
	return push(run, &event);
}

static void stretch_until(struct events_run *run, const struct tta_event *r, uint64_t key)
{
	if (run->until_mark && r->op == TTA_OP_MARK && r->nonce == run->until_segment &&
	    r->address == run->until_index && key > run->until)
		run->until = key;
}

/* Records come lane after lane. */
static void count_streak(struct events_run *run, const struct tta_event *r,
			 uint64_t missing)
{
	if (r->nonce != run->streak_segment || r->lane != run->streak_lane)
		run->streak = 0;
	run->streak_segment = r->nonce;
	run->streak_lane = r->lane;
	run->streak += 1 + missing;
	if (run->streak > run->busiest)
		run->busiest = run->streak;
}

static int visit(void *arg, const struct tta_event *r)
{
	struct events_run *run = arg;
	struct events_segment *segment = events_book_find(&run->book, r->nonce);
	struct events_lane *lane;
	uint64_t key, missing;
	int err = 0;

	if (!segment || !segment->selected)
		return 0;
	lane = events_book_lane(&run->book, r);
	if (!lane)
		return no_memory(run);
	key = r->time_ns + segment->to_realtime;
	key = key > lane->key ? key : lane->key;
	stretch_until(run, r, key);
	missing = r->sequence > lane->next ? r->sequence - lane->next : 0;
	count_streak(run, r, missing);
	if (missing)
		err = push_gap(run, segment, r, key, missing, before_us(run, lane, key));
	if (err)
		return err;
	segment->records += r->sequence + 1 - lane->next;
	lane->next = r->sequence + 1;
	lane->key = key;
	lane->begun = 1;
	if (key > segment->newest_ns)
		segment->newest_ns = key;
	return push_record(run, segment, r, key);
}

/* A file that is gone now has published its last when it is read below. */
static void look_for_gone(struct events_run *run)
{
	char path[512];

	for (size_t i = 0; i < run->book.count; i++) {
		struct events_segment *segment = &run->book.list[i];

		if (segment->ended || segment->gone || !segment->selected)
			continue;
		snprintf(path, sizeof(path), "%s/%s", tta_reader_directory(run->reader),
			 segment->file);
		segment->gone = access(path, F_OK) && errno == ENOENT;
	}
}

int events_read_more(struct events_run *run)
{
	struct tta_events_read read;
	int err;

	run->busiest = run->streak = 0;
	err = tta_reader_events(run->reader, visit, run, &read);
	run->delivered = read.delivered;
	run->overrun = read.lost > 0;
	if (!err)
		err = events_book_batch(run);
	return err;
}

int events_read(struct events_run *run)
{
	look_for_gone(run);
	return events_read_more(run);
}

/* ---- ends ---- */

static bool has_ended(enum snap_state state)
{
	return state == SNAP_ORPHAN || state == SNAP_EXITED || state == SNAP_DEAD;
}

static void fill_left(struct event *event, const struct snap_process *shown)
{
	event->left_bytes = event->left_buffers = 0;
	for (size_t i = 0; shown && i < shown->memory_count; i++) {
		event->left_bytes = snap_sum(event->left_bytes, shown->memory[i].used);
		event->left_buffers =
			snap_sum(event->left_buffers, shown->memory[i].buffers);
	}
}

/*
 * When a process died is not written anywhere: the row of one that is found dead comes
 * after its last event, without a time; while following, the time is that of noticing.
 */
static int push_end(struct events_run *run, struct events_segment *segment,
		    const struct tta_process *process, const struct snap_process *shown,
		    bool unseen)
{
	struct event event = {
		.kind = EVENT_EXIT,
		.key = run->following ? run->now_ns : segment->newest_ns,
		.time_ns = run->following ? run->now_ns : SNAP_UNKNOWN,
		.record = {.nonce = segment->nonce, .pid = segment->pid},
		.state = process ? shown->state : SNAP_DEAD,
		.unseen = unseen,
	};

	if (process && process->closed_time_ns) {
		event.time_ns = process->closed_time_ns + segment->to_realtime;
		if (event.time_ns > event.key)
			event.key = event.time_ns;
	}
	if (!process)
		segment->state = SNAP_DEAD;
	fill_left(&event, shown);
	segment->ended = true;
	run->unseen += unseen;
	return push(run, &event);
}

/* ---- samples ---- */

static bool segment_selected(const struct events_run *run,
			     const struct snap_process *shown)
{
	struct selection all = *run->wish.selection;

	all.dead = true; /* its last events are of interest */
	all.filter = NULL;
	return selection_has_process(&all, run->snapshot, shown);
}

static int update_one(struct events_run *run, const struct tta_process *process)
{
	const struct snap_process *shown = find_process(run, process->nonce);
	struct events_segment *segment;

	if (!shown || process->verdict == TTA_VERDICT_CORRUPT)
		return 0;
	segment = events_book_update(&run->book, run->sample, process, shown);
	if (!segment)
		return no_memory(run);
	segment->selected = segment_selected(run, shown);
	return 0;
}

static int notice_dead(struct events_run *run)
{
	for (size_t i = 0; i < run->sample->process_count; i++) {
		const struct tta_process *p = &run->sample->processes[i];
		struct events_segment *segment = events_book_find(&run->book, p->nonce);
		const struct snap_process *shown = find_process(run, p->nonce);

		if (!segment || !segment->selected || segment->ended || !shown ||
		    !has_ended(shown->state))
			continue;
		if (push_end(run, segment, p, shown, false))
			return -ENOMEM;
	}
	return 0;
}

/* A file that went is an orderly end, or was reaped; only the first has a row to come. */
static int notice_gone(struct events_run *run)
{
	for (size_t i = 0; i < run->book.count; i++) {
		struct events_segment *segment = &run->book.list[i];

		if (segment->listed || segment->ended)
			continue;
		if (!segment->selected) {
			segment->ended = true;
			continue;
		}
		if (push_end(run, segment, NULL, NULL, !segment->gone))
			return -ENOMEM;
	}
	return 0;
}

int events_notice_ends(struct events_run *run)
{
	int err = notice_dead(run);

	if (!err)
		err = notice_gone(run);
	return err ? err : events_book_batch(run);
}

static int update_book(struct events_run *run)
{
	int err = 0;

	for (size_t i = 0; i < run->book.count; i++)
		run->book.list[i].listed = false;
	for (size_t i = 0; i < run->sample->process_count && !err; i++)
		err = update_one(run, &run->sample->processes[i]);
	return err;
}

static int take_in(struct events_run *run, const struct tta_sample *sample,
		   const struct snapshot *snapshot)
{
	run->sample = sample;
	run->snapshot = snapshot;
	run->now_ns = sample->realtime_ns;
	return update_book(run);
}

static void give_up_own(struct events_run *run)
{
	tta_sample_free(run->own_sample);
	snapshot_free(run->own_snapshot);
	run->own_sample = NULL;
	run->own_snapshot = NULL;
}

static int take_sample(struct events_run *run, unsigned parts)
{
	struct tta_sample *sample;
	struct snapshot *snapshot;
	int err = tta_reader_sample(run->reader, parts, &sample);

	if (err)
		return err;
	err = snapshot_from_sample(sample, &snapshot);
	if (err) {
		tta_sample_free(sample);
		return err;
	}
	give_up_own(run);
	run->own_sample = sample;
	run->own_snapshot = snapshot;
	return take_in(run, sample, snapshot);
}

static bool somebody_ended(const struct events_run *run)
{
	for (size_t i = 0; i < run->book.count; i++)
		if (run->book.list[i].selected && !run->book.list[i].ended &&
		    has_ended(run->book.list[i].state))
			return true;
	return false;
}

int events_sample(struct events_run *run)
{
	/* What is left is told of ends, names of marks and labels: else totals do. */
	unsigned parts =
		run->following && !run->wants_detail ? TTA_SAMPLE_TOTALS : TTA_SAMPLE_ALL;
	int err = take_sample(run, parts);

	run->wants_detail = false;
	if (!err && parts == TTA_SAMPLE_TOTALS && somebody_ended(run)) {
		/* What came after the last read comes before the end. */
		err = events_read(run);
		if (!err)
			err = take_sample(run, TTA_SAMPLE_ALL);
	}
	if (!err && run->following)
		err = events_notice_ends(run);
	if (!err && run->following)
		events_sync(run);
	return err;
}

/* Long after a process everything about it has left the window. */
static void forget_absent(struct events_run *run)
{
	for (size_t i = 0; i < run->book.count;) {
		struct events_segment *segment = &run->book.list[i];

		segment->absent =
			segment->ended && !segment->listed ? segment->absent + 1 : 0;
		if (segment->absent < FORGET_AFTER) {
			i++;
			continue;
		}
		event_track_forget(&run->ahead, segment->nonce);
		event_track_forget(&run->track, segment->nonce);
		event_levels_forget(&run->levels, segment->nonce);
		events_book_forget(&run->book, segment);
	}
}

int events_sampled(struct events_run *run, const struct tta_sample *sample,
		   const struct snapshot *snapshot)
{
	int err = take_in(run, sample, snapshot);

	give_up_own(run);
	if (!err && somebody_ended(run))
		err = events_read(run);
	if (!err)
		err = events_notice_ends(run);
	if (!err)
		events_sync(run);
	forget_absent(run);
	run->sample = NULL;
	return err;
}

bool events_settled(const struct tta_process *process,
		    const struct events_segment *segment)
{
	return process->events == segment->records && process->uncertain_count == 0 &&
	       !(process->totals_inexact & (TTA_INEXACT_BUSY | TTA_INEXACT_CORRUPT));
}

int events_close_accounts(struct events_run *run)
{
	int err;

	for (size_t i = 0; i < run->book.count; i++) {
		struct events_segment *segment = &run->book.list[i];
		struct tta_event at = {.nonce = segment->nonce,
				       .pid = segment->pid,
				       .lane = EVENT_NO_LANE};

		if (!segment->selected || segment->lost <= segment->accounted)
			continue;
		err = push_gap(run, segment, &at, run->now_ns,
			       segment->lost - segment->accounted, !run->following);
		if (err)
			return err;
	}
	return events_book_batch(run);
}

bool events_anybody_alive(const struct events_run *run)
{
	for (size_t i = 0; i < run->book.count; i++)
		if (run->book.list[i].selected && run->book.list[i].listed &&
		    !has_ended(run->book.list[i].state))
			return true;
	return false;
}
