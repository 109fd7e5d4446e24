/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * wire.h - the old allocation server's messages: fixed-size records without magic,
 * version or length, in four sizes that share their first 72 bytes.
 *
 * Senders do not say which size they use. It is found by looking where the next message
 * begins; while there is only one, by what arrived together.
 */
#ifndef BRIDGE_WIRE_H
#define BRIDGE_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WIRE_LEAST 72u
#define WIRE_MOST  144u

enum wire_type {
	WIRE_ALLOC = 1,
	WIRE_FREE = 2,
	WIRE_QUERY = 3,
	WIRE_RESPONSE = 4,
	WIRE_DUMP_REMAINING = 5,
	WIRE_DEVICE_INFO_QUERY = 6, /* device -1: how many are there? */
	WIRE_DEVICE_INFO_RESPONSE = 7,
	WIRE_CB_ALLOC = 8,
	WIRE_CB_FREE = 9,
	WIRE_KERNEL_LOAD = 10,
	WIRE_KERNEL_UNLOAD = 11,
	WIRE_DUMP_KERNELS = 12,
};

struct wire_message {
	enum wire_type type;
	int32_t device;
	uint64_t size;
	uint32_t buffer_type; /* of KERNEL_LOAD: application, fabric, dispatch */
	int32_t pid;	      /* as the sender calls itself; 0 in some */
	uint64_t id;
};

/* What a device's RESPONSE says; SYSTEM memory has no place in it. */
struct wire_counters {
	uint64_t dram, l1, l1_small, trace, cb, kernel;
};

/* Sizes with a meaning. */
enum wire_stride {
	WIRE_UNDECIDED = 0, /* more bytes or more patience */
	WIRE_BROKEN = 1,    /* not this protocol */
};

/*
 * The size of the messages that begin at @data, or enum wire_stride. @quiet: nothing more
 * came for a while, so a single message is all there is.
 */
uint32_t wire_detect(const uint8_t *data, size_t size, bool quiet);
/* Could a message begin here? Looks at no more than @size bytes. */
bool wire_plausible(const uint8_t *data, size_t size);
/* Read a plausible message of at least WIRE_LEAST bytes. */
struct wire_message wire_decode(const uint8_t *data);
/* True for messages that tell of memory: their sender is a publisher. */
bool wire_publishes(enum wire_type type);
/* True for messages that want something printed. */
bool wire_dumps(enum wire_type type);

/* Answers of @stride bytes into @to (WIRE_MOST); what nobody knows is 0, as there. */
void wire_response(uint8_t *to, int32_t device, uint32_t stride,
		   const struct wire_counters *counters);
/* @devices: answer to device -1; else 0, and @seen: somebody holds memory there. */
void wire_device_info(uint8_t *to, int32_t device, uint32_t stride, uint32_t devices,
		      bool seen);

#endif
