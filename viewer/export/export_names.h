/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * export_names.h - what things are called outside.
 */
#ifndef TTATOP_EXPORT_NAMES_H
#define TTATOP_EXPORT_NAMES_H

#include "arena.h"
#include "snapshot.h"

/*
 * A device outside: "0", "tenstorrent:0", and its stable id, "" = not described. Both
 * depend on the device alone, so that nobody's series break when another one comes.
 */
struct export_device {
	const char *name, *uid;
};

/* By index in snapshot.devices, each once. NULL without memory. */
struct export_device *export_devices(const struct snapshot *snapshot,
				     struct arena *arena);

/*
 * Strings from other processes are cleaned when they are written: compare them as they
 * look then, so that nobody gets two lines for one name.
 */
int export_compare(const char *a, const char *b);

#endif
