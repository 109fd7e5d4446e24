/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * verdict.c - the table of verdicts.
 *
 *   OFD write lock     lane words               state    verdict
 *   held               any                      LIVE     alive
 *   held               any                      CLOSED   ending
 *   free               any                      LIVE     orphan, dead without residue
 *   free               any                      CLOSED   exited, dead without residue
 *   query impossible   all OWNER_DIED           LIVE     as free, by mutex alone
 *   query impossible   else                     any      unknown
 *
 * A stranger's read lock hides nothing: the owner's is a write lock, and the kernel
 * would have reported it first or refused the stranger's.
 */
#include "verdict.h"

static bool lock_known(const struct tta_evidence *e)
{
	return e->lock == TTA_LOCK_HELD || (e->lock != TTA_LOCK_UNKNOWN && !e->no_ofd);
}

static bool all_died(const struct tta_lane_words *words)
{
	return words->died > 0 && words->live == 0 && words->unlocked == 0;
}

bool tta__evidence_ended(const struct tta_evidence *e)
{
	if (lock_known(e))
		return e->lock != TTA_LOCK_HELD;
	return e->state == TTA_STATE_LIVE && all_died(&e->words);
}

static enum tta_verdict verdict_held(const struct tta_evidence *e, uint32_t *notes)
{
	if (e->words.died > 0)
		*notes |= TTA_NOTE_DEAD_THREAD;
	if (all_died(&e->words))
		*notes |= TTA_NOTE_ALL_LANES_DEAD;
	return e->state == TTA_STATE_CLOSED ? TTA_VERDICT_ENDING : TTA_VERDICT_ALIVE;
}

static enum tta_verdict verdict_ended(const struct tta_evidence *e, bool residue,
				      uint32_t *notes)
{
	if (!lock_known(e))
		*notes |= TTA_NOTE_BY_MUTEX;
	if (e->state == TTA_STATE_CLOSED)
		return residue ? TTA_VERDICT_EXITED : TTA_VERDICT_DEAD;
	if (e->words.live > 0)
		*notes |= TTA_NOTE_NOT_MARKED;
	return residue ? TTA_VERDICT_ORPHAN : TTA_VERDICT_DEAD;
}

enum tta_verdict tta__verdict(const struct tta_evidence *e, bool residue,
			      uint32_t *ret_notes)
{
	enum tta_verdict verdict = TTA_VERDICT_UNKNOWN;
	uint32_t notes = e->lock == TTA_LOCK_STRANGER ? TTA_NOTE_STRANGER_LOCK : 0;

	if (e->lock == TTA_LOCK_HELD)
		verdict = verdict_held(e, &notes);
	else if (tta__evidence_ended(e))
		verdict = verdict_ended(e, residue, &notes);
	*ret_notes = notes;
	return verdict;
}
