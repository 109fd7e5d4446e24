/* SPDX-License-Identifier: BSD-2-Clause */
#include "file_replace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A dot name in the directory of @path, so that a rename is all it takes. */
static char *temporary_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	int directory = slash ? (int)(slash - path) + 1 : 0;
	char *name;

	return asprintf(&name, "%.*s.ttatop-XXXXXX", directory, path) < 0 ? NULL : name;
}

static int set_mode(int fd, mode_t mode)
{
	mode_t mask = umask(0);

	umask(mask);
	return fchmod(fd, mode & ~mask) ? -errno : 0;
}

static int fill(int fd, mode_t mode, int (*write)(FILE *file, void *arg), void *arg)
{
	FILE *file = fdopen(fd, "w");
	int err;

	if (!file) {
		err = -errno;
		close(fd);
		return err;
	}
	errno = 0;
	err = write(file, arg);
	/* of -EIO the stream knows the reason */
	if (err == -EIO && errno)
		err = -errno;
	if (!err)
		err = set_mode(fd, mode);
	if (!err && (fflush(file) || fsync(fd)))
		err = -errno;
	if (fclose(file) && !err)
		err = -errno;
	return err;
}

static int move(const char *from, const char *to, bool overwrite)
{
	if (overwrite)
		return rename(from, to) ? -errno : 0;
	if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -errno;
	/* the file system cannot do that: a link does not replace either */
	if (link(from, to))
		return -errno;
	return unlink(from) ? -errno : 0;
}

int file_replace(const char *path, mode_t mode, bool overwrite,
		 int (*write)(FILE *file, void *arg), void *arg)
{
	struct stat there;
	char *temporary;
	int fd, err;

	if (stat(path, &there) == 0 && (!overwrite || !S_ISREG(there.st_mode)))
		return -EEXIST;
	temporary = temporary_name(path);
	if (!temporary)
		return -ENOMEM;
	fd = mkostemp(temporary, O_CLOEXEC);
	if (fd < 0) {
		err = -errno;
		free(temporary);
		return err;
	}
	err = fill(fd, mode, write, arg);
	if (!err)
		err = move(temporary, path, overwrite);
	if (err)
		unlink(temporary);
	free(temporary);
	return err;
}

int file_make_folders(char *path)
{
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(path, 0700) && errno != EEXIST) {
			*slash = '/';
			return -errno;
		}
		*slash = '/';
	}
	return 0;
}
