/* SPDX-License-Identifier: BSD-2-Clause */
/* The order of looking, and the segments. */
#include "facts.h"

#include <errno.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#include "proc_look.h"
#include "replay.h"

#define PROC_LIMIT_NS UINT64_C(1500000000) /* for all of /proc */
#define LOOKS	      5
#define REST_NS	      20000000L

uint64_t facts_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

uint64_t facts_namespace(const char *path)
{
	struct stat st;

	return stat(path, &st) ? 0 : st.st_ino;
}

void facts_directory(const char *path, struct doctor_directory_facts *facts)
{
	struct statfs fs;
	struct stat st;

	facts->path = path;
	if (stat(path, &st) || statfs(path, &fs)) {
		facts->error = errno;
		return;
	}
	facts->error = S_ISDIR(st.st_mode) ? 0 : ENOTDIR;
	facts->is_tmpfs = fs.f_type == TMPFS_MAGIC;
	facts->mode = st.st_mode & 07777;
	facts->uid = st.st_uid;
	facts->total = (uint64_t)fs.f_blocks * (uint64_t)fs.f_bsize;
	facts->free = (uint64_t)fs.f_bavail * (uint64_t)fs.f_bsize;
}

static bool all_settled(const struct tta_sample *sample, const struct replay *replay)
{
	for (size_t i = 0; i < sample->process_count; i++) {
		const struct tta_process *p = &sample->processes[i];

		if (p->verdict != TTA_VERDICT_CORRUPT && p->level == TTA_EVENTS &&
		    !replay_settled(replay, p))
			return false;
	}
	return true;
}

/* Records, then a sample: until nothing came between, or often enough. */
static int look(struct tta_reader *reader, struct replay *replay,
		struct tta_sample **ret_sample)
{
	const struct timespec rest = {.tv_nsec = REST_NS};
	int err = tta_reader_sample(reader, TTA_SAMPLE_ALL, ret_sample);

	for (int i = 0; i < LOOKS && !err; i++) {
		if (i > 0)
			nanosleep(&rest, NULL);
		err = tta_reader_events(reader, replay_record, replay, NULL);
		if (err)
			break;
		tta_sample_free(*ret_sample);
		*ret_sample = NULL;
		err = tta_reader_sample(reader, TTA_SAMPLE_ALL, ret_sample);
		if (err || all_settled(*ret_sample, replay))
			break;
	}
	return err;
}

static int facts_segments(const char *directory, struct doctor_facts *facts)
{
	struct tta_sample *sample = NULL;
	struct tta_reader *reader;
	struct replay replay;
	int err = tta_reader_open(directory, &reader);

	if (err)
		return err == -ENOMEM ? err : 0; /* shm.dir says why */
	replay_init(&replay);
	err = look(reader, &replay, &sample);
	if (err == 0) {
		consistency_judge(sample, &replay, &facts->consistency);
		facts->sample = sample;
	} else {
		tta_sample_free(sample);
	}
	replay_fini(&replay);
	tta_reader_close(reader);
	return err == -ENOMEM ? err : 0;
}

static const char *directory_of(const char *directory)
{
	const char *env = getenv("TTA_DIR");

	if (directory)
		return directory;
	return env && env[0] ? env : "/dev/shm";
}

void doctor_facts_fini(struct doctor_facts *facts)
{
	tta_sample_free((struct tta_sample *)(uintptr_t)facts->sample);
	facts->sample = NULL;
}

int doctor_facts_gather(const char *directory, struct doctor_facts *facts)
{
	const char *path = directory_of(directory);
	char boot_id[64];
	int err;

	memset(facts, 0, sizeof(*facts));
	facts->uid = geteuid();
	facts->pidns = facts_namespace("/proc/self/ns/pid");
	facts->boot_id_known =
		proc_line("/proc/sys/kernel/random/boot_id", boot_id, sizeof(boot_id));
	facts_directory(path, &facts->directory);
	err = facts_segments(path, facts);
	if (err)
		return err;
	facts_proc(path, facts->uid, facts_now_ns() + PROC_LIMIT_NS, &facts->proc);
	err = facts_devices(path, &facts->devices);
	if (err) {
		doctor_facts_fini(facts);
		return err;
	}
	facts_locks(facts->sample, &facts->locks);
	facts_terminal(&facts->terminal);
	return 0;
}
