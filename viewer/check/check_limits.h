/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * check_limits.h - how much a class may grow per run. Pure.
 */
#ifndef TTATOP_CHECK_LIMITS_H
#define TTATOP_CHECK_LIMITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum check_measure { CHECK_BYTES, CHECK_BUFFERS, CHECK_REFS, CHECK_MEASURES };

#define CHECK_LIMITS_MAX 32
#define CHECK_TYPE_SIZE	 32

struct check_limit {
	enum check_measure measure;
	char type[CHECK_TYPE_SIZE]; /* "" = every type */
	uint64_t value;
};

/* A later one overrules an earlier one; one of a type those of all types. */
struct check_limits {
	struct check_limit list[CHECK_LIMITS_MAX];
	size_t count;
};

/* What holds for one type. Nothing was said of a measure: 0, not given. */
struct check_allowed {
	uint64_t value[CHECK_MEASURES];
	bool given[CHECK_MEASURES];
};

/* "0", "64K", "dram=64K,refs=2". 0 or -EINVAL. */
int check_limits_parse(const char *text, struct check_limits *limits);
struct check_allowed check_limits_for(const struct check_limits *limits,
				      const char *type);
/* "bytes", "buffers", "refs" */
const char *check_measure_name(enum check_measure measure);

#endif
