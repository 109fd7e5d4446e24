/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * snapshot_user.h - names of users; private to the model.
 */
#ifndef TTATOP_SNAPSHOT_USER_H
#define TTATOP_SNAPSHOT_USER_H

#include <stdint.h>

#include "arena.h"

/* The name, else the number; "?" for SNAP_UID_UNKNOWN. */
const char *snap_user_name(struct arena *arena, uint32_t uid);

#endif
