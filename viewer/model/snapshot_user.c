/* SPDX-License-Identifier: BSD-2-Clause */
#include "snapshot_user.h"

#include <pwd.h>

#include "snapshot.h"

const char *snap_user_name(struct arena *arena, uint32_t uid)
{
	struct passwd entry, *found = NULL;
	char text[4096];

	if (uid == SNAP_UID_UNKNOWN)
		return "?";
	if (getpwuid_r(uid, &entry, text, sizeof(text), &found) == 0 && found)
		return arena_string(arena, found->pw_name);
	return arena_printf(arena, "%u", uid);
}
