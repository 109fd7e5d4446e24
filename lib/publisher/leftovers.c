/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * leftovers.c - at its start a publisher removes ended segments of its own uid: an own
 * earlier one from before exec, and what lies beyond the bounds of number, bytes and age.
 *
 * Everything is read with pread: a file that shrinks meanwhile must not be a SIGBUS in a
 * host program.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "publisher.h"
#include "testpoint.h"
#include "validate.h"

#define KEEP_SEGMENTS	64u
#define LOOK_AT		256u /* ended segments that one start looks into */
#define TEMPORARY_TTL_S 60

struct ended {
	char name[TTA_SEGMENT_NAME_SIZE];
	uint64_t inode;
	uint64_t bytes;
	uint64_t born_ns;
	bool own; /* this pid, before exec */
	bool reaped;
};

/* What one start needs; private memory, given back at the end. */
struct sweep {
	const struct publisher *p;
	const struct config *config;
	int directory_fd;
	uint64_t removed;
	uint32_t count;
	struct ended ended[LOOK_AT];
	char entries[32768];	   /* of getdents64 */
	struct tta_slot slots[64]; /* of pread */
	struct tta_header header;
};

static bool pool_is_empty(struct sweep *sweep, int fd,
			  const struct tta_section_view *pool, uint64_t count)
{
	size_t at_once = sizeof(sweep->slots);

	if (pool->stride != sizeof(struct tta_slot) || count > pool->capacity)
		return false;
	for (uint64_t at = 0; at < count * sizeof(struct tta_slot); at += at_once) {
		ssize_t got =
			tta__segment_pread(fd, sweep->slots, at_once, pool->offset + at);

		if (got <= 0)
			return false;
		for (size_t i = 0; i < (size_t)got / sizeof(struct tta_slot); i++)
			if (tta_slot_state(tta_load_relaxed64(&sweep->slots[i].word)) ==
			    TTA_SLOT_LIVE)
				return false;
	}
	return true;
}

/* Nothing in the table: enough for a segment that exec ended; doubt keeps it. */
static bool has_no_entry(struct sweep *sweep, int fd, uint64_t size)
{
	char problem[TTA_PROBLEM_SIZE];
	struct tta_layout_map map;
	const struct tta_section_view *pool = &map.section[TTA_SECTION_POOL];
	const struct tta_section_head *head;

	if (tta__segment_pread(fd, &sweep->header, sizeof(sweep->header), 0) !=
		    (ssize_t)sizeof(sweep->header) ||
	    tta__layout_validate(&sweep->header, size, &map, problem) ||
	    pool->offset == 0)
		return false;
	head = (const void *)((char *)&sweep->header + pool->count_offset -
			      offsetof(struct tta_section_head, count));
	return pool_is_empty(sweep, fd, pool, tta_load_relaxed64(&head->count));
}

static void remove_one(struct sweep *sweep, struct ended *ended)
{
	if (tta__segment_reap(sweep->directory_fd, ended->name, ended->inode, NULL,
			      NULL) == TTA_SEGMENT_REMOVED)
		sweep->removed++;
	ended->reaped = true;
}

/* Of the run that we belong to: whoever started it still counts what is left. */
static bool of_own_run(const struct sweep *sweep, int fd)
{
	const struct tta_header *self = sweep->p->header;
	char run_id[sizeof(self->run_id)];

	return self->run_id[0] &&
	       tta__segment_pread(fd, run_id, sizeof(run_id),
				  offsetof(struct tta_header, run_id)) ==
		       (ssize_t)sizeof(run_id) &&
	       memcmp(run_id, self->run_id, sizeof(run_id)) == 0;
}

/* An ended segment of ours: note it; one from before exec goes at once when empty. */
static void look_at(struct sweep *sweep, const char *name, bool own)
{
	struct tta_file_facts facts;
	struct ended *ended;
	int fd;

	if (sweep->count == LOOK_AT ||
	    tta__segment_open(sweep->directory_fd, name, &fd, &facts))
		return;
	if (facts.uid == (uint32_t)geteuid() &&
	    tta__segment_lock_state(fd) == TTA_LOCK_FREE && !of_own_run(sweep, fd)) {
		ended = &sweep->ended[sweep->count++];
		*ended = (struct ended){
			.inode = facts.inode,
			.bytes = facts.allocated,
			.own = own,
		};
		memcpy(ended->name, name, strlen(name) + 1);
		if (tta__segment_pread(fd, &ended->born_ns, 8,
				       offsetof(struct tta_header, birth_realtime_ns)) !=
		    8)
			ended->born_ns = 0;
		if (own && has_no_entry(sweep, fd, facts.size))
			remove_one(sweep, ended);
	}
	close(fd);
}

