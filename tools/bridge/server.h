/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * server.h - the parent: accepts, answers those who only ask, and gives each client that
 * publishes a process of its own. It never publishes.
 */
#ifndef BRIDGE_SERVER_H
#define BRIDGE_SERVER_H

#include "door.h"

/* From now on signals are read from the descriptor that is returned, or -1. */
int server_take_signals(void);
/* Until SIGINT or SIGTERM; exit status. */
int server_run(struct door *door, int signal_fd);

#endif
