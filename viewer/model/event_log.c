/* SPDX-License-Identifier: BSD-2-Clause */
#include "event_log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "event_map.h"

#define RATE_NS UINT64_C(1000000000)

/* What a search looks at: rows are far apart in memory. */
struct index_entry {
	uint64_t segment, address;
	bool everywhere; /* a gap or an end: about all addresses of its segment */
};

struct ring {
	struct event_log_row *rows;
	struct index_entry *index;
	size_t room, begin, count;
};

/* Sums up to a tick. */
struct tick {
	uint64_t ns, events, allocs, frees, bytes_up, bytes_down;
};

/* When the buffer at an address ended: the number of that row, + 1. */
struct ended {
	uint64_t number;
};

struct event_log {
	struct ring newest, kept;
	struct event_map ends; /* of rows in `newest` */
	uint64_t next;
	bool forgets;
	struct event_counts counts;
	struct tick now; /* sums up to now */
	struct tick ticks[EVENT_LOG_TICKS];
	uint64_t tick_count; /* so far */
};

static bool ring_init(struct ring *ring, size_t room)
{
	ring->room = room;
	ring->rows = calloc(room, sizeof(*ring->rows));
	ring->index = calloc(room, sizeof(*ring->index));
	return ring->rows && ring->index;
}

static void ring_fini(struct ring *ring)
{
	free(ring->rows);
	free(ring->index);
}

static struct event_log_row *ring_at(const struct ring *ring, size_t position)
{
	return &ring->rows[(ring->begin + position) % ring->room];
}

static struct event_log_row *ring_newest(const struct ring *ring)
{
	return ring->count ? ring_at(ring, ring->count - 1) : NULL;
}

/* The slot for one more; the ring is not full. */
static struct event_log_row *ring_add(struct ring *ring, const struct event *event)
{
	size_t slot = (ring->begin + ring->count++) % ring->room;

	ring->index[slot] = (struct index_entry){
		.segment = event->record.nonce,
		.address = event->record.address,
		.everywhere = event->kind != EVENT_RECORD,
	};
	return &ring->rows[slot];
}

static void ring_drop_oldest(struct ring *ring)
{
	ring->begin = (ring->begin + 1) % ring->room;
	ring->count--;
}

struct event_log *event_log_new(size_t rows, size_t kept)
{
	struct event_log *log = calloc(1, sizeof(*log));

	if (!log)
		return NULL;
	log->ends.value_size = sizeof(struct ended);
	if (ring_init(&log->newest, rows) && ring_init(&log->kept, kept))
		return log;
	event_log_free(log);
	return NULL;
}

void event_log_free(struct event_log *log)
{
	if (!log)
		return;
	ring_fini(&log->newest);
	ring_fini(&log->kept);
	event_map_fini(&log->ends);
	free(log);
}

/* ---- rows that leave ---- */

static struct event_key key_of(const struct tta_event *r)
{
	return (struct event_key){r->nonce, (uint64_t)r->device << 8 | r->type,
				  r->address};
}

static bool is_end(const struct event *event)
{
	const struct tta_event *r = &event->record;

	return event_has_refs(event) && r->refs == 0 && r->views == 0 &&
	       r->op != TTA_OP_ALLOC;
}

static void note_end(struct event_log *log, const struct event *event)
{
	struct ended *ended;

	if (!is_end(event))
		return;
	ended = event_map_add(&log->ends, key_of(&event->record));
	if (ended)
		ended->number = log->next + 1;
}

/* As far as is known: nothing after this row ended its buffer. */
static bool is_of_living(struct event_log *log, const struct event_log_row *row)
{
	const struct event_key key = key_of(&row->event.record);
	const struct ended *ended;

	if (!event_has_refs(&row->event))
		return false;
	ended = event_map_find(&log->ends, key);
	if (ended && ended->number == row->number + 1)
		event_map_remove(&log->ends, key);
	return !ended && !is_end(&row->event);
}

/* Gaps of a process with nothing between them that is kept are one. */
static bool join_gap(struct ring *kept, const struct event_log_row *row)
{
	struct event_log_row *last = ring_newest(kept);

	if (!last || row->event.kind != EVENT_GAP || last->event.kind != EVENT_GAP ||
	    last->event.record.nonce != row->event.record.nonce)
		return false;
	last->event.lost += row->event.lost;
	last->event.time_ns = row->event.time_ns;
	return true;
}

