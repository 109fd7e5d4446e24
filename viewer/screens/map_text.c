/* SPDX-License-Identifier: BSD-2-Clause */
#include "map_text.h"

#include <inttypes.h>
#include <string.h>

#include "format.h"
#include "header.h"
#include "tally.h"

#define OWNERS_NAMED 3

static const char *about(const struct address_map *map)
{
	return address_map_estimated(map) ? "~" : "";
}

static unsigned percent(uint64_t part, uint64_t whole)
{
	return whole ? (unsigned)(100.0 * (double)part / (double)whole + 0.5) : 0;
}

void map_title(struct detail_text *text, const struct address_map *map, uint64_t cell)
{
	char size[FORMAT_SIZE];

	detail_add(text, "%s bank  0x%" PRIx64 "..0x%" PRIx64 "  cell %s", map->type,
		   map->begin, map->end, format_bytes(size, cell, false, false));
}

void map_say_state(struct detail_text *text, const struct address_map *map)
{
	char size[FORMAT_SIZE];

	detail_add(text, "  used %s%u%%  largest gap %s%s  %zu gap%s", about(map),
		   percent(map->used, map->end - map->begin), about(map),
		   format_bytes(size, map->largest_gap, false, false), map->gaps,
		   map->gaps == 1 ? "" : "s");
}

static const char *fate(const struct snap_process *process)
{
	switch (process->state) {
	case SNAP_ORPHAN:
		return " ORPHANED: its owner died, occupied until a reset";
	case SNAP_EXITED:
		return " LEFT by an owner that ended, occupied until a reset";
	default:
		return "";
	}
}

static void say_owner(struct detail_text *text, const struct address_map *map,
		      const struct snap_buffer *buffer)
{
	const struct snap_process *process = &map->snapshot->processes[buffer->process];
	char size[FORMAT_SIZE], age[FORMAT_SIZE], refs[FORMAT_SIZE], allocs[FORMAT_SIZE],
		frees[FORMAT_SIZE], clock[16];

	detail_add(text, "%s %s%s%s  of %u %.80s (%.40s)", buffer->type,
		   format_bytes(size, buffer->size, false, false),
		   *buffer->label ? " " : "", buffer->label, process->pid,
		   detail_command(process), process->user);
	detail_add(text, "  since %s (%s)  refs %s  allocated %sx, freed %sx%s",
		   header_clock(clock, buffer->time_ns), format_age(age, buffer->age_ns),
		   format_count(refs, buffer->refs, false),
		   format_count(allocs, buffer->allocs, false),
		   format_count(frees, buffer->frees, false), fate(process));
}

static void say_gap(struct detail_text *text, const struct address_map *map,
		    const struct map_span *span)
{
	uint64_t bytes = span->end - span->begin, all;
	char size[FORMAT_SIZE];

	if (span->apart) {
		detail_add(text, "described for %s: not free for %s", span->apart,
			   map->type);
		return;
	}
	if (__builtin_mul_overflow(bytes, map->banks, &all))
		all = SNAP_UNKNOWN;
	detail_add(text, "free: %s over %" PRIu64 " bank%s, an upper bound",
		   format_bytes(size, all, false, false), map->banks,
		   map->banks == 1 ? "" : "s");
}

void map_say_span(struct detail_text *text, const struct address_map *map,
		  const struct map_span *span)
{
	char size[FORMAT_SIZE];

	detail_add(text, "0x%08" PRIx64 "-0x%08" PRIx64 "  %s per bank  ", span->begin,
		   span->end - 1,
		   format_bytes(size, span->end - span->begin, false, false));
	if (span->count == 0) {
		say_gap(text, map, span);
		return;
	}
	if (span->count > 1)
		detail_add(text, "%zu buffers claim parts of it: ", span->count);
	for (size_t i = 0; i < span->count && i < OWNERS_NAMED; i++) {
		detail_add(text, "%s", i ? " / " : "");
		say_owner(text, map, map->buffers[span->first + i].buffer);
	}
	if (span->count > OWNERS_NAMED)
		detail_add(text, " / and %zu more", span->count - OWNERS_NAMED);
}

