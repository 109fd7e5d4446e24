/* SPDX-License-Identifier: BSD-2-Clause */
#include <criterion/criterion.h>

#include <stdio.h>

#include "log_parse.h"
#include "log_plan.h"

static struct sim_log_line parsed(const char *text)
{
	struct sim_log_line line;

	sim_log_parse(text, &line);
	return line;
}

Test(sim_log, a_new_allocation)
{
	struct sim_log_line line =
		parsed("✓ [PID 1906544] Allocated 12288 bytes of DRAM on device 7 "
		       "(buffer_id=1073739776)\n");

	cr_assert_eq(line.kind, SIM_LOG_ALLOCATED);
	cr_assert_eq(line.pid, 1906544);
	cr_assert_eq(line.size, 12288);
	cr_assert_str_eq(line.type, "DRAM");
	cr_assert_eq(line.device, 7);
	cr_assert_eq(line.id, 1073739776);
	cr_assert_eq(line.refs, 0);
}

Test(sim_log, a_repeated_allocation_with_hex_id_and_count)
{
	struct sim_log_line line =
		parsed("✓ [PID 5] Allocated 2048 bytes of L1_SMALL on "
		       "device 0 (buffer_id=0x1ab20, ref_count=2)\r\n");

	cr_assert_eq(line.kind, SIM_LOG_ALLOCATED);
	cr_assert_str_eq(line.type, "L1_SMALL");
	cr_assert_eq(line.id, 0x1ab20);
	cr_assert_eq(line.refs, 2);
}

Test(sim_log, frees_say_what_remains)
{
	struct sim_log_line last = parsed("✗ [PID 9] Freed buffer 2097152 on device 3 "
					  "(4194304 bytes, FINAL)");
	struct sim_log_line held = parsed("✗ [PID 9] Freed buffer 0x200000 on device 3 "
					  "(4194304 bytes, ref_count=1 remaining)");

	cr_assert_eq(last.kind, SIM_LOG_FREED);
	cr_assert_eq(last.id, 2097152);
	cr_assert_eq(last.size, 4194304);
	cr_assert_eq(last.refs, 0);
	cr_assert_eq(held.kind, SIM_LOG_FREED);
	cr_assert_eq(held.id, 2097152);
	cr_assert_eq(held.refs, 1);
}

Test(sim_log, unknown_frees_and_deaths)
{
	struct sim_log_line line =
		parsed("⚠ [PID 12] Deallocation for unknown buffer 64 on device 1 "
		       "(allocated before tracking started)");

	cr_assert_eq(line.kind, SIM_LOG_UNKNOWN_FREE);
	cr_assert_eq(line.pid, 12);
	cr_assert_eq(line.id, 64);
	line = parsed("   PID 141211 is dead, removing its buffers...");
	cr_assert_eq(line.kind, SIM_LOG_DEAD);
	cr_assert_eq(line.pid, 141211);
}

Test(sim_log, all_else_is_left_alone)
{
	static const char *const others[] = {
		"",
		"\n",
		"🚀 Allocation Server started",
		"📊 Current Statistics:",
		"    L1: 12288 bytes (12 KB)",
		"  Active allocations: 3",
		"⚠️  Detected dead processes, cleaning up orphaned buffers...",
		"   ✓ Removed 3 buffers (0.0117188 MB) from PID 141211",
		"✓ [CB_ALLOC] Device 0: +0.5 MB (Total: 0.5 MB)",
		"✗ [KERNEL_UNLOAD] Device 0: -0.5 MB (Total: 0 MB)",
		"⚠ [PID 1] Invalid buffer_type 9 for buffer 4 on device 0",
		"✓ [PID 1] Allocated 1 bytes of DRAM on device 0 (buffer_id=4",
		"✓ [PID 1] Allocated 1 bytes of DRAM on device 0 (buffer_id=4) and more",
		"✓ [PID 1] Allocated 1 bytes of  on device 0 (buffer_id=4)",
		"✓ [PID 1] Allocated -1 bytes of DRAM on device 0 (buffer_id=4)",
		"✓ [PID 99999999999] Allocated 1 bytes of DRAM on device 0 (buffer_id=4)",
		"✓ [PID 1] Allocated 99999999999999999999 bytes of DRAM on device 0 "
		"(buffer_id=4)",
		"✗ [PID 1] Freed buffer 4 on device 0 (1 bytes, LAST)",
		"✗ [PID 1] Freed buffer 4 on device 0",
		"✓ [PID 1] Allocated 1 bytes of DRAM on device x (buffer_id=4)",
		"\xff\xfe\x01[PID",
	};

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		cr_expect_eq(parsed(others[i]).kind, SIM_LOG_OTHER, "line: %s",
			     others[i]);
}

