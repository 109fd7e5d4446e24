/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "book.h"

#define FNV_START UINT64_C(0xcbf29ce484222325)
#define FNV_PRIME UINT64_C(0x100000001b3)

static uint64_t mix(uint64_t hash, uint64_t value)
{
	for (int i = 0; i < 8; i++, value >>= 8)
		hash = (hash ^ (value & 0xff)) * FNV_PRIME;
	return hash;
}

static uint64_t mix_text(uint64_t hash, const char *text)
{
	do
		hash = (hash ^ (unsigned char)*text) * FNV_PRIME;
	while (*text++);
	return hash;
}

/* Indices of devices move when strangers come and go; their names do not. */
static uint64_t mix_place(uint64_t hash, const struct snapshot *snapshot, uint32_t device,
			  const char *type)
{
	hash = mix_text(hash, snapshot->devices[device].kind);
	hash = mix_text(hash, snapshot->devices[device].uid);
	hash = mix(hash, snapshot->devices[device].number);
	return mix_text(hash, type);
}

static uint64_t mix_process(uint64_t hash, const struct snapshot *snapshot,
			    const struct snap_process *process)
{
	hash = mix(mix(hash, process->segment),
		   process->state == SNAP_IDLE ? SNAP_LIVE : (uint64_t)process->state);
	for (size_t i = 0; i < process->memory_count; i++) {
		const struct snap_memory *memory = &process->memory[i];

		hash = mix_place(hash, snapshot, memory->device, memory->type);
		hash = mix(mix(hash, memory->used), memory->buffers);
		hash = mix(mix(hash, memory->refs), memory->added);
	}
	return hash;
}

static uint64_t mix_buffer(uint64_t hash, const struct snapshot *snapshot,
			   const struct snap_buffer *buffer)
{
	hash = mix_place(hash, snapshot, buffer->device, buffer->type);
	hash = mix(mix(hash, buffer->segment), buffer->addr);
	hash = mix(mix(hash, buffer->size), buffer->refs);
	return mix_text(hash, buffer->label);
}

static bool is_busy(const struct snap_process *process)
{
	for (size_t i = 0; i < process->inexact_reason_count; i++)
		if (strncmp(process->inexact_reasons[i], "busy", 4) == 0)
			return true;
	return false;
}

uint64_t check_book_signature(const struct check_book *book,
			      const struct snapshot *snapshot, bool *ret_busy)
{
	uint64_t hash = FNV_START;

	*ret_busy = false;
	for (size_t i = 0; i < snapshot->process_count; i++) {
		const struct snap_process *process = &snapshot->processes[i];

		if (!check_book_counts(book, process))
			continue;
		hash = mix_process(hash, snapshot, process);
		*ret_busy |= is_busy(process);
	}
	for (size_t i = 0; i < snapshot->buffer_count; i++) {
		const struct snap_buffer *buffer = &snapshot->buffers[i];

		if (check_book_counts(book, &snapshot->processes[buffer->process]))
			hash = mix_buffer(hash, snapshot, buffer);
	}
	return hash;
}
