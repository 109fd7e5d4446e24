/* SPDX-License-Identifier: BSD-2-Clause */
#include <criterion/criterion.h>

#include "grid.h"
#include "utf8.h"

static struct grid made(int rows, int cols, bool ascii)
{
	struct grid grid;

	cr_assert_eq(grid_init(&grid, rows, cols, ascii), 0);
	return grid;
}

static void line_is(const struct grid *grid, int row, const char *expected)
{
	char text[256];

	cr_assert_str_eq(grid_line(grid, row, text, sizeof(text)), expected);
}

Test(grid, text_stays_inside_its_clip)
{
	struct grid grid = made(3, 10, false);
	struct rect clip = {1, 2, 1, 4};

	cr_assert_eq(grid_put(&grid, clip, 0, ATTR_NORMAL, "abcdefgh"), 8);
	line_is(&grid, 0, "");
	line_is(&grid, 1, "  abcd");
	line_is(&grid, 2, "");
	grid_fini(&grid);
}

Test(grid, nothing_is_drawn_outside_the_grid)
{
	struct grid grid = made(2, 3, false);

	for (int row = -2; row < 5; row++)
		for (int col = -5; col < 8; col++) {
			struct rect clip = {row, col, 1, 6};

			grid_put(&grid, clip, -3, ATTR_DRAM, "漢字abc");
			grid_fill(&grid, clip, ATTR_L1, "x");
			grid_mark(&grid, clip, ATTR_SELECTED);
		}
	line_is(&grid, 0, "xxx");
	line_is(&grid, 1, "xxx");
	grid_fini(&grid);
}

Test(grid, wide_characters_take_two_cells_and_are_never_cut)
{
	struct grid grid = made(1, 5, false);

	cr_assert_eq(grid_put(&grid, grid_all(&grid), 0, ATTR_NORMAL, "漢字漢"), 6);
	line_is(&grid, 0, "漢字");
	cr_assert_eq(grid_cell(&grid, 0, 0)->width, 2);
	cr_assert_eq(grid_cell(&grid, 0, 1)->width, 0);
	grid_fini(&grid);
}

Test(grid, half_of_an_overwritten_wide_character_becomes_blank)
{
	struct grid grid = made(1, 6, false);

	grid_put(&grid, grid_all(&grid), 0, ATTR_NORMAL, "漢字");
	grid_put(&grid, grid_all(&grid), 1, ATTR_NORMAL, "x");
	line_is(&grid, 0, " x字");
	grid_put(&grid, grid_all(&grid), 2, ATTR_NORMAL, "y");
	line_is(&grid, 0, " xy");
	grid_put(&grid, grid_all(&grid), 1, ATTR_NORMAL, "漢");
	line_is(&grid, 0, " 漢");
	grid_fini(&grid);
}

Test(grid, combining_characters_are_dropped)
{
	struct grid grid = made(1, 8, false);

	cr_assert_eq(grid_put(&grid, grid_all(&grid), 0, ATTR_NORMAL, "e\u0301a"), 2);
	line_is(&grid, 0, "ea");
	grid_fini(&grid);
}

Test(grid, hostile_bytes_become_question_marks)
{
	static const char *const texts[] = {
		"\x1b[2Ja",
		"\x80"
		"a",
		"\xc0\xaf"
		"a",
		"\xed\xa0\x80"
		"a",
		"\xf4\x90\x80\x80"
		"a",
		"\xe2\x80\xae"
		"a",
		"\xc2\x9b"
		"a",
		"\xe6\xbc",
		"\x7f\n\r\t",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct grid grid = made(1, 20, false);
		char line[128];

		grid_put(&grid, grid_all(&grid), 0, ATTR_NORMAL, texts[i]);
		grid_line(&grid, 0, line, sizeof(line));
		cr_assert_eq(line[0], '?', "text %zu", i);
		for (const char *at = line; *at; at++)
			cr_assert(*at >= ' ' && *at < 0x7f, "text %zu leaks %02x", i,
				  (unsigned char)*at);
		grid_fini(&grid);
	}
}

Test(grid, ascii_replaces_what_is_not_ascii)
{
	struct grid grid = made(1, 10, true);

	grid_put(&grid, grid_all(&grid), 0, ATTR_NORMAL, "aΔ漢b");
	line_is(&grid, 0, "a??b");
	grid_fini(&grid);
}

Test(grid, selection_keeps_the_class_of_a_cell)
{
	struct grid grid = made(1, 4, false);

	grid_put(&grid, grid_all(&grid), 0, ATTR_ORPHAN, "ab");
	grid_mark(&grid, grid_all(&grid), ATTR_SELECTED);
	cr_assert_eq(grid_cell(&grid, 0, 0)->attr, ATTR_ORPHAN | ATTR_SELECTED);
	cr_assert_eq(grid_cell(&grid, 0, 3)->attr, ATTR_NORMAL | ATTR_SELECTED);
	grid_fini(&grid);
}

Test(utf8, encode_is_the_reverse_of_next)
{
	static const uint32_t codes[] = {'a', 0xe9, 0x394, 0x6f22, 0x1f600, 0x10ffff};

	for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++) {
		char text[5] = "";
		size_t bytes = utf8_encode(text, codes[i]);

		cr_assert_eq(utf8_next(text).bytes, bytes);
		cr_assert_str_eq(utf8_next(text).text, text);
	}
	cr_assert_eq(utf8_encode((char[5]){0}, 0x110000), 0);
}

Test(utf8, chop_removes_whole_characters)
{
	char text[] = "aΔ漢";

	utf8_chop(text);
	cr_assert_str_eq(text, "aΔ");
	utf8_chop(text);
	utf8_chop(text);
	utf8_chop(text);
	cr_assert_str_eq(text, "");
}
