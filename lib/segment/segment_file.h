/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * segment_file.h - the only door to segment files: create, open, lock, query, remove.
 *
 * Publisher and reader are siblings above it. Nothing here looks into a segment.
 * Functions return 0 or a negative errno. They may change errno: the publisher saves it.
 */
#ifndef TTA_SEGMENT_FILE_H
#define TTA_SEGMENT_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define TTA_SEGMENT_NAME_SIZE 128

/* Identity in a file name: tta.<major>.<uid>.<pid>.<start time>.<nonce hex>. */
struct tta_segment_name {
	uint32_t major;
	uint32_t uid;
	uint32_t pid;
	uint64_t start_time;
	uint64_t nonce;
};

void tta__segment_name_format(const struct tta_segment_name *id,
			      char name[TTA_SEGMENT_NAME_SIZE]);
/* False unless @name is exactly of that form. */
bool tta__segment_name_parse(const char *name, struct tta_segment_name *ret_id);

/* The directory in force: @directory, else $TTA_DIR unless @secure, else /dev/shm. */
const char *tta__segment_directory(const char *directory, bool secure);

/* ---- reading side ---- */

struct tta_file_facts {
	uint64_t inode;
	uint64_t device;
	uint64_t size;
	uint64_t allocated; /* bytes of backing, st_blocks */
	uint32_t uid;
	uint32_t mode;
	uint32_t links;
};

/*
 * Open O_RDONLY|O_NOFOLLOW|O_NONBLOCK|O_CLOEXEC|O_NOCTTY relative to @directory_fd.
 * -ELOOP a link, -ENOTSUP not a regular file, else open's error.
 */
int tta__segment_open(int directory_fd, const char *name, int *ret_fd,
		      struct tta_file_facts *ret_facts);
/* O_PATH-free directory handle for the functions of this header. */
int tta__segment_open_directory(const char *directory, int *ret_fd);
/* The same as a process sees it whose root @root leads to: its links stay below that. */
int tta__segment_open_directory_below(const char *root, const char *directory,
				      int *ret_fd);
/* Whose directory this is: the same (device, inode) is the same one. */
int tta__segment_directory_identity(int directory_fd, uint64_t *ret_device,
				    uint64_t *ret_inode);
int tta__segment_facts(int fd, struct tta_file_facts *ret_facts);
/* Map [0, size) PROT_READ, MAP_SHARED, MADV_DONTFORK. */
int tta__segment_map(int fd, uint64_t size, const void **ret_base);
void tta__segment_unmap(const void *base, uint64_t size);
/* Copy by pread: never SIGBUS, never allocates. Returns bytes, short at the end. */
ssize_t tta__segment_pread(int fd, void *to, size_t bytes, uint64_t offset);
/* True when [offset, offset + bytes) has backing everywhere (SEEK_HOLE). */
bool tta__segment_backed(int fd, uint64_t offset, uint64_t bytes);

enum tta_lock_state {
	TTA_LOCK_FREE = 0,
	TTA_LOCK_HELD = 1,     /* a write lock: the owner lives */
	TTA_LOCK_STRANGER = 2, /* free, but somebody holds a read lock */
	TTA_LOCK_UNKNOWN = 3,  /* the query failed */
};
/* Query byte 0 with F_OFD_GETLK; works on a read-only descriptor, changes nothing. */
enum tta_lock_state tta__segment_lock_state(int fd);

/* ---- writing side ---- */

struct tta_segment_new {
	int fd;	    /* closed by tta__segment_publish() */
	void *base; /* mapping of [0, size), MADV_DONTFORK */
	uint64_t size;
	bool no_ofd;	/* the lock could not be proven */
	bool temporary; /* made under a dot name: no O_TMPFILE or no /proc */
	char directory[256];
	char temporary_name[TTA_SEGMENT_NAME_SIZE];
};

/*
 * Make a nameless (else dot-named) sparse file of @size bytes on tmpfs, map it, take and
 * prove the OFD write lock on byte 0. RLIMIT_FSIZE and RLIMIT_AS are checked first.
 * -EMEDIUMTYPE: not a tmpfs; -EFBIG: a limit: try a smaller size.
 */
#define TTA_MODE_EXACT 0x10000u /* the mode is not reduced by the umask */
int tta__segment_create(const char *directory, uint64_t size, unsigned mode,
			struct tta_segment_new *ret_segment);
/* Give it its name, close the descriptor; the mapping keeps the lock. */
int tta__segment_publish(struct tta_segment_new *segment, const char *name);
/* Undo tta__segment_create(). */
void tta__segment_discard(struct tta_segment_new *segment);

/*
 * Back [offset, offset + bytes) of a mapping with memory, or give back what was got.
 * Never raises a signal. -ENOSPC the file system is full.
 */
int tta__segment_populate(void *base, uint64_t offset, uint64_t bytes);

/* Bytes free for us in the file system of @directory, and its identity; 0 or -errno. */
int tta__segment_space(const char *directory, uint64_t *ret_free, uint64_t *ret_total,
		       uint64_t *ret_fsid);

/* Remove @name if it still leads to (@device, @inode). */
int tta__segment_unlink(const char *directory, const char *name, uint64_t device,
			uint64_t inode);

/* Prove death and remove. Return: enum tta_reap_result of tta/reader.h, or what @before
 * returned. */
#define TTA_SEGMENT_REMOVED 0 /* = TTA_REAP_REMOVED, for those who do not read */
int tta__segment_reap(int directory_fd, const char *name, uint64_t inode,
		      int (*before)(void *arg), void *arg);

#endif
