/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * door.h - the listening socket and its name.
 */
#ifndef BRIDGE_DOOR_H
#define BRIDGE_DOOR_H

#include <sys/types.h>

struct door {
	int fd;
	const char *path;
	ino_t inode; /* of the name, so that nobody else's is removed */
};

/*
 * Bind and listen; a name that nobody listens behind is replaced when it is a socket.
 * Permissions are the umask's. 0 or -errno: -EADDRINUSE somebody listens, -EEXIST the
 * name is something else.
 */
int door_open(struct door *door, const char *path);
/* Stop listening and remove the name. */
void door_close(struct door *door);

#endif