static struct sim_program program;
static struct sim_log_plan *plan;

static void open_plan(void)
{
	plan = sim_log_plan_new(&program);
	cr_assert_not_null(plan);
}

static void close_plan(void)
{
	sim_log_plan_free(plan);
	sim_program_fini(&program);
}

TestSuite(sim_plan, .init = open_plan, .fini = close_plan);

static void line(const char *text)
{
	cr_assert_eq(sim_log_plan_line(plan, text), 0);
}

static const struct sim_statement *statement(size_t index)
{
	cr_assert_lt(index, program.statement_count);
	return &program.statements[index];
}

Test(sim_plan, a_free_has_the_type_of_the_last_allocation_of_device_and_id)
{
	line("✓ [PID 1] Allocated 8 bytes of L1 on device 0 (buffer_id=64)");
	line("✓ [PID 1] Allocated 8 bytes of TRACE on device 1 (buffer_id=64)");
	line("✗ [PID 1] Freed buffer 64 on device 0 (8 bytes, FINAL)");
	line("✓ [PID 1] Allocated 8 bytes of L1_SMALL on device 0 (buffer_id=64)");
	line("✗ [PID 1] Freed buffer 64 on device 0 (8 bytes, FINAL)");
	line("✗ [PID 1] Freed buffer 64 on device 1 (8 bytes, FINAL)");
	cr_assert_eq(program.statement_count, 7);
	cr_assert_str_eq(statement(3)->op.type, "L1");
	cr_assert_eq(statement(3)->op.kind, SIM_OP_FREE_SIZED);
	cr_assert_str_eq(statement(5)->op.type, "L1_SMALL");
	cr_assert_str_eq(statement(6)->op.type, "TRACE");
}

Test(sim_plan, an_unknown_free_is_played_as_dram_or_the_last_type)
{
	line("⚠ [PID 1] Deallocation for unknown buffer 64 on device 0 (allocated "
	     "before)");
	line("✓ [PID 1] Allocated 8 bytes of L1 on device 0 (buffer_id=64)");
	line("⚠ [PID 1] Deallocation for unknown buffer 64 on device 0 (allocated "
	     "before)");
	cr_assert_eq(statement(1)->op.kind, SIM_OP_FREE);
	cr_assert_str_eq(statement(1)->op.type, "DRAM");
	cr_assert_str_eq(statement(3)->op.type, "L1");
}

Test(sim_plan, each_pid_is_a_process_that_starts_at_its_first_line)
{
	line("✓ [PID 1] Allocated 8 bytes of L1 on device 0 (buffer_id=64)");
	line("✓ [PID 2] Allocated 8 bytes of L1 on device 0 (buffer_id=65)");
	line("✗ [PID 1] Freed buffer 64 on device 0 (8 bytes, FINAL)");
	cr_assert_eq(program.process_count, 2);
	cr_assert_str_eq(program.processes[1].cmdline, "tta-sim: log pid 2");
	cr_assert_eq(statement(0)->kind, SIM_START);
	cr_assert_eq(statement(2)->kind, SIM_START);
	cr_assert_eq(statement(4)->process, 0);
}

Test(sim_plan, a_death_kills_and_a_recycled_pid_is_another_process)
{
	line("✓ [PID 1] Allocated 8 bytes of L1 on device 0 (buffer_id=64)");
	line("   PID 1 is dead, removing its buffers...");
	line("✓ [PID 1] Allocated 8 bytes of L1 on device 0 (buffer_id=64)");
	cr_assert_eq(statement(2)->kind, SIM_KILL);
	cr_assert_eq(statement(3)->kind, SIM_START);
	cr_assert_eq(statement(4)->process, 1);
	cr_assert_eq(program.process_count, 2);
}

Test(sim_plan, the_death_of_a_stranger_is_skipped)
{
	line("   PID 1 is dead, removing its buffers...");
	cr_assert_eq(program.statement_count, 0);
	cr_assert_eq(program.skipped, 1);
}

Test(sim_plan, lines_are_counted_from_file_to_file)
{
	char text[] = "🚀 Allocation Server started\n"
		      "✓ [PID 1] Allocated 8 bytes of L1 on device 0 (buffer_id=64)\n"
		      "\n"
		      "✗ [PID 1] Freed buffer 64 on device 0 (8 bytes, FINAL)";

	for (int round = 0; round < 2; round++) {
		FILE *file = fmemopen(text, sizeof(text) - 1, "r");

		cr_assert_eq(sim_log_plan_file(plan, file), 0);
		fclose(file);
	}
	cr_assert_eq(program.played, 4);
	cr_assert_eq(program.skipped, 4);
	cr_assert_eq(statement(4)->line, 4);
	cr_assert_eq(program.process_count, 1);
}
