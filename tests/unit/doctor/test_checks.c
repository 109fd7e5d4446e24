/* SPDX-License-Identifier: BSD-2-Clause */
/* Each judgement, on facts made by hand. */
#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

#include "doctor.h"
#include "sample_builder.h"

static struct sample_builder *builder;
static struct doctor_facts facts;

/* A healthy machine with one publisher. */
static struct tta_process *healthy(void)
{
	struct tta_process *process;

	builder = sample_new();
	process = sample_process(builder, 7);
	strcpy(process->publisher, "libtta");
	strcpy(process->publisher_version, "0.1.0");
	strcpy(process->name, "tta.1.0.7.1.a");
	strcpy(process->comm, "server");
	process->pidns = 42;
	process->same_boot = true;
	facts = (struct doctor_facts){
		.directory = {.path = "/dev/shm",
			      .is_tmpfs = true,
			      .mode = 01777,
			      .total = UINT64_C(1) << 30,
			      .free = UINT64_C(1) << 30},
		.sample = sample_of(builder),
		.uid = 1000,
		.pidns = 42,
		.boot_id_known = true,
		.proc = {.count = 3},
		.terminal = {.is_tty = true,
			     .term = "xterm-256color",
			     .described = true,
			     .codeset = "UTF-8",
			     .columns = 120,
			     .rows = 40},
	};
	return process;
}

static struct doctor_finding judge(const char *name)
{
	struct doctor_finding finding = {0};
	size_t count;
	const struct doctor_check *checks = doctor_checks(&count);

	for (size_t i = 0; i < count; i++) {
		if (strcmp(checks[i].name, name) != 0)
			continue;
		checks[i].judge(&facts, &finding);
		cr_assert(finding.text[0], "%s says nothing", name);
		cr_assert_eq(finding.status != DOCTOR_OK, finding.try[0] != '\0',
			     "%s: trouble and one command go together", name);
		return finding;
	}
	cr_assert_fail("no check %s", name);
	return finding;
}

static void expect(const char *name, enum doctor_status status, const char *part)
{
	struct doctor_finding finding = judge(name);

	cr_assert_eq(finding.status, status, "%s: %s", name, finding.text);
	cr_assert(strstr(finding.text, part), "%s: no '%s' in '%s'", name, part,
		  finding.text);
}

static void expect_try(const char *name, const char *part)
{
	struct doctor_finding finding = judge(name);

	cr_assert(strstr(finding.try, part), "%s: no '%s' in '%s'", name, part,
		  finding.try);
}

Test(checks, a_healthy_machine_is_fine)
{
	size_t count;
	const struct doctor_check *checks = doctor_checks(&count);

	healthy();
	for (size_t i = 0; i < count; i++)
		expect(checks[i].name, DOCTOR_OK, "");
	sample_delete(builder);
}

Test(checks, without_a_directory_nothing_crashes_and_one_check_fails)
{
	size_t count;
	const struct doctor_check *checks = doctor_checks(&count);

	healthy();
	facts.sample = NULL;
	facts.directory.error = ENOENT;
	for (size_t i = 0; i < count; i++)
		judge(checks[i].name);
	expect("shm.dir", DOCTOR_FAIL, "No such file");
	expect("publisher.live", DOCTOR_OK, "not judged");
	sample_delete(builder);
}

Test(checks, shm_dir)
{
	healthy();
	facts.directory.is_tmpfs = false;
	expect("shm.dir", DOCTOR_FAIL, "no tmpfs");
	facts.directory.is_tmpfs = true;
	facts.directory.mode = 0777;
	expect("shm.dir", DOCTOR_WARN, "0777");
	expect_try("shm.dir", "chmod 1777");
	facts.directory.mode = 0700;
	expect("shm.dir", DOCTOR_OK, "of one user");
	facts.directory.free = 4096;
	expect("shm.dir", DOCTOR_WARN, "4.00K free");
	sample_delete(builder);
}

Test(checks, shm_segments)
{
	struct tta_process *process = healthy();

	expect("shm.segments", DOCTOR_OK, "1 segment: 1 live");
	process->verdict = TTA_VERDICT_CORRUPT;
	strcpy(process->problem, "no magic");
	expect("shm.segments", DOCTOR_FAIL, "no magic");
	expect_try("shm.segments", "ttatop reap tta.1.0.7.1.a");
	sample_skipped(builder, "tta.1.5.9.1.b", EACCES, "permission denied");
	expect("shm.segments", DOCTOR_WARN, "tta.1.5.9.1.b of uid");
	sample_delete(builder);
}

