/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * child.h - the life of a publishing process: take a message, publish, answer.
 */
#ifndef SIM_CHILD_H
#define SIM_CHILD_H

/* @setup: value of SIM_CHANNEL_VARIABLE. Does not return: ends as the parent says. */
void sim_child_run(const char *setup) __attribute__((__noreturn__));

#endif
