/* SPDX-License-Identifier: BSD-2-Clause */
#include "environment.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Do both texts NAME=VALUE have the same name? */
static bool same_name(const char *a, const char *b)
{
	size_t length = strcspn(a, "=");

	return strncmp(a, b, length) == 0 && b[length] == '=';
}

static size_t entry_count(char *const *list)
{
	size_t count = 0;

	while (list && list[count])
		count++;
	return count;
}

/* @entry first, then @old without its like. */
static char **list_make(char *entry, char **old, size_t *own)
{
	char **list = calloc(entry_count(old) + 2, sizeof(*list));
	size_t count = 1, kept = 1;

	if (!list)
		return NULL;
	list[0] = entry;
	for (size_t i = 0; old && old[i]; i++) {
		bool like = same_name(entry, old[i]);

		if (like && i < *own)
			free(old[i]);
		if (like)
			continue;
		kept += i < *own;
		list[count++] = old[i];
	}
	*own = kept;
	return list;
}

int environment_set(struct environment *environment, const char *name, const char *value)
{
	char **old = environment->list ? environment->list : environ;
	char *entry;
	char **list;

	if (asprintf(&entry, "%s=%s", name, value) < 0)
		return -ENOMEM;
	list = list_make(entry, old, &environment->own);
	if (!list) {
		free(entry);
		return -ENOMEM;
	}
	free(environment->list);
	environment->list = list;
	return 0;
}

void environment_fini(struct environment *environment)
{
	for (size_t i = 0; i < environment->own; i++)
		free(environment->list[i]);
	free(environment->list);
	*environment = (struct environment){0};
}
