/* SPDX-License-Identifier: BSD-2-Clause */
#include "region_list.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "pids.h"

#define FILES_MAX 1024u
#define TRIES	  4
#define SECOND_NS UINT64_C(1000000000)
/* Later than any uptime, earlier than any date: tells two clocks apart. */
#define EPOCH_NS (UINT64_C(1000000000) * SECOND_NS)

static uint64_t now_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * SECOND_NS + (uint64_t)now.tv_nsec;
}

/* ---- names ---- */

/* tt_device_<decimal>_memory */
static bool parse_name(const char *name, uint64_t *ret_id)
{
	static const char before[] = "tt_device_", behind[] = "_memory";
	char *end;

	if (strncmp(name, before, sizeof(before) - 1) != 0)
		return false;
	name += sizeof(before) - 1;
	if (*name < '0' || *name > '9')
		return false;
	errno = 0;
	*ret_id = strtoull(name, &end, 10);
	return errno == 0 && strcmp(end, behind) == 0;
}

/* ---- bytes ---- */

/* As much as there is, up to @room; or -errno. */
static ssize_t read_whole(int fd, unsigned char *bytes, size_t room)
{
	size_t got = 0;

	while (got < room) {
		ssize_t n = pread(fd, bytes + got, room - got, (off_t)got);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		got += (size_t)n;
	}
	return (ssize_t)got;
}

/* There is no other proof of one instant than two equal reads. */
static ssize_t read_twice(int fd, unsigned char *bytes, bool *ret_in_flux)
{
	unsigned char again[REGION_BYTES];
	ssize_t size = read_whole(fd, bytes, REGION_BYTES);

	for (int i = 0; i < TRIES && size >= 0; i++) {
		ssize_t second = read_whole(fd, again, sizeof(again));

		if (second == size && memcmp(bytes, again, (size_t)size) == 0)
			return size;
		if (second < 0)
			return second;
		size = second;
		memcpy(bytes, again, (size_t)size);
	}
	*ret_in_flux = size >= 0;
	return size;
}

static int read_region(int fd, struct region_file *file)
{
	unsigned char bytes[REGION_BYTES];
	struct stat st;
	ssize_t size;

	if (fstat(fd, &st))
		return errno;
	if (!S_ISREG(st.st_mode))
		return EINVAL;
	size = read_twice(fd, bytes, &file->in_flux);
	if (size < 0)
		return (int)-size;
	file->verdict = region_parse(bytes, (size_t)size, &file->region);
	return 0;
}

/* ---- owners ---- */

/* Builds wrote the time of two clocks; what is neither's is not believed. */
static uint64_t to_monotonic(uint64_t updated)
{
	uint64_t monotonic = now_ns(CLOCK_MONOTONIC), real = now_ns(CLOCK_REALTIME);

	if (updated > EPOCH_NS) {
		if (updated > real + SECOND_NS || real - updated > monotonic)
			return 0;
		return updated > real ? monotonic : monotonic - (real - updated);
	}
	return updated > monotonic + SECOND_NS ? 0 : updated;
}

static void judge(const struct region_slot *slot, struct region_owner *owner)
{
	uint64_t ticks = (uint64_t)sysconf(_SC_CLK_TCK);

	owner->updated_mono_ns = to_monotonic(slot->updated);
	/* Another user's process answers EPERM: it is there. */
	if (kill((pid_t)slot->pid, 0) && errno != EPERM) {
		owner->life = REGION_STALE;
		return;
	}
	owner->start_time = tta__pid_start_time(slot->pid);
	owner->start_mono_ns = owner->start_time * SECOND_NS / ticks;
	owner->life =
		owner->start_mono_ns && owner->updated_mono_ns &&
				owner->updated_mono_ns + SECOND_NS < owner->start_mono_ns
			? REGION_REUSED
			: REGION_ALIVE;
}

/* ---- the list ---- */

static void read_file(int directory, const char *name, uint64_t id,
		      struct region_file *file)
{
	struct stat st;
	int fd;

	memset(file, 0, sizeof(*file));
	snprintf(file->name, sizeof(file->name), "%.47s", name);
	file->id = id;
	if (fstatat(directory, name, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		file->uid = st.st_uid;
		file->mode = st.st_mode & 07777;
	}
	fd = openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0) {
		file->error = errno;
		return;
	}
	file->error = read_region(fd, file);
	close(fd);
	file->has_chip_id = file->region.device != id;
	for (size_t i = 0; i < file->region.slot_count; i++)
		judge(&file->region.slots[i], &file->owners[i]);
}

static int compare(const void *left, const void *right)
{
	const struct region_file *a = left, *b = right;

	return a->id == b->id ? 0 : a->id < b->id ? -1 : 1;
}

static struct region_file *add(struct region_list *list)
{
	struct region_file *files =
		reallocarray(list->files, list->count + 1, sizeof(*files));

	if (!files)
		return NULL;
	list->files = files;
	return &files[list->count++];
}

int region_list_read(const char *directory, struct region_list *ret_list)
{
	DIR *stream = opendir(directory);
	struct dirent *entry;
	uint64_t id;
	int err = 0;

	*ret_list = (struct region_list){0};
	while (stream && !err && ret_list->count < FILES_MAX &&
	       (entry = readdir(stream))) {
		struct region_file *file;

		if (!parse_name(entry->d_name, &id))
			continue;
		file = add(ret_list);
		if (file)
			read_file(dirfd(stream), entry->d_name, id, file);
		else
			err = -ENOMEM;
	}
	if (stream)
		closedir(stream);
	if (ret_list->count)
		qsort(ret_list->files, ret_list->count, sizeof(*ret_list->files),
		      compare);
	return err;
}

void region_list_fini(struct region_list *list)
{
	free(list->files);
	*list = (struct region_list){0};
}
