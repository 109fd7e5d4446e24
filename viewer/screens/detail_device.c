/* SPDX-License-Identifier: BSD-2-Clause */
/* About a device and one of its memories: who holds it, the picture of a bank, tables. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "detail_text.h"
#include "format.h"
#include "holders.h"
#include "layout.h"
#include "map_draw.h"
#include "map_text.h"

#define HOLDERS_MAX   16
#define TABLE_LINES   10 /* from here on the tables have room */
#define AGE_COLS      26
#define MORE_COLS     5 /* ", +12" */
#define LEGEND_MAX    200
#define PROCESS_TITLE "by process     DRAM     L1     CB   BUF"

/* Lines that are still free, from top to bottom. */
struct pane {
	const struct view_state *state;
	const struct snap_device *device;
	size_t row; /* of its memory: the one that is selected */
	struct grid *grid;
	struct rect area;
};

static struct rect take_lines(struct pane *pane, int lines)
{
	struct rect rect = pane->area;

	rect.rows = lines < rect.rows ? lines : rect.rows;
	pane->area.row += rect.rows;
	pane->area.rows -= rect.rows;
	return rect;
}

static void put(struct pane *pane, struct detail_text *text, unsigned attr)
{
	detail_draw(text, pane->grid, rect_line(take_lines(pane, 1), 0), attr);
}

/* What does not fit is left out, not cut. */
static void write_banks(struct detail_text *text, const struct snap_device_memory *memory,
			int cols)
{
	char size[FORMAT_SIZE], banks[64];

	if (memory->banks == SNAP_UNKNOWN || memory->bank_size == SNAP_UNKNOWN)
		return;
	snprintf(banks, sizeof(banks), "%.24s %" PRIu64 " x %s", memory->type,
		 memory->banks, format_bytes(size, memory->bank_size, false, false));
	if (detail_fits(text, banks, cols))
		detail_add(text, "   %s", banks);
}

void detail_headroom(struct detail_text *text, const struct snap_device *device)
{
	char room[FORMAT_SIZE];

	if (device->l1_headroom == SNAP_UNKNOWN) {
		detail_add(text, "L1 headroom ? (needs the described geometry)");
		return;
	}
	detail_add(text, "L1 headroom %s",
		   format_bytes(room, device->l1_headroom, false, false));
	if (device->cb_end != SNAP_UNKNOWN && device->lowest_l1 != SNAP_UNKNOWN)
		detail_add(text, ": CB end 0x%" PRIx64 ", lowest L1 buffer 0x%" PRIx64,
			   device->cb_end, device->lowest_l1);
}

static void put_description(struct pane *pane)
{
	const struct snap_device *device = pane->device;
	static const char no_id[] = "(no stable id: merged by number)";
	struct detail_text text = {.text = ""};

	detail_add(&text, "dev %u  %s %s  %s", device->number, device->kind, device->arch,
		   device->uid);
	for (size_t i = 0; i < device->memory_count; i++)
		write_banks(&text, &device->memory[i], pane->area.cols);
	if (!*device->uid && detail_fits(&text, no_id, pane->area.cols))
		detail_add(&text, "   %s", no_id);
	put(pane, &text, ATTR_NORMAL);
}

static void add_state(struct detail_text *text, const struct snap_process *process)
{
	if (process->unpublished)
		detail_add(text, "?");
	else if (process->state == SNAP_ORPHAN)
		detail_add(text, " ORPHAN");
	else if (!snap_state_counts(process->state))
		detail_add(text, " %s", snap_state_name(process->state));
}

/* "1906544 9.02G python", "1906102 36.0K ORPHAN python", "2210 ? tt-smi" */
static void describe_holder(const struct pane *pane, const struct holder *holder,
			    struct detail_text *item)
{
	const struct snap_process *process = holder->process;
	char size[TALLY_TEXT_SIZE];

	detail_add(item, "%u ", process->pid);
	if (!process->unpublished)
		detail_add(item, "%s",
			   tally_bytes(size, &holder->total, false, pane->state->bytes,
				       pane->state->ascii));
	add_state(item, process);
	detail_add(item, " %.40s", process->comm);
}

