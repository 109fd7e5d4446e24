/* SPDX-License-Identifier: BSD-2-Clause */
#include "watch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pids.h"

/* ---- descriptors ---- */

/* The host has used up its descriptors: give back all of ours, keep half as many. */
static bool shed_descriptors(struct tta_reader *reader, int err)
{
	if ((err != -EMFILE && err != -ENFILE) || reader->descriptors_kept == 0)
		return false;
	for (size_t i = 0; i < reader->count; i++) {
		if (reader->list[i]->kept)
			tta__attachment_close(reader->list[i]);
		reader->list[i]->kept = false;
	}
	reader->descriptor_limit = reader->descriptors_kept / 2;
	reader->descriptors_kept = 0;
	return true;
}

int tta__watch_acquire(struct tta_reader *reader, struct tta_attachment *a)
{
	int err = tta__attachment_open(a, dirfd(a->place->stream));

	if (shed_descriptors(reader, err))
		err = tta__attachment_open(a, dirfd(a->place->stream));
	return err;
}

void tta__watch_release(struct tta_reader *reader, struct tta_attachment *a)
{
	if (a->kept || a->fd < 0)
		return;
	if (reader->descriptors_kept < reader->descriptor_limit) {
		a->kept = true;
		reader->descriptors_kept++;
	} else {
		tta__attachment_close(a);
	}
}

/* ---- the list ---- */

static int attachment_compare(const struct tta_attachment *a,
			      const struct tta_place *place, uint64_t inode,
			      const char *name)
{
	if (a->place->device != place->device)
		return a->place->device < place->device ? -1 : 1;
	if (a->inode != inode)
		return a->inode < inode ? -1 : 1;
	return strcmp(a->name, name);
}

static int list_order(const void *left, const void *right)
{
	const struct tta_attachment *const *a = left, *const *b = right;

	return attachment_compare(*a, (*b)->place, (*b)->inode, (*b)->name);
}

