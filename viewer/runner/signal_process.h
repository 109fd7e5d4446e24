/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * signal_process.h - a signal to a process that is known by more than its number.
 */
#ifndef TTATOP_SIGNAL_PROCESS_H
#define TTATOP_SIGNAL_PROCESS_H

#include <stdint.h>
#include <sys/types.h>

/*
 * Send @number to the process that had @pid and began at @start_time (clock ticks after
 * boot), and runs for @uid: never to another one that got its number since.
 *
 * 0; -ESRCH it is gone, or another process; -EPERM; what the system says.
 */
int signal_process(pid_t pid, uint64_t start_time, uid_t uid, int number);

#endif
