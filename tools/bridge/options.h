/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BRIDGE_OPTIONS_H
#define BRIDGE_OPTIONS_H

#define BRIDGE_SOCKET "/tmp/tt_allocation_server.sock" /* compiled into the clients */

struct bridge_options {
	const char *socket;
};

/* 0: run; else the exit status + 1, after what it says on stdout or stderr. */
int bridge_options_parse(int argc, char **argv, struct bridge_options *options);

#endif
