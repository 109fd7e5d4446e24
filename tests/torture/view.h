/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * view.h - a segment as another process sees it: its own read-only mapping of the file.
 *
 * The reading sides of the edges are written out here once more, on purpose: the tests
 * of the publisher shall not depend on the reader, and they count what they had to retry.
 */
#ifndef TTA_TORTURE_VIEW_H
#define TTA_TORTURE_VIEW_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <tta/layout.h>

struct view {
	const char *base;
	uint64_t size;
	const struct tta_header *header;
};

/* Map the segment of @pid in TTA_DIR; false: there is none. */
bool view_find(struct view *view, pid_t pid);
/* Map this process's own segment, made by an event before. Exits when there is none. */
void view_open(struct view *view);
void view_close(struct view *view);

/* Published records of a section (S1), and one of them. */
uint64_t view_count(const struct view *view, enum tta_section_type type);
const void *view_at(const struct view *view, enum tta_section_type type, uint64_t index);

/* A private copy of one slot; false: it changed meanwhile (P1, P2). */
struct slot_copy {
	uint64_t word, address, size, group;
	uint32_t place; /* device | type << 16 | flags << 24 */
	uint32_t allocs;
};
bool view_slot(const struct tta_slot *slot, struct slot_copy *ret_copy);

/* Sums of one kind of lines. */
struct kind_sums {
	uint64_t alloc_bytes, alloc_count, free_bytes, free_count, unsized;
};

/* Everything that one device's events left behind, at rest. */
struct account {
	struct kind_sums kind[TTA_LINE_LIMIT];
	uint64_t live_slots, live_refs, live_views, live_bytes;
	int64_t live_word;
	uint64_t peak;
	uint64_t lines_dropped; /* of the process: live words and peaks may lack them */
};
void view_account(const struct view *view, uint32_t device, struct account *ret_account);
/* Fails unless table, counters and live word of an account agree. */
void account_check(const struct account *account, const char *what);
/* The same, and nothing may be live. */
void account_check_empty(const struct account *account, const char *what);

/* What all lanes and the overflow lane counted. */
struct lane_sums {
	uint64_t count[TTA_COUNT_LIMIT];
	uint64_t events, uncertain, claims;
	uint64_t lanes; /* ever claimed */
	uint64_t recycled;
};
void view_lanes(const struct view *view, struct lane_sums *ret_sums);
/* Events of which detail was dropped because the table had no room or no time. */
uint64_t lane_sums_dropped(const struct lane_sums *sums);

#endif
