/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * suppress.h - classes that somebody knows about.
 *
 * One per line: leak:label=cq_* dev=0,2-5 type=DRAM size<=24K. Terms are joined by and;
 * label, dev and type know * and ?, dev also KIND:NUMBER; size goes with = != < <= > >=
 * and "unknown". Empty lines and lines beginning with # say nothing.
 */
#ifndef TTATOP_CHECK_SUPPRESS_H
#define TTATOP_CHECK_SUPPRESS_H

#include <stdio.h>

#include "book.h"

#define SUPPRESS_ERROR_SIZE 320

enum suppress_size {
	SUPPRESS_ANY,
	SUPPRESS_EQ,
	SUPPRESS_NE,
	SUPPRESS_LT,
	SUPPRESS_LE,
	SUPPRESS_GT,
	SUPPRESS_GE
};

struct suppression {
	const char *text; /* the line */
	const char *file;
	unsigned line;
	const char *label, *device, *type; /* patterns, NULL = any */
	enum suppress_size size_op;
	uint64_t size;
	size_t used;		  /* classes */
	struct check_sums growth; /* that they would have been blamed for */
};

struct suppressions {
	struct suppression *list;
	size_t count;
	struct arena *arena;
};

/* @name is for messages. 0, -ENOMEM, -EINVAL with @error = "NAME:LINE: what". */
int suppressions_read(FILE *file, const char *name, struct suppressions *ret_list,
		      char error[SUPPRESS_ERROR_SIZE]);
void suppressions_free(struct suppressions *list);

/* The first that matches, NULL = none. */
struct suppression *suppressions_find(const struct suppressions *list,
				      const struct check_key *key);
/* A line that matches exactly this class, on devices "0-7". */
void suppression_print(const struct check_key *key, const char *devices, FILE *file);

#endif
