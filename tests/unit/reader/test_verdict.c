/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_verdict.c - every row of the table of verdicts.
 */
#include <criterion/criterion.h>

#include "verdict.h"

#define LIVE	 TTA_STATE_LIVE
#define CLOSED	 TTA_STATE_CLOSED
#define HELD	 TTA_LOCK_HELD
#define FREE	 TTA_LOCK_FREE
#define STRANGER TTA_LOCK_STRANGER
#define QUERY	 TTA_LOCK_UNKNOWN
#define NONE                                                                             \
	{                                                                                \
		0, 0, 0                                                                  \
	}
#define TID                                                                              \
	{                                                                                \
		1, 0, 0                                                                  \
	}
#define DIED                                                                             \
	{                                                                                \
		0, 2, 0                                                                  \
	}
#define MIXED                                                                            \
	{                                                                                \
		1, 1, 0                                                                  \
	}
#define LOOSE                                                                            \
	{                                                                                \
		0, 1, 1                                                                  \
	}

static const struct row {
	enum tta_lock_state lock;
	bool no_ofd;
	struct tta_lane_words words;
	enum tta_state state;
	bool residue;
	enum tta_verdict verdict;
	uint32_t notes;
} rows[] = {
	{HELD, 0, NONE, LIVE, 0, TTA_VERDICT_ALIVE, 0},
	{HELD, 0, TID, LIVE, 1, TTA_VERDICT_ALIVE, 0},
	{HELD, 0, MIXED, LIVE, 1, TTA_VERDICT_ALIVE, TTA_NOTE_DEAD_THREAD},
	{HELD, 0, DIED, LIVE, 1, TTA_VERDICT_ALIVE,
	 TTA_NOTE_DEAD_THREAD | TTA_NOTE_ALL_LANES_DEAD},
	{HELD, 0, TID, CLOSED, 1, TTA_VERDICT_ENDING, 0},
	{HELD, 0, TID, CLOSED, 0, TTA_VERDICT_ENDING, 0},
	{HELD, 1, TID, LIVE, 0, TTA_VERDICT_ALIVE, 0},

	{FREE, 0, DIED, LIVE, 1, TTA_VERDICT_ORPHAN, 0},
	{FREE, 0, NONE, LIVE, 1, TTA_VERDICT_ORPHAN, 0},
	{FREE, 0, DIED, LIVE, 0, TTA_VERDICT_DEAD, 0},
	{FREE, 0, TID, LIVE, 1, TTA_VERDICT_ORPHAN, TTA_NOTE_NOT_MARKED},
	{FREE, 0, MIXED, LIVE, 0, TTA_VERDICT_DEAD, TTA_NOTE_NOT_MARKED},
	{FREE, 0, DIED, CLOSED, 1, TTA_VERDICT_EXITED, 0},
	{FREE, 0, TID, CLOSED, 1, TTA_VERDICT_EXITED, 0},
	{FREE, 0, DIED, CLOSED, 0, TTA_VERDICT_DEAD, 0},
	{STRANGER, 0, DIED, LIVE, 1, TTA_VERDICT_ORPHAN, TTA_NOTE_STRANGER_LOCK},

	{QUERY, 0, DIED, LIVE, 1, TTA_VERDICT_ORPHAN, TTA_NOTE_BY_MUTEX},
	{QUERY, 0, DIED, LIVE, 0, TTA_VERDICT_DEAD, TTA_NOTE_BY_MUTEX},
	{QUERY, 0, DIED, CLOSED, 1, TTA_VERDICT_UNKNOWN, 0},
	{QUERY, 0, TID, LIVE, 1, TTA_VERDICT_UNKNOWN, 0},
	{QUERY, 0, MIXED, LIVE, 1, TTA_VERDICT_UNKNOWN, 0},
	{QUERY, 0, LOOSE, LIVE, 1, TTA_VERDICT_UNKNOWN, 0},
	{QUERY, 0, NONE, LIVE, 0, TTA_VERDICT_UNKNOWN, 0},
	{FREE, 1, DIED, LIVE, 1, TTA_VERDICT_ORPHAN, TTA_NOTE_BY_MUTEX},
	{FREE, 1, TID, LIVE, 1, TTA_VERDICT_UNKNOWN, 0},
	{STRANGER, 1, TID, LIVE, 1, TTA_VERDICT_UNKNOWN, TTA_NOTE_STRANGER_LOCK},
};

Test(verdict, every_row_of_the_table)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *r = &rows[i];
		const struct tta_evidence e = {r->lock, r->no_ofd, r->words, r->state};
		uint32_t notes = 0xff;

		cr_expect_eq(tta__verdict(&e, r->residue, &notes), r->verdict, "row %zu",
			     i);
		cr_expect_eq(notes, r->notes, "notes of row %zu: %x", i, notes);
	}
}

Test(verdict, ended_means_that_nothing_moves_any_more)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *r = &rows[i];
		const struct tta_evidence e = {r->lock, r->no_ofd, r->words, r->state};
		bool gone = r->verdict == TTA_VERDICT_ORPHAN ||
			    r->verdict == TTA_VERDICT_EXITED ||
			    r->verdict == TTA_VERDICT_DEAD;

		cr_expect_eq(tta__evidence_ended(&e), gone, "row %zu", i);
	}
}
