/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hosts on machines with too little of something: the table says what is left of their
 * segments. The tmpfs rows need root; they are mounted where nobody else sees them.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <tta/layout.h>

#include "deny.h"
#include "fault_run.h"
#include "test_dir.h"

#define PAGE 4096u

/* What is left of the segment. */
enum left {
	WHOLE,	/* nothing is missing */
	PART,	/* incomplete, and it says so */
	NONE,	/* no segment, one line */
	EITHER, /* depends on the machine */
};

struct limit {
	int which;
	rlim_t value;
};

static bool set_limit(const void *arg)
{
	const struct limit *limit = arg;
	const struct rlimit value = {.rlim_cur = limit->value, .rlim_max = limit->value};

#ifdef __SANITIZE_ADDRESS__
	/* Its shadow alone is larger: the host would not start. */
	if (limit->which == RLIMIT_AS || limit->which == RLIMIT_DATA)
		return false;
#endif
	return setrlimit((__rlimit_resource_t)limit->which, &value) == 0;
}

/* A host that locks all its future memory. */
static bool lock_memory(const void *arg)
{
	(void)arg;
	return mlockall(MCL_FUTURE) == 0;
}

struct denial {
	long call;
	uint32_t value; /* of its second argument */
	int error;
};

static bool deny_call(const void *arg)
{
	const struct denial *d = arg;

	return deny(d->call, d->value, d->error);
}

static bool set_variable(const void *arg)
{
	const char *const *pair = arg;

	return setenv(pair[0], pair[1], 1) == 0;
}

#define LIMIT(w, v)                                                                      \
	set_limit, &(const struct limit)                                                 \
	{                                                                                \
		RLIMIT_##w, (v)                                                          \
	}
#define DENY(c, v, e)                                                                    \
	deny_call, &(const struct denial)                                                \
	{                                                                                \
		SYS_##c, (v), (e)                                                        \
	}
#define SET(n, v)                                                                        \
	set_variable, &(const char *const[])                                             \
	{                                                                                \
		(n), (v)                                                                 \
	}

