/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * commands.h - the commands that print and exit. Each returns the exit code.
 */
#ifndef TTATOP_COMMANDS_H
#define TTATOP_COMMANDS_H

#include "options.h"

int command_snapshot(const struct options *options);
int command_diff(const struct options *options);
int command_baseline(const struct options *options);
int command_reap(const struct options *options);
int command_leaks(const struct options *options);
int command_check(const struct options *options);
int command_completion(const struct options *options);
int command_events(const struct options *options);
int command_export(const struct options *options);
int command_doctor(const struct options *options);
int command_help(const struct options *options);
int command_version(void);
/* `live` with --json: one document, with -b one object per line and update. */
int command_json_live(const struct options *options);
/* The same with --view events: a line of schema ttatop.event for each, all there are. */
int command_events_live(const struct options *options);

#endif
