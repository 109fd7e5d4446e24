/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names, locks and removal of segment files.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <tta/layout.h>
#include <tta/reader.h>

#include "segment_file.h"
#include "test_dir.h"

static void set_up(void)
{
	test_dir_make();
}

TestSuite(segment_file, .init = set_up, .fini = test_dir_remove);

static const struct tta_segment_name id = {
	.major = 1,
	.uid = 1001,
	.pid = 42,
	.start_time = 123456,
	.nonce = 0xdeadbeef,
};

Test(segment_file, a_name_is_read_back)
{
	char name[TTA_SEGMENT_NAME_SIZE];
	struct tta_segment_name back;

	tta__segment_name_format(&id, name);
	cr_expect_str_eq(name, "tta.1.1001.42.123456.00000000deadbeef");
	cr_assert(tta__segment_name_parse(name, &back));
	cr_expect_eq(back.major, id.major);
	cr_expect_eq(back.uid, id.uid);
	cr_expect_eq(back.pid, id.pid);
	cr_expect_eq(back.start_time, id.start_time);
	cr_expect_eq(back.nonce, id.nonce);
}

Test(segment_file, other_names_are_no_segments)
{
	static const char *const names[] = {
		"",
		"tta.",
		"tta.1",
		"tta.1.2.3.4",
		"tta.1.2.3.4.",
		"tta.1.2.3.4.xyz",
		"tta.1.2.3.4.5 ",
		"tta.-1.2.3.4.5",
		"tta.1.2.99999999999.4.5",
		"tta.1.2.3.4.11112222333344445",
		"tta.1.2.3.4.5.6",
		"ttx.1.2.3.4.5",
		".tta.1.2.3.4.5",
		"tta. 1.2.3.4.5",
	};
	struct tta_segment_name back;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		cr_expect_not(tta__segment_name_parse(names[i], &back), "%s", names[i]);
}

/* A published segment of our own, its lock held by the mapping. */
static struct tta_segment_new make(char name[TTA_SEGMENT_NAME_SIZE])
{
	struct tta_segment_new segment;

	tta__segment_name_format(&id, name);
	cr_assert_eq(tta__segment_create(getenv("TTA_DIR"), 1 << 20, 0644, &segment), 0);
	cr_assert_not(segment.no_ofd);
	cr_assert_eq(test_dir_count(), 0, "visible before it is complete");
	cr_assert_eq(tta__segment_publish(&segment, name), 0);
	cr_assert_eq(segment.fd, -1);
	return segment;
}

static enum tta_lock_state lock_state(const char *name)
{
	struct tta_file_facts facts;
	enum tta_lock_state state;
	int dir, fd;

	cr_assert_eq(tta__segment_open_directory(getenv("TTA_DIR"), &dir), 0);
	cr_assert_eq(tta__segment_open(dir, name, &fd, &facts), 0);
	state = tta__segment_lock_state(fd);
	close(fd);
	close(dir);
	return state;
}

static int reap(const char *name, uint64_t inode)
{
	int dir, result;

	cr_assert_eq(tta__segment_open_directory(getenv("TTA_DIR"), &dir), 0);
	result = tta__segment_reap(dir, name, inode, NULL, NULL);
	close(dir);
	return result;
}

Test(segment_file, the_mapping_keeps_the_lock)
{
	char name[TTA_SEGMENT_NAME_SIZE];
	struct tta_segment_new segment = make(name);

	cr_expect_eq(lock_state(name), TTA_LOCK_HELD);
	cr_expect_eq(reap(name, 0), TTA_REAP_ALIVE);
	cr_expect_eq(test_dir_count(), 1);
	tta__segment_discard(&segment); /* unmaps: the owner is gone */
	cr_expect_eq(lock_state(name), TTA_LOCK_FREE);
	cr_expect_eq(reap(name, 1), TTA_REAP_GONE, "another inode than asked for");
	cr_expect_eq(reap(name, 0), TTA_REAP_REMOVED);
	cr_expect_eq(reap(name, 0), TTA_REAP_GONE);
	cr_expect_eq(test_dir_count(), 0);
}

