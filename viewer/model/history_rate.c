/* SPDX-License-Identifier: BSD-2-Clause */
/* history_rate.c - how much happened between the last two samples. */
#include <stdlib.h>

#include "history_parts.h"

static bool seconds_between(const struct history *history, double *ret_seconds)
{
	if (!history->before.processes ||
	    history->last.time_ns <= history->before.time_ns)
		return false;
	*ret_seconds = (double)(history->last.time_ns - history->before.time_ns) / 1e9;
	return true;
}

/* Events of one process since the sample before; one that is new has no rate yet. */
static bool events_since(const struct history *history, const struct tick_process *now,
			 uint64_t *ret_events)
{
	const struct tick_process *then = tick_find(&history->before, now->segment);

	if (!then || then->events == SNAP_UNKNOWN || now->events == SNAP_UNKNOWN)
		return false;
	*ret_events = now->events > then->events ? now->events - then->events : 0;
	return true;
}

bool history_event_rate(const struct history *history, double *ret_rate)
{
	uint64_t sum = 0, events;
	double seconds;

	if (!seconds_between(history, &seconds))
		return false;
	for (size_t i = 0; i < history->last.count; i++)
		if (events_since(history, &history->last.processes[i], &events))
			sum += events;
	*ret_rate = (double)sum / seconds;
	return true;
}

bool history_process_rate(const struct history *history, uint64_t segment,
			  double *ret_rate)
{
	const struct tick_process *now;
	uint64_t events;
	double seconds;

	if (!seconds_between(history, &seconds))
		return false;
	now = tick_find(&history->last, segment);
	if (!now || !events_since(history, now, &events))
		return false;
	*ret_rate = (double)events / seconds;
	return true;
}

static bool count_known(const struct tick_place *place)
{
	return place->used != SNAP_UNKNOWN && place->allocs != SNAP_UNKNOWN &&
	       place->frees != SNAP_UNKNOWN;
}

/* What moved between two samples of a place; @then NULL: it held nothing there. */
static void add_moves(struct tick_moves *moves, const struct tick_place *now,
		      const struct tick_place *then)
{
	static const struct tick_place nothing;

	then = then ? then : &nothing;
	moves->any = true;
	if (!count_known(now) || !count_known(then)) {
		moves->unknown = true;
		return;
	}
	moves->allocs += (double)now->allocs - (double)then->allocs;
	moves->frees += (double)now->frees - (double)then->frees;
	moves->bytes += (double)now->used - (double)then->used;
}

/* The first place of a segment. */
static size_t first_of(const struct tick *tick, uint64_t segment)
{
	size_t low = 0, high = tick->place_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (tick->places[middle].place.segment < segment)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Where all processes together have this place; NULL: no device has it. */
static struct tick_place *total_of(struct tick *tick, size_t totals,
				   const struct history_place *place)
{
	struct history_place all = {0, place->device, place->type};

	return totals ? bsearch(&all, tick->places, totals, sizeof(*tick->places),
				place_compare)
		      : NULL;
}

/* Both samples are sorted: one pass. */
void tick_add_moves(struct tick *last, const struct tick *before)
{
	size_t totals = first_of(last, 1), at = first_of(before, 1);
	uint64_t segment = 0;
	bool known = false;

	for (size_t i = totals; i < last->place_count; i++) {
		const struct tick_place *now = &last->places[i];
		struct tick_place *all = total_of(last, totals, &now->place);
		bool same;

		if (now->place.segment != segment)
			known = tick_find(before, now->place.segment) != NULL;
		segment = now->place.segment;
		while (at < before->place_count &&
		       place_compare(&before->places[at], now) < 0)
			at++;
		same = at < before->place_count &&
		       place_compare(&before->places[at], now) == 0;
		if (!known)
			continue; /* who is new has no rate yet */
		last->places[i].moves = (struct tick_moves){0};
		add_moves(&last->places[i].moves, now, same ? &before->places[at] : NULL);
		if (all)
			add_moves(&all->moves, now, same ? &before->places[at] : NULL);
	}
}

static bool is_of(const struct history_place *of, const struct tick_place *place)
{
	return (!of->device || of->device == place->place.device) &&
	       (!of->type || of->type == place->place.type);
}

bool history_rate(const struct history *history, const struct history_place *place,
		  struct history_rate *ret_rate)
{
	const struct tick *last = &history->last;
	struct history_rate sum = {0};
	bool any = false;
	double seconds;

	if (!seconds_between(history, &seconds))
		return false;
	for (size_t i = first_of(last, place->segment); i < last->place_count; i++) {
		const struct tick_moves *moves = &last->places[i].moves;

		if (last->places[i].place.segment != place->segment)
			break;
		if (!is_of(place, &last->places[i]))
			continue;
		if (moves->unknown)
			return false;
		any = any || moves->any;
		sum.allocs += moves->allocs / seconds;
		sum.frees += moves->frees / seconds;
		sum.bytes += moves->bytes / seconds;
	}
	*ret_rate = sum;
	return any || !place->segment; /* where nobody holds anything nothing moves */
}
