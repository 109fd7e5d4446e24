/* SPDX-License-Identifier: BSD-2-Clause */
/* The keys of the map, and what the device's detail answers. */
#include <criterion/criterion.h>
#include <string.h>

#include "holders.h"
#include "map_view.h"
#include "view_fixture.h"

static void open_map(struct fixture *fixture, int rows, int cols)
{
	open_fixture_on(fixture, demo_mapped(), rows, cols);
}

static bool shows(struct fixture *fixture, const char *text)
{
	return strstr(frame(fixture), text);
}

Test(map, opens_on_the_selected_memory_and_closes)
{
	struct fixture f;

	open_map(&f, 24, 80);
	walk(&f.state, "2jm");
	cr_assert_eq(f.state.panel, PANEL_MAP);
	cr_assert(shows(&f, "dev 0  L1 bank  0x0..0x174000"));
	press(&f.state, KC_ESCAPE);
	cr_assert_eq(f.state.panel, PANEL_NONE);
	cr_assert_eq(f.state.screen, SCREEN_DEVICES);
	type(&f.state, "mm");
	cr_assert_eq(f.state.panel, PANEL_NONE);
	close_fixture(&f);
}

Test(map, of_a_process_is_its_first_device)
{
	struct fixture f;

	open_map(&f, 24, 80);
	walk(&f.state, "jm"); /* the demo of device 4 */
	cr_assert(shows(&f, "dev 4  DRAM bank"));
	close_fixture(&f);
}

Test(map, of_a_buffer_has_its_span_chosen)
{
	struct fixture f;

	open_map(&f, 24, 80);
	type(&f.state, "3\\halo\rm");
	cr_assert(shows(&f, "L1_SMALL bank"));
	cr_assert(shows(&f, "0x00160000-0x00163fff"));
	cr_assert(shows(&f, "halo"));
	close_fixture(&f);
}

Test(map, left_and_right_choose_spans)
{
	struct fixture f;

	open_map(&f, 40, 120);
	walk(&f.state, "2jm");
	cr_assert(shows(&f, "0x00000000-0x00018b1f"));
	press(&f.state, KC_LEFT); /* there is none before */
	cr_assert(shows(&f, "0x00000000-0x00018b1f"));
	press(&f.state, KC_RIGHT);
	cr_assert(shows(&f, "0x00018b20-0x00019b1f"));
	cr_assert(shows(&f, "1906102 python test_mesh.py (ml01)"));
	cr_assert(shows(&f, "141211 pytest"));
	press(&f.state, KC_END);
	cr_assert(shows(&f, "-0x00173fff"));
	press(&f.state, KC_HOME);
	cr_assert(shows(&f, "0x00000000-"));
	close_fixture(&f);
}

Test(map, n_goes_to_what_is_suspicious_and_around)
{
	struct fixture f;

	open_map(&f, 40, 120);
	type(&f.state, "2mn");
	cr_assert(shows(&f, "0x3ffff000-0x3ffff7ff"));
	type(&f.state, "n");
	cr_assert(shows(&f, "0x3ffff800-0x3ffffbff"));
	type(&f.state, "n");
	cr_assert(shows(&f, "0x3ffff000-0x3ffff7ff"));
	close_fixture(&f);
}

Test(map, up_and_down_go_through_types_and_devices)
{
	struct fixture f;

	open_map(&f, 40, 120);
	type(&f.state, "2m");
	press(&f.state, KC_DOWN);
	cr_assert(shows(&f, "dev 0  L1 bank"));
	press(&f.state, KC_PAGE_DOWN);
	cr_assert(shows(&f, "dev 1  L1 bank"));
	press(&f.state, KC_UP);
	cr_assert(shows(&f, "dev 1  DRAM bank"));
	press(&f.state, KC_PAGE_UP);
	press(&f.state, KC_PAGE_UP); /* there is none before */
	cr_assert(shows(&f, "dev 0  DRAM bank"));
	close_fixture(&f);
}

Test(map, zooms_around_the_chosen_span)
{
	struct fixture f;
	struct map_place place;
	struct address_map map;
	struct map_window window;

	open_map(&f, 40, 120);
	walk(&f.state, "2jmn++");
	cr_assert(map_view_place(&f.state, &place));
	cr_assert_eq(address_map_make(f.state.snapshot, place, &map), 0);
	window = map_view_window(&f.state, &map);
	cr_assert_eq(window.end - window.begin, 0x174000 / 4);
	cr_assert_leq(window.begin, window.chosen->begin);
	cr_assert_gt(window.end, window.chosen->begin);
	type(&f.state, "----");
	window = map_view_window(&f.state, &map);
	cr_assert_eq(window.end - window.begin, 0x174000);
	cr_assert_eq(f.state.delay, 1); /* + and - meant the map alone */
	address_map_free(&map);
	close_fixture(&f);
}