Test(segment_file, a_child_does_not_keep_the_lock)
{
	char name[TTA_SEGMENT_NAME_SIZE];
	struct tta_segment_new segment = make(name);
	pid_t child = fork();

	if (child == 0) {
		pause();
		_exit(0);
	}
	tta__segment_discard(&segment);
	cr_expect_eq(lock_state(name), TTA_LOCK_FREE);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

static void take_read_lock(const char *name, int *ret_fd)
{
	struct flock lock = {.l_type = F_RDLCK, .l_whence = SEEK_SET, .l_len = 1};
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", getenv("TTA_DIR"), name);
	*ret_fd = open(path, O_RDONLY);
	cr_assert_geq(*ret_fd, 0);
	cr_assert_eq(fcntl(*ret_fd, F_OFD_SETLK, &lock), 0);
}

Test(segment_file, a_strangers_read_lock_is_no_owner)
{
	char name[TTA_SEGMENT_NAME_SIZE];
	struct tta_segment_new segment = make(name);
	int fd;

	tta__segment_discard(&segment);
	take_read_lock(name, &fd);
	cr_expect_eq(lock_state(name), TTA_LOCK_STRANGER);
	close(fd);
}

static int refuse(void *arg)
{
	*(int *)arg += 1;
	return -ENOSPC;
}

Test(segment_file, without_evidence_nothing_is_removed)
{
	char name[TTA_SEGMENT_NAME_SIZE];
	struct tta_segment_new segment = make(name);
	int calls = 0;
	int dir;

	tta__segment_discard(&segment);
	cr_assert_eq(tta__segment_open_directory(getenv("TTA_DIR"), &dir), 0);
	cr_expect_eq(tta__segment_reap(dir, name, 0, refuse, &calls), -ENOSPC);
	cr_expect_eq(calls, 1);
	cr_expect_eq(test_dir_count(), 1);
	close(dir);
}

Test(segment_file, only_regular_files_are_opened)
{
	static const char *const names[] = {
		"tta.1.0.1.1.1",
		"tta.1.0.1.1.2",
		"tta.1.0.1.1.3",
	};
	struct tta_file_facts facts;
	int dir, fd;

	cr_assert_eq(tta__segment_open_directory(getenv("TTA_DIR"), &dir), 0);
	cr_assert_eq(mkfifoat(dir, names[0], 0644), 0);
	cr_assert_eq(symlinkat("/etc/passwd", dir, names[1]), 0);
	cr_assert_eq(mkdirat(dir, names[2], 0755), 0);
	cr_expect_eq(tta__segment_open(dir, names[0], &fd, &facts), -ENOTSUP);
	cr_expect_eq(tta__segment_open(dir, names[1], &fd, &facts), -ELOOP);
	cr_expect_eq(tta__segment_open(dir, names[2], &fd, &facts), -ENOTSUP);
	for (unsigned i = 0; i < 3; i++)
		cr_expect_eq(reap(names[i], 0), TTA_REAP_REFUSED);
	unlinkat(dir, names[2], AT_REMOVEDIR);
	close(dir);
}

Test(segment_file, a_refused_step_is_given_back)
{
	char name[TTA_SEGMENT_NAME_SIZE];
	struct tta_segment_new segment = make(name);
	struct tta_file_facts facts;
	int dir, fd;

	cr_assert_eq(tta__segment_open_directory(getenv("TTA_DIR"), &dir), 0);
	cr_assert_eq(tta__segment_open(dir, name, &fd, &facts), 0);
	cr_expect(tta__segment_backed(fd, 0, 4096));
	cr_expect_not(tta__segment_backed(fd, 4096, 4096));
	cr_assert_eq(tta__segment_populate(segment.base, 65536, 65536), 0);
	cr_expect(tta__segment_backed(fd, 65536, 65536));
	cr_expect_not(tta__segment_backed(fd, 65536, 65537));
	close(fd);
	close(dir);
	tta__segment_discard(&segment);
}
