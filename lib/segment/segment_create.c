/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * segment_create.c - make, name, grow and remove the own segment.
 *
 * Runs inside foreign processes: nothing here waits, raises a signal or leaves a
 * descriptor open. Facts: tmpfs(5), open(2) O_TMPFILE, fcntl(2) OFD locks, madvise(2).
 */
#include "segment_file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <tta/layout.h>

#include "testpoint.h"

/* Linux 5.14; older headers do not have them. */
#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

/* True when @size stays below a limit: beyond RLIMIT_FSIZE ftruncate raises SIGXFSZ. */
static bool limit_allows(__rlimit_resource_t which, uint64_t size)
{
	struct rlimit limit;

	if (getrlimit(which, &limit))
		return true;
	return limit.rlim_cur == RLIM_INFINITY || size <= limit.rlim_cur;
}

/* A write lock on byte 0, seen from a second description of the same file. */
static bool prove_lock(int fd)
{
	struct flock lock = {
		.l_type = F_WRLCK,
		.l_whence = SEEK_SET,
		.l_len = 1,
	};
	char link[40];
	int second;
	bool proven;

	if (fcntl(fd, F_OFD_SETLK, &lock))
		return false;
	TTA_TESTPOINT("create: locked");
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	second = open(link, O_RDONLY | O_CLOEXEC);
	if (second < 0)
		return false;
	proven = tta__segment_lock_state(second) == TTA_LOCK_HELD;
	close(second);
	return proven;
}

/* The nameless file, else an exclusive one under a dot name that viewers ignore. */
static int open_new(struct tta_segment_new *segment, unsigned mode)
{
	char path[sizeof(segment->directory) + TTA_SEGMENT_NAME_SIZE + 1];

	segment->temporary = access("/proc/self/fd", X_OK) != 0;
	if (!segment->temporary) {
		segment->fd = open(segment->directory, O_TMPFILE | O_RDWR | O_CLOEXEC,
				   (mode_t)mode);
		if (segment->fd >= 0)
			return 0;
		if (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL)
			return -errno;
		segment->temporary = true;
	}
	snprintf(segment->temporary_name, sizeof(segment->temporary_name), ".tta.%ld.%p",
		 (long)getpid(), (void *)segment);
	snprintf(path, sizeof(path), "%s/%s", segment->directory,
		 segment->temporary_name);
	segment->fd = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC | O_NOFOLLOW,
			   (mode_t)mode);
	return segment->fd < 0 ? -errno : 0;
}

static int map_new(struct tta_segment_new *segment)
{
	struct statfs fs;
	void *base;

	if (fstatfs(segment->fd, &fs))
		return -errno;
	if (fs.f_type != TMPFS_MAGIC)
		return -EMEDIUMTYPE;
	if (ftruncate(segment->fd, (off_t)segment->size))
		return -errno;
	TTA_TESTPOINT("create: sized");
	/*
	 * First without access: under mlockall(MCL_FUTURE) a writable mapping would be
	 * populated to its end, and fill the file system.
	 */
	base = mmap(NULL, (size_t)segment->size, PROT_NONE, MAP_SHARED | MAP_NORESERVE,
		    segment->fd, 0);
	if (base == MAP_FAILED)
		return errno == ENOMEM || errno == EAGAIN ? -EFBIG : -errno;
	segment->base = base;
	TTA_TESTPOINT("create: mapped");
	munlock(base, (size_t)segment->size);
	if (mprotect(base, (size_t)segment->size, PROT_READ | PROT_WRITE))
		return errno == ENOMEM ? -EFBIG : -errno;
	/* A child must not hold the lock through an inherited mapping. */
	if (madvise(base, (size_t)segment->size, MADV_DONTFORK))
		return -errno;
	/* One huge page would be 2 MiB for an idle process. */
	madvise(base, (size_t)segment->size, MADV_NOHUGEPAGE);
	return 0;
}

int tta__segment_create(const char *directory, uint64_t size, unsigned mode,
			struct tta_segment_new *ret_segment)
{
	struct tta_segment_new segment = {.fd = -1, .size = size};
	int err;

