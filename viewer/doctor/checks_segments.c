/* SPDX-License-Identifier: BSD-2-Clause */
/* shm.*, lock.ofd, ns.pid, clock.monotonic, self.*: judged from what was read. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include <tta/version.h>

#include "finding.h"
#include "format.h"

#define FREE_LITTLE (UINT64_C(16) << 20)
#define KEPT_BOUND  64u /* ended segments that publishers keep per user */

void check_shm_dir(const struct doctor_facts *facts, struct doctor_finding *f)
{
	const struct doctor_directory_facts *d = &facts->directory;
	bool common = (d->mode & 0777) == 0777;
	char space[FORMAT_SIZE];
	char try[DOCTOR_TRY_SIZE];

	format_bytes(space, d->free, false, false);
	if (d->error) {
		snprintf(try, sizeof(try), "ls -ld %s", d->path);
		found_fail(f, try, "%s: %s", d->path, strerrordesc_np(d->error));
	} else if (!d->is_tmpfs) {
		found_fail(f, "env -u TTA_DIR ttatop doctor",
			   "%s is no tmpfs: programs do not publish there", d->path);
	} else if (common && !(d->mode & 01000)) {
		snprintf(try, sizeof(try), "sudo chmod 1777 %s", d->path);
		found_warn(f, try,
			   "%s: mode %04o lets everybody remove everybody's segments",
			   d->path, d->mode);
	} else if (d->free < FREE_LITTLE) {
		snprintf(try, sizeof(try), "df -h %s", d->path);
		found_warn(f, try, "%s: only %s free, programs drop detail", d->path,
			   space);
	} else {
		found_ok(f, "%s: tmpfs, %s free, mode %04o%s", d->path, space, d->mode,
			 common ? "" : ", of one user");
	}
}

static const char *verdict_word(enum tta_verdict verdict)
{
	static const char *const words[] = {
		[TTA_VERDICT_ALIVE] = "live",	   [TTA_VERDICT_ENDING] = "ending",
		[TTA_VERDICT_ORPHAN] = "orphan",   [TTA_VERDICT_EXITED] = "exited",
		[TTA_VERDICT_DEAD] = "dead",	   [TTA_VERDICT_UNKNOWN] = "unknown",
		[TTA_VERDICT_CORRUPT] = "corrupt",
	};

	return words[verdict];
}

static size_t count_verdict(const struct tta_sample *sample, enum tta_verdict verdict)
{
	size_t count = 0;

	for (size_t i = 0; i < sample->process_count; i++)
		count += sample->processes[i].verdict == verdict;
	return count;
}

static void say_counts(const struct tta_sample *sample, struct doctor_finding *f)
{
	const char *before = ": ";

	for (int v = TTA_VERDICT_ALIVE; v <= TTA_VERDICT_CORRUPT; v++) {
		size_t count = count_verdict(sample, (enum tta_verdict)v);

		if (count == 0)
			continue;
		found_more(f, "%s%zu %s", before, count,
			   verdict_word((enum tta_verdict)v));
		before = ", ";
	}
}

void check_shm_segments(const struct doctor_facts *facts, struct doctor_finding *f)
{
	const struct tta_sample *s = facts->sample;
	const struct tta_skipped *skipped;
	char try[DOCTOR_TRY_SIZE];

	if (found_unreadable(facts, f))
		return;
	if (s->skipped_count > 0) {
		skipped = &s->skipped[0];
		if (skipped->error == EACCES)
			snprintf(try, sizeof(try), "sudo -u '#%u' ttatop",
				 skipped->file_uid);
		else
			snprintf(try, sizeof(try), "ttatop reap %.100s", skipped->name);
		found_warn(f, try, "%zu segment%s cannot be read: %s of uid %u: %s",
			   s->skipped_count, plural(s->skipped_count), skipped->name,
			   skipped->file_uid, skipped->reason);
		return;
	}
	found_ok(f, "%zu segment%s", s->process_count, plural(s->process_count));
	say_counts(s, f);
	for (size_t i = 0; i < s->process_count; i++) {
		if (s->processes[i].verdict != TTA_VERDICT_CORRUPT)
			continue;
		f->status = DOCTOR_FAIL;
		snprintf(f->try, sizeof(f->try), "ttatop reap %.100s",
			 s->processes[i].name);
		found_more(f, "; %s: %s", s->processes[i].name, s->processes[i].problem);
		return;
	}
}

void check_shm_stale(const struct doctor_facts *facts, struct doctor_finding *f)
{
	size_t residue = 0, empty = 0;
	uint64_t bytes = 0;
	char size[FORMAT_SIZE];

	if (found_unreadable(facts, f))
		return;
	for (size_t i = 0; i < facts->sample->process_count; i++) {
		const struct tta_process *p = &facts->sample->processes[i];

		if (!process_ended(p))
			continue;
		residue += p->verdict != TTA_VERDICT_DEAD;
		empty += p->verdict == TTA_VERDICT_DEAD;
		bytes += p->file_bytes;
	}
	format_bytes(size, bytes, false, false);
	if (residue + empty > KEPT_BOUND || bytes > facts->directory.total / 8)
		found_warn(f, "ttatop reap",
			   "%zu segments of ended processes use %s: beyond what "
			   "publishers keep (%u, an eighth of the space)",
			   residue + empty, size, KEPT_BOUND);
	else if (residue > 0)
		found_warn(f, "ttatop reap",
			   "%zu ended process%s left something behind, kept in %s",
			   residue, residue == 1 ? "" : "es", size);
	else if (empty > 0)
		found_ok(f, "%zu empty segment%s of ended processes", empty,
			 plural(empty));
	else
		found_ok(f, "nothing is left of ended processes");
}