static const struct row {
	const char *name;
	enum left left;
	bool (*prepare)(const void *arg);
	const void *arg;
	const char *descriptors;
	const char *attach;
} rows[] = {
	{"nothing is wrong", WHOLE, NULL, NULL, NULL, "early"},
	{"the first event attaches", WHOLE, NULL, NULL, NULL, "lazy"},
	{"no descriptor is left", NONE, NULL, NULL, "3", "lazy"},
	{"one descriptor is left", EITHER, NULL, NULL, "4", "lazy"},
	{"two descriptors are left", WHOLE, NULL, NULL, "5", "lazy"},
	/* the child of fork has none */
	{"no descriptor after start", EITHER, NULL, NULL, "3", "early"},
	{"RLIMIT_FSIZE a page", NONE, LIMIT(FSIZE, PAGE), NULL, "early"},
	{"RLIMIT_FSIZE 512 KiB", EITHER, LIMIT(FSIZE, 512 << 10), NULL, "early"},
	{"RLIMIT_FSIZE 1 MiB", EITHER, LIMIT(FSIZE, 1 << 20), NULL, "early"},
	{"RLIMIT_FSIZE 16 MiB", WHOLE, LIMIT(FSIZE, 16 << 20), NULL, "early"},
	{"RLIMIT_AS 24 MiB", EITHER, LIMIT(AS, 24 << 20), NULL, "early"},
	{"RLIMIT_AS 64 MiB", EITHER, LIMIT(AS, 64 << 20), NULL, "early"},
	{"RLIMIT_AS 256 MiB", EITHER, LIMIT(AS, 256 << 20), NULL, "early"},
	{"RLIMIT_AS 1 GiB", WHOLE, LIMIT(AS, 1 << 30), NULL, "early"},
	{"RLIMIT_DATA 1 MiB", EITHER, LIMIT(DATA, 1 << 20), NULL, "early"},
	{"RLIMIT_MEMLOCK 0", WHOLE, LIMIT(MEMLOCK, 0), NULL, "early"},
	{"mlockall of the future", WHOLE, lock_memory, NULL, NULL, "early"},
	{"no membarrier", WHOLE, DENY(membarrier, DENY_ANY, ENOSYS), NULL, "early"},
	{"membarrier is forbidden", WHOLE, DENY(membarrier, DENY_ANY, EPERM), NULL,
	 "early"},
	{"no madvise", NONE, DENY(madvise, DENY_ANY, ENOSYS), NULL, "early"},
	{"madvise is forbidden", NONE, DENY(madvise, DENY_ANY, EPERM), NULL, "early"},
	{"no fcntl", WHOLE, DENY(fcntl, DENY_ANY, ENOSYS), NULL, "early"},
	{"no OFD locks", WHOLE, DENY(fcntl, F_OFD_SETLK, EINVAL), NULL, "early"},
	{"no lock queries", WHOLE, DENY(fcntl, F_OFD_GETLK, EINVAL), NULL, "early"},
	{"no robust mutexes", WHOLE, DENY(set_robust_list, DENY_ANY, ENOSYS), NULL,
	 "early"},
	{"no getrandom", WHOLE, DENY(getrandom, DENY_ANY, ENOSYS), NULL, "early"},
	{"no linkat", NONE, DENY(linkat, DENY_ANY, EPERM), NULL, "early"},
	{"no statfs", NONE, DENY(statfs, DENY_ANY, EPERM), NULL, "early"},
	{"TTA_MAX_BYTES is the default", WHOLE, SET("TTA_MAX_BYTES", "0"), NULL, "early"},
	{"TTA_MAX_BYTES 1", NONE, SET("TTA_MAX_BYTES", "1"), NULL, "early"},
	{"TTA_MAX_BYTES a page", NONE, SET("TTA_MAX_BYTES", "4K"), NULL, "early"},
	{"TTA_MAX_BYTES below the least", NONE, SET("TTA_MAX_BYTES", "65535"), NULL,
	 "early"},
	{"TTA_MAX_BYTES the least", PART, SET("TTA_MAX_BYTES", "64K"), NULL, "early"},
	{"TTA_MAX_BYTES the least and a bit", PART, SET("TTA_MAX_BYTES", "65537"), NULL,
	 "early"},
	{"TTA_MAX_BYTES 96 KiB", PART, SET("TTA_MAX_BYTES", "96K"), NULL, "early"},
	{"TTA_MAX_BYTES enough", WHOLE, SET("TTA_MAX_BYTES", "1M"), NULL, "early"},
	{"TTA_MAX_BYTES nonsense", WHOLE, SET("TTA_MAX_BYTES", "-5"), NULL, "early"},
	{"TTA_MAX_BYTES huge", WHOLE, SET("TTA_MAX_BYTES", "1000000G"), NULL, "early"},
	{"TTA_DIR is gone", NONE, SET("TTA_DIR", "/nonexistent"), NULL, "early"},
	{"TTA_DIR is a file", NONE, SET("TTA_DIR", "/proc/self/exe"), NULL, "early"},
	{"TTA_DIR is no tmpfs", NONE, SET("TTA_DIR", "/proc"), NULL, "early"},
	{"TTA_RING 0", WHOLE, SET("TTA_RING", "0"), NULL, "early"},
	{"TTA_RING huge", EITHER, SET("TTA_RING", "1000000"), NULL, "early"},
};

static bool is_left(enum left left, const struct fault_seen *seen)
{
	switch (left) {
	case WHOLE:
		return seen->segment && !seen->incomplete && !seen->warned;
	case PART:
		return seen->segment && seen->incomplete;
	case NONE:
		return !seen->segment && seen->warned;
	case EITHER:
		/* Never silent. */
		return seen->segment || seen->warned;
	}
	return false;
}

static enum fault_verdict judge_left(const char *name, const struct fault_run *run,
				     enum left left)
{
	struct fault_seen seen = {0};
	enum fault_verdict verdict = fault_judge(name, run, &seen);

