/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * segment_read.c - open, map, query and remove segments of other processes.
 *
 * Nothing here opens a segment for writing except tta__segment_reap(), which needs a
 * writable descriptor to take the locks and never writes through it.
 */
#include "segment_file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <tta/reader.h>

#include "testpoint.h"

_Static_assert(TTA_SEGMENT_REMOVED == TTA_REAP_REMOVED, "one result, two names");

#define READ_FLAGS (O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)

int tta__segment_open_directory(const char *directory, int *ret_fd)
{
	int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	*ret_fd = fd;
	return 0;
}

/* Segments are on tmpfs alone; what else a container mounts there might keep us waiting.
 */
static bool is_tmpfs(int fd)
{
	struct statfs fs;

	return fstatfs(fd, &fs) == 0 && fs.f_type == TMPFS_MAGIC;
}

int tta__segment_open_directory_below(const char *root, const char *directory,
				      int *ret_fd)
{
	struct open_how how = {
		.flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC,
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};
	int top = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	int fd, err;

	if (top < 0)
		return -errno;
	fd = (int)syscall(SYS_openat2, top, directory, &how, sizeof(how));
	err = fd < 0 ? -errno : 0;
	close(top);
	if (!err && !is_tmpfs(fd)) {
		close(fd);
		err = -EMEDIUMTYPE;
	}
	if (!err)
		*ret_fd = fd;
	return err;
}

int tta__segment_directory_identity(int directory_fd, uint64_t *ret_device,
				    uint64_t *ret_inode)
{
	struct stat st;

	if (fstat(directory_fd, &st))
		return -errno;
	*ret_device = st.st_dev;
	*ret_inode = st.st_ino;
	return 0;
}

int tta__segment_facts(int fd, struct tta_file_facts *ret_facts)
{
	struct stat st;

	if (fstat(fd, &st))
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -ENOTSUP;
	*ret_facts = (struct tta_file_facts){
		.inode = st.st_ino,
		.device = st.st_dev,
		.size = (uint64_t)st.st_size,
		.allocated = (uint64_t)st.st_blocks * 512,
		.uid = st.st_uid,
		.mode = st.st_mode & 07777,
		.links = (uint32_t)st.st_nlink,
	};
	return 0;
}

static int open_checked(int directory_fd, const char *name, int flags, int *ret_fd,
			struct tta_file_facts *ret_facts)
{
	int fd = openat(directory_fd, name, flags);
	int err;

	if (fd < 0)
		return -errno;
	err = tta__segment_facts(fd, ret_facts);
	if (err) {
		close(fd);
		return err;
	}
	*ret_fd = fd;
	return 0;
}

int tta__segment_open(int directory_fd, const char *name, int *ret_fd,
		      struct tta_file_facts *ret_facts)
{
	return open_checked(directory_fd, name, READ_FLAGS, ret_fd, ret_facts);
}

int tta__segment_map(int fd, uint64_t size, const void **ret_base)
{
	void *base;

	if (size == 0 || size > SIZE_MAX)
		return -EINVAL;
	base = mmap(NULL, (size_t)size, PROT_READ, MAP_SHARED, fd, 0);
	if (base == MAP_FAILED)
		return -errno;
	madvise(base, (size_t)size, MADV_DONTFORK);
	*ret_base = base;
	return 0;
}

void tta__segment_unmap(const void *base, uint64_t size)
{
	if (base)
		munmap((void *)(uintptr_t)base, (size_t)size);
}

ssize_t tta__segment_pread(int fd, void *to, size_t bytes, uint64_t offset)
{
	size_t got = 0;

	while (got < bytes) {
		ssize_t n =
			pread(fd, (char *)to + got, bytes - got, (off_t)(offset + got));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		got += (size_t)n;
	}
	return (ssize_t)got;
}

bool tta__segment_backed(int fd, uint64_t offset, uint64_t bytes)
{
	off_t hole;

	if (bytes == 0)
		return true;
	hole = lseek(fd, (off_t)offset, SEEK_HOLE);
	return hole >= 0 && (uint64_t)hole >= offset + bytes;
}

/* What a write lock on one byte would meet. */
static enum tta_lock_state lock_state(int fd, off_t byte)
{
	struct flock lock = {
		.l_type = F_WRLCK,
		.l_whence = SEEK_SET,
		.l_start = byte,
		.l_len = 1,
	};

	if (fcntl(fd, F_OFD_GETLK, &lock))
		return TTA_LOCK_UNKNOWN;
	if (lock.l_type == F_UNLCK)
		return TTA_LOCK_FREE;
	return lock.l_type == F_WRLCK ? TTA_LOCK_HELD : TTA_LOCK_STRANGER;
}

enum tta_lock_state tta__segment_lock_state(int fd)
{
	return lock_state(fd, 0);
}

/* Take a write lock on one byte, without waiting. */
static int take_lock(int fd, off_t byte)
{
	struct flock lock = {
		.l_type = F_WRLCK,
		.l_whence = SEEK_SET,
		.l_start = byte,
		.l_len = 1,
	};

	return fcntl(fd, F_OFD_SETLK, &lock) ? -errno : 0;
}

/* A lock was not had: who holds it, the owner or a reaper, or a stranger who only reads?
 * Only those who may write hold a write lock. */
static int reap_refused(int fd, off_t byte, int err, enum tta_reap_result by_holder)
{
	if (err != -EAGAIN && err != -EACCES)
		return TTA_REAP_REFUSED;
	return lock_state(fd, byte) == TTA_LOCK_STRANGER ? TTA_REAP_LOCKED
							 : (int)by_holder;
}

/* With the descriptor open: locks, evidence, name check, unlink. */
static int reap_open(int directory_fd, int fd, const char *name, uint64_t inode,
		     int (*before)(void *arg), void *arg)
{
	struct stat st;
	int err;

	err = take_lock(fd, 1);
	if (err)
		return reap_refused(fd, 1, err, TTA_REAP_BUSY);
	TTA_TESTPOINT("reap: others excluded");
	err = take_lock(fd, 0);
	if (err)
		return reap_refused(fd, 0, err, TTA_REAP_ALIVE);
	TTA_TESTPOINT("reap: death proven");
	err = before ? before(arg) : 0;
	TTA_TESTPOINT("reap: evidence saved");
	if (err)
		return err;
	if (fstatat(directory_fd, name, &st, AT_SYMLINK_NOFOLLOW) || st.st_ino != inode)
		return TTA_REAP_GONE;
	if (unlinkat(directory_fd, name, 0))
		return errno == ENOENT ? TTA_REAP_GONE : TTA_REAP_DENIED;
	TTA_TESTPOINT("reap: removed");
	return TTA_REAP_REMOVED;
}

int tta__segment_reap(int directory_fd, const char *name, uint64_t inode,
		      int (*before)(void *arg), void *arg)
{
	const int flags = O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY;
	struct tta_file_facts facts;
	struct tta_segment_name id;
	int fd = -1;
	int result;

	if (!tta__segment_name_parse(name, &id))
		return TTA_REAP_REFUSED;
	result = open_checked(directory_fd, name, flags, &fd, &facts);
	if (result == -ENOENT)
		return TTA_REAP_GONE;
	if (result == -EACCES || result == -EPERM || result == -EROFS)
		return TTA_REAP_DENIED;
	if (result)
		return TTA_REAP_REFUSED;
	TTA_TESTPOINT("reap: opened");
	if (inode && facts.inode != inode)
		result = TTA_REAP_GONE;
	else
		result = reap_open(directory_fd, fd, name, facts.inode, before, arg);
	close(fd);
	return result;
}
