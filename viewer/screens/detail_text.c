/* SPDX-License-Identifier: BSD-2-Clause */
#include "detail_text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "format.h"
#include "utf8.h"

void detail_add(struct detail_text *text, const char *format, ...)
{
	size_t room = sizeof(text->text) - text->used;
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(text->text + text->used, room, format, arguments);
	va_end(arguments);
	if (length > 0)
		text->used += (size_t)length < room ? (size_t)length : room - 1;
}

bool detail_fits(const struct detail_text *text, const char *more, int cols)
{
	return utf8_width(text->text) + 3 + utf8_width(more) <= cols;
}

bool detail_part(struct detail_text *text, int cols, const char *format, ...)
{
	char more[256];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(more, sizeof(more), format, arguments);
	va_end(arguments);
	if (utf8_width(text->text) + 2 + utf8_width(more) > cols)
		return false;
	detail_add(text, "  %s", more);
	return true;
}

void detail_number(struct detail_text *text, const char *name, uint64_t value)
{
	char number[FORMAT_SIZE];

	if (value != 0)
		detail_add(text, "   %s %s", name, format_count(number, value, false));
}

void detail_draw(struct detail_text *text, struct grid *grid, struct rect line,
		 unsigned attr)
{
	grid_put(grid, line, 0, attr, text->text);
	text->used = 0;
	text->text[0] = '\0';
}

/* The flags of a buffer as the screen names them; two of them are not in the snapshot. */
enum word_flag {
	WORD_EXIT = 1 << 16, /* its owner ended orderly */
	WORD_NEW = 1 << 17,  /* not in the baseline */
};

static const struct {
	uint32_t flag;
	const char *name, *meaning;
} flags[] = {
	{SNAP_FLAG_ORPHAN, "ORPH", "its owner is dead"},
	{WORD_EXIT, "EXIT", "its owner ended without freeing it"},
	{SNAP_FLAG_DUP, "DUP", "allocated again while live"},
	{SNAP_FLAG_SIZE, "SZ", "allocated again with another size"},
	{SNAP_FLAG_DANGLING, "DANG", "views without an owner"},
	{SNAP_FLAG_OVERLAP, "OVL", "overlaps another buffer"},
	{SNAP_FLAG_STALE, "STALE", "the table is frozen"},
	{WORD_NEW, "NEW", "not in the baseline"},
};
#define FLAG_COUNT (sizeof(flags) / sizeof(*flags))

static uint32_t flags_of(const struct view_state *state, const struct snap_buffer *buffer)
{
	uint32_t all = buffer->flags;

	if (state->snapshot->processes[buffer->process].state == SNAP_EXITED)
		all |= WORD_EXIT;
	if (state->base && delta_buffer_is_new(state->base, buffer))
		all |= WORD_NEW;
	return all;
}

void detail_flags(const struct view_state *state, const struct snap_buffer *buffer,
		  char *text, size_t room)
{
	uint32_t all = flags_of(state, buffer);
	size_t used = 0;

	*text = '\0';
	for (size_t i = 0; i < FLAG_COUNT && used < room; i++)
		if (all & flags[i].flag)
			used += (size_t)snprintf(text + used, room - used, "%s%s",
						 used ? " " : "", flags[i].name);
}

void detail_flag_meanings(struct detail_text *text, const struct view_state *state,
			  const struct snap_buffer *buffer)
{
	uint32_t all = flags_of(state, buffer);

	for (size_t i = 0; i < FLAG_COUNT; i++)
		if (all & flags[i].flag)
			detail_add(text, "  %s %s", flags[i].name, flags[i].meaning);
}

/* NEW is left out: it would search the baseline for every row of every frame. */
void detail_flag_counts(const struct view_state *state, struct grid *grid,
			struct rect line, int at)
{
	size_t counts[FLAG_COUNT] = {0};

	for (size_t row = 0; row < state->rows.count; row++) {
		const struct snap_buffer *buffer =
			&state->snapshot->buffers[state->rows.rows[row].index];

		for (size_t i = 0; i < FLAG_COUNT; i++)
			counts[i] += (buffer->flags & flags[i].flag) != 0;
	}
	for (size_t i = 0; i < FLAG_COUNT; i++)
		if (counts[i])
			at = 2 + grid_format(grid, line, at, ATTR_SUSPICIOUS, "%zu %s",
					     counts[i], flags[i].name);
}
