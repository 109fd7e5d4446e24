/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The counter latch (lib/publisher/counters.c, edges C1): a writer that may die anywhere,
 * a reader, and the writer that takes the line over. Stores of one writer may become
 * visible in any order that its fences allow: each side of a fence is a window whose
 * stores are done in either order.
 *
 * Mutants that must fail:
 *   NO_FENCE1   copy 0 changes before readers have left it
 *   NO_FENCE2   copy 1 changes before readers use copy 0
 *   NO_REPAIR   a line is continued without making its copies equal
 */
byte sequence;
byte bytes[2], count[2]; /* every event adds 1 to both: whole means equal */
bool dead;
byte finished;

#define MAYBE_DIE if :: true :: !dead -> dead = true; goto end fi

inline store_copy(c, b, n) {
	if
	:: bytes[c] = b; MAYBE_DIE; count[c] = n
	:: count[c] = n; MAYBE_DIE; bytes[c] = b
	fi
}

proctype writer() {
	byte b, n, s, events;

	do
	:: events == 2 -> break
	:: else ->
		events++;
		s = sequence;
		b = bytes[s & 1]; n = count[s & 1];
#ifdef NO_FENCE1
		bytes[0] = b + 1;
#endif
		sequence = s + 1;
		MAYBE_DIE;
		store_copy(0, b + 1, n + 1);
		MAYBE_DIE;
#ifdef NO_FENCE2
		bytes[1] = b + 1;
#endif
		sequence = s + 2;
		MAYBE_DIE;
		store_copy(1, b + 1, n + 1)
	od;
end:
	finished++
}

/* Claims the lane of a dead writer and continues its counters. */
proctype heir() {
	byte s, b, n;

	finished == 1;
#ifndef NO_REPAIR
	s = sequence;
	if
	:: s & 1 -> bytes[0] = bytes[1]; count[0] = count[1]; sequence = s + 1
	:: else
	fi;
	bytes[1] = bytes[0]; count[1] = count[0];
#endif
	s = sequence;
	b = bytes[s & 1]; n = count[s & 1];
	sequence = s + 1;
	bytes[0] = bytes[0] + 1; count[0] = count[0] + 1;
	sequence = s + 2;
	bytes[1] = bytes[1] + 1; count[1] = count[1] + 1;
	/* one event more than what was whole before */
	assert(bytes[sequence & 1] == b + 1 && count[sequence & 1] == n + 1);
	finished++
}

active proctype reader() {
	byte s, b, n, looks;

	do
	:: looks == 3 -> break
	:: else ->
		looks++;
		s = sequence;
		b = bytes[s & 1];
		n = count[s & 1];
		if
		:: s == sequence -> assert(b == n)
		:: else
		fi
	od
}

init { atomic { run writer(); run heir() } }