/* "dev 3 held by 1906544 9.02G python, 1906102 36.0K ORPHAN python, +2" */
static void put_held(struct pane *pane)
{
	struct holder list[HOLDERS_MAX];
	size_t count =
		holders_of(pane->state->snapshot, pane->device, NULL, list, HOLDERS_MAX);
	struct detail_text text = {.text = ""};
	size_t i = 0;

	detail_add(&text, "dev %u held by%s", pane->device->number,
		   count ? "" : " nobody who publishes");
	for (; i < count && i < HOLDERS_MAX; i++) {
		struct detail_text item = {.text = ""};
		int cols = pane->area.cols - (i + 1 < count ? MORE_COLS : 0);

		describe_holder(pane, &list[i], &item);
		if (i > 0 && !detail_fits(&text, item.text, cols))
			break;
		detail_add(&text, "%s %s", i ? "," : "", item.text);
	}
	if (i < count)
		detail_add(&text, ", +%zu", count - i);
	put(pane, &text, ATTR_TITLE);
}

static void put_headroom(struct pane *pane)
{
	struct detail_text text = {.text = ""};

	detail_headroom(&text, pane->device);
	put(pane, &text, ATTR_NORMAL);
}

/* ---- pictures ---- */

/* The title and one row of cells, or why there are none. */
static void put_map(struct pane *pane, const struct address_map *map)
{
	struct map_window window = map_whole(map);
	struct detail_text text = {.text = ""};
	struct rect line = pane->area;

	if (map->trouble != MAP_DRAWN) {
		map_say_trouble(&text, map);
		put(pane, &text, ATTR_DIM);
		return;
	}
	line.rows = 1;
	map_title(&text, map, map_cell_bytes(&window, line));
	map_say_state(&text, map);
	put(pane, &text, ATTR_NORMAL);
	map_draw(map, &window, pane->grid, take_lines(pane, 1));
}

static void put_legend(struct pane *pane, const struct address_map *maps, size_t count)
{
	struct detail_text text = {.text = ""};
	char words[LEGEND_MAX];

	map_legend(maps, count, words, sizeof(words));
	detail_add(&text, "  %s   m map", words);
	put(pane, &text, ATTR_DIM);
}

/* The banks of @count rows, and the legend of all when there is room. */
static void put_maps(struct pane *pane, const size_t *rows, size_t count, bool legend)
{
	struct address_map maps[2];
	size_t made = 0;

	while (made < count &&
	       address_map_make(pane->state->snapshot,
				(struct map_place){pane->device->id, rows[made]},
				&maps[made]) == 0)
		made++;
	for (size_t i = 0; i < made; i++)
		put_map(pane, &maps[i]);
	if (legend)
		put_legend(pane, maps, made);
	for (size_t i = 0; i < made; i++)
		address_map_free(&maps[i]);
}

static bool is_type(const struct pane *pane, size_t row, const char *type)
{
	return strcmp(pane->device->memory[row].type, type) == 0;
}

/* L1 beside what is selected, DRAM beside L1. */
static size_t other_row(const struct pane *pane)
{
	const struct snap_device *device = pane->device;
	bool in_l1 = is_type(pane, pane->row, "L1") || is_type(pane, pane->row, "CB");

	for (size_t i = 0; i < device->memory_count; i++)
		if (is_type(pane, i, in_l1 ? "DRAM" : "L1"))
			return i;
	return pane->row;
}

/* ---- tables ---- */

static void draw_holder(const struct pane *pane, const struct holder *holder,
			struct rect line)
{
	static const enum memory_class classes[] = {MEMORY_DRAM, MEMORY_L1, MEMORY_CB};
	const struct snap_process *process = holder->process;
	struct detail_text text = {.text = ""};
	char number[TALLY_TEXT_SIZE];

	detail_add(&text, "%-10u", process->pid);
	if (process->unpublished) {
		detail_add(&text, "      ?      ?      ?     ?  %.200s", process->note);
		detail_draw(&text, pane->grid, line, ATTR_DIM);
		return;
	}
	for (size_t i = 0; i < sizeof(classes) / sizeof(*classes); i++)
		detail_add(&text, " %6s",
			   tally_bytes(number, &holder->bytes[classes[i]], true, false,
				       true));
	detail_add(&text, " %5s ", tally_count(number, &holder->buffers, true, true));
	add_state(&text, process);
	detail_add(&text, " %.200s", detail_command(process));
	detail_draw(&text, pane->grid, line, detail_state_attr(process->state));
}

