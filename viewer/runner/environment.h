/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * environment.h - our environment with some variables replaced.
 */
#ifndef TTATOP_ENVIRONMENT_H
#define TTATOP_ENVIRONMENT_H

#include <stddef.h>

struct environment {
	char **list; /* ends with NULL; the first `own` entries are allocated */
	size_t own;
};

/* 0 or -ENOMEM; nothing changes then. */
int environment_set(struct environment *environment, const char *name, const char *value);
void environment_fini(struct environment *environment);

#endif
