/* SPDX-License-Identifier: BSD-2-Clause */
#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

#include <tta/layout.h>

#include "builtin.h"
#include "scenario_parse.h"

static struct sim_program program;
static struct sim_error error;

static int parse(const char *text)
{
	FILE *file = fmemopen((void *)(size_t)text, strlen(text), "r");
	int err = sim_scenario_parse("x.scn", file, &program, &error);

	fclose(file);
	return err;
}

static void forget(void)
{
	sim_program_fini(&program);
}

TestSuite(sim_scenario, .fini = forget);

static const struct sim_statement *parsed(const char *text)
{
	cr_assert_eq(parse(text), 0, "%s", error.text);
	cr_assert_gt(program.statement_count, 0);
	return &program.statements[program.statement_count - 1];
}

Test(sim_scenario, a_process_has_command_line_name_and_run_id)
{
	parsed("process a\n"
	       "process b cmdline \"/usr/bin/python3 serve.py\" run-id r1\n"
	       "process c cmdline \"x\" comm y\n");
	cr_assert_eq(program.process_count, 3);
	cr_assert_str_eq(program.processes[0].cmdline, "tta-sim: a");
	cr_assert_str_eq(program.processes[0].comm, "tta-sim");
	cr_assert_str_eq(program.processes[1].comm, "python3");
	cr_assert_str_eq(program.processes[1].run_id, "r1");
	cr_assert_str_eq(program.processes[2].comm, "y");
}

Test(sim_scenario, a_process_can_start_again)
{
	const struct sim_statement *last = parsed("process a\nexit a 3\nprocess a\n");

	cr_assert_eq(last->kind, SIM_START);
	cr_assert_eq(last->process, 0);
	cr_assert_eq(program.statements[1].value, 3);
}

Test(sim_scenario, devices_and_their_memory)
{
	cr_assert_eq(parse("device 0-7 id n300-%d arch wormhole_b0\n"
			   "memory 2-3 DRAM capacity 12G banks 12 bank-size 1G "
			   "reserved 3M base 0x20\n"),
		     0);
	cr_assert_eq(program.device_count, 8);
	cr_assert_str_eq(program.devices[7].id, "n300-7");
	cr_assert_str_eq(program.devices[7].kind, "tenstorrent");
	cr_assert_eq(program.devices[1].memory_count, 0);
	cr_assert_eq(program.devices[3].memory_count, 1);
	cr_assert_eq(program.devices[3].memory[0].banks, 12);
	cr_assert_eq(program.devices[3].memory[0].reserved, 3 << 20);
	cr_assert_eq(program.devices[3].memory[0].base, 32);
}

Test(sim_scenario, an_alloc_with_all_attributes)
{
	const struct sim_op *op = &parsed("process a\nalloc a 0-7 kv 0x1000 4K x 3 step "
					  "8K label \"kv cache\" "
					  "group 9 bank 1K\n")
					   ->op;

	cr_assert_eq(op->kind, SIM_OP_ALLOC);
	cr_assert_eq(op->device_last, 7);
	cr_assert_str_eq(op->type, "kv");
	cr_assert_eq(op->address, 4096);
	cr_assert_eq(op->size, 4096);
	cr_assert_eq(op->count, 3);
	cr_assert_eq(op->step, 8192);
	cr_assert_str_eq(op->text, "kv cache");
	cr_assert_eq(op->group, 9);
	cr_assert_eq(op->bank_size, 1024);
}

Test(sim_scenario, the_step_is_the_size_unless_told)
{
	cr_assert_eq(parsed("process a\nalloc a 0 L1 64 4K x 3\n")->op.step, 4096);
	forget();
	cr_assert_eq(parsed("process a\nalloc a 0 L1 64 4K x 2 step 0\n")->op.step, 0);
	forget();
	cr_assert_eq(parsed("process a\nchurn a 0 L1 live 2 sizes 1K-4K\n")->op.step,
		     4096);
}

Test(sim_scenario, every_event_has_a_statement)
{
	static const struct {
		const char *text;
		enum sim_op_kind kind;
	} events[] = {
		{"alloc a 0 L1 64 8", SIM_OP_ALLOC},
		{"free a 0 L1 64", SIM_OP_FREE},
		{"free-sized a 0 L1 64 8", SIM_OP_FREE_SIZED},
		{"view a 0 L1 64 8", SIM_OP_VIEW},
		{"free-view a 0 L1 64", SIM_OP_FREE_VIEW},
		{"free-group a 0 L1 3", SIM_OP_FREE_GROUP},
		{"close a 0-7", SIM_OP_CLOSE},
		{"fail a 0 DRAM 4G", SIM_OP_FAIL},
		{"add a 0 HOST -4K", SIM_OP_ADD},
		{"mark a \"after close\"", SIM_OP_MARK},
		{"level a counters", SIM_OP_LEVEL},
		{"churn a 0 DRAM live 4 ops 9 sizes 4K-8K seed 2 base 1M", SIM_OP_CHURN},
	};

	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
		char text[128];

		snprintf(text, sizeof(text), "process a\n%s\n", events[i].text);
		cr_expect_eq(parsed(text)->op.kind, events[i].kind, "%s", events[i].text);
		forget();
	}
	cr_assert_eq(parsed("process a\nadd a 0 HOST -4K\n")->op.delta, -4096);
	forget();
	cr_assert_eq(parsed("process a\nlevel a live\n")->op.level, TTA_LIVE);
}

