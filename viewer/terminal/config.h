/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * config.h - settings from and to files: /etc/ttatop.conf, then --config, $TTATOP_CONFIG
 * or $XDG_CONFIG_HOME/ttatop/config. Options win over both. Written only when asked for.
 */
#ifndef TTATOP_CONFIG_H
#define TTATOP_CONFIG_H

#include <limits.h>

#include "options.h"
#include "state.h"

/*
 * A view_state from defaults, files and options. Lines that make no sense are said on
 * stderr, and left out. Returns what setup_view() does.
 */
int config_setup(struct view_state *state, const struct options *options);
/* The user's file. 0; -ENOENT no home directory; -ENAMETOOLONG. */
int config_path(const struct options *options, char ret_path[PATH_MAX]);
/* Write all settings to the user's file. 0, the above, or as config_file_write(). */
int config_save(const struct view_state *state, const struct options *options,
		char ret_path[PATH_MAX]);
/* `ttatop config`: the exit code. */
int config_command(const struct options *options);

#endif
