/* SPDX-License-Identifier: BSD-2-Clause */
/* The list of checks, and how they say what they found. */
#include <stdarg.h>
#include <string.h>

#include "finding.h"

static const struct doctor_check checks[] = {
	{"shm.dir", check_shm_dir},
	{"shm.segments", check_shm_segments},
	{"shm.stale", check_shm_stale},
	{"publisher.live", check_publisher_live},
	{"publisher.version", check_publisher_version},
	{"publisher.disabled", check_publisher_disabled},
	{"publisher.library", check_publisher_library},
	{"publisher.rejects", check_publisher_rejects},
	{"self.consistency", check_consistency},
	{"lock.ofd", check_lock},
	{"ns.pid", check_ns_pid},
	{"ns.shm", check_ns_shm},
	{"perm.hidepid", check_hidepid},
	{"device.holders", check_holders},
	{"ttmetal.region", check_region},
	{"term.type", check_term_type},
	{"term.size", check_term_size},
	{"term.locale", check_term_locale},
	{"term.colors", check_term_colors},
	{"clock.monotonic", check_clock},
	{"self.version", check_version},
};

const struct doctor_check *doctor_checks(size_t *ret_count)
{
	*ret_count = sizeof(checks) / sizeof(checks[0]);
	return checks;
}

/* "shm.dir", or its family "shm". */
static bool item_names(const char *item, size_t length, const char *name)
{
	return strncmp(item, name, length) == 0 && length > 0 &&
	       (name[length] == '\0' || name[length] == '.');
}

bool doctor_listed(const char *list, const char *name)
{
	for (const char *at = list;; at++) {
		size_t length = strcspn(at, ",");

		if (item_names(at, length, name))
			return true;
		at += length;
		if (*at == '\0')
			return false;
	}
}

const char *doctor_unknown_name(const char *list, size_t *ret_length)
{
	for (const char *at = list;; at++) {
		size_t length = strcspn(at, ","), i = 0;

		while (i < sizeof(checks) / sizeof(checks[0]) &&
		       !item_names(at, length, checks[i].name))
			i++;
		*ret_length = length;
		if (i == sizeof(checks) / sizeof(checks[0]))
			return at;
		at += length;
		if (*at == '\0')
			return NULL;
	}
}

const char *doctor_status_name(enum doctor_status status)
{
	static const char *const names[] = {
		[DOCTOR_OK] = "ok",
		[DOCTOR_WARN] = "warn",
		[DOCTOR_FAIL] = "FAIL",
	};

	return names[status];
}

static void found(struct doctor_finding *finding, enum doctor_status status,
		  const char *try, const char *format, va_list args)
	__attribute__((__format__(__printf__, 4, 0)));

static void found(struct doctor_finding *finding, enum doctor_status status,
		  const char *try, const char *format, va_list args)
{
	finding->status = status;
	vsnprintf(finding->text, sizeof(finding->text), format, args);
	snprintf(finding->try, sizeof(finding->try), "%s", try);
}

void found_ok(struct doctor_finding *finding, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	found(finding, DOCTOR_OK, "", format, args);
	va_end(args);
}

void found_warn(struct doctor_finding *finding, const char *try, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	found(finding, DOCTOR_WARN, try, format, args);
	va_end(args);
}

void found_fail(struct doctor_finding *finding, const char *try, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	found(finding, DOCTOR_FAIL, try, format, args);
	va_end(args);
}

void found_more(struct doctor_finding *finding, const char *format, ...)
{
	size_t used = strlen(finding->text);
	va_list args;

	va_start(args, format);
	vsnprintf(finding->text + used, sizeof(finding->text) - used, format, args);
	va_end(args);
}

const char *plural(uint64_t count)
{
	return count == 1 ? "" : "s";
}

bool found_unreadable(const struct doctor_facts *facts, struct doctor_finding *finding)
{
	if (facts->sample)
		return false;
	found_ok(finding, "not judged: the directory of segments cannot be read");
	return true;
}

bool process_ended(const struct tta_process *process)
{
	return process->verdict == TTA_VERDICT_ORPHAN ||
	       process->verdict == TTA_VERDICT_EXITED ||
	       process->verdict == TTA_VERDICT_DEAD;
}

bool process_alive(const struct tta_process *process)
{
	return process->verdict == TTA_VERDICT_ALIVE ||
	       process->verdict == TTA_VERDICT_ENDING;
}

bool publishes(const struct doctor_facts *facts, uint32_t pid)
{
	for (size_t i = 0; facts->sample && i < facts->sample->process_count; i++) {
		const struct tta_process *p = &facts->sample->processes[i];

		if (p->pid == pid && !process_ended(p) &&
		    (facts->pidns == 0 || p->pidns == facts->pidns))
			return true;
	}
	return false;
}
