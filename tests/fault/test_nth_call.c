/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The n-th call fails, for n = 1, 2, ... until a run has no fault.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fault_run.h"
#include "nth_call.h"
#include "test_dir.h"

#define MOST 2000u /* calls of one function; more means that the count is broken */

static const struct {
	const char *name;
	enum fault_call call;
	bool leftovers;	      /* called only when there are some */
	enum fault_call also; /* always fails */
	int errors[5];
} calls[] = {
	{"open", FAULT_OPEN, false, FAULT_NONE, {EMFILE, EACCES, EINTR, ENOMEM}},
	{"open, no O_TMPFILE", FAULT_OPEN, false, FAULT_NONE, {EOPNOTSUPP}},
	{"open, leftovers", FAULT_OPEN, true, FAULT_NONE, {EMFILE}},
	{"openat", FAULT_OPENAT, true, FAULT_NONE, {EMFILE, EACCES, EINTR}},
	{"ftruncate", FAULT_FTRUNCATE, false, FAULT_NONE, {EINTR, ENOMEM, EFBIG}},
	{"mmap", FAULT_MMAP, false, FAULT_NONE, {ENOMEM, EAGAIN, EACCES}},
	{"mprotect", FAULT_MPROTECT, false, FAULT_NONE, {ENOMEM, EACCES}},
	{"madvise",
	 FAULT_MADVISE,
	 false,
	 FAULT_NONE,
	 {ENOMEM, EINTR, EAGAIN, EINVAL, EFAULT}},
	{"fcntl", FAULT_FCNTL, false, FAULT_NONE, {EINTR, EAGAIN, EINVAL, ENOLCK}},
	{"fcntl, leftovers", FAULT_FCNTL, true, FAULT_NONE, {EINTR, ENOLCK}},
	{"linkat", FAULT_LINKAT, false, FAULT_NONE, {EACCES, ENOSPC, EINTR, EEXIST}},
	{"access", FAULT_ACCESS, false, FAULT_NONE, {EACCES}},
	{"pread", FAULT_PREAD, true, FAULT_NONE, {EIO, EINTR}},
	{"read", FAULT_READ, false, FAULT_NONE, {EIO, EINTR}},
	{"fstat", FAULT_FSTAT, false, FAULT_NONE, {EIO, ENOMEM}},
	{"fstat, leftovers", FAULT_FSTAT, true, FAULT_NONE, {EIO}},
	{"statfs", FAULT_STATFS, false, FAULT_NONE, {EIO, EINTR, EACCES}},
	{"fstatfs", FAULT_FSTATFS, false, FAULT_NONE, {EIO, EINTR}},
	{"unlink", FAULT_UNLINK, false, FAULT_NONE, {EACCES}},
	/* no /proc: a dot name until it is complete */
	{"ftruncate, dot name", FAULT_FTRUNCATE, false, FAULT_ACCESS, {ENOMEM}},
	{"mmap, dot name", FAULT_MMAP, false, FAULT_ACCESS, {ENOMEM}},
	{"madvise, dot name", FAULT_MADVISE, false, FAULT_ACCESS, {ENOMEM}},
	{"fstat, dot name", FAULT_FSTAT, false, FAULT_ACCESS, {EIO}},
	{"rename, dot name", FAULT_RENAME, false, FAULT_ACCESS, {EEXIST, ENOSPC}},
};

static struct fault_board *board_make(void)
{
	int fd = memfd_create("fault", MFD_CLOEXEC);
	struct fault_board *board = MAP_FAILED;
	char path[64];

	if (fd >= 0 && ftruncate(fd, sizeof(*board)) == 0)
		board = mmap(NULL, sizeof(*board), PROT_READ | PROT_WRITE, MAP_SHARED, fd,
			     0);
	if (board == MAP_FAILED) {
		perror("fault board");
		exit(2);
	}
	snprintf(path, sizeof(path), "/proc/%d/fd/%d", getpid(), fd);
	setenv("TTA_FAULT", path, 1);
	return board;
}

/* All n of one error; the number of runs with a fault. */
static unsigned run_error(struct fault_board *board, unsigned at, int error,
			  struct fault_tally *tally)
{
	const struct fault_run run = {
		.preload = TTA_NTH_CALL,
		.leftovers = calls[at].leftovers,
	};
	char name[128];

	for (uint32_t nth = 1; nth < MOST; nth++) {
		*board = (struct fault_board){

			.call = calls[at].call,
			.nth = nth,
			.error = error,
			.also = calls[at].also,
		};
		snprintf(name, sizeof(name), "%s %u: %s", calls[at].name, nth,
			 strerrorname_np(error));
		fault_count(tally, fault_judge(name, &run, NULL));
		if (board->seen < nth)
			return nth - 1;
	}
	printf("WRONG   %s: no end of calls\n", calls[at].name);
	tally->wrong++;
	return 0;
}

static void run_call(struct fault_board *board, unsigned at, struct fault_tally *tally)
{
	unsigned faults = 0, errors = 0;

	for (; errors < 5 && calls[at].errors[errors]; errors++)
		faults += run_error(board, at, calls[at].errors[errors], tally);
	/* A call that never failed is a fault of this test. */
	printf("%-7s %s: %u errors, %u faults\n", faults ? "ok" : "WRONG", calls[at].name,
	       errors, faults);
	tally->wrong += !faults;
}

int main(void)
{
	struct fault_tally tally = {0};
	struct fault_board *board;

	setenv("TTA_ATTACH", "early", 1);
	setenv("TTA_ORPHAN_TTL", "0", 1); /* leftovers are removed */
	test_dir_make();
	board = board_make();
	for (unsigned i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		run_call(board, i, &tally);
	test_dir_remove();
	return fault_summary("n-th call", &tally);
}
