/* SPDX-License-Identifier: BSD-2-Clause */
#include "door.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static struct sockaddr_un address_of(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	strncpy(address.sun_path, path, sizeof(address.sun_path) - 1);
	return address;
}

/* A server that was killed leaves its name; one that lives answers. */
static int clear_name(const char *path)
{
	struct sockaddr_un address = address_of(path);
	int fd, answered;
	struct stat st;

	if (lstat(path, &st))
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISSOCK(st.st_mode))
		return -EEXIST;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	answered = connect(fd, (struct sockaddr *)&address, sizeof(address));
	/* Full, or not ours to ask: somebody is there. */
	answered = answered == 0 || errno != ECONNREFUSED;
	close(fd);
	if (answered)
		return -EADDRINUSE;
	return unlink(path) && errno != ENOENT ? -errno : 0;
}

int door_open(struct door *door, const char *path)
{
	struct sockaddr_un address = address_of(path);
	struct stat st;
	int err = clear_name(path);

	*door = (struct door){.fd = -1, .path = path};
	if (err)
		return err;
	door->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (door->fd < 0)
		return -errno;
	if (bind(door->fd, (struct sockaddr *)&address, sizeof(address)) ||
	    listen(door->fd, SOMAXCONN) || lstat(path, &st)) {
		err = -errno;
		close(door->fd);
		door->fd = -1;
		return err;
	}
	door->inode = st.st_ino;
	return 0;
}

void door_close(struct door *door)
{
	struct stat st;

	if (lstat(door->path, &st) == 0 && st.st_ino == door->inode)
		unlink(door->path);
	close(door->fd);
}
