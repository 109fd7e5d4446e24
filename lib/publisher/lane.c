/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lane.c - a thread claims a lane at its first event and holds it until it ends.
 *
 * There is no exit code: the kernel marks the robust mutex of a thread that ended, and
 * the next claimer of this process takes the lane over. robust_futex: see
 * pthread_mutexattr_setrobust(3), get_robust_list(2) and the kernel's robust-futexes
 * text.
 */
#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>

#include "publisher.h"
#include "rcu.h"
#include "steps.h"
#include "testpoint.h"

_Static_assert(sizeof(pthread_mutex_t) <= sizeof(((struct tta_lane *)0)->mutex),
	       "the lane's room for its mutex is too small");

static pthread_mutex_t *mutex_of(struct tta_lane *shared)
{
	return (pthread_mutex_t *)(void *)shared->mutex;
}

static uint32_t lock_word(const struct publisher *p, const struct tta_lane *shared)
{
	const void *word = shared->mutex + p->header->mutex_lock_offset;

	return tta_load_relaxed32(word);
}

void tta__lane_settle(struct lane *lane)
{
	struct tta_lane *shared = lane->shared;
	uint64_t note = tta_load_relaxed64(&shared->note);

	tta__counters_repair(lane);
	tta__pool_settle(lane->p, lane);
	if (note == tta_load_relaxed64(&shared->events))
		return;
	/* Counted before it is forgotten: a death between the two counts it twice, never
	 * loses it. */
	tta_store_relaxed64(&shared->uncertain,
			    tta_load_relaxed64(&shared->uncertain) + 1);
	tta_store_release64(&shared->events, note);
}

/* The mutex is ours now. */
static struct lane *adopt(struct lane *lane)
{
	struct tta_lane *shared = lane->shared;

	tta__lane_settle(lane);
	lane->thread = tta__thread_id();
	if (!lane->p->use_rcu)
		lane->sections = SECTIONS_NONE;
	else
		lane->sections =
			urcu_bp_has_sys_membarrier ? SECTIONS_LIGHT : SECTIONS_FENCED;
	/* What records name is the thread: a device that belongs elsewhere matches
	 * nothing. */
	for (uint32_t i = 0; i < HOT_LINES; i++)
		lane->hot[i] = (struct hot_line){.device = (i + 1) % HOT_LINES};
	/* The dead owner's handlers are gone too. */
	lane->deferred_out = tta_load_relaxed32(&lane->deferred_in);
	for (unsigned i = 0; i < DEFERRED_EVENTS; i++)
		tta_store_relaxed32(&lane->deferred_ready[i], 0);
	tta_store_relaxed32(&shared->thread, lane->thread);
	tta_store_relaxed32(&shared->in_flight.thread, lane->thread);
	tta_store_relaxed32(&shared->claims, tta_load_relaxed32(&shared->claims) + 1);
	return lane;
}

void tta__lane_remember(struct lane *lane, uint32_t device, uint32_t type,
			const struct line_ref *ref)
{
	const uint32_t place = device | type << 16;
	const uint32_t thread = lane->thread;

	lane->hot[hot_index(device, type)] = (struct hot_line){
		.device = device,
		.type = type,
		.line = ref->line,
		.live = ref->live,
		.place = ref->place,
		.what = tta__what(TTA_OP_ALLOC, device, type),
		.shape = TTA_PAIR(tta__halves(place, 1), 0),
		.alloc_record = TTA_PAIR(
			tta__halves(tta__what(TTA_OP_ALLOC, device, type), thread),
			tta__halves(1, 0)),
		.free_record = TTA_PAIR(
			tta__halves(tta__what(TTA_OP_FREE, device, type), thread), 0),
	};
}

static struct lane *claim_dead(struct publisher *p)
{
	uint64_t lanes = tta_load_acquire64(&p->section[TTA_SECTION_LANES].taken);

	for (uint64_t i = 0; i < lanes; i++) {
		struct lane *lane =
			(struct lane *)(uintptr_t)tta_load_acquire64(&p->lanes[i]);
		int err;

		if (!lane || !(lock_word(p, lane->shared) & FUTEX_OWNER_DIED))
			continue;
		err = pthread_mutex_trylock(mutex_of(lane->shared));
		if (err != EOWNERDEAD)
			continue;
		TTA_TESTPOINT("dead lane: locked");
		pthread_mutex_consistent(mutex_of(lane->shared));
		TTA_TESTPOINT("dead lane: consistent");
		return adopt(lane);
	}
	return NULL;
}

void tta__lane_give_ring(struct publisher *p, struct lane *lane)
{
	uint32_t records = lane->index < LONG_RING_LANES ? p->ring_records : SHORT_RING;
	struct section *rings = &p->section[TTA_SECTION_RINGS];
	uint64_t first;

	if (records == 0 || !tta__section_take(p, TTA_SECTION_RINGS, records, &first))
		return;
	lane->ring = tta__section_at(rings, first);
	lane->ring_mask = records - 1;
	tta_store_relaxed64(&lane->shared->ring_offset, rings->offset + first * 64);
	tta_store_release32(&lane->shared->ring_records, records);
}

static bool mutex_init(struct tta_lane *shared)
{
	pthread_mutexattr_t attr;
	bool ok;

	if (pthread_mutexattr_init(&attr))
		return false;
	ok = !pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED) &&
	     !pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST) &&
	     !pthread_mutex_init(mutex_of(shared), &attr);
	pthread_mutexattr_destroy(&attr);
	return ok;
}

static struct lane *claim_new(struct publisher *p)
{
	struct lane *lane;
	uint64_t index;

	/* The segment first: its refusal is the common one, and costs nothing. */
	if (!tta__section_take(p, TTA_SECTION_LANES, 1, &index))
		return NULL;
	lane = tta__memory_take(&p->memory, sizeof(*lane));
	if (!lane)
		return NULL;
	lane->shared = tta__section_at(&p->section[TTA_SECTION_LANES], index);
	lane->p = p;
	lane->pool = tta__slot(p, 0);
	lane->index = (uint32_t)index;
	TTA_TESTPOINT("new lane: taken");
	if (!mutex_init(lane->shared) || pthread_mutex_trylock(mutex_of(lane->shared)))
		return NULL;
	TTA_TESTPOINT("new lane: locked");
	tta__lane_give_ring(p, lane);
	adopt(lane);
	TTA_TESTPOINT("new lane: adopted");
	tta_store_release64(&p->lanes[index], (uint64_t)(uintptr_t)lane);
	return lane;
}

struct lane *tta__lane_claim(struct publisher *p)
{
	uint32_t refusals = tta_load_relaxed32(&p->lane_refusals);
	struct lane *lane;

	/* Refused often: most events of this thread need not ask again. */
	if (refusals > 16 && refusals % 64) {
		tta_add_relaxed32(&p->lane_refusals, 1);
		return NULL;
	}
	lane = claim_dead(p);
	if (!lane)
		lane = claim_new(p);
	if (!lane)
		tta_add_relaxed32(&p->lane_refusals, 1);
	return lane;
}
