/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * messages.h - messages of the old protocol, byte by byte, for the tests of those who
 * read them.
 */
#ifndef BRIDGE_MESSAGES_H
#define BRIDGE_MESSAGES_H

#include <stdint.h>
#include <string.h>

#include "wire.h"

/* A message of @stride bytes at @to; returns where the next one begins. */
static inline uint8_t *put(uint8_t *to, uint32_t stride, uint8_t type, int32_t device,
			   uint64_t size, uint64_t id)
{
	memset(to, 0, stride);
	to[0] = type;
	memcpy(to + 4, &device, 4);
	memcpy(to + 8, &size, 8);
	memcpy(to + 24, &id, 8);
	return to + stride;
}

#endif
