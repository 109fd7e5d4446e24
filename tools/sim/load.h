/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * load.h - the threads of `tta-sim load`, inside one publishing process.
 */
#ifndef SIM_LOAD_H
#define SIM_LOAD_H

#include "channel.h"

/*
 * Run the load until its time is over or a packet arrives on @channel; every buffer is
 * freed at the end. 0 or -errno; events and time in @answer.
 */
int sim_load_run(const struct sim_load *load, int channel, struct sim_answer *answer);

#endif
