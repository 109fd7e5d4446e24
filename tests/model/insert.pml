/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two threads alloc and free one address at once (lib/publisher/table.c, edges P3, P4).
 *
 * Slots 0 and 1 belong to thread 0 and 1; the index has two holes for the key, and a
 * thread may meet either first. An address has at most one live slot at every instant,
 * and at the end none. Each thread counts itself among the writers of the place before
 * its first put; one that is the only writer makes its slot live by a store.
 *
 * Mutants that must fail:
 *   NO_LOOK    no second look after the put
 *   WEAK_PUT   the put becomes visible only after the second look (a CAS that is not
 *              sequentially consistent, on a machine that reorders stores)
 *   NO_CAS     tentative becomes live by a store, not by CAS
 *   LATE_COUNT a thread counts itself only after it looked again
 *   NO_RECHECK the only writer does not look at the count again after its put
 *   NO_WAIT    a rival ends the slot of an only writer like any other
 */
#define TRIES 3

/* ALONE: tentative, and about to become live by a store. */
mtype = { FREE, TENTATIVE, ALONE, LIVE };

mtype state[2] = FREE;
byte generation[2];
byte refs[2];
byte hole[2];          /* slot + 1, 0 = empty */
byte unseen[2];        /* WEAK_PUT: what a thread put and nobody else sees yet */
byte writers;
byte finished;

#define SEEN(me, h) (unseen[1 - me] == h + 1 -> 0 : hole[h])

inline put(me, h) {
	atomic {
		if
		:: hole[0] == 0 -> h = 0
		:: hole[1] == 0 -> h = 1
		fi;
		hole[h] = me + 1;
#ifdef WEAK_PUT
		unseen[me] = h + 1
#endif
	}
}

inline flush(me) {
	unseen[me] = 0
}

/* A live slot of the key, or 2. */
inline find(me, found, h) {
	found = 2;
	h = 0;
	do
	:: h < 2 ->
		atomic {
			if
			:: SEEN(me, h) != 0 && state[SEEN(me, h) - 1] == LIVE ->
				found = SEEN(me, h) - 1;
				seen_generation = generation[found];
				seen_refs = refs[found]
			:: else
			fi
		}
		h++
	:: else -> break
	od
}

inline withdraw(me, at) {
	state[me] = FREE;
	hole[at] = 0
}

proctype worker(byte me) {
	byte found, h, at, seen_generation, seen_refs, tries, other;
	bool done = false, killed, alone, wait;

#ifndef LATE_COUNT
	writers++;
#endif
	/* alloc */
	do
	:: done || tries == TRIES -> break
	:: else ->
		tries++;
		find(me, found, h);
		if
		:: found < 2 ->
			atomic { /* join: CAS of the word */
				if
				:: state[found] == LIVE && refs[found] == seen_refs &&
				   generation[found] == seen_generation ->
					refs[found]++; done = true
				:: else
				fi
			}
		:: else ->
#ifdef LATE_COUNT
			alone = writers == 0;
#else
			alone = writers == 1;
#endif
			atomic {
				generation[me]++;
				refs[me] = 0;
				state[me] = (alone -> ALONE : TENTATIVE)
			}
			put(me, at);
			killed = false;
			if
#ifdef NO_RECHECK
			:: alone ->
#else
			:: alone && writers <= 1 ->
#endif
				atomic { state[me] = LIVE; refs[me] = 1; done = true };
				flush(me);
				break
			:: else -> state[me] = (alone -> TENTATIVE : state[me])
			fi;
#ifndef NO_LOOK
			h = 0;
			do
			:: h < 2 && !killed ->
				other = SEEN(me, h);
				if
				:: other != 0 && other - 1 != me ->
					atomic {
						if
						:: state[other - 1] == LIVE -> killed = true
						:: state[other - 1] == TENTATIVE ->
							state[other - 1] = FREE
#ifdef NO_WAIT
						:: state[other - 1] == ALONE ->
							state[other - 1] = FREE
#else
						:: state[other - 1] == ALONE -> wait = true
#endif
						:: else
						fi
					}
					if
					:: wait ->
						state[other - 1] != ALONE;
						wait = false;
						h--  /* look at it again */
					:: else
					fi
				:: else
				fi;
				h++
			:: else -> break
			od;
#endif
			flush(me);
#ifdef LATE_COUNT
			if
			:: tries == 1 -> writers++
			:: else
			fi;
#endif
			if
			:: killed -> withdraw(me, at)
			:: else ->
				atomic { /* settle: CAS of the word */
					if
#ifdef NO_CAS
					:: true -> state[me] = LIVE; refs[me] = 1; done = true
#else
					:: state[me] == TENTATIVE ->
						state[me] = LIVE; refs[me] = 1; done = true
#endif
					:: else
					fi
				}
				if
				:: !done -> withdraw(me, at)
				:: else
				fi
			fi
		fi
	od;
	/* free what was allocated */
	do
	:: !done -> break
	:: else ->
		find(me, found, h);
		assert(found < 2);
		atomic {
			if
			:: state[found] == LIVE && refs[found] == seen_refs &&
			   generation[found] == seen_generation ->
				refs[found]--;
				done = false;
				if
				:: refs[found] == 0 ->
					state[found] = FREE;
					if
					:: hole[0] == found + 1 -> hole[0] = 0
					:: else -> hole[1] = 0
					fi
				:: else
				fi
			:: else
			fi
		}
	od;
	finished++
}

active proctype watch() {
	do
	:: atomic { assert(!(state[0] == LIVE && state[1] == LIVE));
		    if
		    :: finished == 2 -> assert(state[0] != LIVE && state[1] != LIVE); break
		    :: else
		    fi }
	od
}

init { atomic { run worker(0); run worker(1) } }
