/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * segment_image.h - synthetic segments, built without the publisher.
 *
 * An image is a real file under a segment name, mapped writable, so that a test can
 * write any bytes a broken or hostile owner could.
 */
#ifndef TTA_SEGMENT_IMAGE_H
#define TTA_SEGMENT_IMAGE_H

#include <stdint.h>

#include <tta/layout.h>

struct image_options {
	uint32_t pid;	       /* 0: 4242; also makes the nonce */
	uint32_t extra_stride; /* bytes that a later minor appended to every record */
	int extra_section; /* a section of a type that nobody knows, first in the chain */
};

struct image {
	struct tta_header *header; /* the mapping */
	uint64_t size;
	int fd;
	int lock_fd; /* -1: not locked */
	char name[128];
	char path[256];
};

/* Make a segment LIVE at TTA_EVENTS in $TTA_DIR; @options may be NULL. Exits 2 on
 * failure. */
void image_make(struct image *image, const struct image_options *options);
/* Unmap and unlock; the file stays. */
void image_close(struct image *image);
/* Hold the owner's OFD write lock, or give it back. */
void image_lock(struct image *image);
void image_unlock(struct image *image);

struct tta_section_head *image_head(struct image *image, enum tta_section_type type);
/* Record @index, published or not. */
void *image_record_at(struct image *image, enum tta_section_type type, uint64_t index);
/* The next record of a section, zeroed and published. */
void *image_add(struct image *image, enum tta_section_type type);

/* A claimed lane with the lock word of @thread and a ring of @ring_records (0 = none). */
struct tta_lane *image_lane(struct image *image, uint32_t thread, uint32_t ring_records);
/* Set the futex word of a lane. */
void image_lane_word(struct image *image, struct tta_lane *lane, uint32_t word);
/* One event finished in @lane. */
void image_event(struct tta_lane *lane);
/* Append a record as an owner does, its words and then the head. */
void image_ring_append(struct image *image, struct tta_lane *lane, uint32_t op,
		       uint64_t address);

struct tta_counter_line *image_line(struct image *image, uint32_t lane, uint32_t device,
				    uint32_t type, enum tta_line_kind kind);
/* Add to a line, through the latch (copy 0 in lines of the overflow lane). */
void image_book(struct tta_counter_line *line, uint64_t alloc_bytes, uint64_t allocs,
		uint64_t free_bytes, uint64_t frees);
/* A live entry with one allocation per reference, no counters. */
struct tta_slot *image_slot(struct image *image, uint32_t device, uint32_t type,
			    uint64_t address, uint64_t size, uint32_t refs);
/* An allocation as an owner leaves it: entry, line of lane 0, event of lane 0. */
struct tta_slot *image_alloc(struct image *image, uint32_t device, uint32_t type,
			     uint64_t address, uint64_t size);
uint32_t image_label(struct image *image, const char *text);

#endif
