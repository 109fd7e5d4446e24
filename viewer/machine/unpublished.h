/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * unpublished.h - holders of devices that a sample does not show, and why not.
 */
#ifndef TTATOP_UNPUBLISHED_H
#define TTATOP_UNPUBLISHED_H

#include <tta/reader.h>

#include "snapshot.h"

struct unpublished;

/*
 * @directory: where segments are. @driver: folder of the driver, NULL = the real one;
 * both are copied. What was found out about a process is kept until it is gone: its
 * mappings are not read at each sample. NULL without memory.
 */
struct unpublished *unpublished_new(const char *directory, const char *driver);
void unpublished_free(struct unpublished *unpublished);
/* Add them to @snapshot, made from @sample. 0 or -ENOMEM. */
int unpublished_add(struct unpublished *unpublished, const struct tta_sample *sample,
		    struct snapshot *snapshot);

#endif
