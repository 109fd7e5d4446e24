/* SPDX-License-Identifier: BSD-2-Clause */
#include "export_names.h"

#include <string.h>

#include "utf8.h"

int export_compare(const char *a, const char *b)
{
	while (*a && *b) {
		struct utf8_char left = utf8_next(a), right = utf8_next(b);
		int order = strcmp(left.text, right.text);

		if (order)
			return order;
		a += left.bytes;
		b += right.bytes;
	}
	return (*a != '\0') - (*b != '\0');
}

/* Whatever strangers say: the index tells apart what is equal even so. */
static const char *unique(struct arena *arena, const struct export_device *list,
			  size_t index)
{
	const struct export_device *device = &list[index];

	for (size_t i = 0; i < index; i++)
		if (export_compare(list[i].name, device->name) == 0 &&
		    export_compare(list[i].uid, device->uid) == 0)
			return arena_printf(arena, "%s#%zu", device->name, index);
	return device->name;
}

struct export_device *export_devices(const struct snapshot *snapshot, struct arena *arena)
{
	struct export_device *list =
		arena_array(arena, snapshot->device_count, sizeof(*list));

	for (size_t i = 0; list && i < snapshot->device_count; i++) {
		const struct snap_device *device = &snapshot->devices[i];

		list[i].name = arena_printf(arena, "%s%s%u", device->kind,
					    device->kind[0] ? ":" : "", device->number);
		list[i].uid = device->uid;
		list[i].name = unique(arena, list, i);
	}
	return arena_failed(arena) ? NULL : list;
}