static void keep(struct event_log *log, const struct event_log_row *row)
{
	if (join_gap(&log->kept, row))
		return;
	if (log->kept.count == log->kept.room)
		ring_drop_oldest(&log->kept);
	*ring_add(&log->kept, &row->event) = *row;
}

/* Make room for a row. */
static void let_go(struct event_log *log)
{
	const struct event_log_row *oldest = ring_at(&log->newest, 0);
	bool lives = is_of_living(log, oldest);

	if (lives || event_is_suspicious(&oldest->event) ||
	    oldest->event.kind == EVENT_EARLIER)
		keep(log, oldest);
	else
		log->forgets = true;
	ring_drop_oldest(&log->newest);
}

/* ---- rows ---- */

static void count_flags(struct event_counts *counts, const struct tta_event *r)
{
	counts->dup += (r->flags & TTA_RECORD_DUP) != 0;
	counts->size += (r->flags & TTA_RECORD_SIZE) != 0;
	counts->unknown += (r->flags & TTA_RECORD_UNKNOWN) != 0;
	counts->unmatched += (r->flags & TTA_RECORD_UNMATCHED) != 0;
	counts->dangling += (r->flags & TTA_RECORD_DANGLING) != 0;
	counts->failed += r->op == TTA_OP_ALLOC_FAILED;
}

static void count(struct event_counts *counts, const struct event *event)
{
	if (event->kind == EVENT_EARLIER)
		return;
	counts->rows++;
	if (event->kind == EVENT_GAP)
		counts->lost += event->lost;
	else
		counts->suspicious += event_is_suspicious(event);
	if (event->kind == EVENT_EXIT)
		counts->left += event_is_suspicious(event);
	else if (event->kind == EVENT_RECORD)
		count_flags(counts, &event->record);
}

static void sum_up(struct tick *now, const struct event *event)
{
	uint32_t op = event->record.op;

	if (event->kind != EVENT_RECORD)
		return;
	now->events++;
	now->allocs += op == TTA_OP_ALLOC;
	now->frees += op == TTA_OP_FREE || op == TTA_OP_CLOSE;
	if (event->delta_known && event->delta > 0)
		now->bytes_up += (uint64_t)event->delta;
	else if (event->delta_known)
		now->bytes_down += (uint64_t)-event->delta;
}

void event_log_push(struct event_log *log, const struct event *event,
		    const struct event_names *names)
{
	const char *text = names->mark ? names->mark : names->label;
	struct event_log_row *row;

	if (log->newest.count == log->newest.room)
		let_go(log);
	note_end(log, event);
	row = ring_add(&log->newest, event);
	row->event = *event;
	row->number = log->next++;
	row->uid = names->uid;
	snprintf(row->comm, sizeof(row->comm), "%s", names->comm);
	snprintf(row->user, sizeof(row->user), "%s", names->user);
	snprintf(row->type, sizeof(row->type), "%s", names->type);
	snprintf(row->text, sizeof(row->text), "%s", text);
	count(&log->counts, event);
	sum_up(&log->now, event);
}

size_t event_log_count(const struct event_log *log)
{
	return log->kept.count + log->newest.count;
}

const struct event_log_row *event_log_at(const struct event_log *log, size_t position)
{
	if (position < log->kept.count)
		return ring_at(&log->kept, position);
	return ring_at(&log->newest, position - log->kept.count);
}

uint64_t event_log_next(const struct event_log *log)
{
	return log->next;
}

bool event_log_forgets(const struct event_log *log)
{
	return log->forgets;
}

