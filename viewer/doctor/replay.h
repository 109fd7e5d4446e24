/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * replay.h - do the rings say the same as the tables, and the tables as the counters?
 *
 * A record tells the references of its address after the event, so the newest record of
 * an address must agree with its entry. Two lanes within a millisecond decide nothing:
 * the time of a record is read before its event takes effect.
 */
#ifndef TTATOP_REPLAY_H
#define TTATOP_REPLAY_H

#include "doctor.h"
#include "event_map.h"

struct replay_entry {
	uint64_t nonce, address;
	uint32_t device, type;
	uint32_t lane, refs, views;
	uint64_t time_ns, other_time_ns; /* of another lane */
	uint64_t size;
	bool size_known;
};

struct replay {
	struct replay_entry *entries;
	size_t count, room;
	struct event_map index;	  /* address -> entry + 1 */
	struct event_map lanes;	  /* lane -> position read */
	struct event_map records; /* segment -> sum over its lanes */
	bool failed;		  /* out of memory */
};

void replay_init(struct replay *replay);
void replay_fini(struct replay *replay);
/* Take a record; a visitor of tta_reader_events(). */
int replay_record(void *replay, const struct tta_event *record);
/* Were all of the process's events replayed, as the sample counts them? */
bool replay_settled(const struct replay *replay, const struct tta_process *process);
/* Hold a sample with buffers against the counters and against what was replayed. */
void consistency_judge(const struct tta_sample *sample, const struct replay *replay,
		       struct doctor_consistency *ret_consistency);

#endif
