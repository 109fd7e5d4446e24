/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The last owner leaves an entry that has a view, while others end the view, use the slot
 * for another address, or become owners (lib/publisher/table.c: leave_views, size_raise).
 *
 * What was booked as allocated less what was booked as freed is what live slots hold.
 *
 * Mutant that must fail: TAKE_AFTER - the bytes are taken after the CAS of the word.
 */
#define TAKEN 15
#define LEAVING 14

byte address = 1;      /* X = 1, Y = 2 */
byte generation;
byte refs = 1, views = 1;
bool live = true;
byte size = 4;
short booked = 4;      /* allocated - freed */
byte finished;

inline take(mark, bytes) {
	atomic { bytes = (size < LEAVING -> size : 0); size = mark }
}

/* One try of an owner's free of X. */
proctype owner() {
	byte r, v, g, bytes;
	bool done;

	do
	:: done -> break
	:: else ->
		atomic { r = refs; v = views; g = generation; assert(live && address == 1 && r > 0) }
		if
		:: r > 1 ->
			atomic {
				if
				:: refs == r && views == v && generation == g -> refs--; done = true
				:: else
				fi
			}
		:: r == 1 && v == 0 ->
			atomic {
				if
				:: refs == r && views == v && generation == g ->
					live = false; refs = 0; done = true
				:: else
				fi
			}
			if
			:: done -> take(TAKEN, bytes); booked = booked - bytes
			:: else
			fi
		:: else ->
#ifndef TAKE_AFTER
			take(LEAVING, bytes);
#endif
			atomic {
				if
				:: refs == r && views == v && generation == g ->
					refs = 0; done = true
				:: else
				fi
			}
#ifdef TAKE_AFTER
			if
			:: done -> take(LEAVING, bytes); booked = booked - bytes
			:: else
			fi
#else
			if
			:: done -> booked = booked - bytes
			:: else ->
				atomic {
					if
					:: bytes > 0 && size == LEAVING -> size = bytes
					:: bytes > 0 && size != LEAVING -> booked = booked - bytes
					:: else
					fi
				}
			fi
#endif
		fi
	od;
	finished++
}

/* Ends the view; when that ends the entry, the slot is used for Y at once. */
proctype viewer() {
	byte r, v, g, bytes;
	bool done, ended;

	do
	:: done -> break
	:: else ->
		atomic { r = refs; v = views; g = generation; assert(live && address == 1 && v > 0) }
		atomic {
			if
			:: refs == r && views == v && generation == g ->
				views--; done = true;
				if
				:: r == 0 && v == 1 -> live = false; ended = true
				:: else
				fi
			:: else
			fi
		}
	od;
	if
	:: ended ->
		take(TAKEN, bytes);
		booked = booked - bytes;
		/* the slot is ours: another address moves in */
		generation++;
		size = 7;
		atomic { address = 2; refs = 1; live = true }
		booked = booked + 7
	:: else
	fi;
	finished++
}

/* Another owner comes and goes; only while the first has not begun to leave for sure. */
proctype second_owner() {
	byte r, v, g, s, bytes;
	bool joined, done;

	atomic { r = refs; v = views; g = generation; joined = (live && address == 1 && r > 0) }
	if
	:: joined ->
		atomic {
			if
			:: refs == r && views == v && generation == g -> refs++
			:: else -> joined = false
			fi
		}
	:: else
	fi;
	if
	:: joined ->
		s = size;
		if
		:: s != 6 ->
			do
			:: atomic {
				if
				:: size == LEAVING -> size = 6; booked = booked + 6; done = true
				:: size < 6 -> booked = booked + 6 - size; size = 6; done = true
				:: else -> done = true
				fi }
			:: done -> break
			od
		:: else
		fi;
		run owner()
	:: else -> finished++
	fi
}

init {
	atomic { run owner(); run viewer(); run second_owner() }
	finished == 3;
	assert(booked == (live && size < LEAVING -> size : 0));
	assert(!live || address == 1 || size == 7) /* nobody touched the new address */
}
