/* SPDX-License-Identifier: BSD-2-Clause */
#include "event_track.h"

struct held {
	uint64_t size, time_ns;
	uint64_t epoch; /* of its segment, when it was seen */
};

/* The segment itself, in the same map: how often its history broke. */
#define EPOCH_PLACE UINT64_MAX

static struct event_key key_of(const struct tta_event *r)
{
	return (struct event_key){r->nonce, (uint64_t)r->device << 8 | r->type,
				  r->address};
}

static uint64_t epoch_of(const struct event_track *track, uint64_t segment)
{
	struct event_key key = {segment, EPOCH_PLACE, 0};
	const struct held *held = event_map_find(&track->addresses, key);

	return held ? held->epoch : 0;
}

static void forget_segment(struct event_track *track, uint64_t segment)
{
	struct event_key key = {segment, EPOCH_PLACE, 0};
	struct held *held = event_map_add(&track->addresses, key);

	if (held) {
		held->epoch++;
		return;
	}
	/* No room to remember the break: remember nothing at all. */
	event_map_fini(&track->addresses);
}

void event_track_init(struct event_track *track, size_t limit)
{
	track->addresses = (struct event_map){.value_size = sizeof(struct held),
					      .limit = limit ? limit : EVENT_TRACK_LIMIT};
}

static void fill_before(struct event *event, const struct held *held)
{
	const struct tta_event *r = &event->record;
	int64_t told;

	event->before_known = true;
	event->before_size = held->size;
	event->before_time_ns = held->time_ns;
	if (event_delta(r, &told) || r->op != TTA_OP_ALLOC)
		return;
	event->delta = r->size > held->size ? (int64_t)(r->size - held->size) : 0;
	event->delta_known = true;
}

static void follow_alloc(struct event_track *track, const struct event *event,
			 uint64_t epoch)
{
	const struct tta_event *r = &event->record;
	struct held *held;

	if (r->flags & TTA_RECORD_DUP && !event->before_known)
		return;
	held = event_map_add(&track->addresses, key_of(r));
	if (!held)
		return;
	if (!(r->flags & TTA_RECORD_DUP)) {
		*held = (struct held){r->size, event->time_ns, epoch};
	} else if (r->size > held->size) {
		held->size = r->size;
	}
}

static bool is_followed(const struct event *event)
{
	const struct tta_event *r = &event->record;

	return event->kind == EVENT_RECORD && r->address != 0 &&
	       !(r->flags &
		 (TTA_RECORD_NO_DETAIL | TTA_RECORD_UNKNOWN | TTA_RECORD_UNMATCHED)) &&
	       (r->op == TTA_OP_ALLOC || r->op == TTA_OP_FREE || r->op == TTA_OP_CLOSE);
}

void event_track_follow(struct event_track *track, struct event *event)
{
	const struct tta_event *r = &event->record;
	const struct held *held;
	uint64_t epoch;

	if (event->kind == EVENT_GAP)
		forget_segment(track, r->nonce);
	if (!is_followed(event))
		return;
	epoch = epoch_of(track, r->nonce);
	held = event_map_find(&track->addresses, key_of(r));
	if (held && held->epoch == epoch)
		fill_before(event, held);
	if (r->op == TTA_OP_ALLOC)
		follow_alloc(track, event, epoch);
	else if (r->refs == 0)
		event_map_remove(&track->addresses, key_of(r));
}

void event_track_forget(struct event_track *track, uint64_t segment)
{
	event_map_forget(&track->addresses, segment);
}

void event_track_fini(struct event_track *track)
{
	event_map_fini(&track->addresses);
}
