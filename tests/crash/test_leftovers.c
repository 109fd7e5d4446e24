/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a starting publisher removes, and what it leaves alone.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <tta/tta.h>

#include "child.h"
#include "observe.h"
#include "test_dir.h"

static void set_up(void)
{
	test_dir_make();
}

TestSuite(leftovers, .init = set_up, .fini = test_dir_remove);

static void end_with_residue(void)
{
	tta_alloc(0, TTA_DRAM, 4096, 100);
	_exit(0);
}

static void end_without(void)
{
	tta_alloc(0, TTA_DRAM, 4096, 100);
	tta_free(0, TTA_DRAM, 4096);
	_exit(0);
}

/* A process that ends abruptly, with or without residue; its pid. */
static pid_t ended(bool residue)
{
	return child_run(residue ? end_with_residue : end_without, NULL);
}

Test(leftovers, evidence_within_the_bounds_stays)
{
	for (unsigned i = 0; i < 3; i++)
		ended(true);
	child_publish_once();
	cr_expect_eq(test_dir_count(), 3);
}

Test(leftovers, the_oldest_go_beyond_64)
{
	pid_t first = ended(true);
	struct observation o;

	for (unsigned i = 0; i < 70; i++)
		ended(true);
	child_publish_once();
	cr_expect_leq(test_dir_count(), 65);
	cr_expect_geq(test_dir_count(), 60);
	o = observe(first);
	cr_expect_null(o.process, "the oldest is still there");
	observe_end(&o);
}

Test(leftovers, a_run_keeps_all_of_its_own)
{
	setenv("TTA_RUN_ID", "run-7", 1);
	for (unsigned i = 0; i < 70; i++)
		ended(true);
	child_publish_once(); /* kept as well: it has the run id */
	cr_expect_eq(test_dir_count(), 71);
	unsetenv("TTA_RUN_ID");
	child_publish_once();
	cr_expect_leq(test_dir_count(), 65);
}

Test(leftovers, what_is_older_than_the_ttl_goes)
{
	ended(true);
	ended(false);
	cr_assert_eq(test_dir_count(), 2);
	setenv("TTA_ORPHAN_TTL", "1", 1);
	sleep(3);
	child_publish_once();
	cr_expect_eq(test_dir_count(), 0);
}

Test(leftovers, the_living_are_left_alone)
{
	int ready[2];
	pid_t child;
	char c;

	cr_assert_eq(pipe(ready), 0);
	child = fork();
	if (child == 0) {
		tta_alloc(0, TTA_DRAM, 4096, 100);
		if (write(ready[1], "r", 1) != 1)
			_exit(1);
		pause();
	}
	cr_assert_eq(read(ready[0], &c, 1), 1);
	setenv("TTA_ORPHAN_TTL", "0", 1);
	sleep(1);
	child_publish_once();
	cr_expect_eq(test_dir_count(), 1);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

/* Exec a program that publishes again. */
static void exec_probe(void)
{
	setenv("TTA_ATTACH", "early", 1);
	execl(TTA_LEFTOVERS_PROBE, "probe", NULL);
	_exit(1);
}

static void publish_and_exec(void)
{
	tta_alloc(0, TTA_DRAM, 4096, 100);
	exec_probe();
}

static void free_and_exec(void)
{
	tta_alloc(0, TTA_DRAM, 4096, 100);
	tta_free(0, TTA_DRAM, 4096);
	exec_probe();
}

Test(leftovers, exec_without_residue_leaves_nothing)
{
	child_run(free_and_exec, NULL);
	cr_expect_eq(test_dir_count(), 0);
}

Test(leftovers, exec_with_residue_leaves_its_evidence)
{
	child_run(publish_and_exec, NULL);
	cr_expect_eq(test_dir_count(), 1);
}

Test(leftovers, interrupted_births_go_when_they_are_old)
{
	struct timespec old[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};
	char path[512];
	int fd;

	snprintf(path, sizeof(path), "%s/.tta.1.0x1", getenv("TTA_DIR"));
	fd = open(path, O_CREAT | O_RDWR, 0600);
	cr_assert_geq(fd, 0);
	futimens(fd, old);
	close(fd);
	child_publish_once();
	cr_expect_neq(access(path, F_OK), 0);
}