static bool locker_of(const struct doctor_facts *facts, uint64_t inode, int64_t *ret_pid)
{
	for (size_t i = 0; i < facts->locks.count; i++) {
		if (facts->locks.list[i].inode != inode)
			continue;
		*ret_pid = facts->locks.list[i].pid;
		return true;
	}
	return false;
}

static void say_stranger(const struct doctor_facts *facts, const struct tta_process *p,
			 struct doctor_finding *f)
{
	char try[DOCTOR_TRY_SIZE];
	int64_t pid = -1;
	bool listed = locker_of(facts, p->inode, &pid);

	if (listed && pid > 0) {
		snprintf(try, sizeof(try), "ps -fp %" PRId64, pid);
		found_warn(f, try,
			   "pid %" PRId64 " holds a read lock on the segment of "
			   "pid %u: it can be reaped only after that",
			   pid, p->pid);
		return;
	}
	snprintf(try, sizeof(try), "fuser -v %s/%.90s", facts->directory.path, p->name);
	found_warn(f, try, "somebody holds a read lock on the segment of pid %u%s",
		   p->pid, listed ? " (an OFD lock: the kernel names nobody)" : "");
}

void check_lock(const struct doctor_facts *facts, struct doctor_finding *f)
{
	size_t without = 0, count = 0;

	if (found_unreadable(facts, f))
		return;
	for (size_t i = 0; i < facts->sample->process_count; i++) {
		const struct tta_process *p = &facts->sample->processes[i];

		count += p->verdict != TTA_VERDICT_CORRUPT;
		without += p->verdict == TTA_VERDICT_UNKNOWN ||
			   (p->notes & TTA_NOTE_BY_MUTEX) != 0;
	}
	if (without > 0) {
		found_warn(f, "uname -r",
			   "%zu segment%s without an OFD lock: whether their owners live "
			   "cannot be proven",
			   without, plural(without));
		return;
	}
	for (size_t i = 0; i < facts->sample->process_count; i++)
		if (facts->sample->processes[i].notes & TTA_NOTE_STRANGER_LOCK) {
			say_stranger(facts, &facts->sample->processes[i], f);
			return;
		}
	found_ok(f, "%zu segment%s, life and death proven by the kernel", count,
		 plural(count));
}

void check_ns_pid(const struct doctor_facts *facts, struct doctor_finding *f)
{
	const struct tta_process *first = NULL;
	size_t count = 0, others = 0;

	if (found_unreadable(facts, f))
		return;
	for (size_t i = 0; facts->pidns && i < facts->sample->process_count; i++) {
		const struct tta_process *p = &facts->sample->processes[i];

		others += p->pidns != 0 && p->pidns != facts->pidns;
		if (!(p->notes & TTA_NOTE_FOREIGN_PID))
			continue;
		if (count++ == 0)
			first = p;
	}
	if (facts->pidns == 0)
		found_warn(f, "ls -l /proc/self/ns/pid",
			   "our own pid namespace cannot be read");
	else if (count > 0)
		found_warn(f, "lsns -t pid",
			   "%zu segment%s from other pid namespaces (pid %u, %s): pids "
			   "are those of their containers",
			   count, plural(count), first->pid, first->comm);
	else if (others > 0)
		found_ok(f, "%zu segment%s from other pid namespaces, with our pids",
			 others, plural(others));
	else
		found_ok(f, "all segments are from our pid namespace");
}

void check_clock(const struct doctor_facts *facts, struct doctor_finding *f)
{
	size_t other = 0;

	if (!facts->boot_id_known) {
		found_warn(f, "cat /proc/sys/kernel/random/boot_id",
			   "the boot id cannot be read: times of segments that outlived "
			   "a boot would be wrong");
		return;
	}
	for (size_t i = 0; facts->sample && i < facts->sample->process_count; i++)
		other += facts->sample->processes[i].verdict != TTA_VERDICT_CORRUPT &&
			 !facts->sample->processes[i].same_boot;
	if (other > 0)
		found_warn(f, "ttatop reap", "%zu segment%s from another boot", other,
			   plural(other));
	else
		found_ok(f, "boot id known, all segments are of this boot");
}

void check_consistency(const struct doctor_facts *facts, struct doctor_finding *f)
{
	const struct doctor_consistency *c = &facts->consistency;

	if (found_unreadable(facts, f))
		return;
	if (c->mismatches > 0) {
		found_fail(f, "ttatop snapshot -o evidence.json",
			   "%zu mismatch%s of table, counters and ring: %s",
			   c->mismatches, c->mismatches == 1 ? "" : "es", c->first);
		return;
	}
	found_ok(f,
		 "table, counters and ring agree in %zu segment%s at rest, %zu "
		 "address%s replayed",
		 c->compared, plural(c->compared), c->replayed,
		 c->replayed == 1 ? "" : "es");
	if (c->busy)
		found_more(f, "; %zu busy, not judged", c->busy);
	if (c->unjudged)
		found_more(f, "; %zu without a whole table, not judged", c->unjudged);
}

void check_version(const struct doctor_facts *facts, struct doctor_finding *f)
{
	(void)facts;
	found_ok(f, "ttatop %s, segment layout %u.%u", TTA_VERSION_STRING,
		 TTA_SEGMENT_MAJOR, TTA_SEGMENT_MINOR);
}
