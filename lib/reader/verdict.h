/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * verdict.h - who is dead: a pure function of what the kernel left behind.
 */
#ifndef TTA_VERDICT_H
#define TTA_VERDICT_H

#include <stdbool.h>
#include <stdint.h>

#include <tta/reader.h>

#include "segment_file.h"

/* The lock words of the lanes that were ever claimed. */
struct tta_lane_words {
	uint32_t live;	   /* a TID without OWNER_DIED */
	uint32_t died;	   /* OWNER_DIED */
	uint32_t unlocked; /* claimed once, nobody's now */
};

struct tta_evidence {
	enum tta_lock_state lock;
	bool no_ofd; /* the owner could not prove its lock: a free one says nothing */
	struct tta_lane_words words;
	enum tta_state state;
};

/* True when the process is proven to be gone: nothing in the segment moves any more. */
bool tta__evidence_ended(const struct tta_evidence *evidence);

/*
 * @residue: something is left, judged after the evidence was taken
 * @ret_notes: TTA_NOTE_* that belong to the verdict
 */
enum tta_verdict tta__verdict(const struct tta_evidence *evidence, bool residue,
			      uint32_t *ret_notes);

#endif
