/* SPDX-License-Identifier: BSD-2-Clause */
#include "baseline.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file_replace.h"
#include "words.h"

#define SUFFIX	 ".json"
#define NAME_LEN 200 /* with the suffix it fits any file system */

static int join(char path[PATH_MAX], const char *folder, const char *name,
		const char *suffix)
{
	int length = snprintf(path, PATH_MAX, "%s/%s%s", folder, name, suffix);

	return length < PATH_MAX ? 0 : -ENAMETOOLONG;
}

/* A folder of the state directory, as the XDG specification finds it. */
static int state_folder(const char *folder, char ret_path[PATH_MAX])
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");

	if (state && state[0] == '/')
		return join(ret_path, state, "ttatop/", folder);
	if (home && home[0] == '/')
		return join(ret_path, home, ".local/state/ttatop/", folder);
	return -ENOENT;
}

static bool name_is_good(const char *name)
{
	size_t length = strlen(name);

	for (size_t i = 0; i < length; i++)
		if (!isascii((unsigned char)name[i]) ||
		    (!isalnum((unsigned char)name[i]) && !strchr("._-", name[i])))
			return false;
	return length > 0 && length <= NAME_LEN && name[0] != '.';
}

int baseline_path(const char *name, char ret_path[PATH_MAX])
{
	char folder[PATH_MAX];
	int err;

	if (!name_is_good(name))
		return -EINVAL;
	err = state_folder("baselines", folder);
	return err ? err : join(ret_path, folder, name, SUFFIX);
}

static int write_snapshot(FILE *file, void *arg)
{
	return snapshot_write(arg, file, 0);
}

static int save(char path[PATH_MAX], const struct snapshot *snapshot)
{
	int err = file_make_folders(path);

	if (err)
		return err;
	return file_replace(path, 0600, true, write_snapshot,
			    (void *)(uintptr_t)snapshot);
}

int baseline_save(const char *name, const struct snapshot *snapshot)
{
	char path[PATH_MAX];
	int err = baseline_path(name, path);

	return err ? err : save(path, snapshot);
}

int baseline_load(const char *name, struct snapshot **ret_snapshot,
		  char error[SNAPSHOT_ERROR_SIZE])
{
	char path[PATH_MAX];
	int err = baseline_path(name, path);
	FILE *file;

	error[0] = '\0';
	if (err)
		return err;
	file = fopen(path, "re");
	if (!file)
		return -errno;
	err = snapshot_load(file, path, ret_snapshot, error);
	fclose(file);
	return err;
}

int baseline_remove(const char *name)
{
	char path[PATH_MAX];
	int err = baseline_path(name, path);

	if (err)
		return err;
	return unlink(path) ? -errno : 0;
}

/* The name in a file name of ours. */
static bool baseline_name(char *file)
{
	size_t length = strlen(file), suffix = strlen(SUFFIX);

	if (length <= suffix || strcmp(file + length - suffix, SUFFIX) != 0)
		return false;
	file[length - suffix] = '\0';
	return name_is_good(file);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int read_names(DIR *dir, char ***names, size_t *count)
{
	struct dirent *entry;
	int err = 0;

	while (!err && (entry = readdir(dir)))
		if (baseline_name(entry->d_name))
			err = words_add(names, count, entry->d_name);
	if (*count > 1)
		qsort(*names, *count, sizeof(**names), compare_names);
	return err;
}

int baseline_list(char ***ret_names, size_t *ret_count)
{
	char folder[PATH_MAX], **names = NULL;
	size_t count = 0;
	int err = state_folder("baselines", folder);
	DIR *dir;

	*ret_names = NULL;
	*ret_count = 0;
	if (err)
		return err;
	dir = opendir(folder);
	if (!dir)
		return errno == ENOENT ? 0 : -errno;
	err = read_names(dir, &names, &count);
	closedir(dir);
	if (err) {
		words_free(names, count);
		return err;
	}
	*ret_names = names;
	*ret_count = count;
	return 0;
}

int evidence_save(const char *directory, const char *segment,
		  const struct snapshot *snapshot, char ret_path[PATH_MAX])
{
	char folder[PATH_MAX];
	int err = 0;

	if (strchr(segment, '/'))
		return -EINVAL;
	if (!directory)
		err = state_folder("reaped", folder);
	if (!err)
		err = join(ret_path, directory ? directory : folder, segment, SUFFIX);
	return err ? err : save(ret_path, snapshot);
}
