/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who is dead: each row of the verdict table with real processes, deaths by real signals.
 * Rows that need a query to fail are held by the reader's own tests of the pure table.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <tta/tta.h>

#include "observe.h"
#include "publisher.h"
#include "test_dir.h"

#define A UINT64_C(0x18b20)

static int ready_pipe[2];

static void set_up(void)
{
	test_dir_make();
	cr_assert_eq(pipe(ready_pipe), 0);
}

TestSuite(verdicts, .init = set_up, .fini = test_dir_remove);

/* In a child: say that it is as far as the test wants it. */
static void ready(void)
{
	if (write(ready_pipe[1], "r", 1) != 1)
		_exit(99);
}

static void wait_ready(void)
{
	char c;

	cr_assert_eq(read(ready_pipe[0], &c, 1), 1);
}

/* Run @body in a child and wait until it says ready. */
static pid_t publisher(void (*body)(void))
{
	pid_t child = fork();

	cr_assert_geq(child, 0);
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		body();
		_exit(98);
	}
	wait_ready();
	return child;
}

static void expect(pid_t pid, enum tta_verdict verdict, uint64_t used, uint32_t notes)
{
	struct observation o = observe_until(pid, verdict, notes);

	cr_assert_not_null(o.process, "no segment of %d", pid);
	cr_expect_eq(o.process->verdict, verdict, "verdict %d, not %d",
		     o.process->verdict, verdict);
	cr_expect_eq(observe_memory(&o, 0, TTA_L1).used, used);
	cr_expect_eq(o.process->notes & notes, notes, "notes %x lack %x",
		     o.process->notes, notes);
	observe_end(&o);
}

static void finish(pid_t child)
{
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

static void hold(void)
{
	tta_alloc(0, TTA_L1, A, 4096);
	ready();
	for (;;)
		pause();
}

static void hold_nothing(void)
{
	tta_alloc(0, TTA_L1, A, 4096);
	tta_free(0, TTA_L1, A);
	ready();
	for (;;)
		pause();
}

Test(verdicts, a_live_process_is_alive)
{
	pid_t child = publisher(hold);

	expect(child, TTA_VERDICT_ALIVE, 4096, 0);
	finish(child);
}

Test(verdicts, killed_with_residue_is_an_orphan_before_anybody_reaps_the_zombie)
{
	pid_t child = publisher(hold);

	kill(child, SIGKILL);
	expect(child, TTA_VERDICT_ORPHAN, 4096, 0);
	cr_expect_eq(kill(child, 0), 0, "the zombie is still there");
	waitpid(child, NULL, 0);
	expect(child, TTA_VERDICT_ORPHAN, 4096, 0);
}

Test(verdicts, killed_with_nothing_left_is_dead)
{
	pid_t child = publisher(hold_nothing);

	finish(child);
	expect(child, TTA_VERDICT_DEAD, 0, 0);
}

static void *publish_and_wait(void *arg)
{
	tta_alloc(0, TTA_L1, (uint64_t)(uintptr_t)arg, 1024);
	ready();
	for (;;)
		pause();
	return NULL;
}

static void hold_in_threads(void)
{
	pthread_t threads[4];

	for (uintptr_t i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, publish_and_wait,
			       (void *)((i + 1) << 12));
	for (;;)
		pause();
}

Test(verdicts, killed_with_threads_is_an_orphan)
{
	pid_t child = publisher(hold_in_threads);

	for (unsigned i = 0; i < 3; i++)
		wait_ready();
	kill(child, SIGKILL);
	expect(child, TTA_VERDICT_ORPHAN, 4096, 0);
	waitpid(child, NULL, 0);
}

static void hold_and_crash(void)
{
	signal(SIGSEGV, SIG_DFL); /* not the test runner's */
	tta_alloc(0, TTA_L1, A, 4096);
	ready();
	raise(SIGSEGV);
}

Test(verdicts, a_crash_leaves_an_orphan)
{
	pid_t child = publisher(hold_and_crash);

	expect(child, TTA_VERDICT_ORPHAN, 4096, 0);
	waitpid(child, NULL, 0);
}

Test(verdicts, a_stopped_process_is_alive)
{
	pid_t child = publisher(hold);
	int status;

	kill(child, SIGSTOP);
	waitpid(child, &status, WUNTRACED);
	cr_expect(WIFSTOPPED(status));
	expect(child, TTA_VERDICT_ALIVE, 4096, 0);
	finish(child);
}

static void *publish_once(void *arg)
{
	tta_alloc(0, TTA_L1, A, 4096);
	return arg;
}

static void hold_from_a_thread_that_ends(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, publish_once, NULL);
	pthread_join(thread, NULL);
	ready();
	for (;;)
		pause();
}

