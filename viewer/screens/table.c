/* SPDX-License-Identifier: BSD-2-Clause */
#include "table.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "utf8.h"

int table_find(const struct table_column *columns, size_t count, const char *key)
{
	for (size_t i = 0; i < count; i++)
		if (strcasecmp(columns[i].key, key) == 0)
			return (int)i;
	return -1;
}

static void choice_remove(struct table_choice *choice, uint8_t column)
{
	size_t kept = 0;

	for (size_t i = 0; i < choice->count; i++)
		if (choice->columns[i] != column)
			choice->columns[kept++] = choice->columns[i];
	choice->count = kept;
}

static void choice_add(struct table_choice *choice, uint8_t column)
{
	choice_remove(choice, column);
	choice->columns[choice->count++] = column;
}

static void choice_default(const struct table_column *columns, size_t count,
			   struct table_choice *choice)
{
	for (size_t i = 0; i < count; i++)
		if (columns[i].weight > 0)
			choice_add(choice, (uint8_t)i);
}

/* One word of a list: "key", "+key" or "-key". */
static int choice_word(const struct table_column *columns, size_t count, const char *word,
		       struct table_choice *choice)
{
	bool sign = *word == '+' || *word == '-';
	int column = table_find(columns, count, word + sign);

	if (column < 0)
		return -EINVAL;
	if (*word == '-')
		choice_remove(choice, (uint8_t)column);
	else
		choice_add(choice, (uint8_t)column);
	return 0;
}

int table_choose(const struct table_column *columns, size_t count, const char *list,
		 struct table_choice *choice)
{
	struct table_choice result = {0};
	char copy[512], *rest = copy, *word;

	if (!list || *list == '+' || *list == '-')
		choice_default(columns, count, &result);
	if (!list) {
		*choice = result;
		return 0;
	}
	if (snprintf(copy, sizeof(copy), "%s", list) >= (int)sizeof(copy))
		return -EINVAL;
	while ((word = strsep(&rest, ",")) != NULL)
		if (choice_word(columns, count, word, &result))
			return -EINVAL;
	result.chosen = true;
	*choice = result;
	return result.count > 0 ? 0 : -EINVAL;
}

/* The title with the mark of the sort order. */
static const char *column_title(const struct table_column *column, size_t index,
				const struct table_sort *sort, bool ascii, char text[64])
{
	const char *title =
		ascii && column->ascii_title ? column->ascii_title : column->title;
	const char *mark = "";

	if (sort && sort->column == index && ascii)
		mark = sort->falling ? "v" : "^";
	else if (sort && sort->column == index)
		mark = sort->falling ? "▽" : "△";
	snprintf(text, 64, "%s%s", title, mark);
	return text;
}

static int column_width(const struct table *table, size_t index,
			const struct table_sort *sort, size_t first, size_t rows)
{
	const struct table_column *column = &table->columns[index];
	struct table_text cell;
	char title[64];
	int width = utf8_width(column_title(column, index, sort, false, title));

	width = width > column->width ? width : column->width;
	if (column->flags & TABLE_REST)
		return width;
	for (size_t row = first; row < first + rows && width < column->max; row++) {
		int cells;

		cell = (struct table_text){.text = ""};
		table->format(table->context, row, index, &cell);
		cells = utf8_width(cell.text);
		width = cells > width ? cells : width;
	}
	return width > column->max ? column->max : width;
}

static void plan_remove(struct table_plan *plan, size_t slot)
{
	plan->width -= plan->slots[slot].width + TABLE_GAP;
	plan->count--;
	memmove(&plan->slots[slot], &plan->slots[slot + 1],
		(plan->count - slot) * sizeof(*plan->slots));
}

/* Drop the lightest columns until the rest fits; one always stays. */
static void plan_shrink(struct table_plan *plan, const struct table_column *columns,
			int cols)
{
	while (plan->width > cols && plan->count > 1) {
		size_t lightest = 0;

		for (size_t i = 1; i < plan->count; i++)
			if (columns[plan->slots[i].column].weight <
			    columns[plan->slots[lightest].column].weight)
				lightest = i;
		plan_remove(plan, lightest);
	}
}

static void plan_place(struct table_plan *plan, const struct table_column *columns,
		       int cols)
{
	int at = 0;

	for (size_t i = 0; i < plan->count; i++) {
		struct table_slot *slot = &plan->slots[i];

		if ((columns[slot->column].flags & TABLE_REST) && plan->width < cols) {
			slot->width += cols - plan->width;
			plan->width = cols;
		}
		slot->at = at;
		at += slot->width + TABLE_GAP;
	}
}

void table_fit(struct table_plan *plan, const struct table *table,
	       const struct table_choice *choice, uint32_t hidden,
	       const struct table_sort *sort, size_t first, size_t rows, int cols)
{
	*plan = (struct table_plan){.width = -TABLE_GAP};
	for (size_t i = 0; i < choice->count; i++) {
		uint8_t column = choice->columns[i];
		int width;

		if (!choice->chosen &&
		    (hidden >> column & 1 || table->columns[column].from > cols))
			continue;
		width = column_width(table, column, sort, first, rows);
		plan->slots[plan->count++] = (struct table_slot){column, 0, width};
		plan->width += width + TABLE_GAP;
	}
	if (!choice->chosen)
		plan_shrink(plan, table->columns, cols);
	plan_place(plan, table->columns, cols);
}

static void draw_cell(struct grid *grid, struct rect line,
		      const struct table_column *column, const struct table_slot *slot,
		      unsigned attr, const char *text)
{
	struct rect cell = rect_skip(line, slot->at);

	cell.cols = cell.cols > slot->width ? slot->width : cell.cols;
	if (column->flags & TABLE_RIGHT)
		grid_put(grid, cell,
			 slot->width > utf8_width(text) ? slot->width - utf8_width(text)
							: 0,
			 attr, text);
	else
		grid_put(grid, cell, 0, attr, text);
}

void table_draw_header(struct grid *grid, struct rect line, const struct table *table,
		       const struct table_plan *plan, const struct table_sort *sort)
{
	char title[64];

	grid_fill(grid, line, ATTR_HEADER, " ");
	for (size_t i = 0; i < plan->count; i++) {
		const struct table_slot *slot = &plan->slots[i];
		const struct table_column *column = &table->columns[slot->column];

		draw_cell(grid, line, column, slot, ATTR_HEADER,
			  column_title(column, slot->column, sort, grid->ascii, title));
	}
}

void table_draw_row(struct grid *grid, struct rect line, const struct table *table,
		    const struct table_plan *plan, size_t row, bool selected)
{
	struct table_text cell;

	for (size_t i = 0; i < plan->count; i++) {
		const struct table_slot *slot = &plan->slots[i];

		cell = (struct table_text){.text = ""};
		table->format(table->context, row, slot->column, &cell);
		draw_cell(grid, line, &table->columns[slot->column], slot, cell.attr,
			  cell.text);
	}
	if (selected)
		grid_mark(grid, line, ATTR_SELECTED);
}
