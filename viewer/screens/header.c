/* SPDX-License-Identifier: BSD-2-Clause */
#include "header.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "detail.h"
#include "panel.h"
#include "prompt.h"
#include "screen.h"
#include "sparkline.h"
#include "tally.h"
#include "utf8.h"

#define SPARK_CELLS 20

const char *header_clock(char text[16], uint64_t realtime_ns)
{
	time_t seconds = (time_t)(realtime_ns / UINT64_C(1000000000));
	struct tm parts;

	if (!localtime_r(&seconds, &parts) || strftime(text, 16, "%H:%M:%S", &parts) == 0)
		snprintf(text, 16, "--:--:--");
	return text;
}

/* Words in a row; those that do not fit are left out. */
struct flow {
	struct grid *grid;
	struct rect line;
	int at, gap;
};

static bool flow_add(struct flow *flow, unsigned attr, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static bool flow_add(struct flow *flow, unsigned attr, const char *format, ...)
{
	char text[256];
	va_list arguments;
	int at = flow->at + (flow->at ? flow->gap : 0);

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	if (at + utf8_width(text) > flow->line.cols && flow->at > 0)
		return false;
	flow->at = grid_put(flow->grid, flow->line, at, attr, text);
	return true;
}

/* Since ttatop looks, where it reads events; what was overwritten before is not lost. */
static uint64_t lost_records(const struct view_state *state)
{
	const struct snapshot *snapshot = state->snapshot;
	struct tally lost = {0};

	if (state->events)
		return event_log_counts(state->events)->lost;

	for (size_t i = 0; i < snapshot->process_count; i++)
		if (snapshot->processes[i].lost != SNAP_UNKNOWN)
			tally_add(&lost, snapshot->processes[i].lost);
	return lost.sum;
}

static void title_rate(struct flow *flow, const struct view_state *state, bool wide)
{
	uint64_t lost = lost_records(state);
	char number[FORMAT_SIZE];
	uint64_t rate = SNAP_UNKNOWN;
	double value;

	if (!state->history)
		return;
	if (history_event_rate(state->history, &value) && value >= 0)
		rate = (uint64_t)(value + 0.5);
	flow_add(flow, ATTR_TITLE, "%s %s/s", wide ? "events" : "ev",
		 format_count(number, rate, false));
	if (lost)
		flow_add(flow, ATTR_SUSPICIOUS, "lost %s",
			 format_count(number, lost, false));
}

static void title_counts(struct flow *flow, const struct view_state *state, bool wide)
{
	const struct snapshot *snapshot = state->snapshot;
	char number[FORMAT_SIZE];

	flow_add(flow, ATTR_TITLE, wide ? "%zu devices" : "%zu dev",
		 snapshot->device_count);
	flow_add(flow, ATTR_TITLE, "%s %s",
		 format_count(number, snapshot->totals.processes, false),
		 !wide				   ? "proc"
		 : snapshot->totals.processes == 1 ? "process"
						   : "processes");
	if (snapshot->totals.orphans && snapshot->totals.orphans != SNAP_UNKNOWN)
		flow_add(flow, ATTR_ORPHAN, "%s ORPHAN%s",
			 format_count(number, snapshot->totals.orphans, false),
			 snapshot->totals.orphans > 1 ? "S" : "");
	flow_add(flow, ATTR_TITLE, "%s %s",
		 format_count(number,
			      snapshot->has_buffers ? snapshot->buffer_count
						    : SNAP_UNKNOWN,
			      false),
		 wide ? "buffers" : "buf");
}

void header_title(const struct view_state *state, struct grid *grid, struct rect line)
{
	bool wide = line.cols >= LAYOUT_WIDE_COLS;
	struct flow flow = {grid, line, 0, wide ? 3 : 2};
	char clock[16], right[64];

	header_clock(clock, state->snapshot->time_ns);
	snprintf(right, sizeof(right), "%s", line.cols < LAYOUT_ROOMY_COLS ? "" : clock);
	if (wide && !state->plain)
		snprintf(right, sizeof(right), "%s  every %gs", clock, state->delay);
	flow.line.cols -= utf8_width(right) + 1 + (state->paused ? 7 : 0);
	flow_add(&flow, ATTR_TITLE, "ttatop %.40s", state->snapshot->host);
	title_counts(&flow, state, wide);
	title_rate(&flow, state, wide);
	grid_put_right(grid, line, ATTR_TITLE, right);
	if (!state->paused)
		return;
	line.cols -= utf8_width(right) + 1;
	grid_put_right(grid, line, ATTR_PAUSE, "PAUSE");
}

struct memory_total {
	struct tally used, capacity;
	bool present;
};

static void totals_collect(const struct snapshot *snapshot,
			   struct memory_total totals[MEMORY_CLASS_COUNT])
{
	for (size_t i = 0; i < snapshot->device_count; i++)
		for (size_t k = 0; k < snapshot->devices[i].memory_count; k++) {
			const struct snap_device_memory *memory =
				&snapshot->devices[i].memory[k];
			struct memory_total *total = &totals[memory_class(memory->type)];

			total->present = true;
			tally_add(&total->used, memory->used);
			tally_add(&total->capacity, memory->capacity);
		}
}

/* False when it does not fit: then neither does what is less important. */
static bool totals_class(struct flow *flow, const struct view_state *state,
			 enum memory_class which, const struct memory_total *total)
{
	char used[TALLY_TEXT_SIZE], capacity[TALLY_TEXT_SIZE];
	bool capped = which <= MEMORY_L1 && total->capacity.known > 0;

	if (!total->present)
		return true;
	tally_bytes(used, &total->used, false, state->bytes, state->ascii);
	tally_bytes(capacity, &total->capacity, false, state->bytes, state->ascii);
	return flow_add(flow, memory_attr(which), "%s %s%s%s", memory_short(which), used,
			capped ? "/" : "", capped ? capacity : "");
}

/* What dead and ended processes left. */
static void left_behind(struct flow *flow, const struct view_state *state)
{
	const struct snap_totals *all = &state->snapshot->totals;
	char text[FORMAT_SIZE];

	if (all->orphans)
		flow_add(flow, ATTR_ORPHAN, "ORPHAN %s",
			 format_bytes(text, all->orphan_bytes, false, state->bytes));
	if (all->exited)
		flow_add(flow, ATTR_SUSPICIOUS, "EXITED %s",
			 format_bytes(text, all->residue_bytes, false, state->bytes));
}

/* Room that the types must leave for the orphans, where there is any. */
static int left_behind_width(const struct view_state *state, int cols)
{
	const struct snap_totals *all = &state->snapshot->totals;
	char text[FORMAT_SIZE];

	if (!all->orphans || cols < LAYOUT_ROOMY_COLS)
		return 0;
	return 9 + utf8_width(format_bytes(text, all->orphan_bytes, false, state->bytes));
}

void header_totals(const struct view_state *state, struct grid *grid, struct rect line)
{
	struct memory_total totals[MEMORY_CLASS_COUNT] = {0};
	struct flow flow = {grid, line, 0, 2};

	totals_collect(state->snapshot, totals);
	if (line.cols >= LAYOUT_MIN_COLS)
		flow.at = grid_put(grid, line, 0, ATTR_NORMAL, "all");
	flow.gap = 1;
	flow.line.cols -= left_behind_width(state, line.cols);
	for (int which = 0; which < MEMORY_CLASS_COUNT; which++) {
		if (!totals_class(&flow, state, (enum memory_class)which, &totals[which]))
			break;
		flow.gap = flow.at > 3 ? 2 : 1;
	}
	flow.line.cols = line.cols;
	if (state->snapshot->device_count == 0)
		flow_add(&flow, ATTR_DIM, "nothing is published");
	left_behind(&flow, state);
	if (!state->snapshot->exact)
		flow_add(&flow, ATTR_SUSPICIOUS, "not exact");
}

static void base_words(struct flow *flow, const struct view_state *state)
{
	const struct delta *delta = state->delta;
	char clock[16], bytes[FORMAT_SIZE];

	if (!delta) {
		flow_add(flow, ATTR_DIM, "no baseline: F7 sets one");
		return;
	}
	flow_add(flow, ATTR_NORMAL, "base '%.40s' %s", state->base_name,
		 header_clock(clock, state->base->time_ns));
	flow_add(flow, detail_change_attr(delta->bytes.change, delta->bytes.known),
		 "since: %s",
		 format_change(bytes, delta->bytes.change, delta->bytes.known,
			       state->bytes));
	if (delta->buffers.known)
		flow_add(flow, ATTR_NORMAL, "in %+lld buf",
			 (long long)delta->buffers.change);
	if (delta->refs.known)
		flow_add(flow, ATTR_NORMAL, "%+lld refs", (long long)delta->refs.change);
}

void header_base(const struct view_state *state, struct grid *grid, struct rect line)
{
	struct flow flow = {grid, line, 0, 2};
	struct past past = {.count = 0};
	struct rect spark;

	if (state->history)
		past_load(&past, state->history, "DRAM", SPARK_CELLS);
	if (past.count > 1 && line.cols >= 2 * SPARK_CELLS + 12) {
		flow.at = grid_put(grid, line, 0, ATTR_NORMAL, "DRAM ");
		spark = rect_skip(line, flow.at);
		spark.cols = SPARK_CELLS;
		sparkline_draw(grid, spark, ATTR_DRAM, &past);
		flow.at = grid_format(grid, line, flow.at + SPARK_CELLS + 1, ATTR_NORMAL,
				      "%.0fs", past.span);
	}
	base_words(&flow, state);
}

/* What is left out of the table, at the right end. */
static void tabs_filter(const struct view_state *state, struct grid *grid,
			struct rect line)
{
	char text[2 * STATE_TEXT_SIZE];
	const char *scope = state->scope.text, *filter = state->filter;
	bool none = !*scope && !*filter;

	snprintf(text, sizeof(text), "Filter: %s%s%s", scope,
		 *scope && *filter ? " and " : "", none ? "(none)" : filter);
	if (utf8_width(text) < line.cols)
		grid_put_right(grid, line, none ? ATTR_DIM : ATTR_SUSPICIOUS, text);
	else if (!none)
		grid_put(grid, line, 1, ATTR_SUSPICIOUS, text);
}

void header_tabs(const struct view_state *state, struct grid *grid, struct rect line)
{
	int at = 0;

	for (int id = 0; id < SCREEN_COUNT; id++) {
		bool active = state->screen == (enum screen_id)id && !panel_of(state);
		bool brief = line.cols < LAYOUT_ROOMY_COLS && !active;

		at = grid_format(grid, line, at, active ? ATTR_TAB : ATTR_NORMAL,
				 active	 ? "[%d %s]"
				 : brief ? " %d "
					 : " %d %s ",
				 id + 1, screen_get((enum screen_id)id)->title);
	}
	if (*state->message)
		grid_put_right(grid, rect_skip(line, at), ATTR_SUSPICIOUS,
			       state->message);
	else
		tabs_filter(state, grid, rect_skip(line, at));
}

static void bar_line(const struct view_state *state, struct grid *grid, struct rect line)
{
	const struct prompt *prompt = prompt_of(state);
	int at = grid_put(grid, line, 0, ATTR_KEY, prompt->label);
	const char *help = prompt->hint;
	char wrong[160];

	at = grid_format(grid, line, at, ATTR_NORMAL, "%s_", state->line);
	if (*state->wrong.message) {
		snprintf(wrong, sizeof(wrong), "column %zu: %s", state->wrong.column,
			 state->wrong.message);
		help = wrong;
	}
	if (at + 2 + utf8_width(help) <= line.cols)
		grid_put_right(grid, line, ATTR_DIM, help);
	else if (help == wrong)
		grid_put(grid, line, at + 1, ATTR_DIM, help);
}

void header_bar(const struct view_state *state, struct grid *grid, struct rect line)
{
	size_t count;
	const struct binding *bindings = keymap_bindings(&count);
	char name[KEYMAP_NAME_SIZE];
	int at = 0;

	if (state->input != INPUT_NONE) {
		bar_line(state, grid, line);
		return;
	}
	if (panel_of(state) && panel_of(state)->keys) {
		grid_put(grid, line, 0, ATTR_LABEL, panel_of(state)->keys);
		return;
	}
	for (size_t i = 0; i < count; i++) {
		if (!bindings[i].bar || !view_action_works(state, bindings[i].action))
			continue;
		at = grid_put(grid, line, at, ATTR_KEY,
			      keymap_name(name, bindings[i].keys[0]));
		at = 1 + grid_put(grid, line, at, ATTR_LABEL, bindings[i].bar);
	}
}
