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

#include "pids.h"

#define ENVIRON_MOST (256u << 10)

#ifndef SO_PEERPIDFD
#define SO_PEERPIDFD 77 /* Linux 6.5 */
#endif

static size_t read_file(uint32_t pid, const char *name, char *text, size_t room)
{
	char path[40];
	size_t length = 0;
	ssize_t got = 1;
	int fd;

	snprintf(path, sizeof(path), "/proc/%u/%s", pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	while (fd >= 0 && got > 0 && length < room - 1) {
		got = read(fd, text + length, room - 1 - length);
		length += got > 0 ? (size_t)got : 0;
	}
	if (fd >= 0)
		close(fd);
	text[length] = '\0';
	return length;
}

/* A client of a run belongs to it: check then counts what it leaves. */
static void read_run_id(struct peer *peer)
{
	static const char name[] = "TTA_RUN_ID=";
	char *text = malloc(ENVIRON_MOST);
	size_t length = text ? read_file(peer->pid, "environ", text, ENVIRON_MOST) : 0;

	for (size_t at = 0; at < length; at += strlen(text + at) + 1)
		if (strncmp(text + at, name, sizeof(name) - 1) == 0)
			snprintf(peer->run_id, sizeof(peer->run_id), "%.63s",
				 text + at + sizeof(name) - 1);
	free(text);
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
	peer->start_time = tta__pid_start_time(peer->pid);
	read_run_id(peer);
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
		peer->cmdline[0] = peer->run_id[0] = '\0';
		peer->start_time = 0;
	}
}

bool peer_ended(const struct peer *peer, int patience_ms)
{
	struct pollfd ready = {.fd = peer->pidfd, .events = POLLIN};

	return peer->pidfd >= 0 && poll(&ready, 1, patience_ms) == 1;
}
