/* SPDX-License-Identifier: BSD-2-Clause */
#include "proc_look.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <tta/layout.h>

#define PATH_SIZE 320

bool proc_line(const char *path, char *text, size_t room)
{
	FILE *file = fopen(path, "re");
	bool got;

	if (!file)
		return false;
	got = fgets(text, (int)room, file) != NULL;
	fclose(file);
	if (got)
		text[strcspn(text, "\n")] = '\0';
	return got;
}

static bool denied(void)
{
	return errno == EACCES || errno == EPERM;
}

static bool is_library(const char *line)
{
	const char *base = strrchr(line, '/');

	return base && strncmp(base, "/libtta", 7) == 0 && strstr(base, ".so") &&
	       strncmp(base, "/libtta-reader", 14) != 0;
}

static void look_maps(struct proc_look *look)
{
	char path[PATH_SIZE], *line = NULL;
	size_t room = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%u/maps", look->pid);
	file = fopen(path, "re");
	if (!file) {
		look->maps_denied = denied();
		return;
	}
	errno = 0;
	while (!look->has_library && getline(&line, &room, file) > 0)
		look->has_library = is_library(line);
	look->maps_denied = denied();
	free(line);
	fclose(file);
}

static bool switches_off(const char *variable)
{
	return strcmp(variable, "TTA_LEVEL=off") == 0 ||
	       strcmp(variable, "TT_ALLOC_TRACKING_ENABLED=0") == 0;
}

static void look_environ(struct proc_look *look)
{
	char path[PATH_SIZE], *variable = NULL;
	size_t room = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%u/environ", look->pid);
	file = fopen(path, "re");
	if (!file) {
		look->environ_denied = denied();
		return;
	}
	while (!look->off_by[0] && getdelim(&variable, &room, '\0', file) > 0)
		if (switches_off(variable))
			snprintf(look->off_by, sizeof(look->off_by), "%s", variable);
	free(variable);
	fclose(file);
}

bool proc_look_at(uint32_t pid, uint32_t uid, struct proc_look *ret_look)
{
	struct proc_look look = {.pid = pid};
	char path[PATH_SIZE];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%u", pid);
	if (stat(path, &st))
		return false;
	look.uid = st.st_uid;
	snprintf(path, sizeof(path), "/proc/%u/comm", pid);
	proc_line(path, look.comm, sizeof(look.comm));
	look_maps(&look);
	if (look.uid == uid || uid == 0)
		look_environ(&look);
	*ret_look = look;
	return true;
}

size_t proc_look_segments(uint32_t pid, const char *directory)
{
	char path[PATH_SIZE];
	struct dirent *entry;
	size_t count = 0;
	DIR *folder;

	snprintf(path, sizeof(path), "/proc/%u/root%s", pid, directory);
	folder = opendir(path);
	while (folder && (entry = readdir(folder)))
		count += strncmp(entry->d_name, TTA_NAME_PREFIX,
				 strlen(TTA_NAME_PREFIX)) == 0;
	if (folder)
		closedir(folder);
	return count;
}