Test(verdicts, a_thread_that_ended_is_no_dead_process)
{
	pid_t child = publisher(hold_from_a_thread_that_ends);

	expect(child, TTA_VERDICT_ALIVE, 4096,
	       TTA_NOTE_DEAD_THREAD | TTA_NOTE_ALL_LANES_DEAD);
	finish(child);
}

static void *publish_and_meet(void *barrier)
{
	tta_alloc(0, TTA_L1, 4096, 1024);
	pthread_barrier_wait(barrier);
	return publish_and_wait((void *)(uintptr_t)8192);
}

/* Both threads have a lane before one ends: else the other takes its lane over. */
static void main_thread_ends(void)
{
	static pthread_barrier_t barrier;
	pthread_t thread;

	pthread_barrier_init(&barrier, NULL, 2);
	tta_alloc(0, TTA_L1, 1 << 20, 2048);
	pthread_create(&thread, NULL, publish_and_meet, &barrier);
	pthread_barrier_wait(&barrier);
	pthread_exit(NULL);
}

Test(verdicts, a_main_thread_that_ended_is_no_dead_process)
{
	pid_t child = publisher(main_thread_ends);

	expect(child, TTA_VERDICT_ALIVE, 4096, TTA_NOTE_DEAD_THREAD);
	finish(child);
}

static void hold_and_exec(void)
{
	tta_alloc(0, TTA_L1, A, 4096);
	ready();
	execl("/bin/sleep", "sleep", "1000", NULL);
}

Test(verdicts, exec_ends_the_segment_under_a_living_pid)
{
	pid_t child = publisher(hold_and_exec);

	expect(child, TTA_VERDICT_ORPHAN, 4096, 0);
	cr_expect_eq(kill(child, 0), 0);
	finish(child);
}

static void hold_and_fork(void)
{
	tta_alloc(0, TTA_L1, A, 4096);
	if (fork() == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		tta_alloc(0, TTA_L1, A, 512);
		ready();
	}
	for (;;)
		pause();
}

Test(verdicts, a_child_has_a_segment_of_its_own_and_keeps_no_parent_alive)
{
	struct observation o;
	uint64_t used = 0;
	pid_t parent;

	/* The child must outlive its parent: we adopt it. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	parent = publisher(hold_and_fork);
	o = observe(parent);
	cr_assert_eq(o.sample->process_count, 2);
	for (unsigned i = 0; i < 2; i++)
		used += o.sample->processes[i].memory[0].used;
	cr_expect_eq(used, 4096 + 512);
	observe_end(&o);
	kill(parent, SIGKILL);
	expect(parent, TTA_VERDICT_ORPHAN, 4096, 0);
	waitpid(parent, NULL, 0);
	/* PDEATHSIG ends the child. */
	cr_expect_gt(waitpid(-1, NULL, 0), 0);
}

static void orderly_without_residue(void)
{
	tta_alloc(0, TTA_L1, A, 4096);
	tta_free(0, TTA_L1, A);
	ready();
	exit(0);
}

Test(verdicts, an_orderly_end_without_residue_leaves_nothing)
{
	pid_t child = publisher(orderly_without_residue);

	waitpid(child, NULL, 0);
	cr_expect_eq(test_dir_count(), 0);
}

static void orderly_with_residue(void)
{
	tta_alloc(0, TTA_L1, A, 4096);
	ready();
	exit(0);
}