Test(checks, shm_stale)
{
	struct tta_process *process = healthy();

	process->verdict = TTA_VERDICT_DEAD;
	expect("shm.stale", DOCTOR_OK, "1 empty segment");
	process->verdict = TTA_VERDICT_ORPHAN;
	process->file_bytes = 4096;
	expect("shm.stale", DOCTOR_WARN, "1 ended process left");
	process->file_bytes = UINT64_C(1) << 28;
	expect("shm.stale", DOCTOR_WARN, "beyond");
	sample_delete(builder);
}

Test(checks, publisher_live)
{
	struct tta_process *process = healthy();

	process->verdict = TTA_VERDICT_ORPHAN;
	expect("publisher.live", DOCTOR_WARN, "nobody publishes");
	expect_try("publisher.live", "tta-sim run demo");
	sample_delete(builder);
}

Test(checks, publisher_version)
{
	struct tta_process *process = healthy();

	expect("publisher.version", DOCTOR_OK, "libtta 0.1.0");
	process->minor = TTA_SEGMENT_MINOR + 1;
	expect("publisher.version", DOCTOR_WARN, "layout 1.1");
	sample_delete(builder);
}

static struct doctor_process *look_at(uint32_t pid)
{
	struct doctor_process *process = &facts.proc.list[facts.proc.process_count++];

	*process = (struct doctor_process){.pid = pid, .has_library = true, .own = true};
	strcpy(process->comm, "worker");
	return process;
}

Test(checks, publisher_disabled_and_library)
{
	struct doctor_process *process;

	healthy();
	look_at(7);
	expect("publisher.library", DOCTOR_OK, "1 process maps");
	process = look_at(9);
	expect("publisher.library", DOCTOR_WARN, "pid 9, worker");
	expect("publisher.disabled", DOCTOR_OK, "");
	strcpy(process->off_by, "TTA_LEVEL=off");
	expect("publisher.disabled", DOCTOR_WARN, "pid 9 (worker) has TTA_LEVEL=off");
	expect_try("publisher.disabled", "unset TTA_LEVEL");
	expect("publisher.library", DOCTOR_OK, "accounted");
	facts.proc.maps_denied = 2;
	expect("publisher.library", DOCTOR_OK, "2 of 3 processes could not");
	facts.proc.error = EACCES;
	expect("publisher.library", DOCTOR_WARN, "/proc cannot be read");
	sample_delete(builder);
}

Test(checks, publisher_rejects)
{
	struct tta_process *process = healthy();

	process->counts[TTA_COUNT_REJECTED_TYPE] = 3;
	expect("publisher.rejects", DOCTOR_WARN, "3 rejected: unknown type");
	process->counts[TTA_COUNT_DROPPED_SLOT] = 5;
	process->incomplete_since_ns = process->last_event_ns - UINT64_C(12000000000);
	expect("publisher.rejects", DOCTOR_WARN,
	       "5 detail dropped: no slot, incomplete for 12 s");
	expect_try("publisher.rejects", "df -h /dev/shm");
	sample_delete(builder);
}

Test(checks, self_consistency)
{
	healthy();
	facts.consistency = (struct doctor_consistency){.compared = 2, .busy = 1};
	expect("self.consistency", DOCTOR_OK,
	       "2 segments at rest, 0 addresses replayed; 1 "
	       "busy");
	facts.consistency.mismatches = 1;
	strcpy(facts.consistency.first,
	       "pid 7: device 0 DRAM: table 1 bytes, counters 2");
	expect("self.consistency", DOCTOR_FAIL, "table 1 bytes, counters 2");
	sample_delete(builder);
}

Test(checks, lock_ofd)
{
	struct tta_process *process = healthy();

	process->notes = TTA_NOTE_STRANGER_LOCK;
	process->inode = 99;
	expect("lock.ofd", DOCTOR_WARN, "somebody holds a read lock");
	facts.locks.list[0] = (struct doctor_lock){.inode = 99, .pid = -1};
	facts.locks.count = 1;
	expect("lock.ofd", DOCTOR_WARN, "names nobody");
	facts.locks.list[0].pid = 4711;
	expect("lock.ofd", DOCTOR_WARN, "pid 4711 holds");
	process->verdict = TTA_VERDICT_UNKNOWN;
	expect("lock.ofd", DOCTOR_WARN, "without an OFD lock");
	sample_delete(builder);
}

