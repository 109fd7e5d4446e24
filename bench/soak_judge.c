/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * soak_judge.c - a process of a sample against itself, its past, and the truth.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "soak_judge.h"

#define SAID_MOST 20u
#define BELOW	  (UINT64_C(1) << 62) /* a sum above it went below zero */

void soak_mismatch(struct soak *soak, uint32_t pid, const char *format, ...)
{
	va_list args;

	if (soak->mismatches++ >= SAID_MOST)
		return;
	fprintf(stderr, "tta-bench: soak: checkpoint %" PRIu64 ", process %u: ",
		soak->checkpoints, pid);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

/* One comparison of many. */
struct place {
	struct soak *soak;
	uint32_t pid, device, type;
};

static void expect(const struct place *place, const char *what, uint64_t shown,
		   uint64_t wanted)
{
	if (shown != wanted)
		soak_mismatch(place->soak, place->pid,
			      "device %u, type %u: %s is %" PRIu64 " instead of %" PRIu64,
			      place->device, place->type, what, shown, wanted);
}

static void expect_grown(const struct place *place, const char *what, uint64_t *before,
			 uint64_t now)
{
	if (now < *before)
		soak_mismatch(place->soak, place->pid,
			      "device %u, type %u: %s fell from %" PRIu64 " to %" PRIu64,
			      place->device, place->type, what, *before, now);
	*before = now;
}

static const struct tta_memory *memory_of(const struct tta_process *process,
					  uint32_t device, uint32_t type)
{
	for (size_t i = 0; i < process->memory_count; i++)
		if (process->memory[i].device == device &&
		    process->memory[i].type == type)
			return &process->memory[i];
	return NULL;
}

static bool is_exact(const struct tta_process *process)
{
	return process->totals_inexact == 0 && process->buffers_inexact == 0;
}

/* What exact promises: table, list of buffers and counters say the same. */
static void expect_sums(const struct place *place, const struct tta_process *process,
			const struct tta_memory *memory)
{
	uint64_t count = 0, bytes = 0;

	for (size_t i = 0; i < process->buffer_count; i++) {
		const struct tta_buffer *buffer = &process->buffers[i];

		if (buffer->device != memory->device || buffer->type != memory->type)
			continue;
		count++;
		bytes += buffer->size;
	}
	expect(place, "sum of the listed buffers", bytes, memory->table_bytes);
	expect(place, "number of the listed buffers", count, memory->buffers);
	expect(place, "table", memory->table_bytes, memory->detail_bytes);
	expect(place, "used", memory->used,
	       memory->detail_bytes + memory->no_detail_bytes);
	expect(place, "allocs less frees", memory->allocs - memory->frees,
	       memory->buffers);
}

void soak_judge_running(struct soak *soak, struct soak_seen *seen,
			const struct tta_process *process)
{
	soak->snapshots++;
	soak->exact += is_exact(process);
	if (process->events < seen->events)
		soak_mismatch(soak, process->pid, "events fell");
	seen->events = process->events;
	for (size_t i = 0; i < process->memory_count; i++) {
		const struct tta_memory *now = &process->memory[i];
		const struct place place = {soak, process->pid, now->device, now->type};
		struct truth_memory *before;

		if (now->device >= TRUTH_DEVICES ||
		    (now->type != truth_types[0] && now->type != truth_types[1])) {
			expect(&place, "what nobody published", now->allocs, 0);
			continue;
		}
		before = &seen->memory[now->device][now->type == truth_types[1]];
		expect_grown(&place, "allocs", &before->allocs, now->allocs);
		expect_grown(&place, "frees", &before->frees, now->frees);
		expect_grown(&place, "peak", &before->peak, now->peak);
		expect_grown(&place, "added", &before->added, now->add_bytes_up);
		expect_grown(&place, "taken", &before->taken, now->add_bytes_down);
		if (now->used >= BELOW || now->frees > now->allocs)
			soak_mismatch(soak, process->pid, "live below zero");
		if (is_exact(process))
			expect_sums(&place, process, now);
	}
}

static void expect_truth(const struct place *place, const struct tta_process *process,
			 const struct truth_memory *truth)
{
	const struct tta_memory *memory = memory_of(process, place->device, place->type);

	if (!memory) {
		expect(place, "allocs of what is not shown", 0, truth->allocs);
		return;
	}
	expect(place, "allocs", memory->allocs, truth->allocs);
	expect(place, "frees", memory->frees, truth->frees);
	expect(place, "buffers", memory->buffers, truth->buffers);
	expect(place, "used", memory->used, truth->bytes);
	expect(place, "peak", memory->peak, truth->peak);
	expect(place, "added", memory->add_bytes_up, truth->added);
	expect(place, "taken", memory->add_bytes_down, truth->taken);
	expect_sums(place, process, memory);
}

void soak_judge_rest(struct soak *soak, const struct soak_seen *seen,
		     const struct tta_process *process, const struct truth *truth)
{
	if (!is_exact(process))
		soak_mismatch(soak, truth->pid,
			      "not exact at rest: totals %x, buffers %x",
			      process->totals_inexact, process->buffers_inexact);
	if (process->events != truth->events)
		soak_mismatch(soak, truth->pid, "%" PRIu64 " events instead of %" PRIu64,
			      process->events, truth->events);
	if (seen->records + process->lost != truth->records)
		soak_mismatch(soak, truth->pid,
			      "%" PRIu64 " records seen and %" PRIu64 " lost of %" PRIu64,
			      seen->records, process->lost, truth->records);
	for (uint32_t device = 0; device < TRUTH_DEVICES; device++)
		for (uint32_t kind = 0; kind < TRUTH_TYPES; kind++) {
			const struct place place = {soak, truth->pid, device,
						    truth_types[kind]};

			expect_truth(&place, process, &truth->memory[device][kind]);
		}
}
