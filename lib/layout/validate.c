/* SPDX-License-Identifier: BSD-2-Clause */
#include "validate.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* Section heads lie here, behind everything else of page 0. */
#define HEADS_BEGIN offsetof(struct tta_header, sections)
#define HEADS_END   (TTA_HEADER_SIZE - sizeof(struct tta_section_head))

/* Every number that the ABI consists of, once. */
static const uint32_t layout_numbers[] = {
#define SIZE(type)	    (uint32_t)sizeof(struct type)
#define FIELD(type, member) (uint32_t) offsetof(struct type, member)
	SIZE(tta_section_head),
	FIELD(tta_section_head, type),
	FIELD(tta_section_head, version),
	FIELD(tta_section_head, stride),
	FIELD(tta_section_head, flags),
	FIELD(tta_section_head, offset),
	FIELD(tta_section_head, capacity),
	FIELD(tta_section_head, count),
	FIELD(tta_section_head, next),
	SIZE(tta_record),
	FIELD(tta_record, sequence),
	FIELD(tta_record, time),
	FIELD(tta_record, address),
	FIELD(tta_record, size),
	FIELD(tta_record, what),
	FIELD(tta_record, thread),
	FIELD(tta_record, refs),
	FIELD(tta_record, extra),
	FIELD(tta_record, site),
	FIELD(tta_record, group),
	SIZE(tta_lane),
	FIELD(tta_lane, mutex),
	FIELD(tta_lane, events),
	FIELD(tta_lane, note),
	FIELD(tta_lane, head),
	FIELD(tta_lane, ring_offset),
	FIELD(tta_lane, ring_records),
	FIELD(tta_lane, thread),
	FIELD(tta_lane, claims),
	FIELD(tta_lane, uncertain),
	FIELD(tta_lane, last_time),
	FIELD(tta_lane, in_flight),
	FIELD(tta_lane, counts),
	SIZE(tta_sums),
	FIELD(tta_sums, alloc_bytes),
	FIELD(tta_sums, alloc_count),
	FIELD(tta_sums, free_bytes),
	FIELD(tta_sums, free_count),
	SIZE(tta_counter_line),
	FIELD(tta_counter_line, sequence),
	FIELD(tta_counter_line, key),
	FIELD(tta_counter_line, copy),
	FIELD(tta_counter_line, peak),
	FIELD(tta_counter_line, unsized),
	SIZE(tta_live),
	FIELD(tta_live, key),
	FIELD(tta_live, bytes),
	SIZE(tta_slot),
	FIELD(tta_slot, word),
	FIELD(tta_slot, address),
	FIELD(tta_slot, size),
	FIELD(tta_slot, time),
	FIELD(tta_slot, group),
	FIELD(tta_slot, origin),
	FIELD(tta_slot, place),
	FIELD(tta_slot, allocs),
	FIELD(tta_slot, bank_size),
	SIZE(tta_device_record),
	FIELD(tta_device_record, number),
	FIELD(tta_device_record, time),
	FIELD(tta_device_record, kind),
	FIELD(tta_device_record, stable_id),
	FIELD(tta_device_record, arch),
	SIZE(tta_device_memory_record),
	FIELD(tta_device_memory_record, device),
	FIELD(tta_device_memory_record, type),
	FIELD(tta_device_memory_record, capacity),
	FIELD(tta_device_memory_record, bank_size),
	FIELD(tta_device_memory_record, reserved_bytes),
	FIELD(tta_device_memory_record, banks),
	FIELD(tta_device_memory_record, base),
	SIZE(tta_type_record),
	FIELD(tta_type_record, id),
	FIELD(tta_type_record, name),
	SIZE(tta_label_record),
	FIELD(tta_label_record, text),
	SIZE(tta_mark_record),
	FIELD(tta_mark_record, time),
	FIELD(tta_mark_record, first_row),
	FIELD(tta_mark_record, rows),
	FIELD(tta_mark_record, exact),
	FIELD(tta_mark_record, name),
	SIZE(tta_mark_row),
	FIELD(tta_mark_row, mark),
	FIELD(tta_mark_row, device),
	FIELD(tta_mark_row, type),
	FIELD(tta_mark_row, flags),
	FIELD(tta_mark_row, bytes),
	FIELD(tta_mark_row, buffers),
	FIELD(tta_mark_row, refs),
	SIZE(tta_header),
	FIELD(tta_header, byte_order),
	FIELD(tta_header, major),
	FIELD(tta_header, minor),
	FIELD(tta_header, header_size),
	FIELD(tta_header, fingerprint),
	FIELD(tta_header, nonce),
	FIELD(tta_header, file_size),
	FIELD(tta_header, first_section),
	FIELD(tta_header, section_count),
	FIELD(tta_header, page_size),
	FIELD(tta_header, uid),
	FIELD(tta_header, pid),
	FIELD(tta_header, pidns),
	FIELD(tta_header, start_time),
	FIELD(tta_header, birth_realtime_ns),
	FIELD(tta_header, birth_mono_ns),
	FIELD(tta_header, mutex_size),
	FIELD(tta_header, mutex_lock_offset),
	FIELD(tta_header, flags),
	FIELD(tta_header, clock_kind),
	FIELD(tta_header, clock_base_ticks),
	FIELD(tta_header, clock_base_ns),
	FIELD(tta_header, clock_mult),
	FIELD(tta_header, clock_shift),
	FIELD(tta_header, overflow_offset),
	FIELD(tta_header, boot_id),
	FIELD(tta_header, comm),
	FIELD(tta_header, publisher),
	FIELD(tta_header, publisher_version),
	FIELD(tta_header, run_id),
	FIELD(tta_header, cmdline),
	FIELD(tta_header, subject_start_time),
	FIELD(tta_header, subject_pid),
	FIELD(tta_header, state),
	FIELD(tta_header, level),
	FIELD(tta_header, closed_time),
	FIELD(tta_header, incomplete_since),
	FIELD(tta_header, table_generation),
	FIELD(tta_header, level_time),
	FIELD(tta_header, unlinked),
	FIELD(tta_header, reaped),
	FIELD(tta_header, overflow),
	FIELD(tta_header, sections),
#undef SIZE
#undef FIELD
};