/* Among the first @count, which are sorted. */
static struct tta_attachment *list_find(const struct tta_reader *reader, size_t count,
					const struct tta_place *place, uint64_t inode,
					const char *name)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = attachment_compare(reader->list[middle], place, inode, name);

		if (order == 0)
			return reader->list[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

static int list_reserve(struct tta_reader *reader)
{
	size_t room = reader->room ? reader->room * 2 : 16;
	struct tta_attachment **list;

	if (reader->count < reader->room)
		return 0;
	list = reallocarray(reader->list, room, sizeof(*list));
	if (!list)
		return -ENOMEM;
	reader->list = list;
	reader->room = room;
	return 0;
}

static void drop(struct tta_reader *reader, struct tta_attachment *a)
{
	if (a->kept)
		reader->descriptors_kept--;
	tta__attachment_free(a);
}

static void drop_if(struct tta_reader *reader,
		    bool (*unwanted)(const struct tta_attachment *a))
{
	size_t kept = 0;

	for (size_t i = 0; i < reader->count; i++) {
		if (unwanted(reader->list[i]))
			drop(reader, reader->list[i]);
		else
			reader->list[kept++] = reader->list[i];
	}
	reader->count = kept;
}

static bool is_broken(const struct tta_attachment *a)
{
	return a->broken;
}

static bool is_unlisted(const struct tta_attachment *a)
{
	return !a->listed;
}

void tta__watch_drop_broken(struct tta_reader *reader)
{
	drop_if(reader, is_broken);
}

/* ---- the directories ---- */

static bool is_foreign(const struct tta_reader *reader, const struct tta_process *p)
{
	return p->pidns != 0 && reader->pidns != 0 && p->pidns != reader->pidns;
}

static int attach(struct tta_reader *reader, const struct tta_place *place,
		  const char *name, tta_skip_fn skip, void *arg)
{
	char problem[TTA_PROBLEM_SIZE];
	struct tta_attachment *a;
	int err = list_reserve(reader);

	if (err)
		return err;
	do {
		err = tta__attachment_new(place, name, reader->boot_id, &a, problem);
	} while (shed_descriptors(reader, err));
	if (err && err != -EBADMSG)
		return err == -ENOENT ? 0 : skip(arg, place, name, err, problem);
	a->listed = true;
	if (is_foreign(reader, &a->identity))
		a->identity.notes |= TTA_NOTE_FOREIGN_PID;
	reader->list[reader->count++] = a;
	tta__watch_release(reader, a);
	return 0;
}

static int take_entry(struct tta_reader *reader, const struct tta_place *place,
		      const struct dirent *entry, size_t known, tta_skip_fn skip,
		      void *arg)
{
	struct tta_segment_name id;
	struct tta_attachment *a;
	char problem[TTA_PROBLEM_SIZE];

	if (strlen(entry->d_name) >= TTA_SEGMENT_NAME_SIZE ||
	    !tta__segment_name_parse(entry->d_name, &id))
		return 0;
	if (id.major != TTA_SEGMENT_MAJOR) {
		snprintf(problem, sizeof(problem), "layout version %u by its name",
			 id.major);
		return skip(arg, place, entry->d_name, -EPROTONOSUPPORT, problem);
	}
	a = list_find(reader, known, place, entry->d_ino, entry->d_name);
	if (!a)
		return attach(reader, place, entry->d_name, skip, arg);
	a->listed = true;
	return 0;
}

/* ---- pids of other namespaces ---- */

static void translate_pid(struct tta_attachment *a, const struct tta_pids *pids)
{
	struct tta_process *p = &a->identity;
	uint32_t here = tta__pids_here(pids, p->pid, p->pidns, p->start_time);

	a->pid_looked_up = true;
	if (!here)
		return;
	p->pid = here;
	p->notes &= ~TTA_NOTE_FOREIGN_PID;
}

/* As we call them, where that can be told; once, after the listing that found them. */
static int translate_pids(struct tta_reader *reader)
{
	struct tta_pids pids = {0};
	bool taken = false;
	int err = 0;

	for (size_t i = 0; i < reader->count && !err; i++) {
		struct tta_attachment *a = reader->list[i];

		if (!(a->identity.notes & TTA_NOTE_FOREIGN_PID) || a->pid_looked_up)
			continue;
		if (!taken)
			err = tta__pids_take(&pids, reader->pidns);
		taken = true;
		if (!err)
			translate_pid(a, &pids);
	}
	tta__pids_fini(&pids);
	return err;
}

/* ---- a look at all of them ---- */

/* *ret_err: of the directory itself. */
static int list_place(struct tta_reader *reader, const struct tta_place *place,
		      size_t known, tta_skip_fn skip, void *arg, int *ret_err)
{
	struct dirent *entry;
	int err = 0;

	rewinddir(place->stream);
	while (errno = 0, !err && (entry = readdir(place->stream)))
		err = take_entry(reader, place, entry, known, skip, arg);
	*ret_err = err ? 0 : -errno;
	return err;
}

int tta__watch_update(struct tta_reader *reader, tta_skip_fn skip, void *arg)
{
	const size_t known = reader->count;
	int err = 0, own_err = 0, other_err;

	for (size_t i = 0; i < known; i++)
		reader->list[i]->listed = false;
	if (reader->containers)
		err = tta__places_look(&reader->places, reader->directory);
	for (size_t i = 0; i < reader->places.count && !err; i++)
		if (reader->places.list[i]->reached)
			err = list_place(reader, reader->places.list[i], known, skip, arg,
					 i == 0 ? &own_err : &other_err);
	if (!err)
		err = own_err;
	if (!err) {
		drop_if(reader, is_unlisted);
		tta__places_drop(&reader->places);
		err = translate_pids(reader);
	}
	if (reader->count > 0)
		qsort(reader->list, reader->count, sizeof(reader->list[0]), list_order);
	return err;
}
