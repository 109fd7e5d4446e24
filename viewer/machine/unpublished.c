/* SPDX-License-Identifier: BSD-2-Clause */
#include "unpublished.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <tta/layout.h>

#include "driver.h"
#include "pids.h"
#include "proc_look.h"
#include "snapshot_unpublished.h"

#define SECOND	  UINT64_C(1000000000)
#define WHY_SIZE  200
#define PATH_SIZE 4352

/* What is known of one process. */
struct known {
	uint32_t pid, uid;
	uint64_t start_time; /* 0 = it is not seen from here */
	char comm[16];
	char why[WHY_SIZE];
};

struct unpublished {
	char *directory, *driver; /* driver NULL = the real one */
	struct known *known;	  /* by pid: who did not publish at the last sample */
	size_t known_count;
};

struct unpublished *unpublished_new(const char *directory, const char *driver)
{
	struct unpublished *unpublished = calloc(1, sizeof(*unpublished));

	if (!unpublished)
		return NULL;
	unpublished->directory = strdup(directory);
	unpublished->driver = driver ? strdup(driver) : NULL;
	if (unpublished->directory && (unpublished->driver || !driver))
		return unpublished;
	unpublished_free(unpublished);
	return NULL;
}

void unpublished_free(struct unpublished *unpublished)
{
	if (!unpublished)
		return;
	free(unpublished->directory);
	free(unpublished->driver);
	free(unpublished->known);
	free(unpublished);
}

/* ---- why ---- */

/* Is it the name of a segment of that process? */
static bool is_segment_of(const char *name, uint32_t pid)
{
	unsigned major, uid, owner;

	return sscanf(name, TTA_NAME_PREFIX "%u.%u.%u.", &major, &uid, &owner) == 3 &&
	       owner == pid;
}

static bool say_unreadable(const struct unpublished *unpublished,
			   const struct tta_sample *sample, struct known *known)
{
	char path[PATH_SIZE];
	struct stat st;

	for (size_t i = 0; i < sample->skipped_count; i++) {
		const struct tta_skipped *skipped = &sample->skipped[i];

		if (!is_segment_of(skipped->name, known->pid))
			continue;
		snprintf(path, sizeof(path), "%s/%s", unpublished->directory,
			 skipped->name);
		if (skipped->error == EACCES && lstat(path, &st) == 0)
			snprintf(known->why, sizeof(known->why),
				 "its segment is not readable: owner uid %u, mode %04o",
				 st.st_uid, st.st_mode & 07777u);
		else
			snprintf(known->why, sizeof(known->why),
				 "its segment is not readable: %.95s", skipped->reason);
		return true;
	}
	return false;
}

/* Another directory under the same name. */
static bool sees_another(const struct unpublished *unpublished, uint32_t pid)
{
	char path[PATH_SIZE];
	struct stat ours, theirs;

	snprintf(path, sizeof(path), "/proc/%u/root%s", pid, unpublished->directory);
	return stat(unpublished->directory, &ours) == 0 && stat(path, &theirs) == 0 &&
	       (ours.st_dev != theirs.st_dev || ours.st_ino != theirs.st_ino);
}

static const char *why_not(const struct unpublished *unpublished,
			   const struct proc_look *look)
{
	if (sees_another(unpublished, look->pid) &&
	    proc_look_segments(look->pid, unpublished->directory) > 0)
		return "in a container with a shared memory of its own: try --containers";
	if (look->has_library)
		return "linked with libtta, but it has no segment here";
	if (look->maps_denied)
		return "why cannot be told: no permission to look at it";
	return "not linked with libtta";
}

static void find_out(const struct unpublished *unpublished,
		     const struct tta_sample *sample, struct known *known)
{
	struct proc_look look;

	known->uid = SNAP_UID_UNKNOWN;
	snprintf(known->comm, sizeof(known->comm), "?");
	if (known->pid == 0 || !proc_look_at(known->pid, geteuid(), &look)) {
		snprintf(known->why, sizeof(known->why),
			 "in another container, or hidden by /proc");
		return;
	}
	known->uid = look.uid;
	memcpy(known->comm, look.comm, sizeof(known->comm));
	if (say_unreadable(unpublished, sample, known))
		return;
	if (look.off_by[0])
		snprintf(known->why, sizeof(known->why), "publishing is off (%s)",
			 look.off_by);
	else
		snprintf(known->why, sizeof(known->why), "%s",
			 why_not(unpublished, &look));
}

