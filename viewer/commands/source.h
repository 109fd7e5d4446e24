/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * source.h - snapshots for commands: from segments, files and baselines.
 *
 * The functions return 0, or EXIT_TROUBLE after a line on stderr.
 */
#ifndef TTATOP_SOURCE_H
#define TTATOP_SOURCE_H

#include <stdint.h>
#include <time.h>

#include "options.h"
#include "snapshot.h"
#include "unpublished.h"

int source_open_reader(const struct options *options, const char *command,
		       struct tta_reader **ret_reader);
/* One sample of everything, reduced to the selection. 0 or -errno; says nothing. */
int source_try(const struct options *options, struct tta_reader *reader,
	       struct snapshot **ret_snapshot);
/* The same, in words. */
int source_sample(const struct options *options, const char *command,
		  struct tta_reader *reader, struct snapshot **ret_snapshot);
/*
 * All that is known now: @sample of @reader; tt-metal's regions beside its segments,
 * unless @selection leaves them out; who publishes nothing. @pool may be NULL. 0 or
 * -errno.
 */
int source_from_sample(const struct selection *selection, const struct tta_reader *reader,
		       struct unpublished *unpublished, const struct tta_sample *sample,
		       struct arena_pool *pool, struct snapshot **ret_snapshot);
/* The segments as they are now. */
int source_live(const struct options *options, const char *command,
		struct snapshot **ret_snapshot);
/* @name: FILE, @NAME, live or -; reduced to the selection as well. */
int source_named(const struct options *options, const char *command, const char *name,
		 struct snapshot **ret_snapshot);
uint64_t source_now_ns(clockid_t clock);
/* Between two updates. */
void source_pause(double seconds);

#endif