void map_say_numbers(struct detail_text *text, const struct address_map *map)
{
	uint64_t all = map->end - map->begin;
	char size[FORMAT_SIZE], whole[FORMAT_SIZE];

	detail_add(text, "used %s%s of %s per bank (%u%%)", about(map),
		   format_bytes(size, map->used, false, false),
		   format_bytes(whole, all, false, false), percent(map->used, all));
	if (map->dead)
		detail_add(text, ", of it %s of dead owners",
			   format_bytes(size, map->dead, false, false));
	if (map->shared)
		detail_add(text, ", %s claimed more than once",
			   format_bytes(size, map->shared, false, false));
	detail_add(text, "  free %s%s in %zu gap%s", about(map),
		   format_bytes(size, map->free, false, false), map->gaps,
		   map->gaps == 1 ? "" : "s");
	detail_add(text, "  largest %s%s  fragmentation %s%u%%  (upper bounds)",
		   about(map), format_bytes(size, map->largest_gap, false, false),
		   about(map), address_map_fragmentation(map));
}

/* Host memory, and circular buffers outside of L1. */
static bool is_elsewhere(const char *type)
{
	enum memory_class which = memory_class(type);

	return which == MEMORY_OTHER || which == MEMORY_CB;
}

/* Types with buffers that nobody can place: they may lie in this very bank. */
static void say_undescribed(struct detail_text *text, const struct address_map *map)
{
	const struct snap_device *device = &map->snapshot->devices[map->device];
	const char *before = "not drawn, where it lies was not described: ";

	for (size_t i = 0; i < device->memory_count; i++) {
		const struct snap_device_memory *memory = &device->memory[i];

		if (is_elsewhere(memory->type) || address_map_draws(map, memory->type) ||
		    memory->buffers == 0 ||
		    (memory->base != SNAP_UNKNOWN && memory->bank_size != SNAP_UNKNOWN))
			continue;
		detail_add(text, "%s%s", before, memory->type);
		before = ", ";
	}
}

void map_say_doubts(struct detail_text *text, const struct address_map *map)
{
	const char *before = "~ estimated: ";

	if (map->hidden) {
		detail_add(text, "%smore is held than is shown", before);
		before = ", ";
	}
	if (map->unplaced) {
		detail_add(text, "%s%zu without a known place", before, map->unplaced);
		before = ", ";
	}
	if (map->outside) {
		detail_add(text, "%s%zu reach out of the bank", before, map->outside);
		before = ", ";
	}
	if (map->inexact)
		detail_add(text, "%s%zu table%s not exact%s%s", before, map->inexact,
			   map->inexact == 1 ? "" : "s", *map->reason ? ": " : "",
			   map->reason);
	if (text->used)
		detail_add(text, "   ");
	say_undescribed(text, map);
}

void map_say_fit(struct detail_text *text, const struct address_map *map, uint64_t bytes,
		 uint64_t alignment)
{
	struct map_fit fit = address_map_fit(map, bytes, alignment);
	char size[FORMAT_SIZE], bank[FORMAT_SIZE], rest[FORMAT_SIZE];

	detail_add(text, "%s = %s in each of %" PRIu64 " bank%s",
		   format_bytes(size, bytes, false, false),
		   format_bytes(bank, fit.per_bank, false, false), map->banks,
		   map->banks == 1 ? "" : "s");
	if (alignment)
		detail_add(text, ", aligned to %s",
			   format_bytes(size, alignment, false, false));
	if (fit.fits)
		detail_add(text,
			   ": %sfits in %zu of %zu gaps, the tightest at 0x%" PRIx64
			   " with %s left; an upper bound",
			   about(map), fit.gaps, map->gaps, fit.begin,
			   format_bytes(rest, fit.left, false, false));
	else
		detail_add(text, ": does NOT fit, %s%s per bank missing in the best gap",
			   about(map), format_bytes(rest, fit.missing, false, false));
}

void map_say_trouble(struct detail_text *text, const struct address_map *map)
{
	switch (map->trouble) {
	case MAP_NO_GEOMETRY:
		detail_add(text,
			   "%s: no map: its publishers did not describe where a bank "
			   "begins and ends (tta_device_describe)",
			   map->type);
		break;
	case MAP_NO_BANKS:
		detail_add(text,
			   "%s: no map: its publishers did not describe into how many "
			   "banks a buffer is divided (tta_device_describe)",
			   map->type);
		break;
	default:
		detail_add(text, "%s: no map: only totals are known, no buffers",
			   map->type);
	}
}
