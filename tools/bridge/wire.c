/* SPDX-License-Identifier: BSD-2-Clause */
#include "wire.h"

#include <string.h>

/* Offsets of the common part. */
enum {
	AT_TYPE = 0,
	AT_DEVICE = 4,
	AT_SIZE = 8,
	AT_BUFFER_TYPE = 16,
	AT_PID = 20,
	AT_ID = 24,
	AT_COUNTERS = 40, /* dram l1 l1_small trace, then cb kernel from 128 on */
	HEAD = 24,	  /* bytes that tell a message from anything else */
};

static const uint32_t strides[] = {72, 112, 128, 144};
#define STRIDES (sizeof(strides) / sizeof(strides[0]))

/* The smallest size in which there are messages of this type. */
static uint32_t least_stride(uint8_t type)
{
	if (type >= WIRE_CB_ALLOC)
		return 128;
	return type >= WIRE_DEVICE_INFO_QUERY ? 112 : 72;
}

static int32_t get_i32(const uint8_t *from)
{
	int32_t value;

	memcpy(&value, from, sizeof(value)); /* little-endian, as the machine */
	return value;
}

static uint64_t get_u64(const uint8_t *from)
{
	uint64_t value;

	memcpy(&value, from, sizeof(value));
	return value;
}

static bool zero(const uint8_t *data, size_t size, size_t from, size_t to)
{
	for (size_t i = from; i < to && i < size; i++)
		if (data[i])
			return false;
	return true;
}

bool wire_plausible(const uint8_t *data, size_t size)
{
	uint8_t type = size ? data[AT_TYPE] : 1;

	if (type < WIRE_ALLOC || type > WIRE_DUMP_KERNELS || type == WIRE_RESPONSE ||
	    type == WIRE_DEVICE_INFO_RESPONSE)
		return false;
	return zero(data, size, AT_TYPE + 1, AT_DEVICE) &&
	       zero(data, size, AT_BUFFER_TYPE + 1, AT_PID);
}

/* Does the next message begin after @stride bytes? Undecided while little of it is
 * there. */
static uint32_t next_begins(const uint8_t *data, size_t size, uint32_t stride, bool quiet)
{
	if (!wire_plausible(data + stride, size - stride))
		return WIRE_BROKEN;
	return size - stride >= HEAD || quiet ? stride : WIRE_UNDECIDED;
}

uint32_t wire_detect(const uint8_t *data, size_t size, bool quiet)
{
	if (!wire_plausible(data, size))
		return WIRE_BROKEN;
	for (size_t i = 0; i < STRIDES; i++) {
		uint32_t found;

		if (size < strides[i])
			return WIRE_UNDECIDED;
		if (strides[i] < least_stride(data[AT_TYPE]))
			continue;
		if (size == strides[i])
			return quiet ? strides[i] : WIRE_UNDECIDED;
		found = next_begins(data, size, strides[i], quiet);
		if (found != WIRE_BROKEN)
			return found;
	}
	return WIRE_BROKEN;
}

struct wire_message wire_decode(const uint8_t *data)
{
	return (struct wire_message){
		.type = (enum wire_type)data[AT_TYPE],
		.device = get_i32(data + AT_DEVICE),
		.size = get_u64(data + AT_SIZE),
		.buffer_type = data[AT_BUFFER_TYPE],
		.pid = get_i32(data + AT_PID),
		.id = get_u64(data + AT_ID),
	};
}

bool wire_publishes(enum wire_type type)
{
	switch (type) {
	case WIRE_ALLOC:
	case WIRE_FREE:
	case WIRE_CB_ALLOC:
	case WIRE_CB_FREE:
	case WIRE_KERNEL_LOAD:
	case WIRE_KERNEL_UNLOAD:
		return true;
	default:
		return false;
	}
}

bool wire_dumps(enum wire_type type)
{
	return type == WIRE_DUMP_REMAINING || type == WIRE_DUMP_KERNELS;
}

static void begin(uint8_t *to, enum wire_type type, int32_t device)
{
	memset(to, 0, WIRE_MOST);
	to[AT_TYPE] = (uint8_t)type;
	memcpy(to + AT_DEVICE, &device, sizeof(device));
}

void wire_response(uint8_t *to, int32_t device, uint32_t stride,
		   const struct wire_counters *counters)
{
	begin(to, WIRE_RESPONSE, device);
	/* The counters lie as they do here; sizes below 128 have no cb and kernel. */
	memcpy(to + AT_COUNTERS, counters, stride >= 128 ? sizeof(*counters) : 32);
}

void wire_device_info(uint8_t *to, int32_t device, uint32_t stride, uint32_t devices,
		      bool seen)
{
	/* is_available and num_devices end the block, which 128 and 144 push down. */
	uint32_t at = stride >= 128 ? 120 : 104;
	uint32_t available = device < 0 ? devices > 0 : seen;

	begin(to, WIRE_DEVICE_INFO_RESPONSE, device);
	memcpy(to + at, &available, sizeof(available));
	memcpy(to + at + 4, &devices, sizeof(devices));
}
