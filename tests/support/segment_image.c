/* SPDX-License-Identifier: BSD-2-Clause */
#include "segment_image.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "segment_file.h"
#include "validate.h"

#define IMAGE_SIZE (UINT64_C(16) << 20)

static void must(int ok, const char *what)
{
	if (ok)
		return;
	perror(what);
	exit(2);
}

static uint64_t capacity_of(uint32_t type)
{
	switch (type) {
	case TTA_SECTION_RINGS:
	case TTA_SECTION_POOL:
		return 8192;
	case TTA_SECTION_COUNTERS:
		return 1024;
	default:
		return 256;
	}
}

static void fill_constants(struct tta_header *h, uint32_t pid)
{
	memcpy(h->magic, TTA_MAGIC, sizeof(h->magic));
	h->byte_order = TTA_BYTE_ORDER;
	h->major = TTA_SEGMENT_MAJOR;
	h->minor = TTA_SEGMENT_MINOR;
	h->header_size = TTA_HEADER_SIZE;
	h->fingerprint = tta__layout_fingerprint();
	h->nonce = UINT64_C(0xabc00000000) + pid;
	h->file_size = IMAGE_SIZE;
	h->page_size = TTA_PAGE_SIZE;
	h->uid = (uint32_t)getuid();
	h->pid = pid;
	h->start_time = 77;
	h->mutex_size = 40;
	h->mutex_lock_offset = 0;
	h->clock_kind = TTA_CLOCK_MONOTONIC;
	h->overflow_offset = offsetof(struct tta_header, overflow);
	strcpy(h->comm, "image");
	strcpy(h->cmdline, "image --test");
	tta_store_relaxed32(&h->level, TTA_EVENTS);
	tta_store_relaxed32(&h->state, TTA_STATE_LIVE);
}

/* Heads in page 0 in the order of their types, an unknown one in front if wanted. */
static void fill_sections(struct tta_header *h, const struct image_options *options)
{
	uint32_t first = options->extra_section ? 0 : 1;
	uint64_t offset = TTA_PAGE_SIZE;

	h->first_section = offsetof(struct tta_header, sections[first]);
	h->section_count = TTA_SECTION_COUNT + 1 - first;
	for (uint32_t i = first; i <= TTA_SECTION_COUNT; i++) {
		struct tta_section_head *head = &h->sections[i];

		head->type = i ? i : 9999;
		head->version = 1;
		head->stride = i ? tta__record_size(i) + options->extra_stride : 24;
		head->capacity = capacity_of(i);
		head->offset = offset;
		if (i < TTA_SECTION_COUNT)
			head->next = offsetof(struct tta_header, sections[i + 1]);
		offset += head->capacity * head->stride;
		offset = (offset + TTA_PAGE_SIZE - 1) & ~(uint64_t)(TTA_PAGE_SIZE - 1);
	}
	must(offset <= IMAGE_SIZE, "image size");
}

static void name_image(struct image *image, uint32_t pid)
{
	const struct tta_segment_name id = {
		.major = TTA_SEGMENT_MAJOR,
		.uid = (uint32_t)getuid(),
		.pid = pid,
		.start_time = 77,
		.nonce = UINT64_C(0xabc00000000) + pid,
	};

	tta__segment_name_format(&id, image->name);
	snprintf(image->path, sizeof(image->path), "%s/%s", getenv("TTA_DIR"),
		 image->name);
}

void image_make(struct image *image, const struct image_options *options)
{
	static const struct image_options plain;
	uint32_t pid;
	void *base;

	options = options ? options : &plain;
	pid = options->pid ? options->pid : 4242;
	name_image(image, pid);
	image->size = IMAGE_SIZE;
	image->lock_fd = -1;
	image->fd = open(image->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	must(image->fd >= 0 && !ftruncate(image->fd, (off_t)IMAGE_SIZE), image->path);
	base = mmap(NULL, IMAGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, image->fd, 0);
	must(base != MAP_FAILED, "mmap");
	image->header = base;
	fill_constants(image->header, pid);
	fill_sections(image->header, options);
}

void image_close(struct image *image)
{
	image_unlock(image);
	munmap(image->header, image->size);
	close(image->fd);
}

void image_lock(struct image *image)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1};

	image->lock_fd = open(image->path, O_RDWR | O_CLOEXEC);
	must(image->lock_fd >= 0 && !fcntl(image->lock_fd, F_OFD_SETLK, &lock), "lock");
}

void image_unlock(struct image *image)
{
	if (image->lock_fd >= 0)
		close(image->lock_fd);
	image->lock_fd = -1;
}

struct tta_section_head *image_head(struct image *image, enum tta_section_type type)
{
	return &image->header->sections[type];
}

void *image_record_at(struct image *image, enum tta_section_type type, uint64_t index)
{
	const struct tta_section_head *head = image_head(image, type);

	return (char *)image->header + head->offset + index * head->stride;
}

void *image_add(struct image *image, enum tta_section_type type)
{
	struct tta_section_head *head = image_head(image, type);
	uint64_t count = tta_load_relaxed64(&head->count);
	void *record = image_record_at(image, type, count);

	memset(record, 0, head->stride);
	tta_store_release64(&head->count, count + 1);
	return record;
}

struct tta_lane *image_lane(struct image *image, uint32_t thread, uint32_t ring_records)
{
	struct tta_lane *lane = image_add(image, TTA_SECTION_LANES);
	uint64_t first = tta_load_relaxed64(&image_head(image, TTA_SECTION_RINGS)->count);
	const char *ring = image_record_at(image, TTA_SECTION_RINGS, first);

