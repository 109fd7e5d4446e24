/* SPDX-License-Identifier: BSD-2-Clause */
#include "describe.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

#define COPY_TEXT(to, from) tta__text_copy((to), sizeof(to), (from), sizeof(from))

int tta__describe_types(const struct tta_attachment *a, struct tta_arena *arena,
			struct tta_process *p)
{
	uint64_t count = tta__attachment_count(a, TTA_SECTION_TYPES);
	struct tta_type_record *list = tta__arena_take(arena, count, sizeof(*list));
	size_t kept = 0;

	if (!list)
		return -ENOMEM;
	for (uint64_t i = 0; i < count; i++) {
		struct tta_type_record record;

		memcpy(&record, tta__attachment_at(a, TTA_SECTION_TYPES, i),
		       sizeof(record));
		if (record.id < TTA_TYPE_FIRST_NAMED || record.id >= TTA_TYPE_LIMIT) {
			p->totals_inexact |= TTA_INEXACT_CORRUPT;
			continue;
		}
		list[kept].id = record.id;
		COPY_TEXT(list[kept].name, record.name);
		kept++;
	}
	tta__arena_trim(arena, list, kept * sizeof(*list));
	p->types = list;
	p->type_count = kept;
	return 0;
}

/* ---- devices: of records with the same number the newest counts ---- */

/* A record with its place in the section, so that sorting keeps the newest last. */
struct numbered_device {
	uint64_t index;
	struct tta_device_record record;
};

struct numbered_memory {
	uint64_t index;
	struct tta_device_memory_record record;
};

static int device_order(const void *left, const void *right)
{
	const struct numbered_device *a = left, *b = right;

	if (a->record.number != b->record.number)
		return a->record.number < b->record.number ? -1 : 1;
	return (a->index > b->index) - (a->index < b->index);
}

static int geometry_order(const void *left, const void *right)
{
	const struct numbered_memory *a = left, *b = right;

	if (a->record.device != b->record.device)
		return a->record.device < b->record.device ? -1 : 1;
	if (a->record.type != b->record.type)
		return a->record.type < b->record.type ? -1 : 1;
	return (a->index > b->index) - (a->index < b->index);
}

static struct numbered_device *sorted_devices(const struct tta_attachment *a,
					      struct tta_arena *arena,
					      uint64_t *ret_count)
{
	uint64_t count = tta__attachment_count(a, TTA_SECTION_DEVICES);
	struct numbered_device *list = tta__arena_take(arena, count, sizeof(*list));

	for (uint64_t i = 0; list && i < count; i++) {
		list[i].index = i;
		memcpy(&list[i].record, tta__attachment_at(a, TTA_SECTION_DEVICES, i),
		       sizeof(list[i].record));
	}
	if (list)
		qsort(list, count, sizeof(*list), device_order);
	*ret_count = count;
	return list;
}

static struct numbered_memory *sorted_memory(const struct tta_attachment *a,
					     struct tta_arena *arena, uint64_t *ret_count)
{
	uint64_t count = tta__attachment_count(a, TTA_SECTION_DEVICE_MEMORY);
	struct numbered_memory *list = tta__arena_take(arena, count, sizeof(*list));

	for (uint64_t i = 0; list && i < count; i++) {
		list[i].index = i;
		memcpy(&list[i].record,
		       tta__attachment_at(a, TTA_SECTION_DEVICE_MEMORY, i),
		       sizeof(list[i].record));
	}
	if (list)
		qsort(list, count, sizeof(*list), geometry_order);
	*ret_count = count;
	return list;
}

static struct tta_geometry geometry_of(const struct tta_device_memory_record *r)
{
	return (struct tta_geometry){
		.type = r->type,
		.banks = r->banks,
		.capacity = r->capacity,
		.bank_size = r->bank_size,
		.reserved = r->reserved_bytes,
		.base = r->base,
	};
}

/* The geometries of device @number, which lie at @*at in @from; moves *@at behind them.
 */
