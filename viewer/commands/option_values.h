/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * option_values.h - texts to values, for the option table. 0 or -errno.
 */
#ifndef TTATOP_OPTION_VALUES_H
#define TTATOP_OPTION_VALUES_H

#include "options.h"

/* "0.5", "500ms", "2s", "10m", "1h", "1d". */
int option_seconds(const char *text, double *ret_seconds);

int option_set_delay(struct options *options, const char *value);
int option_set_count(struct options *options, const char *value);
/* The same, and "all", which is 0. */
int option_set_lines(struct options *options, const char *value);
int option_set_view(struct options *options, const char *value);
int option_set_color(struct options *options, const char *value);
int option_set_no_color(struct options *options, const char *value);
int option_set_pids(struct options *options, const char *value);
int option_set_users(struct options *options, const char *value);
int option_set_devices(struct options *options, const char *value);
int option_set_types(struct options *options, const char *value);
int option_set_interval(struct options *options, const char *value);
int option_set_sources(struct options *options, const char *value);
int option_set_top(struct options *options, const char *value);

/* Of check: runs that may be 0, "auto" or seconds, and where JSON goes, NULL = stdout. */
int option_set_warmup(struct options *options, const char *value);
int option_set_settle(struct options *options, const char *value);
int option_set_json(struct options *options, const char *value);

#endif
