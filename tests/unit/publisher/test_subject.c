/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Publishing for somebody else: who is shown, and who is proven.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <tta/tta.h>

#include "observe.h"
#include "subject.h"
#include "test_dir.h"

static const struct tta_subject somebody = {
	.pid = 4242,
	.start_time = 99,
	.comm = "python",
	.cmdline = "python train.py",
	.publisher = "tta-bridge 1",
};

TestSuite(subject, .init = (void (*)(void))test_dir_make, .fini = test_dir_remove);

Test(subject, is_shown_with_its_names_while_the_publisher_is_proven)
{
	struct observation o;

	tta__subject_set(&somebody);
	tta_alloc(0, TTA_DRAM, 64, 1);
	o = observe(getpid());
	cr_assert(o.process, "the publisher's pid is known");
	cr_assert_eq(o.process->pid, 4242);
	cr_assert_eq(o.process->subject_pid, 4242);
	cr_assert_eq(o.process->start_time, 99);
	cr_assert_str_eq(o.process->comm, "python");
	cr_assert_str_eq(o.process->cmdline, "python train.py");
	cr_assert_str_eq(o.process->publisher, "tta-bridge 1");
	cr_assert_eq(o.process->verdict, TTA_VERDICT_ALIVE);
	observe_end(&o);
}

Test(subject, is_not_inherited_by_a_child_of_fork)
{
	struct observation o;
	int status;
	pid_t pid;

	tta__subject_set(&somebody);
	tta_alloc(0, TTA_DRAM, 64, 1);
	pid = fork();
	if (pid == 0) {
		tta_alloc(0, TTA_DRAM, 64, 1);
		_exit(0);
	}
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	o = observe_until(pid, TTA_VERDICT_ORPHAN, 0);
	cr_assert_eq(o.process->pid, pid);
	cr_assert_eq(o.process->subject_pid, 0);
	cr_assert_str_eq(o.process->publisher, "libtta");
	observe_end(&o);
}

Test(subject, of_nobody_is_the_publisher)
{
	struct observation o;

	tta_alloc(0, TTA_DRAM, 64, 1);
	o = observe(getpid());
	cr_assert_eq(o.process->pid, getpid());
	cr_assert_eq(o.process->subject_pid, 0);
	observe_end(&o);
}
