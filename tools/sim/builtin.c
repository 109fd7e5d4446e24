/* SPDX-License-Identifier: BSD-2-Clause */
#include "builtin.h"

#include <string.h>

FILE *sim_builtin_open(const char *name)
{
	for (const struct sim_builtin *at = sim_builtin_scenarios; at->name; at++) {
		if (strcmp(at->name, name) == 0)
			return fmemopen((void *)(size_t)at->text, at->size, "r");
	}
	return NULL;
}

void sim_builtin_list(FILE *out)
{
	for (const struct sim_builtin *at = sim_builtin_scenarios; at->name; at++) {
		int length = (int)strcspn(at->text, "\n");

		fprintf(out, "%-10s %.*s\n", at->name, length - 2, at->text + 2);
	}
}
