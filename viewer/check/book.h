/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * book.h - what was held after each run, by class. Pure: fed with snapshots.
 *
 * A class is (device, type, size, label). What a segment held at its end is kept when
 * its file goes: publishers that start remove old segments of ended processes, and what
 * a run left must not shrink by that.
 */
#ifndef TTATOP_CHECK_BOOK_H
#define TTATOP_CHECK_BOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "check_limits.h"
#include "snapshot.h"

struct check_key {
	const char *kind, *uid; /* of the device */
	uint32_t number;
	const char *type;
	uint64_t size; /* SNAP_UNKNOWN: bytes without an entry, or at a mark */
	const char *label;
};

/* What was held once; SNAP_UNKNOWN possible. */
struct check_sums {
	uint64_t value[CHECK_MEASURES];
};

/* One buffer, or what a segment holds of a (device, type) without entries. */
struct check_item {
	size_t class; /* index */
	struct check_sums sums;
	uint64_t address, site, allocs, frees;
};

struct check_segment {
	uint64_t segment;
	uint32_t pid;
	uint64_t start_time;
	bool ended;
	size_t turn; /* the last look that saw it */
	struct check_item *items;
	size_t item_count, item_room;
};

struct check_look {
	struct check_sums *sums; /* by class; later classes held nothing */
	size_t class_count;
};

struct check_book {
	const char *run_id; /* NULL = everybody counts */
	struct arena *arena;
	void *tree; /* of classes, by key */
	const struct check_key **classes;
	size_t class_count, class_room;
	struct check_segment *segments;
	size_t segment_count, segment_room;
	struct check_look *looks;
	size_t look_count;
	size_t turn;	      /* looks so far, dropped ones as well */
	const char **reasons; /* why the verdict may be wrong */
	size_t reason_count;
};

/* @run_id is borrowed. 0 or -ENOMEM. */
int check_book_open(struct check_book *book, const char *run_id);
void check_book_close(struct check_book *book);

/* Does this process count? */
bool check_book_counts(const struct check_book *book, const struct snap_process *process);
/* Drop the looks so far: the next one is after(0). */
void check_book_restart(struct check_book *book);
/* after(i) of the next i. 0 or -ENOMEM; the book is of no use then. */
int check_book_look(struct check_book *book, const struct snapshot *snapshot);
/*
 * after(i) at each mark of that name, in which * stands for anything, but the first
 * @skip, by (device, type); at most
 * @most when that is not 0. 0 or -ENOMEM.
 */
int check_book_marks(struct check_book *book, const struct snapshot *snapshot,
		     const char *name, size_t skip, size_t most);
/* A text that stays the same while the numbers do. */
uint64_t check_book_signature(const struct check_book *book,
			      const struct snapshot *snapshot, bool *ret_busy);

/* after(@look) of a class. */
struct check_sums check_book_sums(const struct check_book *book, size_t look,
				  size_t class);
/* The sum over all classes. */
struct check_sums check_book_total(const struct check_book *book, size_t look);
struct check_sums check_sums_add(struct check_sums a, struct check_sums b);
/* Once for each different text. 0 or -ENOMEM. */
int check_book_doubt(struct check_book *book, const char *format, ...)
	__attribute__((__format__(__printf__, 2, 3)));

#endif