	if (verdict == FAULT_RIGHT && !is_left(left, &seen)) {
		printf("WRONG   %s: segment %d incomplete %d warned %d\n", name,
		       seen.segment, seen.incomplete, seen.warned);
		return FAULT_WRONG;
	}
	if (verdict != FAULT_WRONG)
		printf("%-7s %s: %s\n", verdict == FAULT_RIGHT ? "ok" : "skipped", name,
		       verdict == FAULT_SKIPPED ? "not permitted, or the host cannot run"
		       : seen.incomplete	? "part"
		       : seen.segment		? "whole"
						: "none");
	return verdict;
}

static void run_rows(struct fault_tally *tally)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct fault_run run = {
			.prepare = rows[i].prepare,
			.arg = rows[i].arg,
			.descriptors = rows[i].descriptors,
		};

		setenv("TTA_ATTACH", rows[i].attach, 1);
		fault_count(tally, judge_left(rows[i].name, &run, rows[i].left));
	}
}

/* ---- a full tmpfs ---- */

static bool mount_small(const char *options)
{
	return mount("tmpfs", getenv("TTA_DIR"), "tmpfs", 0, options) == 0;
}

static void unmount_small(void)
{
	umount2(getenv("TTA_DIR"), MNT_DETACH);
}

/* Leave @pages free in a tmpfs of 256. */
static bool fill(unsigned pages)
{
	char path[256];
	int fd;
	bool ok;

	snprintf(path, sizeof(path), "%s/filler", getenv("TTA_DIR"));
	fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	ok = fd >= 0 &&
	     (pages == 256 || posix_fallocate(fd, 0, (off_t)(256 - pages) * PAGE) == 0);
	if (fd >= 0)
		close(fd);
	return ok;
}

/*
 * From nothing up to more than the host needs, one page more each time. A budget of its
 * own makes the host go on to where the file system refuses.
 */
static void run_full(struct fault_tally *tally, const char *budget)
{
	const struct fault_run run = {.prepare = NULL};
	unsigned none = 0, part = 0, whole = 0;
	char name[64];

	setenv("TTA_MAX_BYTES", budget, 1);
	for (unsigned pages = 0; pages <= 255; pages += pages < 100 ? 1 : 31) {
		struct fault_seen seen = {0};

		if (!mount_small("size=1m") || !fill(pages)) {
			puts("WRONG   the tmpfs cannot be filled");
			tally->wrong++;
			return;
		}
		snprintf(name, sizeof(name), "%u pages free, budget %s", pages, budget);
		fault_count(tally, fault_judge(name, &run, &seen));
		unmount_small();
		none += !seen.segment;
		part += seen.segment && seen.incomplete;
		whole += seen.segment && !seen.incomplete;
		if (seen.bytes > (uint64_t)pages * PAGE) {
			printf("WRONG   %s: %lu bytes\n", name, seen.bytes);
			tally->wrong++;
		}
	}
	unsetenv("TTA_MAX_BYTES");
	printf("%-7s full tmpfs, budget %s: %u without a segment, %u incomplete, %u "
	       "whole\n",
	       none && part && whole ? "ok" : "WRONG", budget, none, part, whole);
	tally->wrong += !none || !part || !whole;
}

/* Somebody else fills the tmpfs and empties it again, all the time. */
static pid_t start_filler(void)
{
	char path[256];
	pid_t pid;

	snprintf(path, sizeof(path), "%s/filler", getenv("TTA_DIR"));
	pid = fork();
	if (pid == 0) {
		int fd = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0600);

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (off_t size = PAGE;; size += PAGE) {
			if (posix_fallocate(fd, 0, size) == 0)
				continue;
			if (ftruncate(fd, 0))
				_exit(1);
			size = 0;
		}
	}
	return pid;
}

static void run_race(struct fault_tally *tally)
{
	const struct fault_run run = {.prepare = NULL};
	unsigned part = 0, whole = 0;
	pid_t filler;

	if (!mount_small("size=1m"))
		return;
	setenv("TTA_MAX_BYTES", "1M", 1);
	filler = start_filler();
	for (unsigned i = 0; i < 60; i++) {
		struct fault_seen seen = {0};

		fault_count(tally, fault_judge("race with a filler", &run, &seen));
		part += seen.segment && seen.incomplete;
		whole += seen.segment && !seen.incomplete;
	}
	kill(filler, SIGKILL);
	waitpid(filler, NULL, 0);
	unmount_small();
	unsetenv("TTA_MAX_BYTES");
	printf("%-7s race with a filler: %u incomplete, %u whole\n",
	       part ? "ok" : "WRONG", part, whole);
	tally->wrong += !part;
}

