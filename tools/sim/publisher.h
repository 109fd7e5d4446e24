/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * publisher.h - one publishing process, seen from the parent.
 *
 * It is tta-sim executed anew under the command line of the process it stands for, so
 * that whoever reads /proc sees that one. It ends with its parent.
 */
#ifndef SIM_PUBLISHER_H
#define SIM_PUBLISHER_H

#include <stdbool.h>
#include <sys/types.h>

#include "channel.h"

struct sim_publisher {
	pid_t pid;   /* 0 = not started; kept until reaped */
	int channel; /* -1 when there is none */
	bool running;
};

/*
 * Start it; one that ended under the same struct is reaped. Its first answer says that
 * it runs: sim_publisher_wait(). 0 or -errno.
 */
int sim_publisher_start(struct sim_publisher *publisher,
			const struct sim_process *process);

/* Hand over a message. 0 or -errno; -EPIPE: it has ended. */
int sim_publisher_send(struct sim_publisher *publisher,
		       const struct sim_message *message);

/*
 * Wait for the answer, or for a signal on @signal_fd: -EINTR, which stays pending there.
 * 0 or the answer's error; -EPIPE: it has ended.
 */
int sim_publisher_wait(struct sim_publisher *publisher, int signal_fd,
		       struct sim_answer *ret_answer);

/* SIGKILL, and wait until it is dead; the zombie stays. */
void sim_publisher_kill(struct sim_publisher *publisher);

/* Orderly end: destructors run. SIGKILL when it takes longer than 5 s; zombie stays. */
void sim_publisher_exit(struct sim_publisher *publisher, uint64_t code);

/* Ended from outside: note it. */
void sim_publisher_lost(struct sim_publisher *publisher);

/* Reap the zombie of an ended one. */
void sim_publisher_reap(struct sim_publisher *publisher);

#endif
