/* SPDX-License-Identifier: BSD-2-Clause */
/* The driver, the runtime's own regions, locks, the terminal. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "driver.h"
#include "facts.h"
#include "region_list.h"

#define PATH_SIZE 512

static bool is_in_region(const struct region_list *regions, uint32_t pid)
{
	for (size_t i = 0; i < regions->count; i++)
		for (size_t j = 0; j < regions->files[i].region.slot_count; j++)
			if (regions->files[i].region.slots[j].pid == pid)
				return true;
	return false;
}

static int take_holders(struct doctor_device_facts *facts,
			const struct region_list *regions)
{
	struct driver_holds holds;
	int err = driver_holds_read(NULL, &holds);

	facts->driver = holds.present;
	facts->holder_count = holds.count;
	for (size_t i = 0; i < holds.count && i < DOCTOR_LIST_MAX; i++) {
		uint32_t pid = holds.list[i].pid;

		facts->holders[i] = (struct doctor_holder){pid, holds.list[i].device,
							   is_in_region(regions, pid)};
	}
	driver_holds_free(&holds);
	return err;
}

static void take_regions(struct doctor_device_facts *facts,
			 const struct region_list *regions)
{
	facts->region_count = regions->count;
	for (size_t i = 0; i < regions->count && i < DOCTOR_LIST_MAX; i++) {
		const struct region_file *file = &regions->files[i];
		struct doctor_region *region = &facts->regions[i];

		snprintf(region->name, sizeof(region->name), "%s", file->name);
		region->mode = file->mode;
		region->uid = file->uid;
	}
}

int facts_devices(const char *directory, struct doctor_device_facts *facts)
{
	struct region_list regions;
	int err = region_list_read(directory, &regions);

	if (!err) {
		take_regions(facts, &regions);
		err = take_holders(facts, &regions);
	}
	region_list_fini(&regions);
	return err;
}

static bool has_stranger(const struct tta_sample *sample, uint64_t inode)
{
	for (size_t i = 0; sample && i < sample->process_count; i++)
		if (sample->processes[i].inode == inode &&
		    sample->processes[i].notes & TTA_NOTE_STRANGER_LOCK)
			return true;
	return false;
}

/* "1: POSIX  ADVISORY  READ 4711 00:1a:12345 0 0" */
void facts_locks(const struct tta_sample *sample, struct doctor_lock_facts *facts)
{
	FILE *file = fopen("/proc/locks", "re");
	char line[256];

	if (!file) {
		facts->error = errno;
		return;
	}
	while (fgets(line, sizeof(line), file)) {
		struct doctor_lock lock;

		if (sscanf(line, "%*s %*s %*s READ %" SCNd64 " %*[^:]:%*[^:]:%" SCNu64,
			   &lock.pid, &lock.inode) != 2)
			continue;
		if (has_stranger(sample, lock.inode) && facts->count < DOCTOR_LIST_MAX)
			facts->list[facts->count++] = lock;
	}
	fclose(file);
}

static bool entry_in(const char *folder, const char *term)
{
	char path[PATH_SIZE];

	if (!folder)
		return false;
	snprintf(path, sizeof(path), "%s/%c/%s", folder, term[0], term);
	return access(path, R_OK) == 0;
}

static bool is_described(const char *term)
{
	char home[PATH_SIZE];

	if (!term[0] || strchr(term, '/'))
		return false;
	snprintf(home, sizeof(home), "%s/.terminfo",
		 getenv("HOME") ? getenv("HOME") : "");
	return entry_in(getenv("TERMINFO"), term) || entry_in(home, term) ||
	       entry_in("/etc/terminfo", term) || entry_in("/lib/terminfo", term) ||
	       entry_in("/usr/share/terminfo", term);
}

static void copy_variable(char *to, size_t room, const char *name)
{
	const char *value = getenv(name);

	snprintf(to, room, "%s", value ? value : "");
}

void facts_terminal(struct doctor_terminal_facts *facts)
{
	locale_t locale = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
	const char *no_color = getenv("NO_COLOR");
	struct winsize size;

	facts->is_tty = isatty(STDOUT_FILENO);
	copy_variable(facts->term, sizeof(facts->term), "TERM");
	copy_variable(facts->colorterm, sizeof(facts->colorterm), "COLORTERM");
	facts->described = is_described(facts->term);
	facts->no_color = no_color && no_color[0];
	snprintf(facts->codeset, sizeof(facts->codeset), "%s",
		 locale ? nl_langinfo_l(CODESET, locale) : "ASCII");
	if (locale)
		freelocale(locale);
	if (facts->is_tty && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) {
		facts->columns = size.ws_col;
		facts->rows = size.ws_row;
	}
}
