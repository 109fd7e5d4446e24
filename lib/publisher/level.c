/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * level.c - change how much is published, while events run.
 */
#include <errno.h>
#include <time.h>

#include "publisher.h"
#include "rcu.h"

/* Without RCU (child of fork): every lane was seen between two events. */
static bool lanes_passed(const struct publisher *p)
{
	const struct section *lanes = &p->section[TTA_SECTION_LANES];
	uint64_t count = tta_load_acquire64(&lanes->taken);
	const struct timespec pause = {.tv_nsec = 1000000};

	for (uint64_t i = 0; i < count; i++) {
		const struct tta_lane *lane = tta__section_at(lanes, i);
		uint64_t note = tta_load_acquire64(&lane->note);
		unsigned tries = 0;

		while (tta_load_acquire64(&lane->events) < note) {
			if (++tries > 1000)
				return false;
			nanosleep(&pause, NULL);
		}
	}
	return true;
}

/* Every event that still saw the old level has ended. */
static bool old_events_ended(const struct publisher *p)
{
	if (!p->use_rcu)
		return lanes_passed(p);
	synchronize_rcu();
	return true;
}

void tta__level_follow(struct publisher *p)
{
	tta_store_release32(&tta__gate.fast_level, tta_load_relaxed32(&p->level));
	/* Whoever empties a closed table removes the segment: that way is longer. Looked
	 * at after the store, so that a change meanwhile is not lost. */
	tta_fence_seq_cst();
	if (tta_load_relaxed32(&p->closed))
		tta_store_release32(&tta__gate.fast_level, TTA_OFF);
}

static void store_level(struct publisher *p, enum tta_level level)
{
	tta_store_release32(&p->level, level);
	tta__level_follow(p);
	tta_store_relaxed64(&p->header->level_time, tta__clock_ticks());
	tta_store_release32(&p->header->level, level); /* H2 */
	tta_store_relaxed32(&tta_level_word, level);
}

/* Back to a table: what it showed is no longer known to be true. */
static int start_table(struct publisher *p)
{
	struct publisher *same;
	struct tta_busy_mark mark;
	struct lane *lane;

	if (!old_events_ended(p))
		return -EBUSY;
	lane = tta__event_enter(&mark, &same);
	if (!lane)
		return -EBUSY;
	tta__event_reset(p, lane);
	tta__event_leave(p, lane);
	tta_add_acq_rel64(&p->header->table_generation, 1);
	return 0;
}

static int change_locked(struct publisher *p, enum tta_level level)
{
	enum tta_level old = (enum tta_level)tta_load_relaxed32(&p->level);
	int err = 0;

	if (old < TTA_LIVE && level >= TTA_LIVE)
		err = start_table(p);
	if (err)
		return err;
	store_level(p, level);
	return old_events_ended(p) ? 0 : -EBUSY;
}

int tta_level_set(enum tta_level level)
{
	int saved_errno = errno;
	uint32_t unset = TTA_LEVEL_UNSET;
	struct publisher *p;
	int cancel_state;
	int err;

	if ((unsigned)level > TTA_EVENTS)
		return -EINVAL;
	if (tta_load_relaxed32(&tta_level_word) == TTA_OFF && level != TTA_OFF)
		tta_store_relaxed32(&tta_level_word, level);
	else
		tta_cas_acq_rel32(&tta_level_word, &unset, level);
	p = level == TTA_OFF ? tta__gate_attached() : tta__gate_attach_patiently();
	if (!p) {
		tta_store_relaxed32(&tta_level_word, TTA_OFF);
		errno = saved_errno;
		return level == TTA_OFF ? 0 : -ENODEV;
	}
	err = -EBUSY;
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel_state);
	tta__unlock_own(&p->level_lock); /* left by longjmp */
	if (tta__trylock(&p->level_lock)) {
		err = change_locked(p, level);
		tta__unlock(&p->level_lock);
	}
	pthread_setcancelstate(cancel_state, NULL);
	errno = saved_errno;
	return err;
}

enum tta_level tta_level(void)
{
	uint32_t level = tta_load_relaxed32(&tta_level_word);

	return level == TTA_LEVEL_UNSET ? TTA_EVENTS : (enum tta_level)level;
}
