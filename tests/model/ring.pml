/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A ring of two records (lib/publisher/ring.c, lib/reader/events.c, edges L1, L2). The two
 * words of a record are stored in either order, and may overtake the head before them
 * unless the fence stands between. A record that the reader accepts is whole and is that
 * of its position.
 *
 * Mutants that must fail:
 *   NO_FENCE       words may become visible before the head of the record before
 *   NO_LOOK        the reader does not look at head again
 *   FULL_RING      the reader takes the position at head for safe
 */
#define RING 2
#define EVENTS 5

byte head;
byte first[RING], second[RING]; /* both words of a record: its position */
byte late;                      /* NO_FENCE: a head store that waits, 0 = none */

proctype writer() {
	byte position;

	do
	:: position == EVENTS -> break
	:: else ->
		if
		:: first[position % RING] = position; second[position % RING] = position
		:: second[position % RING] = position; first[position % RING] = position
		fi;
#ifdef NO_FENCE
		/* the store of head may still wait while the next words are written */
		if
		:: head = position + 1; late = 0
		:: late = position + 1
		fi;
#else
		head = position + 1;
#endif
		position++
	od
#ifdef NO_FENCE
	; head = EVENTS
#endif
}

active proctype reader() {
	byte cursor, end, a, b, again, looks;

	do
	:: looks == 4 -> break
	:: else ->
		looks++;
		end = head;
		if
		:: end > RING - 1 && cursor < end - (RING - 1) -> cursor = end - (RING - 1)
		:: else
		fi;
		if
		:: cursor < end ->
			a = first[cursor % RING];
			b = second[cursor % RING];
#ifdef NO_LOOK
			again = end;
#else
			again = head;
#endif
			if
#ifdef FULL_RING
			:: again - cursor <= RING ->
#else
			:: again + 1 - cursor <= RING ->
#endif
				/* the record's own sequence is its first word */
				if
				:: a == cursor -> assert(b == cursor)
				:: else
				fi
			:: else
			fi;
			cursor++
		:: else
		fi
	od
}

init { run writer() }