Test(verdicts, an_orderly_end_with_residue_is_kept_as_exited)
{
	pid_t child = publisher(orderly_with_residue);

	waitpid(child, NULL, 0);
	expect(child, TTA_VERDICT_EXITED, 4096, 0);
}

static void orderly_with_a_run_id(void)
{
	setenv("TTA_RUN_ID", "run-7", 1);
	orderly_without_residue();
}

Test(verdicts, an_orderly_end_with_a_run_id_is_kept)
{
	pid_t child = publisher(orderly_with_a_run_id);
	struct observation o;

	waitpid(child, NULL, 0);
	expect(child, TTA_VERDICT_DEAD, 0, 0);
	o = observe(child);
	cr_expect_str_eq(o.process->run_id, "run-7");
	observe_end(&o);
}

static void host_residue(void)
{
	tta_alloc(0, TTA_HOST, A, 4096);
	ready();
	exit(0);
}

Test(verdicts, host_residue_is_not_kept)
{
	pid_t child = publisher(host_residue);

	waitpid(child, NULL, 0);
	cr_expect_eq(test_dir_count(), 0);
}

static void abrupt_without_residue(void)
{
	tta_alloc(0, TTA_L1, A, 4096);
	tta_free(0, TTA_L1, A);
	ready();
	_exit(0);
}

Test(verdicts, an_abrupt_exit_without_residue_is_no_orphan)
{
	pid_t child = publisher(abrupt_without_residue);

	waitpid(child, NULL, 0);
	expect(child, TTA_VERDICT_DEAD, 0, 0);
}

/* Runs after libtta's own destructor, which has no priority. */
static void (*late)(void);

__attribute__((destructor(102))) static void late_destructor(void)
{
	if (late)
		late();
}

static void wait_for_ever(void)
{
	ready();
	for (;;)
		pause();
}

static void ending(void)
{
	tta_alloc(0, TTA_L1, A, 4096);
	late = wait_for_ever;
	exit(0);
}

Test(verdicts, closed_with_the_lock_held_is_ending)
{
	pid_t child = publisher(ending);

	expect(child, TTA_VERDICT_ENDING, 4096, 0);
	finish(child);
	expect(child, TTA_VERDICT_EXITED, 4096, 0);
}

static void free_late(void)
{
	tta_free(0, TTA_L1, A);
	tta_alloc(0, TTA_L1, A, 1);
	tta_free(0, TTA_L1, A);
	ready();
}

static void free_in_a_late_destructor(void)
{
	tta_alloc(0, TTA_L1, A, 4096);
	late = free_late;
	exit(0);
}

Test(verdicts, whoever_empties_a_closed_table_removes_the_segment)
{
	pid_t child = publisher(free_in_a_late_destructor);

	waitpid(child, NULL, 0);
	cr_expect_eq(test_dir_count(), 0);
}

/* What the kernel cannot write it cannot mark. */
static void hold_read_only(void)
{
	struct publisher *p;

	tta_alloc(0, TTA_L1, A, 4096);
	p = tta__gate_attached();
	mprotect(p->base, p->size, PROT_READ);
	ready();
	for (;;)
		pause();
}

Test(verdicts, an_unmarked_lane_is_said_beside_the_verdict)
{
	pid_t child = publisher(hold_read_only);

	finish(child);
	expect(child, TTA_VERDICT_ORPHAN, 4096, TTA_NOTE_NOT_MARKED);
}

Test(verdicts, a_strangers_read_lock_keeps_nobody_alive)
{
	struct flock lock = {.l_type = F_RDLCK, .l_whence = SEEK_SET, .l_len = 1};
	pid_t child = publisher(hold);
	struct observation o = observe(child);
	char path[512];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", getenv("TTA_DIR"), o.process->name);
	observe_end(&o);
	finish(child);
	fd = open(path, O_RDONLY);
	cr_assert_eq(fcntl(fd, F_OFD_SETLK, &lock), 0);
	expect(child, TTA_VERDICT_ORPHAN, 4096, TTA_NOTE_STRANGER_LOCK);
	close(fd);
}

