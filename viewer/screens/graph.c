/* SPDX-License-Identifier: BSD-2-Clause */
#include "graph.h"

#include <stdio.h>

#include "sparkline.h"

#define STEPS	   8
#define AXIS_CELLS 7

/* What is drawn: a series for each class, and their sums. */
struct stack {
	struct past layers[MEMORY_CLASS_COUNT], sum;
	size_t count;
	enum memory_class classes[MEMORY_CLASS_COUNT];
};

static void stack_add(struct stack *stack, const struct past *past)
{
	for (size_t i = 0; i < past->count; i++)
		stack->sum.values[i] = snap_sum(stack->sum.values[i], past->values[i]);
	stack->sum.count = past->count;
	stack->sum.span = past->span;
}

/* A type that nobody ever published is no layer. */
static void stack_load(struct stack *stack, const struct graph *graph, size_t points)
{
	*stack = (struct stack){.count = 0};
	for (size_t i = 0; i < graph->class_count; i++) {
		struct past *layer = &stack->layers[stack->count];

		past_load(layer, graph->history, memory_type(graph->classes[i]), points);
		if (layer->count == 0)
			continue;
		stack->classes[stack->count++] = graph->classes[i];
		stack_add(stack, layer);
	}
	if (stack->count > 0 || !graph->others)
		return;
	past_load(&stack->layers[0], graph->history, NULL, points);
	stack->classes[stack->count++] = MEMORY_OTHER;
	stack_add(stack, &stack->layers[0]);
}

/* The layer that has most of the eighths [from, from + 8) of a column. */
static size_t layer_at(const struct stack *stack, const int *tops, int from)
{
	size_t best = 0;
	int most = -1, below = 0;

	for (size_t i = 0; i < stack->count; i++) {
		int low = below > from ? below : from;
		int high = tops[i] < from + STEPS ? tops[i] : from + STEPS;

		if (high - low > most) {
			most = high - low;
			best = i;
		}
		below = tops[i];
	}
	return best;
}

/* Sample @index from the bottom line of @bars upwards, at column @at. */
static void draw_column(struct grid *grid, struct rect bars, const struct graph *graph,
			const struct stack *stack, size_t index, int at, uint64_t top)
{
	int steps = STEPS * bars.rows, tops[MEMORY_CLASS_COUNT], height;
	uint64_t sum = 0;

	for (size_t i = 0; i < stack->count; i++) {
		sum = snap_sum(sum, stack->layers[i].values[index]);
		tops[i] = sparkline_height(sum, top, steps);
	}
	height = tops[stack->count - 1];
	for (int from = 0; from < height; from += STEPS) {
		enum memory_class which = stack->classes[layer_at(stack, tops, from)];
		char letter[2] = {memory_letter(which), '\0'};
		const char *text = sparkline_step(height - from, grid->ascii);

		if (graph->mono)
			text = height - from >= STEPS / 2 || from == 0 ? letter : " ";
		grid_put(grid, rect_line(bars, bars.rows - 1 - from / STEPS), at,
			 memory_attr(which), text);
	}
}

static void draw_scale(struct grid *grid, struct rect area, uint64_t top)
{
	char text[FORMAT_SIZE];
	struct rect label = area;

	label.cols = AXIS_CELLS - 1;
	for (int line = 1; line < area.rows - 1; line++)
		grid_put(grid, rect_line(area, line), AXIS_CELLS - 1, ATTR_DIM,
			 grid->ascii ? "|" : "│");
	grid_put_right(grid, rect_line(label, 1), ATTR_DIM,
		       format_bytes(text, top, false, false));
	grid_put_right(grid, rect_line(label, area.rows - 2), ATTR_DIM, "0");
}

/* "DRAM+TRACE  all devices", each in its colour, and the peak of what is on show. */
static void draw_title(struct grid *grid, struct rect line, const struct stack *stack,
		       uint64_t top)
{
	char peak[FORMAT_SIZE], title[FORMAT_SIZE + 8];
	int at = 0;

	for (size_t i = 0; i < stack->count; i++) {
		enum memory_class which = stack->classes[i];

		at = grid_format(grid, line, at, ATTR_NORMAL, "%s", i ? "+" : "");
		at = grid_format(grid, line, at, memory_attr(which), "%s",
				 which == MEMORY_OTHER ? "all types"
						       : memory_short(which));
	}
	grid_put(grid, line, at, ATTR_NORMAL, "  all devices");
	snprintf(title, sizeof(title), "peak %s", format_bytes(peak, top, false, false));
	grid_put_right(grid, line, ATTR_NORMAL, title);
}

void graph_draw(struct grid *grid, struct rect area, const struct graph *graph)
{
	struct rect bars = {area.row + 1, area.col + AXIS_CELLS, area.rows - 2,
			    area.cols - AXIS_CELLS};
	size_t room = bars.cols > 0 ? (size_t)bars.cols : 0, count;
	struct stack stack;
	uint64_t top;

	if (area.rows < 4 || room == 0)
		return;
	stack_load(&stack, graph, room);
	if (stack.count == 0)
		return;
	count = stack.sum.count;
	top = sparkline_largest(stack.sum.values, count);
	draw_title(grid, rect_line(area, 0), &stack, top);
	draw_scale(grid, area, top);
	for (size_t i = 0; i < count; i++)
		draw_column(grid, bars, graph, &stack, i, (int)(room - count + i), top);
	graph_axis(grid, rect_skip(rect_line(area, area.rows - 1), AXIS_CELLS),
		   graph->history, stack.sum.span);
}
