/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BRIDGE_PATIENCE_H
#define BRIDGE_PATIENCE_H

/* How long a single message waits for another that would show its size. */
#define PATIENCE_MS 20

#endif
