/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * place.h - the directories that a reader lists: its own, and those of containers.
 */
#ifndef TTA_PLACE_H
#define TTA_PLACE_H

#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tta_place {
	DIR *stream;
	uint64_t device, inode; /* no directory is listed twice */
	bool reached; /* the own one, or a process of its container still runs */
};

struct tta_places {
	struct tta_place **list; /* the reader's own directory first */
	size_t count, room;
	uint64_t looked_ns; /* when /proc was looked through last, 0 = never */
};

/* Takes over @directory_fd, also when it fails. 0, -ENOMEM or fdopendir's error. */
int tta__places_add(struct tta_places *places, int directory_fd);
void tta__places_fini(struct tta_places *places);

/*
 * Look through /proc/<pid>/root for other directories at @directory, at most once a
 * second. What no process leads to any more is not `reached`. 0 or -ENOMEM.
 */
int tta__places_look(struct tta_places *places, const char *directory);
/* Forget what is not reached; nothing may lie in it any more. */
void tta__places_drop(struct tta_places *places);

#endif
