/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * filter_terms.h - a parsed expression; private to filter*.c.
 */
#ifndef TTATOP_FILTER_TERMS_H
#define TTATOP_FILTER_TERMS_H

#include "arena.h"
#include "filter.h"

enum filter_key {
	FILTER_WORD,
	FILTER_PID,
	FILTER_DEV,
	FILTER_TYPE,
	FILTER_SIZE,
	FILTER_ADDR,
	FILTER_AGE,
	FILTER_REFS,
	FILTER_LABEL,
	FILTER_USER,
	FILTER_STATE,
	FILTER_FLAG,
	FILTER_RUN,
};

enum filter_operator {
	FILTER_EQUAL,
	FILTER_NOT_EQUAL,
	FILTER_LESS,
	FILTER_AT_MOST,
	FILTER_MORE,
	FILTER_AT_LEAST,
};

struct filter_range {
	uint64_t first, last;
};

struct filter_term {
	enum filter_key key;
	enum filter_operator op;
	struct filter_range *ranges; /* numbers: any of these */
	const char **names;	     /* a word, or patterns: any of these */
	size_t count;		     /* of ranges or names */
	uint32_t set;		     /* states as bits, or flags */
};

/* All of these. */
struct filter_alternative {
	struct filter_term *terms;
	size_t count;
};

/* Any of these; none at all matches everything. */
struct filter {
	struct arena *arena;
	struct filter_alternative *alternatives;
	size_t count;
};

#endif
