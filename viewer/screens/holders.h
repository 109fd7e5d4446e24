/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * holders.h - who holds a device, or one memory of it: largest first.
 */
#ifndef TTATOP_HOLDERS_H
#define TTATOP_HOLDERS_H

#include "state.h"
#include "tally.h"

/* One process and what it holds there; nothing is known of one that does not publish. */
struct holder {
	const struct snap_process *process;
	struct tally bytes[MEMORY_CLASS_COUNT], total, buffers;
};

/*
 * The largest holders of @device, and of @type there (NULL = of all its memory), into
 * @list. Returns how many there are, which may be more than @room.
 */
size_t holders_of(const struct snapshot *snapshot, const struct snap_device *device,
		  const char *type, struct holder *list, size_t room);
/* "1906544 1906102 +3", at most @cols wide; those who do not publish with a '?'. */
void holders_brief(const struct snapshot *snapshot, const struct snap_device *device,
		   const char *type, int cols, char *text, size_t text_room);

#endif