static size_t take_geometry(const struct numbered_memory *from, uint64_t count,
			    uint64_t *at, uint32_t number, struct tta_geometry *to)
{
	size_t kept = 0;

	while (*at < count && from[*at].record.device < number)
		++*at;
	for (; *at < count && from[*at].record.device == number; ++*at) {
		const struct tta_device_memory_record *r = &from[*at].record;

		if (r->type >= TTA_TYPE_LIMIT)
			continue;
		if (kept > 0 && to[kept - 1].type == r->type)
			kept--;
		to[kept++] = geometry_of(r);
	}
	return kept;
}

static void device_fill(struct tta_device *device, const struct tta_device_record *r)
{
	*device = (struct tta_device){.number = r->number};
	COPY_TEXT(device->kind, r->kind);
	COPY_TEXT(device->stable_id, r->stable_id);
	COPY_TEXT(device->arch, r->arch);
}

int tta__describe_devices(const struct tta_attachment *a, struct tta_arena *arena,
			  struct tta_process *p)
{
	uint64_t count, memory_count, at = 0;
	struct numbered_device *from = sorted_devices(a, arena, &count);
	struct numbered_memory *memory = sorted_memory(a, arena, &memory_count);
	struct tta_geometry *geometry =
		tta__arena_take(arena, memory_count, sizeof(*geometry));
	struct tta_device *list = tta__arena_take(arena, count, sizeof(*list));
	size_t kept = 0;

	if (!from || !memory || !geometry || !list)
		return -ENOMEM;
	for (uint64_t i = 0; i < count; i++) {
		if (i + 1 < count && from[i + 1].record.number == from[i].record.number)
			continue;
		if (from[i].record.number >= TTA_DEVICE_LIMIT) {
			p->totals_inexact |= TTA_INEXACT_CORRUPT;
			continue;
		}
		device_fill(&list[kept], &from[i].record);
		list[kept].geometry = geometry;
		list[kept].geometry_count = take_geometry(memory, memory_count, &at,
							  list[kept].number, geometry);
		geometry += list[kept].geometry_count;
		kept++;
	}
	p->devices = list;
	p->device_count = kept;
	return 0;
}

/* ---- labels ---- */

static const char *label_text(const struct tta_attachment *a, struct tta_arena *arena,
			      uint32_t label)
{
	const struct tta_label_record *record =
		tta__attachment_at(a, TTA_SECTION_LABELS, label - 1);
	struct tta_label_record copy;
	char *text = tta__arena_take(arena, sizeof(copy.text), 1);

	if (!text)
		return NULL;
	memcpy(&copy, record, sizeof(copy));
	tta__text_copy(text, sizeof(copy.text), copy.text, sizeof(copy.text));
	return text;
}

/* Text of @label from @texts, filled on first use; NULL when there is no memory. */
static const char *label_cached(const struct tta_attachment *a, struct tta_arena *arena,
				const char **texts, uint32_t label)
{
	const char **text = &texts[label - 1];

	if (!*text)
		*text = label_text(a, arena, label);
	return *text;
}

int tta__describe_labels(const struct tta_attachment *a, struct tta_arena *arena,
			 struct tta_table *table)
{
	uint64_t count = tta__attachment_count(a, TTA_SECTION_LABELS);
	const char **texts;

	if (!table->labelled)
		return 0;
	texts = tta__arena_take(arena, count, sizeof(*texts));
	if (!texts)
		return -ENOMEM;
	memset(texts, 0, count * sizeof(*texts));
	for (size_t i = 0; i < table->count; i++) {
		struct tta_buffer *buffer = &table->buffers[i];

		if (buffer->label > count)
			table->corrupt = true;
		if (buffer->label == 0 || buffer->label > count)
			continue;
		buffer->label_text = label_cached(a, arena, texts, buffer->label);
		if (!buffer->label_text)
			return -ENOMEM;
	}
	return 0;
}