/* A process of its own that holds a read lock on @length bytes from @start. */
static pid_t read_locker(const char *path, off_t start, off_t length)
{
	struct flock lock = {
		.l_type = F_RDLCK,
		.l_whence = SEEK_SET,
		.l_start = start,
		.l_len = length,
	};
	pid_t child = fork();

	cr_assert_geq(child, 0);
	if (child == 0) {
		int fd = open(path, O_RDONLY);

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (fd < 0 || fcntl(fd, F_SETLK, &lock))
			_exit(97);
		ready();
		for (;;)
			pause();
	}
	wait_ready();
	return child;
}

static int reap(const char *name)
{
	struct tta_reader *reader;
	int result;

	cr_assert_eq(tta_reader_open(NULL, &reader), 0);
	result = tta_reader_reap(reader, name, 0, NULL, NULL);
	tta_reader_close(reader);
	return result;
}

/* Byte 0 is the owner's, byte 1 the reapers': neither is there. */
static void reap_under_a_read_lock(off_t start, off_t length)
{
	pid_t child = publisher(hold), stranger;
	struct observation o = observe(child);
	char name[128], path[512];

	snprintf(name, sizeof(name), "%s", o.process->name);
	snprintf(path, sizeof(path), "%s/%s", getenv("TTA_DIR"), name);
	observe_end(&o);
	cr_expect_eq(reap(name), TTA_REAP_ALIVE);
	finish(child);
	stranger = read_locker(path, start, length);
	cr_expect_eq(reap(name), TTA_REAP_LOCKED);
	cr_expect_eq(test_dir_count(), 1);
	finish(stranger);
	cr_expect_eq(reap(name), TTA_REAP_REMOVED);
}

Test(verdicts, a_strangers_read_lock_is_told_from_the_owners)
{
	reap_under_a_read_lock(0, 1);
}

Test(verdicts, a_strangers_read_lock_is_told_from_another_reapers)
{
	reap_under_a_read_lock(1, 1);
}

Test(verdicts, a_strangers_read_lock_on_all_of_it_is_told_from_both)
{
	reap_under_a_read_lock(0, 0);
}

/* In a pid namespace of its own everybody is pid 1. */
static void hold_in_a_namespace(void)
{
	if (unshare(CLONE_NEWPID)) {
		late = NULL;
		if (write(ready_pipe[1], "s", 1) != 1)
			_exit(99);
		_exit(0);
	}
	if (fork() == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		hold();
	}
	for (;;)
		pause();
}

Test(verdicts, another_pid_namespace_changes_nothing)
{
	pid_t outer = fork();
	char c;

	if (outer == 0)
		hold_in_a_namespace();
	cr_assert_eq(read(ready_pipe[0], &c, 1), 1);
	if (c == 's')
		cr_skip_test("no pid namespace for us");
	expect(1, TTA_VERDICT_ALIVE, 4096, 0);
	finish(outer); /* takes its namespace with it */
	expect(1, TTA_VERDICT_ORPHAN, 4096, 0);
}

/* Ask the kernel for a pid; false when it may not be asked. */
static bool next_pid(pid_t pid)
{
	FILE *file = fopen("/proc/sys/kernel/ns_last_pid", "we");
	bool ok = file && fprintf(file, "%d", pid - 1) > 0;

	if (file && fclose(file))
		ok = false;
	return ok;
}

Test(verdicts, a_recycled_pid_does_not_bring_the_dead_back)
{
	pid_t first = publisher(hold);
	pid_t second = -1;
	struct observation o;

	finish(first);
	for (unsigned tries = 0; tries < 20 && second != first; tries++) {
		if (!next_pid(first))
			cr_skip_test("no ns_last_pid for us");
		if (second > 0)
			finish(second);
		second = publisher(hold);
	}
	if (second != first) {
		finish(second);
		cr_skip_test("the pid went to somebody else");
	}
	o = observe(first);
	cr_expect_geq(o.sample->process_count, 2);
	cr_expect_eq(o.sample->processes[0].verdict + o.sample->processes[1].verdict,
		     TTA_VERDICT_ORPHAN + TTA_VERDICT_ALIVE);
	observe_end(&o);
	finish(second);
}
