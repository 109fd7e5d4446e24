/* SPDX-License-Identifier: BSD-2-Clause */
#include "sparkline.h"

#include <string.h>

#define STEPS 8

static const char *const blocks[STEPS + 1] = {" ", "▁", "▂", "▃", "▄",
					      "▅", "▆", "▇", "█"};
static const char *const ladder[STEPS + 1] = {" ", ".", "-", "=", "+",
					      "*", "#", "%", "@"};

uint64_t sparkline_largest(const uint64_t *values, size_t count)
{
	uint64_t result = 0;

	for (size_t i = 0; i < count; i++)
		if (values[i] != SNAP_UNKNOWN && values[i] > result)
			result = values[i];
	return result;
}

int sparkline_height(uint64_t value, uint64_t top, int steps)
{
	double part;

	if (value == 0 || value == SNAP_UNKNOWN || top == 0)
		return 0;
	part = (double)value * steps / (double)top;
	return part < 1 ? 1 : part > steps ? steps : (int)(part + 0.5);
}

void past_load(struct past *past, const struct history *history, const char *type,
	       size_t points)
{
	size_t all = history_used(history, type, past->values, PAST_POINTS);
	size_t skip = all > points ? all - points : 0;

	past->count = all - skip;
	memmove(past->values, past->values + skip, past->count * sizeof(*past->values));
	past->span = 0;
	if (past->count > 1)
		past->span = history_span(history) * (double)(past->count - 1) /
			     (double)(all - 1);
}

void sparkline_draw(struct grid *grid, struct rect line, unsigned attr,
		    const struct past *past)
{
	const char *const *steps = grid->ascii ? ladder : blocks;
	size_t room = line.cols > 0 ? (size_t)line.cols : 0;
	size_t skip = past->count > room ? past->count - room : 0;
	size_t shown = past->count - skip;
	uint64_t top = sparkline_largest(past->values + skip, shown);

	for (size_t i = 0; i < shown; i++)
		grid_put(grid, line, (int)(room - shown + i), attr,
			 steps[sparkline_height(past->values[skip + i], top, STEPS)]);
}

const char *sparkline_step(int eighths, bool ascii)
{
	eighths = eighths < 0 ? 0 : eighths > STEPS ? STEPS : eighths;
	return (ascii ? ladder : blocks)[eighths];
}

void sparkline_text(char *text, size_t room, int cells, const uint64_t *values,
		    size_t count, bool ascii)
{
	size_t width = cells > 0 ? (size_t)cells : 0, used = 0;
	size_t skip = count > width ? count - width : 0, shown = count - skip;
	uint64_t top = sparkline_largest(values + skip, shown);

	*text = '\0';
	for (size_t i = 0; i < width; i++) {
		size_t at = i - (width - shown);
		int step = i < width - shown
				   ? 0
				   : sparkline_height(values[skip + at], top, STEPS);
		const char *character = sparkline_step(step, ascii);

		if (used + strlen(character) >= room)
			return;
		used += strlen(strcpy(text + used, character));
	}
}
