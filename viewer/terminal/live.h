/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * live.h - `ttatop` without a command: the live view where there is a terminal, plain
 * text where there is none.
 */
#ifndef TTATOP_LIVE_H
#define TTATOP_LIVE_H

#include "options.h"

/* Returns the exit code; ends by the signal that asked for it, the terminal restored. */
int live_run(const struct options *options);

#endif