	if (strlen(directory) >= sizeof(segment.directory))
		return -ENAMETOOLONG;
	if (!limit_allows(RLIMIT_FSIZE, size) || !limit_allows(RLIMIT_AS, size))
		return -EFBIG;
	strcpy(segment.directory, directory);
	err = open_new(&segment, mode & 0777);
	TTA_TESTPOINT("create: opened");
	if (!err && (mode & TTA_MODE_EXACT) && fchmod(segment.fd, mode & 0777))
		err = -errno;
	if (!err)
		err = map_new(&segment);
	if (!err)
		err = tta__segment_populate(segment.base, 0, TTA_HEADER_SIZE);
	if (err) {
		tta__segment_discard(&segment);
		return err;
	}
	TTA_TESTPOINT("create: header backed");
	segment.no_ofd = !prove_lock(segment.fd);
	*ret_segment = segment;
	return 0;
}

int tta__segment_publish(struct tta_segment_new *segment, const char *name)
{
	char from[sizeof(segment->directory) + TTA_SEGMENT_NAME_SIZE + 1];
	char to[sizeof(from)];
	int failed;

	TTA_TESTPOINT("publish: nameless");
	snprintf(to, sizeof(to), "%s/%s", segment->directory, name);
	if (segment->temporary) {
		snprintf(from, sizeof(from), "%s/%s", segment->directory,
			 segment->temporary_name);
		failed = renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE);
	} else {
		snprintf(from, sizeof(from), "/proc/self/fd/%d", segment->fd);
		failed = linkat(AT_FDCWD, from, AT_FDCWD, to, AT_SYMLINK_FOLLOW);
	}
	if (failed)
		return -errno;
	TTA_TESTPOINT("publish: named");
	close(segment->fd);
	segment->fd = -1;
	return 0;
}

void tta__segment_discard(struct tta_segment_new *segment)
{
	char path[sizeof(segment->directory) + TTA_SEGMENT_NAME_SIZE + 1];

	if (segment->temporary && segment->fd >= 0) {
		snprintf(path, sizeof(path), "%s/%s", segment->directory,
			 segment->temporary_name);
		unlink(path);
	}
	if (segment->base)
		munmap(segment->base, (size_t)segment->size);
	if (segment->fd >= 0)
		close(segment->fd);
	segment->base = NULL;
	segment->fd = -1;
}

int tta__segment_populate(void *base, uint64_t offset, uint64_t bytes)
{
	char *from = (char *)base + offset;
	int err;

	/*
	 * An error on a full file system where a store would be SIGBUS; but it keeps what
	 * it got, so a refused step is given back.
	 */
	TTA_TESTPOINT("populate: begin");
	if (madvise(from, (size_t)bytes, MADV_POPULATE_WRITE) == 0)
		return 0;
	err = errno;
	madvise(from, (size_t)bytes, MADV_REMOVE);
	return err == EFAULT || err == ENOMEM ? -ENOSPC : -err;
}

int tta__segment_space(const char *directory, uint64_t *ret_free, uint64_t *ret_total,
		       uint64_t *ret_fsid)
{
	struct statfs fs;
	uint64_t fsid;

	if (statfs(directory, &fs))
		return -errno;
	if (fs.f_type != TMPFS_MAGIC)
		return -EMEDIUMTYPE;
	memcpy(&fsid, &fs.f_fsid, sizeof(fsid));
	/* A tmpfs without a limit reports 0 blocks. */
	*ret_total =
		fs.f_blocks ? (uint64_t)fs.f_blocks * (uint64_t)fs.f_bsize : UINT64_MAX;
	*ret_free =
		fs.f_blocks ? (uint64_t)fs.f_bavail * (uint64_t)fs.f_bsize : UINT64_MAX;
	*ret_fsid = fsid;
	return 0;
}

int tta__segment_unlink(const char *directory, const char *name, uint64_t device,
			uint64_t inode)
{
	char path[256 + TTA_SEGMENT_NAME_SIZE + 1];
	struct stat st;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	if (lstat(path, &st))
		return -errno;
	if (st.st_ino != inode || st.st_dev != device)
		return -ESTALE;
	TTA_TESTPOINT("unlink: begin");
	return unlink(path) ? -errno : 0;
}
