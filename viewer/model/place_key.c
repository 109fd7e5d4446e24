/* SPDX-License-Identifier: BSD-2-Clause */
#include "place_key.h"

#include <string.h>

#define BASIS UINT64_C(0xcbf29ce484222325)

static uint64_t hash_bytes(uint64_t hash, const void *data, size_t size)
{
	const unsigned char *bytes = data;

	for (size_t i = 0; i < size; i++)
		hash = (hash ^ bytes[i]) * UINT64_C(0x100000001b3);
	return hash ? hash : 1;
}

uint64_t place_bytes_key(const void *bytes, size_t size)
{
	return hash_bytes(BASIS, bytes, size);
}

uint64_t place_text_key(const char *text)
{
	return place_bytes_key(text, strlen(text) + 1);
}

uint64_t place_device_key(const struct snap_device *device)
{
	uint64_t hash = place_text_key(device->kind);

	if (*device->uid)
		return hash_bytes(hash, device->uid, strlen(device->uid));
	return hash_bytes(hash, &device->number, sizeof(device->number));
}