Test(checks, namespaces)
{
	struct tta_process *process = healthy();

	process->pidns = 43;
	expect("ns.pid", DOCTOR_OK, "1 segment from other pid namespaces");
	process->notes = TTA_NOTE_FOREIGN_PID;
	expect("ns.pid", DOCTOR_WARN, "pid 7, server");
	facts.pidns = 0;
	expect("ns.pid", DOCTOR_WARN, "our own");
	facts.proc.root_denied = 3;
	expect("ns.shm", DOCTOR_OK, "3 of 3 processes could not be looked at");
	look_at(9)->hidden_segments = 2;
	expect("ns.shm", DOCTOR_WARN, "2 segments that cannot be seen");
	expect_try("ns.shm", "ttatop --containers");
	sample_delete(builder);
}

Test(checks, hidepid)
{
	healthy();
	strcpy(facts.proc.hidepid, "invisible");
	expect("perm.hidepid", DOCTOR_WARN, "hidepid=invisible");
	facts.uid = 0;
	expect("perm.hidepid", DOCTOR_OK, "");
	sample_delete(builder);
}

Test(checks, devices_and_regions)
{
	healthy();
	facts.devices = (struct doctor_device_facts){
		.driver = true, .holder_count = 1, .holders = {{.pid = 7, .device = 0}}};
	expect("device.holders", DOCTOR_OK, "all publish");
	facts.devices.holders[0].pid = 2210;
	expect("device.holders", DOCTOR_WARN, "pid 2210 holds device 0");
	facts.devices.holders[0].in_region = true;
	expect("device.holders", DOCTOR_OK, "all publish");
	facts.devices.region_count = 1;
	facts.devices.regions[0] = (struct doctor_region){
		.name = "tt_device_469504_memory", .mode = 0644, .uid = 5};
	expect("ttmetal.region", DOCTOR_OK, "tt_device_469504_memory, mode 0644, uid 5");
	facts.devices.regions[0].mode = 0600;
	expect("ttmetal.region", DOCTOR_WARN, "mode 0600 and is of uid 5");
	sample_delete(builder);
}

Test(checks, terminal)
{
	healthy();
	facts.terminal.columns = 60;
	expect("term.size", DOCTOR_WARN, "60x40");
	facts.terminal.columns = 0;
	expect("term.size", DOCTOR_WARN, "no size");
	strcpy(facts.terminal.codeset, "ANSI_X3.4-1968");
	expect("term.locale", DOCTOR_WARN, "ANSI_X3.4-1968");
	facts.terminal.described = false;
	expect("term.type", DOCTOR_WARN, "does not know");
	strcpy(facts.terminal.term, "vt100");
	expect("term.colors", DOCTOR_WARN, "no colours");
	facts.terminal.no_color = true;
	expect("term.colors", DOCTOR_OK, "NO_COLOR");
	facts.terminal.term[0] = '\0';
	expect("term.type", DOCTOR_WARN, "not set");
	sample_delete(builder);
}

Test(checks, clock)
{
	struct tta_process *process = healthy();

	process->same_boot = false;
	expect("clock.monotonic", DOCTOR_WARN, "another boot");
	facts.boot_id_known = false;
	expect("clock.monotonic", DOCTOR_WARN, "boot id cannot");
	sample_delete(builder);
}

Test(checks, lists_of_names)
{
	size_t length;

	cr_assert(doctor_listed("shm.dir,ns.pid", "ns.pid"));
	cr_assert(doctor_listed("shm", "shm.dir"));
	cr_assert_not(doctor_listed("sh", "shm.dir"));
	cr_assert_not(doctor_listed("shm.d", "shm.dir"));
	cr_assert_not(doctor_listed("", "shm.dir"));
	cr_assert_null(doctor_unknown_name("shm,self.version", &length));
	cr_assert_str_eq(doctor_unknown_name("shm,nosuch", &length), "nosuch");
	cr_assert_eq(length, 6);
}