/* Position of the first row from @number on. */
static size_t kept_from(const struct ring *kept, uint64_t number)
{
	size_t low = 0, high = kept->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (ring_at(kept, middle)->number < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static size_t newest_from(const struct event_log *log, uint64_t number)
{
	uint64_t first = log->next - log->newest.count;

	if (number <= first)
		return 0;
	return number < log->next ? (size_t)(number - first) : log->newest.count;
}

const struct event_log_row *event_log_row(const struct event_log *log, uint64_t number)
{
	const struct event_log_row *row = NULL;
	size_t position = kept_from(&log->kept, number);

	if (number >= log->next)
		return NULL;
	if (number >= log->next - log->newest.count)
		row = ring_at(&log->newest, newest_from(log, number));
	else if (position < log->kept.count)
		row = ring_at(&log->kept, position);
	return row && row->number == number ? row : NULL;
}

struct event_names event_log_names(const struct event_log_row *row)
{
	bool mark =
		row->event.kind == EVENT_RECORD && row->event.record.op == TTA_OP_MARK;

	return (struct event_names){
		.comm = row->comm,
		.user = row->user,
		.type = row->type,
		.label = mark ? "" : row->text,
		.mark = mark && *row->text ? row->text : NULL,
		.uid = row->uid,
	};
}

const struct event_counts *event_log_counts(const struct event_log *log)
{
	return &log->counts;
}

/* ---- rates ---- */

/* The tick @back ticks ago. */
static const struct tick *tick_back(const struct event_log *log, uint64_t back)
{
	return &log->ticks[(log->tick_count - 1 - back) % EVENT_LOG_TICKS];
}

static uint64_t ticks_kept(const struct event_log *log)
{
	return log->tick_count < EVENT_LOG_TICKS ? log->tick_count : EVENT_LOG_TICKS;
}

void event_log_tick(struct event_log *log, uint64_t mono_ns)
{
	if (log->tick_count && tick_back(log, 0)->ns >= mono_ns)
		return;
	log->now.ns = mono_ns;
	log->ticks[log->tick_count++ % EVENT_LOG_TICKS] = log->now;
}

static double per_second(uint64_t from, uint64_t to, double seconds)
{
	return (double)(to - from) / seconds;
}

bool event_log_rates(const struct event_log *log, struct event_rates *ret_rates)
{
	const struct tick *to, *from;
	uint64_t back = 1;
	double seconds;

	if (ticks_kept(log) < 2)
		return false;
	to = tick_back(log, 0);
	while (back + 1 < ticks_kept(log) && to->ns - tick_back(log, back)->ns < RATE_NS)
		back++;
	from = tick_back(log, back);
	seconds = (double)(to->ns - from->ns) / 1e9;
	*ret_rates = (struct event_rates){
		.events = per_second(from->events, to->events, seconds),
		.allocs = per_second(from->allocs, to->allocs, seconds),
		.frees = per_second(from->frees, to->frees, seconds),
		.bytes_up = per_second(from->bytes_up, to->bytes_up, seconds),
		.bytes_down = per_second(from->bytes_down, to->bytes_down, seconds),
	};
	return true;
}

size_t event_log_past(const struct event_log *log, uint64_t *allocs, uint64_t *frees,
		      size_t room, double *ret_span)
{
	uint64_t kept = ticks_kept(log);
	size_t count_out = kept > 1 ? (size_t)kept - 1 : 0;

	*ret_span = 0;
	count_out = count_out < room ? count_out : room;
	for (size_t i = 0; i < count_out; i++) {
		const struct tick *from = tick_back(log, count_out - i);
		const struct tick *to = tick_back(log, count_out - i - 1);
		double seconds = (double)(to->ns - from->ns) / 1e9;

		if (allocs)
			allocs[i] =
				(uint64_t)(per_second(from->allocs, to->allocs, seconds) +
					   0.5);
		if (frees)
			frees[i] =
				(uint64_t)(per_second(from->frees, to->frees, seconds) +
					   0.5);
	}
	if (count_out)
		*ret_span =
			(double)(tick_back(log, 0)->ns - tick_back(log, count_out)->ns) /
			1e9;
	return count_out;
}

/* ---- one address ---- */

bool event_log_is_at(const struct event_log_row *row, const struct event_place *place)
{
	const struct tta_event *r = &row->event.record;

	return event_has_address(&row->event) && r->nonce == place->segment &&
	       r->address == place->address && r->device == place->device &&
	       strcmp(row->type, place->type) == 0;
}

/* The last of the first @count rows of a ring that is about @place. */
static const struct event_log_row *search(const struct ring *ring, size_t count,
					  const struct event_place *place)
{
	for (size_t at = count; at > 0; at--) {
		size_t slot = (ring->begin + at - 1) % ring->room;
		const struct index_entry *entry = &ring->index[slot];

		if (entry->segment != place->segment ||
		    (!entry->everywhere && entry->address != place->address))
			continue;
		if (entry->everywhere || event_log_is_at(&ring->rows[slot], place))
			return &ring->rows[slot];
	}
	return NULL;
}

const struct event_log_row *event_log_before(const struct event_log *log, uint64_t before,
					     const struct event_place *place)
{
	const struct event_log_row *found =
		search(&log->newest, newest_from(log, before), place);

	return found ? found : search(&log->kept, kept_from(&log->kept, before), place);
}
