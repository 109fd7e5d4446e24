/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tta-bridge - speaks the old allocation server's protocol, publishes segments.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <tta/tta.h>

#include "options.h"
#include "server.h"

/* Before libtta's own constructor: the parent, which has no event, gets no segment. */
__attribute__((__constructor__(101))) static void attach_lazily(void)
{
	setenv("TTA_ATTACH", "lazy", 1);
}

/* Each client costs a descriptor until it publishes. */
static void raise_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

static const char *advice(int err)
{
	switch (err) {
	case -EADDRINUSE:
		return "a server listens there already: end it, or try --socket";
	case -EEXIST:
		return "it is there and no socket: try --socket";
	default:
		return "try --socket";
	}
}

int main(int argc, char **argv)
{
	struct bridge_options options;
	struct door door;
	int err = bridge_options_parse(argc, argv, &options);
	int signal_fd;

	if (err)
		return err - 1;
	raise_limit();
	signal_fd = server_take_signals();
	signal(SIGPIPE, SIG_IGN); /* whoever reads what we print may end */
	err = door_open(&door, options.socket);
	if (err) {
		fprintf(stderr, "tta-bridge: listen at '%s': %s: %s\n", options.socket,
			strerror(-err), advice(err));
		return 1;
	}
	printf("tta-bridge: listening at %s\n", options.socket);
	if (tta_level() == TTA_OFF)
		printf("tta-bridge: publishing is off (TTA_LEVEL): nothing will be "
		       "shown\n");
	fflush(stdout);
	err = server_run(&door, signal_fd);
	door_close(&door);
	return err;
}
