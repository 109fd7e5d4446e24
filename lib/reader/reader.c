/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * reader.c - open and close a reader.
 *
 * Files, from the API down:
 *   reader.c sample.c events.c reap.c names.c   the public calls
 *   watch.c       which segments are attached
 *   place.c       the directories: the own one, those of containers
 *   pids.c        processes of other pid namespaces
 *   process.c     one segment into one process: the order of copies, soundness
 *   content.c     what was copied, kept for samples in which nothing moved
 *   lanes.c counters.c table.c order.c describe.c marks.c   its parts
 *   sample_box.c  the memory of a sample
 *   verdict.c     who is dead; tally.c sums by (device, type)
 *   attach.c      open, validate, map, prove that reading is harmless
 *   guard.c arena.c clock.c text.c
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/resource.h>
#include <unistd.h>

#include "guard.h"
#include "pids.h"
#include "text.h"
#include "watch.h"

/* "" when it cannot be read: then no segment counts as of this boot. */
static void read_boot_id(char boot_id[40])
{
	int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	char text[40];
	ssize_t got = -1;

	if (fd >= 0) {
		got = read(fd, text, sizeof(text));
		close(fd);
	}
	while (got > 0 && text[got - 1] == '\n')
		got--;
	tta__text_copy(boot_id, 40, text, got > 0 ? (size_t)got : 0);
}

/* Half of what the host may open. */
static size_t descriptor_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return 0;
	return limit.rlim_cur > 1u << 20 ? 1u << 19 : (size_t)limit.rlim_cur / 2;
}

static int open_own_place(struct tta_reader *reader)
{
	int fd, err = tta__segment_open_directory(reader->directory, &fd);

	return err ? err : tta__places_add(&reader->places, fd);
}

int tta_reader_open(const char *directory, struct tta_reader **ret_reader)
{
	const bool secure = getauxval(AT_SECURE) != 0;
	struct tta_reader *reader = calloc(1, sizeof(*reader));
	int err = -ENOMEM;

	if (!reader)
		return err;
	reader->directory = strdup(tta__segment_directory(directory, secure));
	if (!reader->directory)
		goto close_reader;
	err = open_own_place(reader);
	if (!err)
		err = tta__guard_install();
	if (err)
		goto close_reader;
	read_boot_id(reader->boot_id);
	reader->pidns = tta__pid_namespace("self");
	reader->descriptor_limit = descriptor_limit();
	*ret_reader = reader;
	return 0;

close_reader:
	tta_reader_close(reader);
	return err;
}

void tta_reader_close(struct tta_reader *reader)
{
	if (!reader)
		return;
	for (size_t i = 0; i < reader->count; i++)
		tta__attachment_free(reader->list[i]);
	tta__places_fini(&reader->places);
	tta__sample_box_release(reader->box);
	tta__table_room_fini(&reader->table_room);
	free(reader->list);
	free(reader->directory);
	free(reader);
}

void tta_reader_containers(struct tta_reader *reader, bool look)
{
	reader->containers = look;
	for (size_t i = 1; i < reader->places.count; i++)
		reader->places.list[i]->reached = false;
	reader->places.looked_ns = 0;
}

const char *tta_reader_directory(const struct tta_reader *reader)
{
	return reader->directory;
}
