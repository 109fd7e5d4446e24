/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lanes.c - quiet over a copy.
 *
 *   event:   note = n + 1 ... what it changes ... events = n + 1
 *   reader:  events, note (equal: nothing in flight) | copy | note, events (the same)
 *
 * Events are read before notes: equal then means that nothing was in flight when the
 * note was read, also in the overflow lane, where both only ever grow.
 */
#include "lanes.h"

#include <errno.h>
#include <stdlib.h>

#define OWNER_DIED 0x40000000u
#define TID_MASK   0x3fffffffu

static uint64_t lane_count(const struct tta_attachment *a)
{
	return tta__attachment_count(a, TTA_SECTION_LANES);
}

static const struct tta_lane *lane_at(const struct tta_attachment *a, uint64_t index)
{
	return tta__attachment_at(a, TTA_SECTION_LANES, index);
}

static const struct tta_lane *overflow_lane(const struct tta_attachment *a)
{
	const void *at = (const char *)a->base + a->map.overflow;

	return at;
}

/* The futex word inside the robust mutex; loaded, never locked. */
static uint32_t lane_word(const struct tta_attachment *a, const struct tta_lane *lane)
{
	const void *word = lane->mutex + a->map.lock_offset;

	return tta_load_acquire32((const tta_a32 *)word);
}

static bool lane_dead(const struct tta_attachment *a, const struct tta_lane *lane,
		      bool ended)
{
	return ended || (lane_word(a, lane) & OWNER_DIED) != 0;
}

/* Lanes are published in steps: most were never claimed. */
static bool lane_used(const struct tta_lane *lane)
{
	return tta_load_relaxed32(&lane->claims) != 0;
}

struct tta_lane_words tta__lanes_words(const struct tta_attachment *a)
{
	struct tta_lane_words words = {0};

	for (uint64_t i = 0; i < lane_count(a); i++) {
		uint32_t word = lane_word(a, lane_at(a, i));

		if (word & OWNER_DIED)
			words.died++;
		else if (word & TID_MASK)
			words.live++;
		else if (lane_used(lane_at(a, i)))
			words.unlocked++;
	}
	return words;
}

static struct tta_lane_seen lane_look(const struct tta_lane *lane)
{
	struct tta_lane_seen seen;

	/* L4, L3 acquire: what the finished events did is in the copy. Weaker: a copy
	 * without it passes for exact. Bites: nothing yet on x86. */
	seen.events = tta_load_acquire64(&lane->events);
	seen.note = tta_load_acquire64(&lane->note);
	return seen;
}

static int seen_reserve(struct tta_attachment *a, uint64_t count)
{
	struct tta_lane_seen *seen;

	if (count <= a->seen_room)
		return 0;
	seen = reallocarray(a->seen, count, sizeof(*seen));
	if (!seen)
		return -ENOMEM;
	a->seen = seen;
	a->seen_room = count;
	return 0;
}

int tta__lanes_before(struct tta_attachment *a, bool ended, bool *ret_quiet)
{
	uint64_t count = lane_count(a);
	bool quiet = true;

	if (seen_reserve(a, count + 1))
		return -ENOMEM;
	a->seen_count = count;
	for (uint64_t i = 0; i < count; i++) {
		a->seen[i] = lane_look(lane_at(a, i));
		if (a->seen[i].events != a->seen[i].note)
			quiet = quiet && lane_dead(a, lane_at(a, i), ended);
	}
	a->seen[count] = lane_look(overflow_lane(a));
	if (a->seen[count].events != a->seen[count].note)
		quiet = quiet && ended;
	*ret_quiet = quiet;
	return 0;
}

static bool lane_unmoved(const struct tta_lane *lane, const struct tta_lane_seen *seen)
{
	return tta_load_relaxed64(&lane->note) == seen->note &&
	       tta_load_relaxed64(&lane->events) == seen->events;
}

bool tta__lanes_unmoved(const struct tta_attachment *a)
{
	/* L3 acquire: the copy before the second look. Weaker: a copy of an event in
	 * flight passes for quiet. Bites: nothing yet on x86. */
	tta_fence_acquire();
	if (tta__records_count(a->base, &a->map.section[TTA_SECTION_LANES]) !=
	    a->seen_count)
		return false;
	for (uint64_t i = 0; i < a->seen_count; i++)
		if (!lane_unmoved(lane_at(a, i), &a->seen[i]))
			return false;
	return lane_unmoved(overflow_lane(a), &a->seen[a->seen_count]);
}

/* ---- sums ---- */

static void lane_sum(const struct tta_attachment *a, const struct tta_lane *lane,
		     struct tta_process *p)
{
	uint64_t last = tta__clock_ns(&a->clock, tta_load_relaxed64(&lane->last_time));

	p->uncertain_count += tta_load_relaxed64(&lane->uncertain);
	if (last > p->last_event_ns)
		p->last_event_ns = last;
	for (uint32_t i = 0; i < TTA_COUNT_LIMIT; i++)
		p->counts[i] += tta_load_relaxed64(&lane->counts[i]);
}

static struct tta_uncertain uncertain_of(const struct tta_record *r)
{
	uint32_t what = tta_load_relaxed32(&r->what);

	return (struct tta_uncertain){
		.op = what & 0xffu,
		.type = what >> 8 & 0xffu,
		.device = what >> 16,
		.thread = tta_load_relaxed32(&r->thread),
		.address = tta_load_relaxed64(&r->address),
		.size = tta_load_relaxed64(&r->size),
	};
}

/* Room for one uncertain event per lane is taken when the first one is met. */
static int uncertain_add(const struct tta_lane *lane, uint64_t lanes,
			 struct tta_arena *arena, struct tta_uncertain **list,
			 struct tta_process *p)
{
	if (!*list)
		*list = tta__arena_take(arena, lanes, sizeof(**list));
	if (!*list)
		return -ENOMEM;
	(*list)[p->uncertain_named++] = uncertain_of(&lane->in_flight);
	p->uncertain_count++;
	return 0;
}

int tta__lanes_sum(const struct tta_attachment *a, bool ended, struct tta_arena *arena,
		   struct tta_process *p)
{
	const struct tta_lane *overflow = overflow_lane(a);
	struct tta_lane_seen seen = lane_look(overflow);
	struct tta_uncertain *list = NULL;
	uint64_t count = lane_count(a);
	int err = 0;

	for (uint64_t i = 0; i < count && !err; i++) {
		const struct tta_lane *lane = lane_at(a, i);
		struct tta_lane_seen at = lane_look(lane);

		if (at.events != at.note && lane_dead(a, lane, ended))
			err = uncertain_add(lane, count, arena, &list, p);
		if (lane_used(lane))
			lane_sum(a, lane, p);
	}
	if (list)
		tta__arena_trim(arena, list, p->uncertain_named * sizeof(*list));
	lane_sum(a, overflow, p);
	/* As of the copy of the totals. */
	for (uint64_t i = 0; i <= a->seen_count; i++)
		p->events += a->seen[i].events;
	if (ended && seen.note > seen.events)
		p->uncertain_count += seen.note - seen.events;
	p->uncertain = list;
	return err;
}
