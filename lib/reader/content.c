/* SPDX-License-Identifier: BSD-2-Clause */
#include "content.h"

#include <stdlib.h>

void tta__content_hold(struct tta_content *content)
{
	tta_add_relaxed32(&content->holders, 1);
}

void tta__content_release(struct tta_content *content)
{
	/* Release: this holder has read what it wanted. Acquire: all others have. */
	if (!content || tta_add_acq_rel32(&content->holders, UINT32_MAX) != 1)
		return;
	tta__arena_fini(&content->arena);
	free(content);
}

static bool only_ours(const struct tta_content *content)
{
	/* Acquire: whoever let go has read what it wanted before we write. */
	return content && tta_load_acquire32(&content->holders) == 1;
}

static void swap(struct tta_content *mine[2])
{
	struct tta_content *first = mine[0];

	mine[0] = mine[1];
	mine[1] = first;
}

struct tta_content *tta__content_renew(struct tta_content *mine[2])
{
	struct tta_arena arena = {0};

	if (!only_ours(mine[0]))
		swap(mine);
	if (only_ours(mine[0])) {
		arena = mine[0]->arena;
		tta__arena_reset(&arena);
	} else {
		tta__content_release(mine[0]);
		mine[0] = malloc(sizeof(*mine[0]));
	}
	if (mine[0])
		*mine[0] = (struct tta_content){.arena = arena, .holders = {1}};
	return mine[0];
}
