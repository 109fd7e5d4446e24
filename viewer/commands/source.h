/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * source.h - snapshots for commands: from segments, files and baselines.
 *
 * The functions return 0, or EXIT_TROUBLE after a line on stderr.
 */
#ifndef TTATOP_SOURCE_H
#define TTATOP_SOURCE_H

#include "options.h"
#include "region_list.h"

int source_open_reader(const struct options *options, const char *command,
		       struct tta_reader **ret_reader);
/* One sample of everything, reduced to the selection. */
int source_sample(const struct options *options, const char *command,
		  struct tta_reader *reader, struct snapshot **ret_snapshot);
/*
 * tt-metal's regions where @reader looks, none when they are not selected; to be ended
 * by region_list_fini(). 0 or -ENOMEM.
 */
int source_regions(const struct selection *selection, const struct tta_reader *reader,
		   struct region_list *ret_regions);
/* The segments as they are now. */
int source_live(const struct options *options, const char *command,
		struct snapshot **ret_snapshot);
/* @name: FILE, @NAME, live or -; reduced to the selection as well. */
int source_named(const struct options *options, const char *command, const char *name,
		 struct snapshot **ret_snapshot);
/* Between two updates. */
void source_pause(double seconds);

#endif
