/* SPDX-License-Identifier: BSD-2-Clause */
/* ns.shm, perm.*, device.*, ttmetal.*, term.*: judged from what the machine shows. */
#include <string.h>

#include "finding.h"

void check_ns_shm(const struct doctor_facts *facts, struct doctor_finding *f)
{
	const struct doctor_proc_facts *proc = &facts->proc;
	const struct doctor_process *first = NULL;
	char try[DOCTOR_TRY_SIZE] = "ttatop --containers";
	size_t count = 0;

	for (size_t i = 0; i < proc->process_count && i < DOCTOR_LIST_MAX; i++) {
		if (proc->list[i].hidden_segments == 0)
			continue;
		if (count++ == 0)
			first = &proc->list[i];
	}
	if (strcmp(facts->directory.path, "/dev/shm") != 0)
		snprintf(try, sizeof(try), "ttatop --containers --shm-dir %.100s",
			 facts->directory.path);
	if (first)
		found_warn(f, try,
			   "pid %u (%s) has a shared memory of its own with %zu "
			   "segment%s that cannot be seen from here",
			   first->pid, first->comm, first->hidden_segments,
			   plural(first->hidden_segments));
	else
		found_ok(f, "no other shared memory with segments seen");
	if (count > 1)
		found_more(f, "; so have %zu more", count - 1);
	if (proc->root_denied)
		found_more(f,
			   "; %zu of %zu processes could not be looked at: of other "
			   "users, no permission",
			   proc->root_denied, proc->count);
}

void check_hidepid(const struct doctor_facts *facts, struct doctor_finding *f)
{
	if (facts->proc.error)
		found_warn(f, "mount | grep proc", "/proc cannot be read: %s",
			   strerrordesc_np(facts->proc.error));
	else if (facts->proc.hidepid[0] && facts->uid != 0)
		found_warn(f, "sudo ttatop doctor",
			   "/proc is mounted with hidepid=%s: processes of other users "
			   "are not seen, their segments are",
			   facts->proc.hidepid);
	else
		found_ok(f, "/proc shows %zu process%s", facts->proc.count,
			 facts->proc.count == 1 ? "" : "es");
}

void check_holders(const struct doctor_facts *facts, struct doctor_finding *f)
{
	const struct doctor_device_facts *d = &facts->devices;
	const struct doctor_holder *first = NULL;
	char try[DOCTOR_TRY_SIZE];
	size_t silent = 0;

	if (!d->driver) {
		found_ok(f, "no Tenstorrent driver here: nobody to compare with");
		return;
	}
	for (size_t i = 0; i < d->holder_count && i < DOCTOR_LIST_MAX; i++) {
		if (d->holders[i].in_region || publishes(facts, d->holders[i].pid))
			continue;
		if (silent++ == 0)
			first = &d->holders[i];
	}
	if (silent == 0) {
		found_ok(f, "%zu holder%s of devices, all publish", d->holder_count,
			 plural(d->holder_count));
		return;
	}
	snprintf(try, sizeof(try), "ps -fp %u", first->pid);
	found_warn(f, try,
		   "%zu holder%s of devices publish nothing (pid %u holds device %u)",
		   silent, plural(silent), first->pid, first->device);
}

void check_region(const struct doctor_facts *facts, struct doctor_finding *f)
{
	const struct doctor_device_facts *d = &facts->devices;
	const struct doctor_region *r = &d->regions[0];
	char try[DOCTOR_TRY_SIZE];

	if (d->region_count == 0) {
		found_ok(f, "no region of tt-metal here");
		return;
	}
	for (size_t i = 0; i < d->region_count && i < DOCTOR_LIST_MAX; i++) {
		r = &d->regions[i];
		if (facts->uid == 0 || r->uid == facts->uid || r->mode & 04)
			continue;
		snprintf(try, sizeof(try), "sudo -u '#%u' ttatop doctor", r->uid);
		found_warn(f, try, "%s has mode %04o and is of uid %u", r->name, r->mode,
			   r->uid);
		return;
	}
	found_ok(f, "%zu region%s of tt-metal (%s, mode %04o, uid %u)", d->region_count,
		 plural(d->region_count), r->name, r->mode, r->uid);
}

void check_term_type(const struct doctor_facts *facts, struct doctor_finding *f)
{
	const struct doctor_terminal_facts *t = &facts->terminal;

	if (!t->is_tty)
		found_ok(f, "standard output is no terminal: plain tables");
	else if (!t->term[0] || strcmp(t->term, "dumb") == 0)
		found_warn(f, "TERM=xterm-256color ttatop",
			   "TERM is %s: the live view needs a terminal's name",
			   t->term[0] ? t->term : "not set");
	else if (!t->described)
		found_warn(f, "TERM=xterm ttatop",
			   "TERM is %s, which the terminal database does not know",
			   t->term);
	else
		found_ok(f, "%s", t->term);
}

void check_term_size(const struct doctor_facts *facts, struct doctor_finding *f)
{
	const struct doctor_terminal_facts *t = &facts->terminal;

	if (!t->is_tty)
		found_ok(f, "standard output is no terminal");
	else if (t->columns == 0 || t->rows == 0)
		found_warn(f, "stty size", "the terminal tells no size: 80x24 is taken");
	else if (t->columns < 80 || t->rows < 24)
		found_warn(f, "stty size", "%ux%u: columns are left out below 80x24",
			   t->columns, t->rows);
	else
		found_ok(f, "%ux%u", t->columns, t->rows);
}

void check_term_locale(const struct doctor_facts *facts, struct doctor_finding *f)
{
	const char *codeset = facts->terminal.codeset;

	if (strcasecmp(codeset, "UTF-8") == 0 || !facts->terminal.is_tty)
		found_ok(f, "%s", codeset);
	else
		found_warn(f, "LC_ALL=C.UTF-8 ttatop",
			   "the locale's character set is %s: graphs are drawn in ASCII",
			   codeset);
}

void check_term_colors(const struct doctor_facts *facts, struct doctor_finding *f)
{
	const struct doctor_terminal_facts *t = &facts->terminal;

	if (!t->is_tty)
		found_ok(f, "standard output is no terminal");
	else if (t->no_color)
		found_ok(f, "switched off by NO_COLOR");
	else if (t->colorterm[0])
		found_ok(f, "%s", t->colorterm);
	else if (strstr(t->term, "256color"))
		found_ok(f, "256");
	else if (strncmp(t->term, "vt", 2) == 0 || strstr(t->term, "mono") ||
		 strstr(t->term, "-m"))
		found_warn(f, "TERM=xterm-256color ttatop",
			   "%s has no colours: bold and reverse stand for them", t->term);
	else
		found_ok(f, "as %s has them", t->term);
}
