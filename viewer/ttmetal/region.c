/* SPDX-License-Identifier: BSD-2-Clause */
#include "region.h"

#include <string.h>

#include "text.h"

/* Where things lie; two tables. */
struct shape {
	size_t memories; /* counters of a total, chip or slot */
	size_t chips, chip_stride;
	size_t slots, slot_stride;
	size_t end;
};

static const struct shape with_kernels = {6, 96, 56, 992, 128, 9184};
static const struct shape without_kernels = {5, 88, 48, 856, 120, 8536};

#define AT_VERSION	 0
#define AT_DEVICE	 40
#define AT_TOTAL	 48
#define AT_INIT_STATE	 8536 /* version 4 */
#define SIZE_WITH	 9280
#define SIZE_WITHOUT	 8576
#define INIT_STATE_READY 0x52454459u
#define NO_CHIP		 UINT32_MAX

static uint32_t get_u32(const unsigned char *from)
{
	uint32_t value;

	memcpy(&value, from, sizeof(value));
	return value;
}

static uint64_t get_u64(const unsigned char *from)
{
	uint64_t value;

	memcpy(&value, from, sizeof(value));
	return value;
}

static void get_counters(const unsigned char *from, const struct shape *shape,
			 uint64_t *to)
{
	memset(to, 0, REGION_MEMORIES * sizeof(*to));
	for (size_t i = 0; i < shape->memories; i++)
		to[i] = get_u64(from + 8 * i);
}

static bool all_zero(const uint64_t *counters)
{
	for (size_t i = 0; i < REGION_MEMORIES; i++)
		if (counters[i])
			return false;
	return true;
}

/* Empty is 0xffffffff, or in some builds 0 with nothing in it. */
static void parse_chips(const unsigned char *bytes, const struct shape *shape,
			struct region *region)
{
	for (size_t i = 0; i < REGION_CHIPS; i++) {
		const unsigned char *at = bytes + shape->chips + i * shape->chip_stride;
		struct region_chip *chip = &region->chips[region->chip_count];

		chip->id = get_u32(at);
		chip->remote = get_u32(at + 4) != 0;
		get_counters(at + 8, shape, chip->bytes);
		if (chip->id == NO_CHIP || (chip->id == 0 && all_zero(chip->bytes)))
			continue;
		region->chip_count++;
	}
}

/* All of the table: slots in use are anywhere in it. A pid of -1 is being released. */
static void parse_slots(const unsigned char *bytes, const struct shape *shape,
			struct region *region)
{
	for (size_t i = 0; i < REGION_SLOTS; i++) {
		const unsigned char *at = bytes + shape->slots + i * shape->slot_stride;
		struct region_slot *slot = &region->slots[region->slot_count];
		int32_t pid = (int32_t)get_u32(at);

		if (pid <= 0)
			continue;
		slot->pid = (uint32_t)pid;
		get_counters(at + 8, shape, slot->bytes);
		at += 8 + 8 * shape->memories;
		slot->updated = get_u64(at);
		tta__text_copy(slot->name, sizeof(slot->name), (const char *)at + 8,
			       REGION_NAME_MAX);
		region->slot_count++;
	}
}

/* NULL: not ready. There are two versions 1, told apart by their size. */
static const struct shape *shape_of(const unsigned char *bytes, size_t size,
				    uint32_t version)
{
	if (size < SIZE_WITHOUT || version == 0)
		return NULL;
	if (version == 1 && size >= SIZE_WITH)
		return &with_kernels;
	if (version == 4 && get_u32(bytes + AT_INIT_STATE) != INIT_STATE_READY)
		return NULL;
	return &without_kernels;
}

enum region_verdict region_parse(const unsigned char *bytes, size_t size,
				 struct region *region)
{
	const struct shape *shape;

	memset(region, 0, sizeof(*region));
	if (size < AT_VERSION + 4)
		return REGION_NOT_READY;
	region->version = get_u32(bytes + AT_VERSION);
	if (region->version > 4)
		return REGION_UNKNOWN_VERSION;
	shape = shape_of(bytes, size, region->version);
	if (!shape)
		return REGION_NOT_READY;
	region->device = get_u32(bytes + AT_DEVICE);
	get_counters(bytes + AT_TOTAL, shape, region->total);
	parse_chips(bytes, shape, region);
	parse_slots(bytes, shape, region);
	return REGION_GOOD;
}

/* @of: the total less what was taken away already. */
static bool take_away(int64_t *of, uint64_t bytes)
{
	if (bytes >= REGION_WRAPPED)
		return false;
	return !__builtin_sub_overflow(*of, (int64_t)bytes, of);
}

int64_t region_phantom(const struct region *region, enum region_memory memory)
{
	int64_t rest = (int64_t)region->total[memory];

	if (region->total[memory] >= REGION_WRAPPED)
		return 0;
	for (size_t i = 0; i < region->slot_count; i++)
		if (!take_away(&rest, region->slots[i].bytes[memory]))
			return 0;
	return rest;
}

int64_t region_chip_phantom(const struct region *region, enum region_memory memory)
{
	int64_t rest = (int64_t)region->total[memory];

	if (region->total[memory] >= REGION_WRAPPED || region->chip_count == 0)
		return 0;
	for (size_t i = 0; i < region->chip_count; i++)
		if (!take_away(&rest, region->chips[i].bytes[memory]))
			return 0;
	return rest;
}
