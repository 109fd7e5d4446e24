/* SPDX-License-Identifier: BSD-2-Clause */
#include "layout.h"

#define GRAPH_LINES    6
#define DETAIL_LINES   4
#define DETAIL_TALL    3  /* lines more in a high window */
#define STRIP_LEAD     11 /* "DRAM  8-15 " */
#define STRIP_CELL     4
#define STRIP_TWO_COLS 80 /* DRAM and L1 side by side */

struct meter_grid layout_meters(size_t devices, int cols)
{
	struct meter_grid meter = {METER_NONE, 0, 0};
	int count = devices > 4096 ? 4096 : (int)devices;

	if (count == 0 || cols < 40)
		return meter;
	if (count <= 8) {
		meter.style = METER_FULL;
		meter.columns = cols < 72 || count == 1 ? 1 : 2;
	} else if (count <= 16) {
		meter.style = METER_SHORT;
		meter.columns = cols < 72 ? 2 : 4;
	} else {
		int room = (cols >= STRIP_TWO_COLS ? (cols - 4) / 2 : cols) - STRIP_LEAD;

		meter.style = METER_STRIP;
		meter.columns =
			cols >= STRIP_TWO_COLS && cols < 160 ? 8 : room / STRIP_CELL;
		meter.columns = meter.columns > 16 ? 16 : meter.columns;
	}
	meter.lines = (count + meter.columns - 1) / meter.columns;
	return meter;
}

/* Lines still free, and how many go to whom; the table gets what is left. */
struct budget {
	int left;
};

/* Grant @lines when at least @table lines remain for the table after it. */
static int grant(struct budget *budget, bool wanted, int lines, int table)
{
	if (!wanted || budget->left - lines < table)
		return 0;
	budget->left -= lines;
	return lines;
}

/* As many of @lines as leave @table lines for the table. */
static int grant_some(struct budget *budget, int lines, int table)
{
	int room = budget->left - table;

	return grant(budget, lines > 0 && room > 0, lines < room ? lines : room, table);
}

static struct rect stack(int *row, int rows, int cols)
{
	struct rect rect = {*row, 0, rows, cols};

	*row += rows;
	return rect;
}

static void layout_tiny(struct layout *layout, const struct layout_input *input)
{
	layout->tiny = true;
	layout->totals = (struct rect){0, 0, 1, input->cols};
}

/* Give lines away in order of importance, then stack them from top to bottom. */
void layout_make(struct layout *layout, const struct layout_input *input)
{
	struct budget budget = {input->rows - 3};
	bool show = !input->hide_header, tall = input->rows >= LAYOUT_GRAPH_ROWS;
	int tabs, detail, totals, base, meters, graphs, more, rule, row = 0;
	int wish = input->detail ? input->detail + (tall ? DETAIL_TALL : 0) : 0;

	*layout = (struct layout){0};
	if (input->rows < LAYOUT_MIN_ROWS || input->cols < LAYOUT_MIN_COLS) {
		layout_tiny(layout, input);
		return;
	}
	layout->meter = layout_meters(input->devices, input->cols);
	tabs = grant(&budget, true, 1, 1);
	detail = grant(&budget, true, 1, 3);
	totals = grant(&budget, show, 1, 4);
	base = grant(&budget, show && input->meters, 1, 4);
	meters = grant(&budget, show && input->meters, layout->meter.lines, 5);
	totals += grant_some(&budget, totals ? input->summary - 1 : 0, 8);
	more = grant(&budget, tall || !input->meters, tall ? DETAIL_LINES - 1 : 2, 9);
	if (more)
		more += grant_some(&budget, wish - 1 - more, 9);
	rule = grant(&budget, tall && more > 0, 1, 8);
	graphs = grant(&budget, show && input->meters && tall, GRAPH_LINES, 9);

	layout->title = stack(&row, 1, input->cols);
	layout->meters = stack(&row, meters, input->cols);
	layout->totals = stack(&row, totals, input->cols);
	layout->graphs = stack(&row, graphs, input->cols);
	layout->base = stack(&row, base, input->cols);
	layout->tabs = stack(&row, tabs, input->cols);
	layout->header = stack(&row, 1, input->cols);
	layout->table = stack(&row, budget.left, input->cols);
	layout->rule = stack(&row, rule, input->cols);
	layout->detail = stack(&row, detail + more, input->cols);
	layout->bar = stack(&row, 1, input->cols);
}
