/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * section.c - growth: back the next step of a section, then publish its count.
 */
#include "publisher.h"

#include "segment_file.h"
#include "testpoint.h"

bool tta__section_counts_backed(enum tta_section_type type)
{
	return type == TTA_SECTION_LANES || type == TTA_SECTION_RINGS ||
	       type == TTA_SECTION_COUNTERS || type == TTA_SECTION_LIVE ||
	       type == TTA_SECTION_POOL;
}

/* Filling a container's shared memory would be a SIGBUS in others: keep away from it. */
static bool space_allows(const struct publisher *p, uint64_t bytes)
{
	uint64_t free_bytes, total, fsid;

	/* After chroot the path may lead elsewhere: then only our own limit counts. */
	if (tta__segment_space(p->directory, &free_bytes, &total, &fsid) ||
	    fsid != p->fsid)
		return true;
	return bytes <= free_bytes / 2;
}

/* Bytes of the next step: small ones first, so that an idle process stays small. */
static uint64_t step_bytes(const struct section *s, uint64_t backed)
{
	return backed * s->stride < GROW_AHEAD ? TTA_PAGE_SIZE : GROW_STEP;
}

/* Back @bytes of a section within the budget, or leave everything as it was. */
static bool back(struct publisher *p, uint64_t offset, uint64_t bytes)
{
	/* Reserved first: other sections grow at the same time. */
	uint64_t before = tta_add_relaxed64(&p->backed_bytes, bytes);

	if (before + bytes <= p->max_bytes && space_allows(p, bytes) &&
	    tta__segment_populate(p->base, offset, bytes) == 0)
		return true;
	tta_add_relaxed64(&p->backed_bytes, 0 - bytes);
	return false;
}

/* With the section's lock: one step, halved down to a page when refused. */
static bool grow_locked(struct publisher *p, enum tta_section_type type)
{
	struct section *s = &p->section[type];
	uint64_t backed = tta_load_relaxed64(&s->backed);
	uint64_t room = (s->capacity - backed) * s->stride;
	uint64_t bytes = step_bytes(s, backed);

	if (bytes > room)
		bytes = room;
	for (; bytes >= TTA_PAGE_SIZE;
	     bytes = bytes / 2 & ~(uint64_t)(TTA_PAGE_SIZE - 1)) {
		if (!back(p, s->offset + backed * s->stride, bytes))
			continue;
		TTA_TESTPOINT("growth: backed");
		backed += bytes / s->stride;
		tta_store_release64(&s->backed, backed);
		/* S1 release: readers touch only what has memory behind it. Weaker: a
		 * reader allocates a hole. Bites: nothing yet on x86. */
		if (tta__section_counts_backed(type))
			tta_store_release64(&s->head->count, backed);
		TTA_TESTPOINT("growth: counted");
		return true;
	}
	return false;
}

static bool grow(struct publisher *p, enum tta_section_type type, uint64_t need)
{
	struct section *s = &p->section[type];
	bool grown = true;

	if (need > s->capacity || !tta__trylock_briefly(&s->lock))
		return false;
	while (grown && tta_load_relaxed64(&s->backed) < need)
		grown = grow_locked(p, type);
	tta__unlock(&s->lock);
	return grown;
}

/* Grow before it is needed, so that threads that need it do not meet at the lock. */
static void grow_ahead(struct publisher *p, enum tta_section_type type, uint64_t taken)
{
	struct section *s = &p->section[type];
	uint64_t backed = tta_load_relaxed64(&s->backed);

	if (backed * s->stride < 4 * GROW_AHEAD ||
	    (backed - taken) * s->stride > GROW_AHEAD || !tta__trylock(&s->lock))
		return;
	grow_locked(p, type);
	tta__unlock(&s->lock);
}

bool tta__section_take_sparing(struct publisher *p, enum tta_section_type type,
			       uint64_t count, uint64_t spare, uint64_t *ret_first)
{
	struct section *s = &p->section[type];
	uint64_t taken = tta_load_relaxed64(&s->taken);

	do {
		if (taken + count + spare > tta_load_acquire64(&s->backed) &&
		    !grow(p, type, taken + count + spare))
			return false;
	} while (!tta_cas_acq_rel64(&s->taken, &taken, taken + count));
	if (type == TTA_SECTION_POOL)
		grow_ahead(p, type, taken + count);
	*ret_first = taken;
	return true;
}

bool tta__section_take(struct publisher *p, enum tta_section_type type, uint64_t count,
		       uint64_t *ret_first)
{
	return tta__section_take_sparing(p, type, count, 0, ret_first);
}

void tta__section_publish(struct section *section, uint64_t count)
{
	/* S1 release: the records below the count are filled. Weaker: a reader sees an
	 * empty label. Bites: nothing yet on x86. */
	tta_store_release64(&section->head->count, count);
}
