/* SPDX-License-Identifier: BSD-2-Clause */
/* publisher.*: who publishes, who does not, and what they refused. */
#include <inttypes.h>
#include <string.h>

#include "finding.h"

void check_publisher_live(const struct doctor_facts *facts, struct doctor_finding *f)
{
	size_t alive = 0;

	if (found_unreadable(facts, f))
		return;
	for (size_t i = 0; i < facts->sample->process_count; i++)
		alive += process_alive(&facts->sample->processes[i]);
	if (alive > 0)
		found_ok(f, "%zu process%s publishing", alive,
			 alive == 1 ? " is" : "es are");
	else
		found_warn(f, "tta-sim run demo",
			   "nobody publishes here: start a program that is linked with "
			   "libtta");
}

/* Appends @text to a list of different words, "a, b". */
static void add_word(char *list, size_t room, const char *text)
{
	size_t length = strlen(text), used = strlen(list);

	for (const char *at = strstr(list, text); at; at = strstr(at + 1, text))
		if (at[length] == '\0' || at[length] == ',')
			return;
	snprintf(list + used, room - used, "%s%s", used ? ", " : "", text);
}

void check_publisher_version(const struct doctor_facts *facts, struct doctor_finding *f)
{
	char list[200] = "", word[64];
	const struct tta_process *newer = NULL;

	if (found_unreadable(facts, f))
		return;
	for (size_t i = 0; i < facts->sample->process_count; i++) {
		const struct tta_process *p = &facts->sample->processes[i];

		if (p->verdict == TTA_VERDICT_CORRUPT)
			continue;
		snprintf(word, sizeof(word), "%s %s", p->publisher, p->publisher_version);
		add_word(list, sizeof(list), word);
		if (p->minor > TTA_SEGMENT_MINOR)
			newer = p;
	}
	if (newer)
		found_warn(f, "ttatop --version",
			   "pid %u publishes layout %u.%u, ttatop knows %u.%u: what is "
			   "new in it is not shown",
			   newer->pid, TTA_SEGMENT_MAJOR, newer->minor, TTA_SEGMENT_MAJOR,
			   TTA_SEGMENT_MINOR);
	else
		found_ok(f, "%s", list[0] ? list : "no publisher seen");
}

void check_publisher_disabled(const struct doctor_facts *facts, struct doctor_finding *f)
{
	const struct doctor_proc_facts *proc = &facts->proc;
	char try[DOCTOR_TRY_SIZE];

	for (size_t i = 0; i < proc->process_count && i < DOCTOR_LIST_MAX; i++) {
		const struct doctor_process *p = &proc->list[i];
		const char *name = p->off_by;

		if (!p->off_by[0] || !p->has_library || publishes(facts, p->pid))
			continue;
		snprintf(try, sizeof(try), "unset %.*s", (int)strcspn(name, "="), name);
		found_warn(f, try,
			   "pid %u (%s) has %s in its environment and publishes "
			   "nothing: start it again without",
			   p->pid, p->comm, p->off_by);
		return;
	}
	found_ok(f, "no process with libtta is switched off by its environment");
	if (proc->off_without_library)
		found_more(f, "; %zu process%s without libtta.so would be",
			   proc->off_without_library,
			   proc->off_without_library == 1 ? "" : "es");
	if (proc->environ_denied)
		found_more(f, "; %zu could not be looked at", proc->environ_denied);
}

void check_publisher_library(const struct doctor_facts *facts, struct doctor_finding *f)
{
	const struct doctor_proc_facts *proc = &facts->proc;
	size_t with = 0, silent = 0;
	const struct doctor_process *first = NULL;
	char try[DOCTOR_TRY_SIZE];

	if (proc->error) {
		found_warn(f, "mount | grep proc", "/proc cannot be read: %s",
			   strerrordesc_np(proc->error));
		return;
	}
	for (size_t i = 0; i < proc->process_count && i < DOCTOR_LIST_MAX; i++) {
		const struct doctor_process *p = &proc->list[i];

		if (!p->has_library)
			continue;
		with++;
		if (publishes(facts, p->pid) || p->off_by[0])
			continue;
		if (silent++ == 0)
			first = p;
	}
	if (silent > 0) {
		snprintf(try, sizeof(try),
			 "tr '\\0' '\\n' < /proc/%u/environ | grep TTA_", first->pid);
		found_warn(f, try,
			   "%zu process%s mapped libtta and %s no segment here (pid %u, "
			   "%s): no event yet, another TTA_DIR, or no room",
			   silent, silent == 1 ? " has" : "es have",
			   silent == 1 ? "has" : "have", first->pid, first->comm);
	} else {
		found_ok(f, "%zu process%s libtta.so, all accounted for", with,
			 with == 1 ? " maps" : "es map");
	}
	if (proc->maps_denied)
		found_more(f, "; %zu of %zu processes could not be looked at",
			   proc->maps_denied, proc->count);
	if (proc->out_of_time)
		found_more(f, "; stopped early to be quick");
}