/* As it was found out before, unless the pid is another process now. */
static const struct known *known_before(const struct unpublished *unpublished,
					uint32_t pid, uint64_t start_time)
{
	for (size_t i = 0; i < unpublished->known_count; i++)
		if (unpublished->known[i].pid == pid &&
		    unpublished->known[i].start_time == start_time)
			return &unpublished->known[i];
	return NULL;
}

static struct known know(const struct unpublished *unpublished,
			 const struct tta_sample *sample, uint32_t pid)
{
	struct known known = {.pid = pid,
			      .start_time = pid ? tta__pid_start_time(pid) : 0};
	const struct known *before = known_before(unpublished, pid, known.start_time);

	if (before)
		return *before;
	find_out(unpublished, sample, &known);
	return known;
}

/* ---- who ---- */

/* A living process of the snapshot, whatever could be read of it. */
static bool is_shown(const struct snapshot *snapshot, uint32_t pid)
{
	for (size_t i = 0; i < snapshot->process_count; i++) {
		const struct snap_process *process = &snapshot->processes[i];

		if (process->pid == pid &&
		    (snap_state_counts(process->state) || process->state == SNAP_CORRUPT))
			return true;
	}
	return false;
}

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * SECOND + (uint64_t)now.tv_nsec;
}

static uint64_t realtime_of(uint64_t start_time)
{
	uint64_t per_second = (uint64_t)sysconf(_SC_CLK_TCK);
	uint64_t after_boot = start_time / per_second * SECOND;

	if (start_time == 0)
		return SNAP_UNKNOWN;
	/* Whole seconds: the two clocks are not read at the same instant. */
	return (clock_ns(CLOCK_REALTIME) - clock_ns(CLOCK_BOOTTIME) + after_boot +
		SECOND / 2) /
	       SECOND * SECOND;
}

/* The driver's list, process by process. */
struct finding {
	struct snap_unpublished *list;
	struct known *known;
	uint32_t *devices;
	size_t count;
};

/* The holds of one process, @count of them. */
static void add_holder(struct finding *finding, const struct driver_hold *holds,
		       size_t first, size_t count, const struct known *known)
{
	struct known *kept = &finding->known[finding->count];

	*kept = *known;
	for (size_t i = 0; i < count; i++)
		finding->devices[first + i] = holds[first + i].device;
	finding->list[finding->count++] = (struct snap_unpublished){
		.pid = kept->pid,
		.uid = kept->uid,
		.start_time = kept->start_time ? kept->start_time : SNAP_UNKNOWN,
		.start_realtime_ns = realtime_of(kept->start_time),
		.comm = kept->comm,
		.why = kept->why,
		.devices = &finding->devices[first],
		.device_count = count,
	};
}

static void find_all(const struct unpublished *unpublished,
		     const struct tta_sample *sample, const struct snapshot *snapshot,
		     const struct driver_holds *holds, struct finding *finding)
{
	const struct driver_hold *list = holds->list;

	for (size_t i = 0, end; i < holds->count; i = end) {
		struct known known;

		for (end = i; end < holds->count && list[end].pid == list[i].pid; end++)
			;
		if (list[i].pid == (uint32_t)getpid() || is_shown(snapshot, list[i].pid))
			continue;
		known = know(unpublished, sample, list[i].pid);
		add_holder(finding, list, i, end - i, &known);
	}
}

static int add_found(struct unpublished *unpublished, const struct tta_sample *sample,
		     struct snapshot *snapshot, const struct driver_holds *holds)
{
	struct finding finding = {
		.list = calloc(holds->count, sizeof(*finding.list)),
		.known = calloc(holds->count, sizeof(*finding.known)),
		.devices = calloc(holds->count, sizeof(*finding.devices)),
	};
	int err = -ENOMEM;

	if (finding.list && finding.known && finding.devices) {
		find_all(unpublished, sample, snapshot, holds, &finding);
		err = snapshot_add_unpublished(snapshot, finding.list, finding.count);
		free(unpublished->known);
		unpublished->known = finding.known;
		unpublished->known_count = finding.count;
		finding.known = NULL;
	}
	free(finding.list);
	free(finding.known);
	free(finding.devices);
	return err;
}

int unpublished_add(struct unpublished *unpublished, const struct tta_sample *sample,
		    struct snapshot *snapshot)
{
	struct driver_holds holds;
	int err = driver_holds_read(unpublished->driver, &holds);

	if (!err && holds.count > 0)
		err = add_found(unpublished, sample, snapshot, &holds);
	driver_holds_free(&holds);
	return err;
}