/* Dot names are births that a death interrupted. */
static void look_at_temporary(struct sweep *sweep, const char *name)
{
	struct tta_file_facts facts;
	struct stat st;
	uint64_t now_s;
	int fd;

	if (tta__segment_open(sweep->directory_fd, name, &fd, &facts))
		return;
	now_s = tta__clock_now_ns(CLOCK_REALTIME) / 1000000000u;
	if (facts.uid == (uint32_t)geteuid() && !fstat(fd, &st) &&
	    (int64_t)now_s - st.st_mtime > TEMPORARY_TTL_S &&
	    tta__segment_lock_state(fd) == TTA_LOCK_FREE) {
		TTA_TESTPOINT("leftovers: temporary found");
		unlinkat(sweep->directory_fd, name, 0);
	}
	close(fd);
}

static void look_at_name(struct sweep *sweep, const char *name)
{
	const struct tta_header *self = sweep->p->header;
	struct tta_segment_name id;

	if (strncmp(name, ".tta.", 5) == 0) {
		look_at_temporary(sweep, name);
		return;
	}
	if (!tta__segment_name_parse(name, &id) || id.major != TTA_SEGMENT_MAJOR ||
	    id.uid != self->uid || id.nonce == self->nonce)
		return;
	/* Cheap and only a filter: the lock proves. A pid that lives may be another's. */
	if (id.pid == self->pid)
		look_at(sweep, name, id.start_time == self->start_time);
	else if (kill((pid_t)id.pid, 0) && errno == ESRCH)
		look_at(sweep, name, false);
}

/* readdir allocates; getdents64(2) does not. */
static void list(struct sweep *sweep)
{
	for (;;) {
		long got = syscall(SYS_getdents64, sweep->directory_fd, sweep->entries,
				   sizeof(sweep->entries));

		if (got <= 0)
			return;
		for (long at = 0; at < got;) {
			const struct dirent64 *entry =
				(const void *)(sweep->entries + at);

			look_at_name(sweep, entry->d_name);
			at += entry->d_reclen;
		}
	}
}

static struct ended *oldest(struct sweep *sweep)
{
	struct ended *found = NULL;

	for (uint32_t i = 0; i < sweep->count; i++)
		if (!sweep->ended[i].reaped &&
		    (!found || sweep->ended[i].born_ns < found->born_ns))
			found = &sweep->ended[i];
	return found;
}

static void apply_bounds(struct sweep *sweep)
{
	uint64_t now_ns = tta__clock_now_ns(CLOCK_REALTIME);
	uint64_t free_bytes, total, fsid, bytes = 0, kept = 0;

	if (tta__segment_space(sweep->p->directory, &free_bytes, &total, &fsid))
		return;
	for (uint32_t i = 0; i < sweep->count; i++) {
		kept += !sweep->ended[i].reaped;
		bytes += sweep->ended[i].reaped ? 0 : sweep->ended[i].bytes;
	}
	for (struct ended *e = oldest(sweep); e; e = oldest(sweep)) {
		bool old = now_ns > e->born_ns &&
			   now_ns - e->born_ns > sweep->config->orphan_ttl_ns;

		if (!old && kept <= KEEP_SEGMENTS && bytes <= total / 8)
			return;
		kept--;
		bytes -= e->bytes;
		remove_one(sweep, e);
	}
}

uint64_t tta__leftovers_remove(const struct publisher *p, const struct config *config)
{
	struct sweep *sweep = tta__memory_reserve(sizeof(*sweep));
	uint64_t removed;

	if (!sweep)
		return 0;
	sweep->p = p;
	sweep->config = config;
	if (tta__segment_open_directory(p->directory, &sweep->directory_fd) == 0) {
		list(sweep);
		TTA_TESTPOINT("leftovers: listed");
		apply_bounds(sweep);
		close(sweep->directory_fd);
	}
	removed = sweep->removed;
	tta__memory_release(sweep, sizeof(*sweep));
	return removed;
}
