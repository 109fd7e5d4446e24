/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * publish.c - the public event calls, and the twins of the inlines.
 */
#include <errno.h>
#include <string.h>

#define TTA_OUT_OF_LINE
#include <tta/tta.h>
#include <tta/version.h>

#include "publisher.h"

static void publish(uint32_t op, uint32_t device, uint32_t type, uint64_t address,
		    uint64_t size, bool sized)
{
	struct event ev = {
		.op = op,
		.device = device,
		.type = type,
		.address = address,
		.size = size,
		.sized = sized,
	};

	tta__event_publish(&ev);
}

void tta__event_alloc(uint32_t device, uint32_t type, uint64_t address, uint64_t size)
{
	publish(TTA_OP_ALLOC, device, type, address, size, true);
}

void tta__event_free(uint32_t device, uint32_t type, uint64_t address)
{
	publish(TTA_OP_FREE, device, type, address, 0, false);
}

void tta__event_free_sized(uint32_t device, uint32_t type, uint64_t address,
			   uint64_t size)
{
	publish(TTA_OP_FREE, device, type, address, size, true);
}

void tta__event_alloc_desc(const struct tta_alloc_desc *desc)
{
	struct event ev = {
		.op = TTA_OP_ALLOC,
		.device = desc->device,
		.type = desc->type,
		.label = desc->label < TTA_LABEL_LIMIT ? desc->label : 0,
		.address = desc->address,
		.size = desc->size,
		.bank_size = desc->bank_size,
		.group = desc->group,
		.site = desc->site,
		.sized = true,
	};

	tta__event_publish(&ev);
}

void tta_publish_add(uint32_t device, uint32_t type, int64_t delta_bytes)
{
	publish(TTA_OP_ADD, device, type, 0, (uint64_t)delta_bytes, true);
}

static bool is_off(void)
{
	return tta_load_relaxed32(&tta_level_word) == TTA_OFF;
}

void tta_alloc(uint32_t device, uint32_t type, uint64_t address, uint64_t size)
{
	if (!is_off())
		tta_publish_alloc(device, type, address, size);
}

void tta_free(uint32_t device, uint32_t type, uint64_t address)
{
	if (!is_off())
		tta_publish_free(device, type, address);
}

void tta_free_sized(uint32_t device, uint32_t type, uint64_t address, uint64_t size)
{
	if (!is_off())
		tta_publish_free_sized(device, type, address, size);
}

void tta_add(uint32_t device, uint32_t type, int64_t delta_bytes)
{
	if (!is_off())
		tta_publish_add(device, type, delta_bytes);
}

void tta_alloc_failed(uint32_t device, uint32_t type, uint64_t size)
{
	if (!is_off())
		publish(TTA_OP_ALLOC_FAILED, device, type, 0, size, true);
}

void tta_view(uint32_t device, uint32_t type, uint64_t address, uint64_t size)
{
	if (!is_off())
		publish(TTA_OP_VIEW, device, type, address, size, true);
}

void tta_free_view(uint32_t device, uint32_t type, uint64_t address)
{
	if (!is_off())
		publish(TTA_OP_FREE_VIEW, device, type, address, 0, false);
}

void tta_free_group(uint32_t device, uint32_t type, uint64_t group)
{
	int saved_errno = errno;
	struct publisher *p;
	struct tta_busy_mark mark;
	struct lane *lane;

	if (is_off() || group == 0 || device >= TTA_DEVICE_LIMIT ||
	    type >= TTA_TYPE_LIMIT)
		return;
	lane = tta__event_enter(&mark, &p);
	if (lane) {
		if (tta_load_acquire32(&p->level) >= TTA_LIVE)
			tta__group_take(p, lane, device, type, group);
		tta__event_leave(p, lane);
	}
	errno = saved_errno;
}

void tta_device_close(uint32_t device)
{
	int saved_errno = errno;
	struct publisher *p;
	struct tta_busy_mark mark;
	struct lane *lane;

	if (is_off() || device >= TTA_DEVICE_LIMIT)
		return;
	lane = tta__event_enter(&mark, &p);
	if (lane) {
		if (tta_load_acquire32(&p->level) >= TTA_LIVE)
			tta__table_close_device(p, lane, device);
		tta__event_leave(p, lane);
	}
	errno = saved_errno;
}

int tta_thread_attach(void)
{
	int saved_errno = errno;
	struct publisher *p;
	struct tta_busy_mark mark;
	struct lane *lane;
	int err;

	if (is_off())
		return -ENODEV;
	lane = tta__event_enter(&mark, &p);
	err = !lane ? -ENODEV : lane->overflow ? -EAGAIN : 0;
	if (lane)
		tta__event_leave(p, lane);
	errno = saved_errno;
	return err;
}

const char *tta_version(void)
{
	return TTA_VERSION_STRING;
}
