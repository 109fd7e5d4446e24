/* SPDX-License-Identifier: BSD-2-Clause */
#include "bank.h"

#include <string.h>

bool bank_guest(const char *type, const char *other)
{
	return strcmp(other, "L1") == 0 &&
	       (strcmp(type, "CB") == 0 || strcmp(type, "KERNEL") == 0);
}

static bool limits_of(const struct snap_device_memory *memory, uint64_t *ret_begin,
		      uint64_t *ret_end)
{
	if (memory->base == SNAP_UNKNOWN || memory->bank_size == SNAP_UNKNOWN ||
	    memory->bank_size == 0)
		return false;
	*ret_begin = memory->base;
	return !__builtin_add_overflow(memory->base, memory->bank_size, ret_end);
}

/* Inside the bank, but not all of it: two types that begin alike are two spaces. */
static bool is_apart(const struct bank *bank, const struct bank_apart *apart)
{
	return apart->begin > bank->begin && apart->end <= bank->end;
}

static void add_apart(struct bank *bank, const struct bank_apart *apart)
{
	size_t at = bank->apart_count;

	if (at == BANK_APART_MAX)
		return;
	for (; at > 0 && bank->apart[at - 1].begin > apart->begin; at--)
		bank->apart[at] = bank->apart[at - 1];
	bank->apart[at] = *apart;
	bank->apart_count++;
}

bool bank_of(const struct snap_device *device, size_t row, struct bank *ret_bank)
{
	const struct snap_device_memory *own = &device->memory[row];
	struct bank bank = {.type = own->type};

	if (!limits_of(own, &bank.begin, &bank.end))
		return false;
	for (size_t i = 0; i < device->memory_count; i++) {
		const struct snap_device_memory *other = &device->memory[i];
		struct bank_apart apart = {.type = other->type};

		if (i != row && own->banks != SNAP_UNKNOWN &&
		    other->banks == own->banks &&
		    limits_of(other, &apart.begin, &apart.end) && is_apart(&bank, &apart))
			add_apart(&bank, &apart);
	}
	*ret_bank = bank;
	return true;
}

bool bank_holds(const struct bank *bank, const char *type)
{
	if (strcmp(type, bank->type) == 0 || bank_guest(type, bank->type))
		return true;
	for (size_t i = 0; i < bank->apart_count; i++)
		if (strcmp(type, bank->apart[i].type) == 0)
			return true;
	return false;
}

static uint64_t bank_bytes(const struct snap_buffer *buffer, uint64_t banks)
{
	if (buffer->bank_size != SNAP_UNKNOWN)
		return buffer->bank_size;
	if (buffer->size == SNAP_UNKNOWN || banks == SNAP_UNKNOWN || banks == 0)
		return SNAP_UNKNOWN;
	return buffer->size / banks + (buffer->size % banks != 0);
}

bool bank_buffer_end(const struct snap_buffer *buffer, uint64_t banks, uint64_t *ret_end)
{
	uint64_t bytes = bank_bytes(buffer, banks);

	return bytes != SNAP_UNKNOWN &&
	       !__builtin_add_overflow(buffer->addr, bytes, ret_end);
}

bool bank_next_gap(const struct bank *bank, uint64_t *at, uint64_t end,
		   struct bank_gap *ret_gap)
{
	struct bank_gap gap = {*at, end, NULL};

	if (*at >= end)
		return false;
	for (size_t i = 0; i < bank->apart_count; i++) {
		const struct bank_apart *apart = &bank->apart[i];

		if (apart->end <= gap.begin || apart->begin >= gap.end)
			continue;
		if (apart->begin > gap.begin) {
			gap.end = apart->begin;
			break;
		}
		gap.apart = apart->type;
		gap.end = apart->end < gap.end ? apart->end : gap.end;
		break;
	}
	*at = gap.end;
	*ret_gap = gap;
	return true;
}