uint64_t tta__layout_fingerprint(void)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < sizeof(layout_numbers) / sizeof(layout_numbers[0]); i++)
		for (unsigned shift = 0; shift < 32; shift += 8) {
			hash ^= layout_numbers[i] >> shift & 0xffu;
			hash *= UINT64_C(0x100000001b3);
		}
	return hash;
}

uint32_t tta__record_size(uint32_t section_type)
{
	static const uint32_t sizes[TTA_SECTION_COUNT + 1] = {
		[TTA_SECTION_DEVICES] = sizeof(struct tta_device_record),
		[TTA_SECTION_DEVICE_MEMORY] = sizeof(struct tta_device_memory_record),
		[TTA_SECTION_TYPES] = sizeof(struct tta_type_record),
		[TTA_SECTION_LABELS] = sizeof(struct tta_label_record),
		[TTA_SECTION_MARKS] = sizeof(struct tta_mark_record),
		[TTA_SECTION_MARK_ROWS] = sizeof(struct tta_mark_row),
		[TTA_SECTION_LANES] = sizeof(struct tta_lane),
		[TTA_SECTION_RINGS] = sizeof(struct tta_record),
		[TTA_SECTION_COUNTERS] = sizeof(struct tta_counter_line),
		[TTA_SECTION_LIVE] = sizeof(struct tta_live),
		[TTA_SECTION_POOL] = sizeof(struct tta_slot),
	};

	return section_type <= TTA_SECTION_COUNT ? sizes[section_type] : 0;
}

__attribute__((format(printf, 3, 4))) static int refuse(char *problem, int err,
							const char *format, ...)
{
	va_list list;

	va_start(list, format);
	vsnprintf(problem, TTA_PROBLEM_SIZE, format, list);
	va_end(list);
	return err;
}

static int check_version(const struct tta_header *h, char *problem)
{
	if (memcmp(h->magic, TTA_MAGIC, sizeof(h->magic)) != 0)
		return refuse(problem, -EPROTONOSUPPORT, "not a segment: no magic");
	if (h->byte_order != TTA_BYTE_ORDER)
		return refuse(problem, -EPROTONOSUPPORT, "another byte order");
	if (h->major != TTA_SEGMENT_MAJOR)
		return refuse(problem, -EPROTONOSUPPORT,
			      "layout version %" PRIu32 ", this reader knows %u",
			      h->major, TTA_SEGMENT_MAJOR);
	return 0;
}

static int check_constants(const struct tta_header *h, uint64_t file_size, char *problem)
{
	const uint64_t overflow_end =
		h->overflow_offset + (uint64_t)sizeof(struct tta_lane);

	if (h->header_size != TTA_HEADER_SIZE)
		return refuse(problem, -EBADMSG, "header size %" PRIu32, h->header_size);
	if (h->minor == TTA_SEGMENT_MINOR && h->fingerprint != tta__layout_fingerprint())
		return refuse(problem, -EBADMSG, "layout fingerprint differs");
	if (h->file_size < TTA_HEADER_SIZE || h->file_size > file_size)
		return refuse(problem, -EBADMSG,
			      "truncated: %" PRIu64 " of %" PRIu64 " bytes", file_size,
			      h->file_size);
	if (h->mutex_lock_offset > sizeof(((struct tta_lane *)0)->mutex) - 4 ||
	    h->mutex_lock_offset % 4 != 0)
		return refuse(problem, -EBADMSG, "lock word at %" PRIu32,
			      h->mutex_lock_offset);
	if (h->clock_kind != TTA_CLOCK_TSC && h->clock_kind != TTA_CLOCK_MONOTONIC)
		return refuse(problem, -EBADMSG, "clock kind %" PRIu32, h->clock_kind);
	if (h->clock_shift >= 64)
		return refuse(problem, -EBADMSG, "clock shift %" PRIu32, h->clock_shift);
	if (h->overflow_offset < offsetof(struct tta_header, overflow) ||
	    h->overflow_offset % 8 != 0 || overflow_end > TTA_HEADER_SIZE)
		return refuse(problem, -EBADMSG, "overflow lane at %" PRIu32,
			      h->overflow_offset);
	return 0;
}

