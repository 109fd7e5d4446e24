/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * peer.h - who is at the other end, as the kernel knows it.
 */
#ifndef BRIDGE_PEER_H
#define BRIDGE_PEER_H

#include <stdbool.h>
#include <stdint.h>

struct peer {
	uint32_t pid; /* in our namespace; 0 = of one that we do not see */
	uint64_t start_time;
	int pidfd; /* -1 = cannot be had: nothing is known of its end */
	char comm[16];
	char cmdline[688];
	char run_id[64]; /* TTA_RUN_ID of its environment */
};

/* Ask the socket; what cannot be told stays empty. */
void peer_identify(struct peer *peer, int fd);
/* Did it end? Waits for that at most @patience_ms. */
bool peer_ended(const struct peer *peer, int patience_ms);

#endif