Test(sim_scenario, blocks_nest_and_know_where_they_began)
{
	const struct sim_statement *last = parsed("process a\n"
						  "repeat 3\n"
						  "  forever\n"
						  "    sleep 50ms\n"
						  "  end\n"
						  "end # of repeat\n");

	cr_assert_eq(last->kind, SIM_END);
	cr_assert_eq(last->value, 1);
	cr_assert_eq(last[-1].value, 2);
	cr_assert_eq(last[-2].value, 50000000);
}

Test(sim_scenario, each_error_names_its_line)
{
	static const struct {
		const char *text;
		const char *error;
	} wrong[] = {
		{"process a\n\nalloc b 0 L1 64 8\n",
		 "x.scn:3: alloc: no process 'b' is declared above"},
		{"alloc", "x.scn:1: alloc: process is missing"},
		{"process a\nalloc a 0 L1 64", "x.scn:2: alloc: size is missing"},
		{"process a\nalloc a x L1 64 8", "x.scn:2: alloc: 'x' is no device"},
		{"process a\nalloc a 0 L1 64 8Q", "x.scn:2: alloc: '8Q' is no size"},
		{"process a\nalloc a 0 L1 64 8 colour red",
		 "x.scn:2: alloc: 'colour' is not known here"},
		{"process a\nfree a 0 L1 64 label x",
		 "x.scn:2: free: 'label' is not known here"},
		{"process a\nalloc a 0 L1 64 8 group",
		 "x.scn:2: alloc: group needs a value"},
		{"process a\nalloc a 0 L1 64 8 x many",
		 "x.scn:2: alloc: x 'many' cannot be used"},
		{"process a\nalloc a 0 L1 64 8 x 0",
		 "x.scn:2: alloc: x 0 publishes nothing"},
		{"process a\nfree a 0 L1 64 x 2", "x.scn:2: free: x needs step here"},
		{"process a\nlevel a loud", "x.scn:2: level: 'loud' is no level"},
		{"process a\nchurn a 0 L1 ops 3",
		 "x.scn:2: churn: live N and sizes A-B are needed"},
		{"jump a",
		 "x.scn:1: jump: no such statement: try 'tta-sim help scenario'"},
		{"process", "x.scn:1: process: a name is missing"},
		{"process a\nprocess a comm b", "x.scn:2: process: 'a' is declared "
						"above: only its name can be repeated"},
		{"process a colour red", "x.scn:1: process: 'colour' is not known here"},
		{"process a-name-that-is-much-too-long-for-it",
		 "x.scn:1: process: a name has at most 31 bytes"},
		{"device 0\ndevice 0", "x.scn:2: device: device 0 is declared above"},
		{"device 0 kind a-kind-that-is-too-long",
		 "x.scn:1: device: kind, id and arch have at most 15, 39 and 23 bytes"},
		{"device", "x.scn:1: device: '' is no device (3 or 0-7)"},
		{"memory 1 L1", "x.scn:1: memory: device 1 is not declared above"},
		{"device 0\nmemory 0",
		 "x.scn:2: memory: a type of at most 27 bytes is missing"},
		{"device 0\nmemory 0 L1 capacity lots",
		 "x.scn:2: memory: capacity 'lots' is no size (4096, 0x1000, 4K)"},
		{"sleep 50", "x.scn:1: sleep: one time is needed (50ms, 2s)"},
		{"process a\nexit a 300",
		 "x.scn:2: exit: '300' is no exit code (0 to 255)"},
		{"exit", "x.scn:1: exit: a process, perhaps a code, is needed"},
		{"kill", "x.scn:1: kill: one process is needed"},
		{"kill a", "x.scn:1: kill: no process 'a' is declared above"},
		{"repeat 0\nend", "x.scn:1: repeat: a count of at least 1 is needed"},
		{"forever 3\nend", "x.scn:1: forever: nothing may follow"},
		{"end", "x.scn:1: end: no repeat or forever is open"},
		{"repeat 2\n\n", "x.scn:2: end of file: an 'end' is missing"},
		{"mark a \"x", "x.scn:1: words: the quote is not closed"},
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		cr_expect_lt(parse(wrong[i].text), 0, "%s", wrong[i].text);
		cr_expect_not_null(strstr(error.text, wrong[i].error),
				   "got '%s', not '%s'", error.text, wrong[i].error);
		forget();
	}
}

Test(sim_scenario, more_blocks_than_fit_are_an_error)
{
	char text[256] = "";

	for (int i = 0; i < 9; i++)
		strcat(text, "repeat 2\n");
	cr_assert_lt(parse(text), 0);
	cr_assert_not_null(strstr(error.text, "x.scn:9: repeat: more than 8 blocks"));
}

Test(sim_scenario, every_built_in_scenario_parses)
{
	size_t count = 0;

	for (const struct sim_builtin *at = sim_builtin_scenarios; at->name;
	     at++, count++) {
		FILE *file = sim_builtin_open(at->name);

		cr_assert_not_null(file);
		cr_assert_eq(sim_scenario_parse(at->name, file, &program, &error), 0,
			     "%s", error.text);
		fclose(file);
		cr_assert_gt(program.statement_count, 0);
		forget();
	}
	cr_assert_eq(count, 7);
	cr_assert_null(sim_builtin_open("seed-005"));
}
