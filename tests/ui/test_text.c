/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_text.c - tables without a terminal: the same columns, no escapes, exact for
 * programs.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "csv.h"
#include "demo_snapshot.h"
#include "screen.h"
#include "text.h"

struct fixture {
	struct demo *demo;
	struct view_state state;
	char text[32 * 1024];
};

static void open_fixture(struct fixture *fixture, enum screen_id screen)
{
	fixture->demo = demo_new(8);
	view_init(&fixture->state);
	fixture->state.directory = "/dev/shm";
	fixture->state.plain = true;
	fixture->state.screen = screen;
	view_resize(&fixture->state, 24, 120);
	cr_assert_eq(view_update(&fixture->state, demo_snapshot(fixture->demo),
				 demo_base(fixture->demo), NULL),
		     0);
}

static const char *printed(struct fixture *fixture,
			   int (*print)(FILE *file, const struct view_state *state))
{
	FILE *file = fmemopen(fixture->text, sizeof(fixture->text), "w");

	cr_assert(file);
	cr_assert_eq(print(file, &fixture->state), 0);
	fclose(file);
	return fixture->text;
}

static void close_fixture(struct fixture *fixture)
{
	view_fini(&fixture->state);
	demo_free(fixture->demo);
}

static size_t lines(const char *text)
{
	size_t count = 0;

	for (; *text; text++)
		count += *text == '\n';
	return count;
}

Test(text, every_row_is_printed_under_totals_and_titles)
{
	struct fixture fixture;
	const char *text;

	open_fixture(&fixture, SCREEN_BUFFERS);
	text = printed(&fixture, text_print);
	cr_assert_eq(lines(text), 3 + 63);
	cr_assert(strstr(text, "all DRAM 34.0G/96.0G"));
	cr_assert(strstr(text, "ADDRESS"));
	cr_assert_not(strchr(text, '\x1b'));
	fixture.state.hide_header = true;
	cr_assert_eq(lines(printed(&fixture, text_print)), 63);
	close_fixture(&fixture);
}

Test(text, bytes_are_exact_when_asked_for)
{
	struct fixture fixture;

	open_fixture(&fixture, SCREEN_PROCESSES);
	fixture.state.bytes = true;
	cr_assert(strstr(printed(&fixture, text_print), " 294912 "));
	close_fixture(&fixture);
}

Test(text, parts_repeat_what_a_program_needs)
{
	struct fixture fixture;

	open_fixture(&fixture, SCREEN_DEVICES);
	cr_assert(strstr(printed(&fixture, text_print), "   7 tenstorrent CB"));
	close_fixture(&fixture);
}

Test(text, nothing_published_is_said)
{
	struct fixture fixture;

	open_fixture(&fixture, SCREEN_PROCESSES);
	view_update(&fixture.state, demo_empty(fixture.demo), NULL, NULL);
	cr_assert(strstr(printed(&fixture, text_print),
			 "No publishers found in /dev/shm."));
	close_fixture(&fixture);
}

Test(csv, numbers_are_exact_and_unknown_is_empty)
{
	struct fixture fixture;
	const char *text;

	open_fixture(&fixture, SCREEN_PROCESSES);
	cr_assert_eq(table_choose(screen_processes.columns, screen_processes.column_count,
				  "pid,dev,dram,buf,delta,state",
				  &fixture.state.screens[SCREEN_PROCESSES].choice),
		     0);
	text = printed(&fixture, csv_print);
	cr_assert(strstr(text, "pid,dev,dram,buf,delta,state\n"));
	cr_assert(strstr(text, "1906102,0-7,294912,19,307200,O\n"), "%s", text);
	cr_assert(strstr(text, "2210,?,,,,?\n"), "%s", text);
	cr_assert(strstr(text, "141211,0,0,3,10240,X\n"), "%s", text);
	close_fixture(&fixture);
}

Test(csv, strange_text_is_quoted_and_harmless)
{
	struct fixture fixture;
	const char *text;

	open_fixture(&fixture, SCREEN_PROCESSES);
	demo_snapshot(fixture.demo)->processes[0].cmdline = "=cmd,\"x\"\n\x1b[2J";
	demo_snapshot(fixture.demo)->processes[0].user = "@me";
	text = printed(&fixture, csv_print);
	cr_assert(strstr(text, "\"=cmd,\"\"x\"\"??[2J\"\n"), "%s", text);
	cr_assert(strstr(text, ",\"@me\","), "%s", text);
	cr_assert_not(strchr(text, '\x1b'));
	cr_assert_eq(lines(text), 1 + 5);
	close_fixture(&fixture);
}
