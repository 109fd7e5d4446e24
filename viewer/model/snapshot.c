/* SPDX-License-Identifier: BSD-2-Clause */
#include "snapshot.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"

int snapshot_new(struct arena_pool *pool, struct snapshot **ret_snapshot)
{
	struct arena *arena = arena_new_in(pool);
	struct snapshot *snapshot =
		arena ? arena_array(arena, 1, sizeof(*snapshot)) : NULL;

	if (!snapshot) {
		arena_free(arena);
		return -ENOMEM;
	}
	snapshot->arena = arena;
	*ret_snapshot = snapshot;
	return 0;
}

void snapshot_free(struct snapshot *snapshot)
{
	if (snapshot)
		arena_free(snapshot->arena); /* the snapshot itself lives in it */
}

static const struct {
	const char *name;
	char letter;
} states[SNAP_STATE_COUNT] = {
	[SNAP_LIVE] = {"live", 'L'},
	[SNAP_IDLE] = {"idle", 'i'},
	[SNAP_ORPHAN] = {"orphan", 'O'},
	[SNAP_EXITED] = {"exited", 'X'},
	[SNAP_DEAD] = {"dead", 'D'},
	[SNAP_CORRUPT] = {"corrupt", 'C'},
	[SNAP_STATE_UNKNOWN] = {"unknown", '?'},
};

const char *snap_state_name(enum snap_state state)
{
	return state < SNAP_STATE_COUNT ? states[state].name : "unknown";
}

int snap_state_parse(const char *name)
{
	for (int i = 0; i < SNAP_STATE_COUNT; i++)
		if (strcmp(states[i].name, name) == 0)
			return i;
	return -1;
}

char snap_state_letter(enum snap_state state)
{
	return state < SNAP_STATE_COUNT ? states[state].letter : '?';
}

const char *snap_flag_name(enum snap_flag flag)
{
	switch (flag) {
	case SNAP_FLAG_DUP:
		return "dup";
	case SNAP_FLAG_SIZE:
		return "size";
	case SNAP_FLAG_DANGLING:
		return "dangling";
	case SNAP_FLAG_OVERLAP:
		return "overlap";
	case SNAP_FLAG_ORPHAN:
		return "orphan";
	case SNAP_FLAG_STALE:
		return "stale";
	}
	return "?";
}

bool snap_state_counts(enum snap_state state)
{
	return state == SNAP_LIVE || state == SNAP_IDLE || state == SNAP_STATE_UNKNOWN;
}

static const char *const builtin_types[TTA_TYPE_BUILTIN_COUNT] = {
	[TTA_DRAM] = "DRAM",	     [TTA_L1] = "L1",	    [TTA_SYSTEM] = "SYSTEM",
	[TTA_L1_SMALL] = "L1_SMALL", [TTA_TRACE] = "TRACE", [TTA_CB] = "CB",
	[TTA_KERNEL] = "KERNEL",     [TTA_HOST] = "HOST",
};

const char *snap_builtin_type(uint32_t type)
{
	return type < TTA_TYPE_BUILTIN_COUNT ? builtin_types[type] : NULL;
}

static uint32_t type_rank(const char *type)
{
	uint32_t rank = 0;

	while (rank < TTA_TYPE_BUILTIN_COUNT && strcmp(builtin_types[rank], type) != 0)
		rank++;
	return rank;
}

int snap_type_compare(const char *a, const char *b)
{
	uint32_t rank_a, rank_b;

	if (a == b)
		return 0;
	rank_a = type_rank(a);
	rank_b = type_rank(b);
	if (rank_a != rank_b)
		return rank_a < rank_b ? -1 : 1;
	return strcmp(a, b);
}

uint64_t snap_sum(uint64_t a, uint64_t b)
{
	uint64_t sum;

	if (a == SNAP_UNKNOWN || b == SNAP_UNKNOWN || __builtin_add_overflow(a, b, &sum))
		return SNAP_UNKNOWN;
	return sum;
}

int snap_buffer_compare(const struct snap_buffer *left, const struct snap_buffer *right)
{
	if (left->device != right->device)
		return left->device < right->device ? -1 : 1;
	if (left->pid != right->pid)
		return left->pid < right->pid ? -1 : 1;
	if (left->addr != right->addr)
		return left->addr < right->addr ? -1 : 1;
	if (left->type != right->type)
		return snap_type_compare(left->type, right->type);
	if (left->segment != right->segment)
		return left->segment < right->segment ? -1 : 1;
	return left->serial < right->serial ? -1 : left->serial > right->serial;
}

static int compare_buffers(const void *a, const void *b)
{
	return snap_buffer_compare(a, b);
}

void snapshot_sort_buffers(struct snapshot *snapshot)
{
	if (snapshot->buffer_count > 1)
		qsort(snapshot->buffers, snapshot->buffer_count,
		      sizeof(*snapshot->buffers), compare_buffers);
}
