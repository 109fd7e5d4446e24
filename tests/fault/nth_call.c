/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Preloaded: the n-th call that libtta.so makes of one function fails.
 *
 *	TTA_FAULT=board file of struct fault_board
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "nth_call.h"

#pragma GCC visibility push(default)

static struct fault_board *board;

/* Without a libc function that may be one of ours. */
static struct fault_board *board_get(void)
{
	const char *path = getenv("TTA_FAULT");
	long fd, map;

	if (board || !path)
		return board;
	fd = syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	map = syscall(SYS_mmap, NULL, sizeof(*board), PROT_READ | PROT_WRITE, MAP_SHARED,
		      fd, 0L);
	syscall(SYS_close, fd);
	if (map > 0 || map < -4095)
		board = (struct fault_board *)map;
	return board;
}

static bool is_libtta(const void *caller)
{
	Dl_info info;
	const char *name;

	if (!dladdr(caller, &info) || !info.dli_fname)
		return false;
	name = strrchr(info.dli_fname, '/');
	return strncmp(name ? name + 1 : info.dli_fname, "libtta.so", 9) == 0;
}

/* True, with errno, when this call has to fail. */
static bool fails(enum fault_call call, const void *caller)
{
	int saved_errno = errno;
	struct fault_board *b = board_get();
	bool ours = b && (b->call == call || b->also == call) && is_libtta(caller);

	errno = saved_errno;
	if (!ours)
		return false;
	if (b->also == call) {
		errno = EACCES;
		return true;
	}
	if (__atomic_add_fetch(&b->seen, 1, __ATOMIC_RELAXED) != b->nth)
		return false;
	errno = b->error;
	return true;
}

#define FAILS(call) fails(call, __builtin_return_address(0))

int open(const char *path, int flags, ...)
{
	va_list list;
	mode_t mode;

	va_start(list, flags);
	mode = va_arg(list, mode_t);
	va_end(list);
	if (FAILS(FAULT_OPEN))
		return -1;
	return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

int openat(int directory, const char *path, int flags, ...)
{
	if (FAILS(FAULT_OPENAT))
		return -1;
	return (int)syscall(SYS_openat, directory, path, flags, 0);
}

int ftruncate(int fd, off_t size)
{
	return FAILS(FAULT_FTRUNCATE) ? -1 : (int)syscall(SYS_ftruncate, fd, size);
}

void *mmap(void *at, size_t bytes, int access, int flags, int fd, off_t offset)
{
	if (FAILS(FAULT_MMAP))
		return MAP_FAILED;
	return (void *)syscall(SYS_mmap, at, bytes, access, flags, fd, offset);
}

int mprotect(void *at, size_t bytes, int access)
{
	return FAILS(FAULT_MPROTECT) ? -1 : (int)syscall(SYS_mprotect, at, bytes, access);
}

int madvise(void *at, size_t bytes, int advice)
{
	return FAILS(FAULT_MADVISE) ? -1 : (int)syscall(SYS_madvise, at, bytes, advice);
}

int fcntl(int fd, int command, ...)
{
	va_list list;
	void *arg;

	va_start(list, command);
	arg = va_arg(list, void *);
	va_end(list);
	return FAILS(FAULT_FCNTL) ? -1 : (int)syscall(SYS_fcntl, fd, command, arg);
}

int linkat(int from_fd, const char *from, int to_fd, const char *to, int flags)
{
	if (FAILS(FAULT_LINKAT))
		return -1;
	return (int)syscall(SYS_linkat, from_fd, from, to_fd, to, flags);
}

int renameat2(int from_fd, const char *from, int to_fd, const char *to,
	      unsigned int flags)
{
	if (FAILS(FAULT_RENAME))
		return -1;
	return (int)syscall(SYS_renameat2, from_fd, from, to_fd, to, flags);
}

int access(const char *path, int mode)
{
	return FAILS(FAULT_ACCESS) ? -1 : (int)syscall(SYS_access, path, mode);
}

ssize_t pread(int fd, void *to, size_t bytes, off_t offset)
{
	return FAILS(FAULT_PREAD) ? -1 : syscall(SYS_pread64, fd, to, bytes, offset);
}

ssize_t read(int fd, void *to, size_t bytes)
{
	return FAILS(FAULT_READ) ? -1 : syscall(SYS_read, fd, to, bytes);
}

int fstat(int fd, struct stat *st)
{
	return FAILS(FAULT_FSTAT) ? -1 : (int)syscall(SYS_fstat, fd, st);
}

int statfs(const char *path, struct statfs *fs)
{
	return FAILS(FAULT_STATFS) ? -1 : (int)syscall(SYS_statfs, path, fs);
}

int fstatfs(int fd, struct statfs *fs)
{
	return FAILS(FAULT_FSTATFS) ? -1 : (int)syscall(SYS_fstatfs, fd, fs);
}

int unlink(const char *path)
{
	return FAILS(FAULT_UNLINK) ? -1 : (int)syscall(SYS_unlink, path);
}
