/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * builtin.h - texts that are part of the program: scenarios and their format.
 *
 * The texts come from scenarios/ and scenario-format.txt at build time (embed.cmake).
 */
#ifndef SIM_BUILTIN_H
#define SIM_BUILTIN_H

#include <stddef.h>
#include <stdio.h>

struct sim_builtin {
	const char *name;
	const char *text;
	size_t size;
};

/* Scenarios by name; the last entry has no name. */
extern const struct sim_builtin sim_builtin_scenarios[];
extern const struct sim_builtin sim_builtin_format;

/* The scenario of that name as a stream, or NULL when there is none. */
FILE *sim_builtin_open(const char *name);

/* One line per scenario: its name and its first comment. */
void sim_builtin_list(FILE *out);

#endif
