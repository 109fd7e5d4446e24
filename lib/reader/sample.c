/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sample.c - one look at everything.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "process.h"
#include "sample_box.h"
#include "text.h"
#include "watch.h"

struct skip_list {
	struct tta_skipped *items;
	size_t count, room;
};

static uint64_t now_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* ---- files that cannot be read ---- */

static const char *plain_reason(int err)
{
	switch (err) {
	case EACCES:
		return "permission denied";
	case ELOOP:
		return "a symbolic link";
	case ENOTSUP:
		return "not a regular file";
	default:
		return strerrordesc_np(err);
	}
}

static int skip_reserve(struct skip_list *list)
{
	size_t room = list->room ? list->room * 2 : 8;
	struct tta_skipped *items;

	if (list->count < list->room)
		return 0;
	items = reallocarray(list->items, room, sizeof(*items));
	if (!items)
		return -ENOMEM;
	list->items = items;
	list->room = room;
	return 0;
}

static int skip_add(void *arg, const struct tta_place *place, const char *name, int err,
		    const char *problem)
{
	struct skip_list *list = arg;
	const char *plain = plain_reason(-err);
	struct tta_skipped *item;
	struct stat st;

	if (skip_reserve(list))
		return -ENOMEM;
	item = &list->items[list->count++];
	*item = (struct tta_skipped){.error = -err};
	snprintf(item->name, sizeof(item->name), "%s", name);
	snprintf(item->reason, sizeof(item->reason), "%s",
		 problem[0] ? problem : (plain ? plain : "unknown error"));
	if (!fstatat(dirfd(place->stream), name, &st, AT_SYMLINK_NOFOLLOW))
		item->file_uid = st.st_uid;
	return 0;
}

/* ---- processes ---- */

/* One attachment; *ret_there false when its file went meanwhile. */
static int sample_one(struct tta_reader *reader, struct tta_attachment *a, unsigned parts,
		      struct tta_sample_box *box, struct skip_list *skipped,
		      struct tta_process *p, bool *ret_there)
{
	const struct tta_memory_use use = {&box->arena, &reader->table_room};
	struct tta_content *content;
	int err;

	*ret_there = true;
	if (a->broken) {
		tta__process_corrupt(a, p);
		return 0;
	}
	err = tta__watch_acquire(reader, a);
	if (err) {
		*ret_there = false;
		a->broken = true;
		return err == -ENOENT || err == -ESTALE
			       ? 0
			       : skip_add(skipped, a->place, a->name, err, "");
	}
	err = tta__process_sample(a, parts, &use, p, &content);
	tta__watch_release(reader, a);
	if (!err && content)
		tta__sample_box_hold(box, content);
	return err;
}

static int sample_all(struct tta_reader *reader, unsigned parts,
		      struct tta_sample_box *box, struct skip_list *skipped)
{
	struct tta_process *list =
		tta__arena_take(&box->arena, reader->count, sizeof(*list));
	size_t count = 0;
	int err = tta__sample_box_reserve(box, reader->count);

	if (!list)
		return -ENOMEM;
	for (size_t i = 0; i < reader->count && !err; i++) {
		bool there;

		err = sample_one(reader, reader->list[i], parts, box, skipped,
				 &list[count], &there);
		count += there;
	}
	box->sample.processes = list;
	box->sample.process_count = count;
	return err;
}

static int process_order(const void *left, const void *right)
{
	const struct tta_process *a = left, *b = right;

	if (a->pid != b->pid)
		return a->pid < b->pid ? -1 : 1;
	if (a->start_time != b->start_time)
		return a->start_time < b->start_time ? -1 : 1;
	return (a->nonce > b->nonce) - (a->nonce < b->nonce);
}

static int name_order(const void *left, const void *right)
{
	const struct tta_skipped *a = left, *b = right;

	return strcmp(a->name, b->name);
}

static int keep_skipped(struct tta_sample_box *box, const struct skip_list *skipped)
{
	struct tta_skipped *list =
		tta__arena_take(&box->arena, skipped->count, sizeof(*list));

	if (!list)
		return -ENOMEM;
	if (skipped->count > 0)
		memcpy(list, skipped->items, skipped->count * sizeof(*list));
	qsort(list, skipped->count, sizeof(*list), name_order);
	box->sample.skipped = list;
	box->sample.skipped_count = skipped->count;
	return 0;
}

static int fill(struct tta_reader *reader, unsigned parts, struct tta_sample_box *box)
{
	struct skip_list skipped = {0};
	int err = tta__watch_update(reader, skip_add, &skipped);

	box->sample.realtime_ns = now_ns(CLOCK_REALTIME);
	box->sample.mono_ns = now_ns(CLOCK_MONOTONIC);
	memcpy(box->sample.boot_id, reader->boot_id, sizeof(box->sample.boot_id));
	if (!err)
		err = sample_all(reader, parts, box, &skipped);
	if (!err)
		err = keep_skipped(box, &skipped);
	free(skipped.items);
	return err;
}

int tta_reader_sample(struct tta_reader *reader, unsigned parts,
		      struct tta_sample **ret_sample)
{
	struct tta_sample_box *box = tta__sample_box_renew(&reader->box);
	int err;

	if (!box)
		return -ENOMEM;
	err = fill(reader, parts, box);
	tta__watch_drop_broken(reader);
	if (err) {
		tta_sample_free(&box->sample);
		return err;
	}
	qsort((struct tta_process *)(uintptr_t)box->sample.processes,
	      box->sample.process_count, sizeof(struct tta_process), process_order);
	*ret_sample = &box->sample;
	return 0;
}
