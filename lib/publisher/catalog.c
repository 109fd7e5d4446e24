/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * catalog.c - devices, types and labels: append-only tables, slow calls.
 */
#include <errno.h>
#include <string.h>

#include "publisher.h"
#include "testpoint.h"

/* What a slow call puts back at its end. */
struct slow_call {
	int saved_errno;
	int cancel_state;
};

static void end(const struct slow_call *call)
{
	pthread_setcancelstate(call->cancel_state, NULL);
	errno = call->saved_errno;
}

/* A slow call: the publisher with its catalog locked, or NULL. */
static struct publisher *catalog_lock(struct slow_call *call)
{
	struct publisher *p;

	if (tta_load_relaxed32(&tta_level_word) == TTA_OFF)
		return NULL;
	call->saved_errno = errno;
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &call->cancel_state);
	p = tta__gate_attach_patiently();
	if (p && tta__lock_patiently(&p->catalog_lock))
		return p;
	end(call);
	return NULL;
}

static void catalog_unlock(struct publisher *p, const struct slow_call *call)
{
	tta__unlock(&p->catalog_lock);
	end(call);
}

static uint64_t filled(const struct section *section)
{
	return tta_load_relaxed64(&section->head->count);
}

/* Append one record to a table section; with the catalog locked. */
static bool append(struct publisher *p, enum tta_section_type type, const void *record,
		   uint64_t *ret_index)
{
	struct section *section = &p->section[type];

	if (!tta__section_take(p, type, 1, ret_index))
		return false;
	TTA_TESTPOINT("append: taken");
	memcpy(tta__section_at(section, *ret_index), record, section->stride);
	TTA_TESTPOINT("append: filled");
	tta__section_publish(section, *ret_index + 1); /* S1 */
	return true;
}

static void copy_text(char *to, size_t room, const char *from)
{
	if (from)
		strncpy(to, from, room - 1);
}

uint32_t tta_label(const char *text)
{
	struct tta_label_record record = {0};
	struct publisher *p;
	struct section *labels;
	uint64_t index;
	struct slow_call call;
	uint32_t id = 0;

	if (!text || !text[0] || !(p = catalog_lock(&call)))
		return 0;
	copy_text(record.text, sizeof(record.text), text);
	labels = &p->section[TTA_SECTION_LABELS];
	for (index = 0; index < filled(labels) && !id; index++)
		if (!memcmp(tta__section_at(labels, index), &record, sizeof(record)))
			id = (uint32_t)index + 1;
	if (!id && index < TTA_LABEL_LIMIT - 1 &&
	    append(p, TTA_SECTION_LABELS, &record, &index))
		id = (uint32_t)index + 1;
	catalog_unlock(p, &call);
	return id;
}

static uint32_t builtin_type(const char *name)
{
	static const char *const names[TTA_TYPE_BUILTIN_COUNT] = {
		"DRAM", "L1", "SYSTEM", "L1_SMALL", "TRACE", "CB", "KERNEL", "HOST",
	};

	for (uint32_t i = 0; i < TTA_TYPE_BUILTIN_COUNT; i++)
		if (strcmp(name, names[i]) == 0)
			return i;
	return TTA_TYPE_LIMIT;
}

uint32_t tta_type(const char *name)
{
	struct tta_type_record record = {0};
	struct publisher *p;
	struct section *types;
	uint32_t id = name && name[0] ? builtin_type(name) : TTA_TYPE_LIMIT;
	uint64_t index;
	struct slow_call call;

	if (id < TTA_TYPE_LIMIT || !name || !name[0] || !(p = catalog_lock(&call)))
		return id;
	copy_text(record.name, sizeof(record.name), name);
	types = &p->section[TTA_SECTION_TYPES];
	for (index = 0; index < filled(types) && id == TTA_TYPE_LIMIT; index++) {
		const struct tta_type_record *known = tta__section_at(types, index);

		if (strcmp(known->name, record.name) == 0)
			id = known->id;
	}
	record.id = TTA_TYPE_FIRST_NAMED + (uint32_t)index;
	if (id == TTA_TYPE_LIMIT && record.id < TTA_TYPE_LIMIT - 1 &&
	    append(p, TTA_SECTION_TYPES, &record, &index)) {
		id = record.id;
		tta_store_release32(&p->named_types, id + 1);
	}
	catalog_unlock(p, &call);
	return id;
}

static int describe_memory(struct publisher *p, uint32_t device,
			   const struct tta_memory_info *info)
{
	struct tta_device_memory_record record = {
		.device = device,
		.type = info->type,
		.capacity = info->capacity,
		.bank_size = info->bank_size,
		.reserved_bytes = info->reserved,
		.banks = info->banks,
		.base = info->base,
	};
	uint64_t index;

	return append(p, TTA_SECTION_DEVICE_MEMORY, &record, &index) ? 0 : -ENOSPC;
}

int tta_device_describe(uint32_t device, const struct tta_device_info *info)
{
	struct tta_device_record record = {.number = device};
	struct publisher *p;
	uint64_t index;
	struct slow_call call;
	int err = 0;

	if (!info || info->info_size < sizeof(*info) || device >= TTA_DEVICE_LIMIT)
		return -EINVAL;
	for (size_t i = 0; i < info->memory_count; i++)
		if (info->memory[i].type >= TTA_TYPE_LIMIT)
			return -EINVAL;
	p = catalog_lock(&call);
	if (!p)
		return -ENODEV;
	/* Geometry first: whoever sees the device finds its memory. */
	for (size_t i = 0; i < info->memory_count && !err; i++)
		err = describe_memory(p, device, &info->memory[i]);
	record.time = tta__clock_ticks();
	copy_text(record.kind, sizeof(record.kind), info->kind);
	copy_text(record.stable_id, sizeof(record.stable_id), info->stable_id);
	copy_text(record.arch, sizeof(record.arch), info->arch);
	if (!err && !append(p, TTA_SECTION_DEVICES, &record, &index))
		err = -ENOSPC;
	catalog_unlock(p, &call);
	return err;
}