static const struct {
	const char *name;
	const char *options;
	enum left left;
} mounts[] = {
	{"no inode is left", "nr_inodes=1", NONE},
	{"one inode is left", "nr_inodes=2", EITHER},
	{"read-only", "ro", NONE},
	{"no limit at all", "size=0,nr_inodes=0", WHOLE},
	{"huge pages", "huge=always,size=64m", WHOLE},
};

static void run_mounts(struct fault_tally *tally)
{
	const struct fault_run run = {.prepare = NULL};

	for (size_t i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
		const char *options = mounts[i].options;
		bool read_only = strcmp(options, "ro") == 0;
		char name[64];

		snprintf(name, sizeof(name), "tmpfs: %s", mounts[i].name);
		if (mount("tmpfs", getenv("TTA_DIR"), "tmpfs", read_only ? MS_RDONLY : 0,
			  read_only ? "" : options)) {
			printf("skipped %s: %s\n", name, strerrordesc_np(errno));
			tally->skipped++;
			continue;
		}
		fault_count(tally, judge_left(name, &run, mounts[i].left));
		unmount_small();
	}
}

/* ---- clocks ---- */

#define CLOCKSOURCE "/sys/devices/system/clocksource/clocksource0/current_clocksource"

static const struct {
	const char *source; /* NULL: as it is */
	uint32_t kind;	    /* 0: any */
} clocks[] = {
	{NULL, 0},
	{"tsc\n", TTA_CLOCK_TSC},
	{"hpet\n", TTA_CLOCK_MONOTONIC},
	{"kvm-clock\n", TTA_CLOCK_MONOTONIC},
	{"", TTA_CLOCK_MONOTONIC},
};

static bool pretend(const char *source)
{
	char path[256];
	int fd;
	bool ok;

	snprintf(path, sizeof(path), "%s/filler", getenv("TTA_DIR"));
	fd = open(path, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0600);
	ok = fd >= 0 && write(fd, source, strlen(source)) == (ssize_t)strlen(source);
	if (fd >= 0)
		close(fd);
	return ok && mount(path, CLOCKSOURCE, NULL, MS_BIND, NULL) == 0;
}

static void run_clock(struct fault_tally *tally, const char *source, uint32_t kind)
{
	const struct fault_run run = {.prepare = NULL};
	struct fault_seen seen = {0};
	char name[64];
	enum fault_verdict verdict;

	snprintf(name, sizeof(name), "clock source %.9s", source ? source : "as it is");
	name[strcspn(name, "\n")] = '\0';
	if (source && !pretend(source)) {
		printf("skipped %s: no such file here\n", name);
		tally->skipped++;
		return;
	}
	verdict = fault_judge(name, &run, &seen);
	if (source)
		umount2(CLOCKSOURCE, MNT_DETACH);
	if (kind && seen.clock_kind != kind)
		verdict = FAULT_WRONG;
	printf("%-7s %s: clock %u\n", verdict == FAULT_RIGHT ? "ok" : "WRONG", name,
	       seen.clock_kind);
	fault_count(tally, verdict);
}

static bool own_mounts(void)
{
	return unshare(CLONE_NEWNS) == 0 &&
	       mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
}

int main(void)
{
	struct fault_tally tally = {0};

	test_dir_make();
	run_rows(&tally);
	if (own_mounts()) {
		setenv("TTA_ATTACH", "early", 1);
		run_full(&tally, "0");
		run_full(&tally, "1M");
		run_race(&tally);
		run_mounts(&tally);
		for (size_t i = 0; i < sizeof(clocks) / sizeof(clocks[0]); i++)
			run_clock(&tally, clocks[i].source, clocks[i].kind);
	} else {
		puts("skipped tmpfs and clock rows: no mounts for us");
		tally.skipped++;
	}
	test_dir_remove();
	return fault_summary("limits", &tally);
}
