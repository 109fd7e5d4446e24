/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pids.h - the processes that /proc shows, and how a pid of another namespace is called
 * here.
 */
#ifndef TTA_PIDS_H
#define TTA_PIDS_H

#include <stddef.h>
#include <stdint.h>

/* Calls @visit for each process; what it returns, when that is not 0, ends it. */
int tta__pids_each(int (*visit)(void *arg, uint32_t pid), void *arg);

/* Inode of the pid namespace of a process, "self" too; 0 = not to be seen. */
uint64_t tta__pid_namespace(const char *pid);

/* Clock ticks after boot at which a process of ours began; 0 = not to be seen. */
uint64_t tta__pid_start_time(uint32_t pid);

/* The processes of other pid namespaces, as they were at one look. */
struct tta_pids {
	struct tta_foreign_pid *list;
	size_t count, room;
};

/* All that can be seen and are not of @pidns. 0 or -ENOMEM; end it with tta__pids_fini().
 */
int tta__pids_take(struct tta_pids *pids, uint64_t pidns);
void tta__pids_fini(struct tta_pids *pids);

/*
 * Our pid of the process that is @pid in the pid namespace @pidns and began at
 * @start_time (clock ticks, 0 = any); 0 = it is gone, or not to be seen.
 */
uint32_t tta__pids_here(const struct tta_pids *pids, uint32_t pid, uint64_t pidns,
			uint64_t start_time);

#endif