	for (uint32_t i = 0; i < ring_records; i++)
		image_add(image, TTA_SECTION_RINGS);
	if (ring_records > 0)
		tta_store_relaxed64(&lane->ring_offset,
				    (uint64_t)(ring - (const char *)image->header));
	tta_store_relaxed32(&lane->ring_records, ring_records);
	tta_store_relaxed32(&lane->thread, thread);
	tta_store_relaxed32(&lane->claims, 1);
	image_lane_word(image, lane, thread);
	return lane;
}

void image_lane_word(struct image *image, struct tta_lane *lane, uint32_t word)
{
	memcpy(lane->mutex + image->header->mutex_lock_offset, &word, sizeof(word));
}

void image_event(struct tta_lane *lane)
{
	uint64_t events = tta_load_relaxed64(&lane->events) + 1;

	tta_store_release64(&lane->note, events);
	tta_store_release64(&lane->events, events);
	tta_store_relaxed64(&lane->last_time, 1000 + events);
}

void image_ring_append(struct image *image, struct tta_lane *lane, uint32_t op,
		       uint64_t address)
{
	uint64_t head = tta_load_relaxed64(&lane->head);
	uint64_t at = head & (tta_load_relaxed32(&lane->ring_records) - 1);
	uint64_t stride = image_head(image, TTA_SECTION_RINGS)->stride;
	void *words = (char *)image->header + tta_load_relaxed64(&lane->ring_offset) +
		      at * stride;
	struct tta_record *r = words;

	tta_fence_release();
	tta_store_relaxed64(&r->sequence, head);
	tta_store_relaxed64(&r->time, 500 + head);
	tta_store_relaxed64(&r->address, address);
	tta_store_relaxed64(&r->size, 64);
	tta_store_relaxed32(&r->what, op | TTA_L1 << 8 | 3u << 16);
	tta_store_relaxed32(&r->thread, 9);
	tta_store_relaxed32(&r->refs, 1);
	tta_store_relaxed32(&r->extra, 5u | TTA_RECORD_DUP << 16 | 2u << 24);
	tta_store_release64(&lane->head, head + 1);
}

struct tta_counter_line *image_line(struct image *image, uint32_t lane, uint32_t device,
				    uint32_t type, enum tta_line_kind kind)
{
	struct tta_counter_line *line = image_add(image, TTA_SECTION_COUNTERS);

	tta_store_release64(&line->key, tta_line_key(lane, device, type, kind));
	return line;
}

static void copy_sums(struct tta_sums *to, const struct tta_sums *from)
{
	tta_store_relaxed64(&to->alloc_bytes, tta_load_relaxed64(&from->alloc_bytes));
	tta_store_relaxed64(&to->alloc_count, tta_load_relaxed64(&from->alloc_count));
	tta_store_relaxed64(&to->free_bytes, tta_load_relaxed64(&from->free_bytes));
	tta_store_relaxed64(&to->free_count, tta_load_relaxed64(&from->free_count));
}

void image_book(struct tta_counter_line *line, uint64_t alloc_bytes, uint64_t allocs,
		uint64_t free_bytes, uint64_t frees)
{
	uint64_t lane = tta_load_relaxed64(&line->key) >> 32;
	uint64_t sequence = tta_load_relaxed64(&line->sequence);
	struct tta_sums *to = &line->copy[0];

	if (lane != TTA_LANE_OVERFLOW) {
		to = &line->copy[(sequence + 1) & 1];
		copy_sums(to, &line->copy[sequence & 1]);
	}
	tta_add_relaxed64(&to->alloc_bytes, alloc_bytes);
	tta_add_relaxed64(&to->alloc_count, allocs);
	tta_add_relaxed64(&to->free_bytes, free_bytes);
	tta_add_relaxed64(&to->free_count, frees);
	if (lane != TTA_LANE_OVERFLOW)
		tta_store_release64(&line->sequence, sequence + 1);
}

struct tta_slot *image_slot(struct image *image, uint32_t device, uint32_t type,
			    uint64_t address, uint64_t size, uint32_t refs)
{
	struct tta_slot *slot = image_add(image, TTA_SECTION_POOL);

	tta_store_relaxed64(&slot->address, address);
	tta_store_relaxed64(&slot->size, size);
	tta_store_relaxed64(&slot->time, 900);
	tta_store_relaxed32(&slot->place, device | type << 16);
	tta_store_relaxed32(&slot->allocs, refs);
	tta_store_release64(&slot->word, tta_slot_word(7, 0, refs, TTA_SLOT_LIVE));
	return slot;
}

static struct tta_counter_line *line_of(struct image *image, uint64_t key)
{
	uint64_t count =
		tta_load_relaxed64(&image_head(image, TTA_SECTION_COUNTERS)->count);

	for (uint64_t i = 0; i < count; i++) {
		struct tta_counter_line *line =
			image_record_at(image, TTA_SECTION_COUNTERS, i);

		if (tta_load_relaxed64(&line->key) == key)
			return line;
	}
	return NULL;
}

struct tta_slot *image_alloc(struct image *image, uint32_t device, uint32_t type,
			     uint64_t address, uint64_t size)
{
	struct tta_counter_line *line =
		line_of(image, tta_line_key(0, device, type, TTA_LINE_DETAIL));

	if (!line)
		line = image_line(image, 0, device, type, TTA_LINE_DETAIL);
	image_book(line, size, 1, 0, 0);
	image_event(image_record_at(image, TTA_SECTION_LANES, 0));
	return image_slot(image, device, type, address, size, 1);
}

uint32_t image_label(struct image *image, const char *text)
{
	struct tta_label_record *record = image_add(image, TTA_SECTION_LABELS);

	strncpy(record->text, text, sizeof(record->text) - 1);
	return (uint32_t)tta_load_relaxed64(
		&image_head(image, TTA_SECTION_LABELS)->count);
}