Test(map, answers_whether_bytes_fit)
{
	struct fixture f;

	open_map(&f, 40, 120);
	walk(&f.state, "2jmf1M\r");
	cr_assert(shows(&f, "1.00M = 16.0K in each of 64 banks: fits in"));
	type(&f.state, "f");
	press(&f.state, KC_CTRL('U'));
	type(&f.state, "64M\r");
	cr_assert(shows(&f, "does NOT fit"));
	type(&f.state, "f");
	press(&f.state, KC_CTRL('U'));
	type(&f.state, "64Q\r"); /* nonsense is said, and not taken */
	cr_assert_eq(f.state.input, INPUT_FIT);
	cr_assert(shows(&f, "not a size"));
	press(&f.state, KC_ESCAPE);
	cr_assert(shows(&f, "does NOT fit"));
	type(&f.state, "f");
	press(&f.state, KC_CTRL('U'));
	type(&f.state, "\r");
	cr_assert_not(shows(&f, "fit,"));
	cr_assert_not(shows(&f, "fits in"));
	close_fixture(&f);
}

Test(map, sizes_are_parsed)
{
	uint64_t bytes, alignment;

	cr_assert(map_view_parse("1.5M 4K", &bytes, &alignment));
	cr_assert_eq(bytes, 1536 * 1024);
	cr_assert_eq(alignment, 4096);
	cr_assert(map_view_parse("  64K ", &bytes, &alignment));
	cr_assert_eq(alignment, 0);
	cr_assert(map_view_parse("", &bytes, &alignment));
	cr_assert_eq(bytes, 0);
	cr_assert_not(map_view_parse("0", &bytes, &alignment));
	cr_assert_not(map_view_parse("64K 3", &bytes, &alignment));
	cr_assert_not(map_view_parse("64K x", &bytes, &alignment));
}

Test(map, enter_leads_to_the_buffer_and_escape_back_to_the_map)
{
	struct fixture f;

	open_map(&f, 24, 80);
	type(&f.state, "2mn\r");
	cr_assert_eq(f.state.screen, SCREEN_BUFFERS);
	cr_assert_eq(view_selected(&f.state)->id.address, 0x3ffff000);
	cr_assert(shows(&f, "Filter: dev 0"));
	press(&f.state, KC_ESCAPE);
	cr_assert_eq(f.state.screen, SCREEN_DEVICES);
	cr_assert_eq(f.state.panel, PANEL_MAP);
	cr_assert(shows(&f, "0x3ffff000-0x3ffff7ff"));
	press(&f.state, KC_ESCAPE);
	cr_assert_eq(f.state.panel, PANEL_NONE);
	close_fixture(&f);
}

Test(map, a_device_that_vanishes_is_said)
{
	struct fixture f;

	open_map(&f, 24, 80);
	type(&f.state, "2m");
	cr_assert_eq(view_update(&f.state, demo_empty(f.demo), NULL, NULL), 0);
	cr_assert(shows(&f, "not there any more"));
	press(&f.state, KC_RIGHT);
	press(&f.state, KC_DOWN);
	press(&f.state, KC_ENTER);
	type(&f.state, "n+f1M\r");
	press(&f.state, KC_ESCAPE);
	cr_assert_eq(f.state.panel, PANEL_NONE);
	close_fixture(&f);
}

Test(map, what_is_estimated_is_marked)
{
	struct fixture f;

	open_map(&f, 40, 120);
	demo_snapshot(f.demo)->processes[0].exact = false;
	demo_snapshot(f.demo)->devices[0].memory[1].hidden = true;
	type(&f.state, "2m");
	cr_assert(shows(&f, "used ~"));
	cr_assert(
		shows(&f, "~ estimated: more is held than is shown, 1 table not exact"));
	close_fixture(&f);
}

Test(holders, of_a_device_stand_in_two_keys)
{
	struct fixture f;

	open_map(&f, 24, 80);
	type(&f.state, "2t"); /* folded, every device is in sight */
	cr_assert(shows(&f, "   3 DRAM     [|||||||||   ] 8.50G 12.0G     ?   10    2"
			    "  36.0K 1906544 +2"));
	close_fixture(&f);
}

Test(holders, largest_first_and_the_unknown_last)
{
	struct fixture f;
	struct holder list[2];
	const struct snap_device *device;
	char text[64];

	open_map(&f, 24, 80);
	device = &f.state.snapshot->devices[0];
	cr_assert_eq(holders_of(f.state.snapshot, device, NULL, list, 2), 4);
	cr_assert_eq(list[0].process->pid, 1906544);
	cr_assert_eq(list[1].process->pid, DEMO_ORPHAN_PID);
	holders_brief(f.state.snapshot, device, NULL, 60, text, sizeof(text));
	cr_assert_str_eq(text, "1906544 1906102 141211 2210?");
	holders_brief(f.state.snapshot, device, NULL, 20, text, sizeof(text));
	cr_assert_str_eq(text, "1906544 1906102 +2");
	holders_brief(f.state.snapshot, device, "TRACE", 9, text, sizeof(text));
	cr_assert_str_eq(text, "1906544 +1");
	close_fixture(&f);
}

Test(holders, who_does_not_publish_is_asked_why)
{
	struct fixture f;

	open_map(&f, 24, 80);
	walk(&f.state, "jjjj");
	cr_assert(shows(&f, "2210 holds device 0-7, does not publish: not linked"));
	press(&f.state, KC_ENTER);
	cr_assert(shows(&f, "2210 (tt-smi) is known from the driver alone"));
	press(&f.state, KC_ESCAPE);
	cr_assert_eq(f.state.screen, SCREEN_PROCESSES);
	close_fixture(&f);
}
