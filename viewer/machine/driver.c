/* SPDX-License-Identifier: BSD-2-Clause */
#include "driver.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define DRIVER_FOLDER "/proc/driver/tenstorrent"
#define PATH_SIZE     512

static int add(struct driver_holds *holds, uint32_t pid, uint32_t device)
{
	/* Room is a power of two. */
	if ((holds->count & (holds->count - 1)) == 0) {
		struct driver_hold *list = reallocarray(
			holds->list, holds->count ? 2 * holds->count : 1, sizeof(*list));

		if (!list)
			return -ENOMEM;
		holds->list = list;
	}
	holds->list[holds->count++] = (struct driver_hold){pid, device};
	return 0;
}

static int read_pids(const char *folder, const char *name, struct driver_holds *holds)
{
	char path[PATH_SIZE], *end;
	unsigned long device = strtoul(name, &end, 10);
	unsigned pid;
	FILE *file;
	int err = 0;

	if (*end || end == name || device > UINT32_MAX)
		return 0;
	snprintf(path, sizeof(path), "%s/%s/pids", folder, name);
	file = fopen(path, "re");
	if (!file)
		return 0;
	while (!err && fscanf(file, "%u%*[^\n]", &pid) == 1)
		err = add(holds, pid, (uint32_t)device);
	fclose(file);
	return err;
}

static int compare(const void *a, const void *b)
{
	const struct driver_hold *left = a, *right = b;

	if (left->pid != right->pid)
		return left->pid < right->pid ? -1 : 1;
	return (left->device > right->device) - (left->device < right->device);
}

/* A process may have a device open several times. */
static void sort_unique(struct driver_holds *holds)
{
	size_t kept = 0;

	if (holds->count == 0)
		return;
	qsort(holds->list, holds->count, sizeof(*holds->list), compare);
	for (size_t i = 1; i < holds->count; i++)
		if (compare(&holds->list[kept], &holds->list[i]) != 0)
			holds->list[++kept] = holds->list[i];
	holds->count = kept + 1;
}

int driver_holds_read(const char *folder, struct driver_holds *holds)
{
	const char *path = folder ? folder : DRIVER_FOLDER;
	DIR *listing = opendir(path);
	struct dirent *entry;
	int err = 0;

	*holds = (struct driver_holds){.present = listing != NULL};
	if (!listing)
		return 0;
	while (!err && (entry = readdir(listing)))
		err = read_pids(path, entry->d_name, holds);
	closedir(listing);
	if (err)
		driver_holds_free(holds);
	else
		sort_unique(holds);
	return err;
}

void driver_holds_free(struct driver_holds *holds)
{
	free(holds->list);
	*holds = (struct driver_holds){0};
}