static void draw_processes(const struct pane *pane, struct rect area)
{
	struct holder list[HOLDERS_MAX];
	size_t count =
		holders_of(pane->state->snapshot, pane->device, NULL, list, HOLDERS_MAX);
	int lines = area.rows - 1;

	grid_put(pane->grid, rect_line(area, 0), 0, ATTR_TITLE, PROCESS_TITLE);
	for (size_t i = 0; i < count && i < HOLDERS_MAX && (int)i < lines; i++) {
		struct rect line = rect_line(area, (int)i + 1);

		if ((int)i + 1 == lines && i + 1 < count)
			grid_format(pane->grid, line, 0, ATTR_DIM, "and %zu more",
				    count - i);
		else
			draw_holder(pane, &list[i], line);
	}
}

#define CLASSES 4

/* Buffers of the selected memory, by a number of theirs. */
struct spread {
	const char *title, *names[CLASSES];
	uint64_t limits[CLASSES]; /* the last one has none */
	uint64_t (*number)(const struct snap_buffer *buffer);
};

static uint64_t age_of(const struct snap_buffer *buffer)
{
	return buffer->age_ns;
}

static uint64_t size_of(const struct snap_buffer *buffer)
{
	return buffer->size;
}

#define SECOND UINT64_C(1000000000)

static const struct spread by_age = {
	.title = "by age",
	.names = {"< 1s", "< 1m", "< 10m", ">= 10m"},
	.limits = {SECOND, 60 * SECOND, 600 * SECOND},
	.number = age_of,
};

static const struct spread by_size = {
	.title = "by size",
	.names = {"<= 4K", "<= 64K", "<= 1M", "> 1M"},
	.limits = {4096 + 1, 65536 + 1, 1048576 + 1},
	.number = size_of,
};

static void draw_spread(const struct pane *pane, const struct spread *spread,
			struct rect area)
{
	const struct snapshot *snapshot = pane->state->snapshot;
	const char *type = pane->device->memory[pane->row].type;
	const char *last = NULL;
	struct tally bytes[CLASSES] = {0};
	char size[TALLY_TEXT_SIZE];
	bool same = false;

	for (size_t i = 0; i < snapshot->buffer_count; i++) {
		const struct snap_buffer *buffer = &snapshot->buffers[i];
		size_t which = 0;

		if (buffer->type != last) {
			last = buffer->type;
			same = strcmp(last, type) == 0;
		}
		if (buffer->device != pane->device->id || !same)
			continue;
		while (which < CLASSES - 1 &&
		       spread->number(buffer) >= spread->limits[which])
			which++;
		tally_add(&bytes[which], buffer->size);
	}
	grid_format(pane->grid, rect_line(area, 0), 0, ATTR_TITLE, "%-8s %8.8s   BUF",
		    spread->title, type);
	for (int i = 0; i < CLASSES; i++)
		grid_format(pane->grid, rect_line(area, i + 1), 0, ATTR_NORMAL,
			    "%-8s %8s %5zu", spread->names[i],
			    tally_bytes(size, &bytes[i], true, false, true),
			    bytes[i].known + bytes[i].unknown);
}

static void put_tables(struct pane *pane)
{
	struct rect area = take_lines(pane, pane->area.rows), left = area;

	if (area.cols < LAYOUT_WIDE_COLS) {
		draw_processes(pane, area);
		return;
	}
	left.cols -= 2 * AGE_COLS + 2;
	draw_processes(pane, left);
	area = rect_skip(area, left.cols + 2);
	draw_spread(pane, &by_age, area);
	draw_spread(pane, &by_size, rect_skip(area, AGE_COLS));
}

/* ---- all of it ---- */

static void put_large(struct pane *pane)
{
	const size_t rows[] = {pane->row, other_row(pane)};

	put_description(pane);
	put_maps(pane, rows, rows[0] == rows[1] ? 1 : 2, true);
	put_headroom(pane);
	take_lines(pane, 1);
	put_tables(pane);
}

/* As much as there is room for; who holds the device goes first. */
void detail_device(const struct view_state *state, const struct snap_device *device,
		   size_t memory, struct grid *grid, struct rect area)
{
	struct pane pane = {state, device, memory, grid, area};

	if (area.rows > TABLE_LINES) {
		put_large(&pane);
		return;
	}
	if (area.rows > 1)
		put_description(&pane);
	put_held(&pane);
	if (area.rows > 4)
		put_maps(&pane, &memory, 1, area.rows > 5);
	if (pane.area.rows > 0)
		put_headroom(&pane);
}

int detail_device_lines(const struct view_state *state)
{
	return state->lines >= LAYOUT_GRAPH_ROWS ? 18 : 6;
}
