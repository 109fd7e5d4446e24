/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * app.h - the live view: waits for keys, signals and the clock, and redraws.
 */
#ifndef TTATOP_APP_H
#define TTATOP_APP_H

#include "options.h"

/* The exit code; -ENODEV when the terminal cannot show a screen (nothing was done). */
int app_run(const struct options *options);

#endif
