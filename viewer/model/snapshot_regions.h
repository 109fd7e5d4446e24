/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * snapshot_regions.h - tt-metal's regions join the reader's sample, as processes with
 * totals alone; private to the model.
 */
#ifndef TTATOP_SNAPSHOT_REGIONS_H
#define TTATOP_SNAPSHOT_REGIONS_H

#include "region_list.h"
#include "snapshot_build.h"

#define ORIGIN_WORDS 8

/* What the regions add to one process of the sample. */
struct build_origin {
	bool region;			 /* it is known from regions alone */
	const char *words[ORIGIN_WORDS]; /* why its numbers are doubtful */
	size_t word_count;
};

/*
 * Replace build->sample by one that has the regions' processes too, and set
 * build->origins beside it. Who publishes a segment as well is there once: the
 * difference becomes a word of it. 0 or -ENOMEM.
 */
int build_regions(struct build *build);
/* Beside a process of build->sample; NULL: nothing is added. */
const struct build_origin *build_origin(const struct build *build, size_t process);
/* Warnings about regions; room for BUILD_REGION_WARNINGS. */
#define BUILD_REGION_WARNINGS 5
void build_region_warnings(struct build *build);

#endif
