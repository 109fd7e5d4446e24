/* SPDX-License-Identifier: BSD-2-Clause */
/* Holders by a driver of the test's own: who they are, and why they do not publish. */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "driver.h"
#include "proc_look.h"
#include "sample_builder.h"
#include "test_dir.h"
#include "unpublished.h"

struct machine {
	const char *segments;
	char driver[64];
	pid_t child;
	int end; /* closed: the child ends */
};

/* A process that waits, with @variable in its environment. */
static void start_child(struct machine *machine, const char *variable)
{
	char path[64], comm[16] = "";
	int ends[2];

	cr_assert_eq(pipe(ends), 0);
	machine->child = fork();
	cr_assert_geq(machine->child, 0);
	if (machine->child == 0) {
		char *const environment[] = {(char *)(uintptr_t)variable, NULL};
		char *const arguments[] = {(char *)(uintptr_t) "cat", NULL};

		dup2(ends[0], STDIN_FILENO);
		close(ends[0]);
		close(ends[1]);
		execve("/bin/cat", arguments, environment);
		_exit(127);
	}
	close(ends[0]);
	machine->end = ends[1];
	snprintf(path, sizeof(path), "/proc/%d/comm", machine->child);
	while (strcmp(comm, "cat") != 0 && proc_line(path, comm, sizeof(comm)))
		usleep(1000);
	cr_assert_str_eq(comm, "cat");
}

static void open_machine(struct machine *machine, const char *variable)
{
	machine->segments = test_dir_make();
	snprintf(machine->driver, sizeof(machine->driver), "%s/driver",
		 machine->segments);
	cr_assert_eq(mkdir(machine->driver, 0700), 0);
	start_child(machine, variable);
}

static void close_machine(struct machine *machine)
{
	char command[128];

	close(machine->end);
	waitpid(machine->child, NULL, 0);
	snprintf(command, sizeof(command), "rm -r %s", machine->driver);
	cr_assert_eq(system(command), 0);
	test_dir_remove();
}

/* Let the driver say that @pids have @device open. */
static void hold(const struct machine *machine, const char *device, const char *pids)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", machine->driver, device);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/%s/pids", machine->driver, device);
	file = fopen(path, "we");
	cr_assert(file);
	fputs(pids, file);
	fclose(file);
}

static void hold_child(const struct machine *machine, const char *device)
{
	char pids[32];

	snprintf(pids, sizeof(pids), "%d\n", machine->child);
	hold(machine, device, pids);
}

static struct snapshot *look(struct unpublished *unpublished, struct sample_builder *b)
{
	struct snapshot *snapshot = sample_snapshot(b);

	cr_assert_eq(unpublished_add(unpublished, sample_of(b), snapshot), 0);
	sample_delete(b);
	return snapshot;
}

static void expect_note(const struct machine *machine, struct sample_builder *b,
			const char *note)
{
	struct unpublished *unpublished =
		unpublished_new(machine->segments, machine->driver);
	struct snapshot *s = look(unpublished, b);
	const struct snap_process *process = find_process(s, (uint32_t)machine->child);

	cr_assert(process);
	cr_assert(strstr(process->note, note), "%s", process->note);
	snapshot_free(s);
	unpublished_free(unpublished);
}

Test(unpublished, a_holder_without_a_segment_is_named)
{
	struct machine machine;
	struct unpublished *unpublished;
	struct snapshot *s;
	const struct snap_process *process;

	open_machine(&machine, "A=b");
	hold_child(&machine, "2");
	hold_child(&machine, "10");
	hold(&machine, "3", "");
	unpublished = unpublished_new(machine.segments, machine.driver);
	s = look(unpublished, sample_new());
	cr_assert_eq(s->process_count, 1);
	process = &s->processes[0];
	cr_assert_eq(process->pid, (uint32_t)machine.child);
	cr_assert_eq(process->uid, getuid());
	cr_assert_str_eq(process->comm, "cat");
	cr_assert_str_eq(process->note,
			 "holds device 2,10, does not publish: not linked with libtta");
	cr_assert_neq(process->start_time, SNAP_UNKNOWN);
	cr_assert_lt(process->start_realtime_ns, SNAP_UNKNOWN);
	snapshot_free(s);
	unpublished_free(unpublished);
	close_machine(&machine);
}

