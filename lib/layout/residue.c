/* SPDX-License-Identifier: BSD-2-Clause */
#include "residue.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "line.h"
#include "records.h"

/* A power of two; 6 KiB of stack. */
#define NET_ROWS 256u

/* What one (device, type, kind) has outstanding over all lanes. */
struct net_row {
	uint64_t key; /* low half of the line key; 0 = unused */
	uint64_t bytes;
	uint64_t count;
};

struct finding {
	bool host;  /* something of type TTA_HOST is left */
	bool other; /* something else is left: decided */
};

static void finding_add(struct finding *found, uint32_t type)
{
	if (type == TTA_HOST)
		found->host = true;
	else
		found->other = true;
}

static void scan_slots(const void *base, const struct tta_section_view *pool,
		       struct finding *found)
{
	uint64_t count = tta__records_count(base, pool);

	for (uint64_t i = 0; i < count && !found->other; i++) {
		const struct tta_slot *slot = tta__record_at(base, pool, i);

		if (tta_slot_state(tta_load_acquire64(&slot->word)) == TTA_SLOT_LIVE)
			finding_add(found,
				    tta_load_relaxed32(&slot->place) >> 16 & 0xffu);
	}
}

static void scan_live(const void *base, const struct tta_section_view *live,
		      struct finding *found)
{
	uint64_t count = tta__records_count(base, live);

	for (uint64_t i = 0; i < count && !found->other; i++) {
		const struct tta_live *word = tta__record_at(base, live, i);

		if (tta_load_relaxed64(&word->bytes) != 0)
			finding_add(found,
				    (uint32_t)(tta_load_relaxed64(&word->key) >> 8) &
					    0xffu);
	}
}

/* The row of @key, found or made; NULL when all are taken by others. */
static struct net_row *net_row(struct net_row rows[NET_ROWS], uint64_t key)
{
	uint64_t at = key * UINT64_C(0x9e3779b97f4a7c15) >> 32;

	for (uint32_t probe = 0; probe < NET_ROWS; probe++) {
		struct net_row *row = &rows[(at + probe) & (NET_ROWS - 1)];

		if (row->key == 0)
			row->key = key;
		if (row->key == key)
			return row;
	}
	return NULL;
}

/* What has no entry: entries are looked at themselves. 0: not to be summed up. */
static uint32_t net_kind(uint32_t kind)
{
	switch (kind) {
	case TTA_LINE_NO_DETAIL:
	case TTA_LINE_DISOWNED: /* no entry any more; what frees it has none either */
		return TTA_LINE_NO_DETAIL;
	case TTA_LINE_ADD:
		return TTA_LINE_ADD;
	default:
		return 0;
	}
}

static void net_add(struct net_row rows[NET_ROWS], const struct tta_counter_line *line,
		    struct finding *found)
{
	struct tta_line_id id;
	struct tta_line_sums sums;
	struct net_row *row;
	uint32_t kind;

	if (!tta__line_identify(line, &id))
		return;
	kind = net_kind(id.kind);
	if (kind == 0)
		return;
	row = net_row(rows, tta_line_key(0, id.device, id.type, kind));
	if (!row || !tta__line_read(line, &id, &sums)) {
		finding_add(found, id.type);
		return;
	}
	row->bytes += sums.alloc_bytes - sums.free_bytes;
	row->count += sums.alloc_count - sums.free_count;
}

/* More given back than obtained is an unmatched free, not residue; added bytes have no
 * events to match, so any difference counts. */
static bool net_left(const struct net_row *row)
{
	if ((row->key & 0xffu) == TTA_LINE_ADD)
		return row->bytes != 0;
	return (int64_t)row->bytes > 0 || (int64_t)row->count > 0;
}

static void scan_lines(const void *base, const struct tta_section_view *lines,
		       struct finding *found)
{
	uint64_t count = tta__records_count(base, lines);
	struct net_row rows[NET_ROWS];

	memset(rows, 0, sizeof(rows));
	for (uint64_t i = 0; i < count && !found->other; i++)
		net_add(rows, tta__record_at(base, lines, i), found);
	for (uint32_t i = 0; i < NET_ROWS; i++)
		if (rows[i].key != 0 && net_left(&rows[i]))
			finding_add(found, (uint32_t)(rows[i].key >> 8) & 0xffu);
}

/* Nobody knows the types of uncertain events: they are residue of any type. */
static void scan_lane(const struct tta_lane *lane, struct finding *found)
{
	uint64_t events = tta_load_acquire64(&lane->events);

	if (tta_load_acquire64(&lane->note) != events)
		finding_add(found,
			    tta_load_relaxed32(&lane->in_flight.what) >> 8 & 0xffu);
	if (tta_load_relaxed64(&lane->uncertain) != 0)
		found->other = true;
}

static void scan_lanes(const void *base, const struct tta_section_view *lanes,
		       struct finding *found)
{
	uint64_t count = tta__records_count(base, lanes);

	for (uint64_t i = 0; i < count && !found->other; i++)
		scan_lane(tta__record_at(base, lanes, i), found);
}

/* Its events have no in-flight record: many threads are in it at once. */
static void scan_overflow(const void *at, struct finding *found)
{
	const struct tta_lane *lane = at;
	uint64_t events = tta_load_acquire64(&lane->events);

	if (tta_load_acquire64(&lane->note) != events ||
	    tta_load_relaxed64(&lane->uncertain) != 0)
		found->other = true;
}

bool tta__mapping_has_residue(const void *base, const struct tta_layout_map *map,
			      bool *ret_host_only)
{
	struct finding found = {false, false};

	scan_slots(base, &map->section[TTA_SECTION_POOL], &found);
	if (!found.other)
		scan_live(base, &map->section[TTA_SECTION_LIVE], &found);
	if (!found.other)
		scan_lines(base, &map->section[TTA_SECTION_COUNTERS], &found);
	if (!found.other)
		scan_lanes(base, &map->section[TTA_SECTION_LANES], &found);
	if (!found.other)
		scan_overflow((const char *)base + map->overflow, &found);
	if (ret_host_only)
		*ret_host_only = found.host && !found.other;
	return found.host || found.other;
}
