/* SPDX-License-Identifier: BSD-2-Clause */
#include "pids.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int tta__pids_each(int (*visit)(void *arg, uint32_t pid), void *arg)
{
	DIR *folder = opendir("/proc");
	struct dirent *entry;
	int err = 0;

	while (folder && !err && (entry = readdir(folder))) {
		char *end;
		unsigned long pid = strtoul(entry->d_name, &end, 10);

		if (*end == '\0' && pid > 0 && pid <= UINT32_MAX)
			err = visit(arg, (uint32_t)pid);
	}
	if (folder)
		closedir(folder);
	return err;
}

uint64_t tta__pid_namespace(const char *pid)
{
	struct stat st;
	char path[40];

	snprintf(path, sizeof(path), "/proc/%s/ns/pid", pid);
	return stat(path, &st) ? 0 : st.st_ino;
}

/* A small file of a process, with an end; false: it cannot be read. */
static bool read_file(uint32_t pid, const char *name, char *text, size_t room)
{
	char path[40];
	ssize_t got;
	int fd;

	snprintf(path, sizeof(path), "/proc/%u/%s", pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	got = read(fd, text, room - 1);
	close(fd);
	if (got <= 0)
		return false;
	text[got] = '\0';
	return true;
}

/* The last of "NSpid: 4711 12 1": what the process calls itself. */
static uint32_t innermost_pid(uint32_t pid)
{
	char text[4096];
	const char *line, *last;

	if (!read_file(pid, "status", text, sizeof(text)))
		return 0;
	line = strstr(text, "\nNSpid:");
	if (!line)
		return 0;
	line++;
	last = line + strcspn(line, "\n");
	while (last > line && last[-1] >= '0' && last[-1] <= '9')
		last--;
	return (uint32_t)strtoul(last, NULL, 10);
}

/* Field 22 of stat; the second, in brackets, may hold anything. */
uint64_t tta__pid_start_time(uint32_t pid)
{
	char text[1024];
	const char *at;

	if (!read_file(pid, "stat", text, sizeof(text)))
		return 0;
	at = strrchr(text, ')');
	for (int field = 2; at && field < 22; field++)
		at = strchr(at + 1, ' ');
	return at ? strtoull(at, NULL, 10) : 0;
}

/* ---- those of other namespaces ---- */

struct tta_foreign_pid {
	uint64_t pidns;
	uint32_t inside, here;
};

struct taking {
	struct tta_pids *pids;
	uint64_t pidns;
};

static int reserve(struct tta_pids *pids)
{
	size_t room = pids->room ? pids->room * 2 : 16;
	struct tta_foreign_pid *list;

	if (pids->count < pids->room)
		return 0;
	list = reallocarray(pids->list, room, sizeof(*list));
	if (!list)
		return -ENOMEM;
	pids->list = list;
	pids->room = room;
	return 0;
}

static int take(void *arg, uint32_t pid)
{
	struct taking *taking = arg;
	struct tta_foreign_pid found = {.here = pid};
	char name[16];
	int err;

	snprintf(name, sizeof(name), "%u", pid);
	found.pidns = tta__pid_namespace(name);
	if (found.pidns == 0 || found.pidns == taking->pidns)
		return 0;
	found.inside = innermost_pid(pid);
	err = reserve(taking->pids);
	if (!err)
		taking->pids->list[taking->pids->count++] = found;
	return err;
}

int tta__pids_take(struct tta_pids *pids, uint64_t pidns)
{
	struct taking taking = {pids, pidns};

	pids->count = 0;
	return tta__pids_each(take, &taking);
}

void tta__pids_fini(struct tta_pids *pids)
{
	free(pids->list);
}

uint32_t tta__pids_here(const struct tta_pids *pids, uint32_t pid, uint64_t pidns,
			uint64_t start_time)
{
	for (size_t i = 0; i < pids->count; i++) {
		const struct tta_foreign_pid *known = &pids->list[i];

		if (known->pidns == pidns && known->inside == pid &&
		    (start_time == 0 || tta__pid_start_time(known->here) == start_time))
			return known->here;
	}
	return 0;
}