/* One known section lies inside the file and behind page 0. */
static int check_bounds(const struct tta_section_head *head, uint64_t file_size,
			char *problem)
{
	uint32_t size = tta__record_size(head->type);
	uint64_t bytes, end;

	if (head->version == 0)
		return refuse(problem, -EBADMSG, "section %" PRIu32 ": version 0",
			      head->type);
	if (head->stride < size || head->stride % 8 != 0)
		return refuse(problem, -EBADMSG, "section %" PRIu32 ": stride %" PRIu32,
			      head->type, head->stride);
	if (head->offset < TTA_PAGE_SIZE || head->offset % TTA_PAGE_SIZE != 0)
		return refuse(problem, -EBADMSG, "section %" PRIu32 ": offset %" PRIu64,
			      head->type, head->offset);
	if (__builtin_mul_overflow(head->capacity, (uint64_t)head->stride, &bytes) ||
	    __builtin_add_overflow(head->offset, bytes, &end) || end > file_size)
		return refuse(problem, -EBADMSG, "section %" PRIu32 " is beyond the end",
			      head->type);
	return 0;
}

static uint64_t view_end(const struct tta_section_view *view)
{
	return view->offset + view->capacity * view->stride;
}

static int check_overlap(const struct tta_layout_map *map, uint32_t type, char *problem)
{
	const struct tta_section_view *mine = &map->section[type];

	for (uint32_t i = 1; i <= TTA_SECTION_COUNT; i++) {
		const struct tta_section_view *other = &map->section[i];

		if (i == type || other->offset == 0)
			continue;
		if (mine->offset < view_end(other) && other->offset < view_end(mine))
			return refuse(problem, -EBADMSG,
				      "sections %" PRIu32 " and %" PRIu32 " overlap",
				      type, i);
	}
	return 0;
}

static int take_section(const struct tta_section_head *head, uint64_t head_offset,
			uint64_t file_size, struct tta_layout_map *map, char *problem)
{
	int err;

	if (tta__record_size(head->type) == 0)
		return 0;
	if (map->section[head->type].offset != 0)
		return refuse(problem, -EBADMSG, "section %" PRIu32 " twice", head->type);
	err = check_bounds(head, file_size, problem);
	if (err)
		return err;
	map->section[head->type] = (struct tta_section_view){
		.offset = head->offset,
		.capacity = head->capacity,
		.count_offset = head_offset + offsetof(struct tta_section_head, count),
		.stride = head->stride,
	};
	return check_overlap(map, head->type, problem);
}

static bool head_in_page(uint64_t offset)
{
	return offset >= HEADS_BEGIN && offset <= HEADS_END && offset % 8 == 0;
}

static int take_sections(const struct tta_header *copy, struct tta_layout_map *map,
			 char *problem)
{
	uint64_t at = copy->first_section;
	uint32_t followed = 0;

	for (; at != 0 && followed < TTA_SECTION_MAX; followed++) {
		struct tta_section_head head;
		int err;

		if (!head_in_page(at))
			return refuse(problem, -EBADMSG, "section head at %" PRIu64, at);
		memcpy(&head, (const char *)copy + at, sizeof(head));
		err = take_section(&head, at, copy->file_size, map, problem);
		if (err)
			return err;
		at = head.next;
	}
	if (at != 0 || followed != copy->section_count)
		return refuse(problem, -EBADMSG,
			      "section chain does not end as announced");
	return 0;
}

int tta__layout_validate(const struct tta_header *copy, uint64_t file_size,
			 struct tta_layout_map *ret_map, char problem[TTA_PROBLEM_SIZE])
{
	struct tta_layout_map map = {
		.overflow = copy->overflow_offset,
		.lock_offset = copy->mutex_lock_offset,
	};
	int err;

	problem[0] = '\0';
	err = check_version(copy, problem);
	if (!err)
		err = check_constants(copy, file_size, problem);
	if (!err)
		err = take_sections(copy, &map, problem);
	if (!err)
		*ret_map = map;
	return err;
}
