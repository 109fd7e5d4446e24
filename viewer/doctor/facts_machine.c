/* SPDX-License-Identifier: BSD-2-Clause */
/* The driver, the runtime's own regions, locks, the terminal. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "driver.h"
#include "facts.h"

#define PATH_SIZE 512

static int take_holders(struct doctor_device_facts *facts)
{
	struct driver_holds holds;
	int err = driver_holds_read(NULL, &holds);

	facts->driver = holds.present;
	facts->holder_count = holds.count;
	for (size_t i = 0; i < holds.count && i < DOCTOR_LIST_MAX; i++)
		facts->holders[i] =
			(struct doctor_holder){holds.list[i].pid, holds.list[i].device};
	driver_holds_free(&holds);
	return err;
}

static bool is_region(const char *name)
{
	size_t length = strlen(name);

	return strncmp(name, "tt_device_", 10) == 0 && length > 17 &&
	       strcmp(name + length - 7, "_memory") == 0;
}

static void take_region(struct doctor_device_facts *facts, int folder, const char *name)
{
	struct doctor_region *region = &facts->regions[facts->region_count];
	struct stat st;

	if (facts->region_count >= DOCTOR_LIST_MAX ||
	    fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW))
		return;
	snprintf(region->name, sizeof(region->name), "%.63s", name);
	region->mode = st.st_mode & 07777;
	region->uid = st.st_uid;
	facts->region_count++;
}

int facts_devices(const char *directory, struct doctor_device_facts *facts)
{
	DIR *folder = opendir(directory);
	struct dirent *entry;

	while (folder && (entry = readdir(folder)))
		if (is_region(entry->d_name))
			take_region(facts, dirfd(folder), entry->d_name);
	if (folder)
		closedir(folder);
	return take_holders(facts);
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