/* Counts that make a segment say less than its process did. */
static const struct {
	enum tta_count count;
	const char *word;
} causes[] = {
	{TTA_COUNT_REJECTED_DEVICE, "rejected: device out of range"},
	{TTA_COUNT_REJECTED_TYPE, "rejected: unknown type"},
	{TTA_COUNT_REJECTED_SIZE, "rejected: size out of range"},
	{TTA_COUNT_DROPPED_SLOT, "detail dropped: no slot"},
	{TTA_COUNT_DROPPED_INDEX, "detail dropped: no place in the index"},
	{TTA_COUNT_DROPPED_LINE, "detail dropped: no counter line"},
	{TTA_COUNT_DROPPED_NESTED, "lost: nested too deep"},
	{TTA_COUNT_DROPPED_REFS, "detail dropped: too many references"},
	{TTA_COUNT_DROPPED_ATTACH, "lost: while another thread attached"},
	{TTA_COUNT_SIZE_RAISE_LOST, "a size was raised too late"},
	{TTA_COUNT_NO_RECORD, "without a ring record"},
};

static void say_causes(const struct tta_process *p, struct doctor_finding *f)
{
	const char *before = ": ";

	for (size_t i = 0; i < sizeof(causes) / sizeof(causes[0]); i++) {
		uint64_t count = p->counts[causes[i].count];

		if (count == 0)
			continue;
		found_more(f, "%s%" PRIu64 " %s", before, count, causes[i].word);
		before = ", ";
	}
	if (p->incomplete_since_ns)
		found_more(f, "%sincomplete for %" PRIu64 " s", before,
			   p->last_event_ns > p->incomplete_since_ns
				   ? (p->last_event_ns - p->incomplete_since_ns) /
					     UINT64_C(1000000000)
				   : 0);
	if (p->totals_inexact & TTA_INEXACT_UNSIZED)
		found_more(f, ", frees without a size: bytes are unknown");
}

static bool has_trouble(const struct tta_process *p)
{
	for (size_t i = 0; i < sizeof(causes) / sizeof(causes[0]); i++)
		if (p->counts[causes[i].count])
			return true;
	return p->incomplete_since_ns || p->totals_inexact & TTA_INEXACT_UNSIZED;
}

static bool dropped_for_room(const struct tta_process *p)
{
	return p->counts[TTA_COUNT_DROPPED_SLOT] || p->counts[TTA_COUNT_DROPPED_INDEX] ||
	       p->counts[TTA_COUNT_DROPPED_LINE];
}

void check_publisher_rejects(const struct doctor_facts *facts, struct doctor_finding *f)
{
	const struct tta_process *first = NULL;
	char try[DOCTOR_TRY_SIZE];
	size_t count = 0;

	if (found_unreadable(facts, f))
		return;
	for (size_t i = 0; i < facts->sample->process_count; i++) {
		const struct tta_process *p = &facts->sample->processes[i];

		if (p->verdict == TTA_VERDICT_CORRUPT || !has_trouble(p))
			continue;
		if (count++ == 0)
			first = p;
	}
	if (count == 0) {
		found_ok(f, "nothing rejected, no detail dropped");
		return;
	}
	if (dropped_for_room(first))
		snprintf(try, sizeof(try), "df -h %.100s", facts->directory.path);
	else
		snprintf(try, sizeof(try), "ttatop events -n all -p %u", first->pid);
	found_warn(f, try, "%zu segment%s; pid %u", count, plural(count), first->pid);
	say_causes(first, f);
}
