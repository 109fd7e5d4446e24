/* SPDX-License-Identifier: BSD-2-Clause */
#include "peer.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SO_PEERPIDFD
#define SO_PEERPIDFD 77 /* Linux 6.5 */
#endif

static size_t read_file(uint32_t pid, const char *name, char *text, size_t room)
{
	char path[40];
	ssize_t got = -1;
	int fd;

	snprintf(path, sizeof(path), "/proc/%u/%s", pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		got = read(fd, text, room - 1);
		close(fd);
	}
	text[got > 0 ? got : 0] = '\0';
	return got > 0 ? (size_t)got : 0;
}

/* Field 22 of stat; the second, in brackets, may hold anything. */
static uint64_t start_time(uint32_t pid)
{
	char text[1024];
	const char *at;

	read_file(pid, "stat", text, sizeof(text));
	at = strrchr(text, ')');
	for (int field = 2; at && field < 22; field++)
		at = strchr(at + 1, ' ');
	return at ? strtoull(at, NULL, 10) : 0;
}

static void read_names(struct peer *peer)
{
	size_t length =
		read_file(peer->pid, "cmdline", peer->cmdline, sizeof(peer->cmdline));

	for (size_t i = 0; i + 1 < length; i++)
		if (peer->cmdline[i] == '\0')
			peer->cmdline[i] = ' ';
	read_file(peer->pid, "comm", peer->comm, sizeof(peer->comm));
	peer->comm[strcspn(peer->comm, "\n")] = '\0';
	peer->start_time = start_time(peer->pid);
}

static int open_pidfd(int fd, uint32_t pid)
{
	socklen_t size = sizeof(int);
	int pidfd;

	/* Of the process that connected, also when its number was given away since. */
	if (getsockopt(fd, SOL_SOCKET, SO_PEERPIDFD, &pidfd, &size) == 0)
		return pidfd;
	return (int)syscall(SYS_pidfd_open, pid, 0);
}

void peer_identify(struct peer *peer, int fd)
{
	struct ucred credentials;
	socklen_t size = sizeof(credentials);

	*peer = (struct peer){.pidfd = -1, .comm = "?"};
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &size) ||
	    credentials.pid <= 0)
		return;
	peer->pid = (uint32_t)credentials.pid;
	peer->pidfd = open_pidfd(fd, peer->pid);
	if (peer->pidfd < 0 || peer_ended(peer, 0))
		return;
	read_names(peer);
	if (peer_ended(peer, 0)) { /* it may have been somebody else's */
		strcpy(peer->comm, "?");
		peer->cmdline[0] = '\0';
		peer->start_time = 0;
	}
}

bool peer_ended(const struct peer *peer, int patience_ms)
{
	struct pollfd ready = {.fd = peer->pidfd, .events = POLLIN};

	return peer->pidfd >= 0 && poll(&ready, 1, patience_ms) == 1;
}
