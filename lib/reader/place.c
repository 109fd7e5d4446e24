/* SPDX-License-Identifier: BSD-2-Clause */
#include "place.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "pids.h"
#include "segment_file.h"
#include "tsc.h"

#define LOOK_NS UINT64_C(1000000000)
#define PLACES_MOST                                                                      \
	256 /* each keeps a descriptor; beyond it a stranger fills our table */

static struct tta_place *find(const struct tta_places *places, uint64_t device,
			      uint64_t inode)
{
	for (size_t i = 0; i < places->count; i++)
		if (places->list[i]->device == device && places->list[i]->inode == inode)
			return places->list[i];
	return NULL;
}

static int reserve(struct tta_places *places)
{
	size_t room = places->room ? places->room * 2 : 4;
	struct tta_place **list;

	if (places->count < places->room)
		return 0;
	list = reallocarray(places->list, room, sizeof(*list));
	if (!list)
		return -ENOMEM;
	places->list = list;
	places->room = room;
	return 0;
}

int tta__places_add(struct tta_places *places, int directory_fd)
{
	struct tta_place *place = calloc(1, sizeof(*place));
	int err = place ? reserve(places) : -ENOMEM;

	if (!err)
		err = tta__segment_directory_identity(directory_fd, &place->device,
						      &place->inode);
	if (!err) {
		place->stream = fdopendir(directory_fd);
		err = place->stream ? 0 : -errno;
	}
	if (err) {
		close(directory_fd);
		free(place);
		return err;
	}
	place->reached = true;
	places->list[places->count++] = place;
	return 0;
}

static void place_free(struct tta_place *place)
{
	closedir(place->stream);
	free(place);
}

void tta__places_fini(struct tta_places *places)
{
	for (size_t i = 0; i < places->count; i++)
		place_free(places->list[i]);
	free(places->list);
}

void tta__places_drop(struct tta_places *places)
{
	size_t kept = 0;

	for (size_t i = 0; i < places->count; i++) {
		if (places->list[i]->reached)
			places->list[kept++] = places->list[i];
		else
			place_free(places->list[i]);
	}
	places->count = kept;
}

struct look {
	struct tta_places *places;
	const char *directory;
};

/* What cannot be opened is not ours to see; doctor counts it. */
static int look_from(void *arg, uint32_t pid)
{
	struct look *look = arg;
	struct tta_place *known;
	uint64_t device, inode;
	char root[40];
	int fd;

	snprintf(root, sizeof(root), "/proc/%u/root", pid);
	if (tta__segment_open_directory_below(root, look->directory, &fd))
		return 0;
	if (tta__segment_directory_identity(fd, &device, &inode)) {
		close(fd);
		return 0;
	}
	known = find(look->places, device, inode);
	if (known)
		known->reached = true;
	if (known || look->places->count >= PLACES_MOST) {
		close(fd);
		return 0;
	}
	return tta__places_add(look->places, fd) == -ENOMEM ? -ENOMEM : 0;
}

int tta__places_look(struct tta_places *places, const char *directory)
{
	struct look look = {places, directory[0] == '/' ? directory : "/dev/shm"};
	uint64_t now = tta__monotonic_ns();

	if (places->looked_ns && now - places->looked_ns < LOOK_NS)
		return 0;
	places->looked_ns = now;
	for (size_t i = 1; i < places->count; i++)
		places->list[i]->reached = false;
	return tta__pids_each(look_from, &look);
}