Test(unpublished, publishers_and_ourselves_are_no_holders)
{
	struct machine machine;
	struct unpublished *unpublished;
	struct sample_builder *b = sample_new();
	struct snapshot *s;
	char pids[64];

	open_machine(&machine, "A=b");
	snprintf(pids, sizeof(pids), "%d\n%d\n%d\n", machine.child, getpid(),
		 machine.child);
	hold(&machine, "0", pids);
	sample_process(b, (uint32_t)machine.child);
	unpublished = unpublished_new(machine.segments, machine.driver);
	s = look(unpublished, b);
	cr_assert_eq(s->process_count, 1);
	cr_assert_not(s->processes[0].unpublished);
	snapshot_free(s);

	/* The segment of a dead process with that pid is another's. */
	b = sample_new();
	sample_process(b, (uint32_t)machine.child)->verdict = TTA_VERDICT_ORPHAN;
	sample_buffer(b, 0, TTA_DRAM, 1, 1);
	s = look(unpublished, b);
	cr_assert_eq(s->process_count, 2);
	cr_assert_eq(s->processes[0].unpublished + s->processes[1].unpublished, 1);
	snapshot_free(s);
	unpublished_free(unpublished);
	close_machine(&machine);
}

Test(unpublished, switched_off_is_said)
{
	struct machine machine;

	open_machine(&machine, "TTA_LEVEL=off");
	hold_child(&machine, "0");
	expect_note(&machine, sample_new(), "publishing is off (TTA_LEVEL=off)");
	close_machine(&machine);
}

Test(unpublished, a_segment_that_cannot_be_read_is_said)
{
	struct machine machine;
	struct sample_builder *b = sample_new();
	char name[96], path[256], note[96];
	FILE *file;

	open_machine(&machine, "A=b");
	hold_child(&machine, "0");
	snprintf(name, sizeof(name), "tta.1.%u.%d.5.abc", getuid(), machine.child);
	snprintf(path, sizeof(path), "%s/%s", machine.segments, name);
	file = fopen(path, "we");
	cr_assert(file);
	fclose(file);
	chmod(path, 0600);
	sample_skipped(b, name, EACCES, "no permission");
	snprintf(note, sizeof(note), "not readable: owner uid %u, mode 0600", getuid());
	expect_note(&machine, b, note);
	b = sample_new();
	sample_skipped(b, name, EPROTONOSUPPORT, "layout 9 is not known");
	expect_note(&machine, b, "not readable: layout 9 is not known");
	close_machine(&machine);
}

Test(unpublished, who_is_not_seen_from_here_is_listed_all_the_same)
{
	struct machine machine;
	struct unpublished *unpublished;
	struct snapshot *s;

	open_machine(&machine, "A=b");
	hold(&machine, "7", "4194305\n0\n"); /* beyond pid_max, and of elsewhere */
	unpublished = unpublished_new(machine.segments, machine.driver);
	s = look(unpublished, sample_new());
	cr_assert_eq(s->process_count, 2);
	for (int i = 0; i < 2; i++) {
		cr_assert(strstr(s->processes[i].note, "in another container"));
		cr_assert_str_eq(s->processes[i].comm, "?");
		cr_assert_eq(s->processes[i].uid, SNAP_UID_UNKNOWN);
	}
	snapshot_free(s);
	unpublished_free(unpublished);
	close_machine(&machine);
}

Test(unpublished, what_was_found_out_is_kept_and_the_gone_are_gone)
{
	struct machine machine;
	struct unpublished *unpublished;
	struct snapshot *s;

	open_machine(&machine, "TTA_LEVEL=off");
	hold_child(&machine, "0");
	unpublished = unpublished_new(machine.segments, machine.driver);
	for (int i = 0; i < 3; i++) {
		s = look(unpublished, sample_new());
		cr_assert_eq(s->process_count, 1);
		cr_assert(strstr(s->processes[0].note, "TTA_LEVEL=off"));
		snapshot_free(s);
	}
	hold(&machine, "0", "");
	s = look(unpublished, sample_new());
	cr_assert_eq(s->process_count, 0);
	snapshot_free(s);
	unpublished_free(unpublished);
	close_machine(&machine);
}

Test(driver, nonsense_is_left_out)
{
	struct machine machine;
	struct driver_holds holds;

	open_machine(&machine, "A=b");
	hold(&machine, "0", "12\nx\n13\n");
	hold(&machine, "debug", "14\n");
	hold(&machine, "1", "12 python\n12\n15\n");
	cr_assert_eq(driver_holds_read(machine.driver, &holds), 0);
	cr_assert(holds.present);
	cr_assert_eq(holds.count, 3);
	cr_assert_eq(holds.list[0].pid, 12);
	cr_assert_eq(holds.list[1].device, 1);
	cr_assert_eq(holds.list[2].pid, 15);
	driver_holds_free(&holds);
	cr_assert_eq(driver_holds_read("/nonexistent", &holds), 0);
	cr_assert_not(holds.present);
	close_machine(&machine);
}
