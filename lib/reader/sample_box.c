/* SPDX-License-Identifier: BSD-2-Clause */
#include "sample_box.h"

#include <errno.h>
#include <stdlib.h>

void tta__sample_box_release(struct tta_sample_box *box)
{
	/* Release: this holder has read what it wanted. Acquire: the other has, too. */
	if (!box || tta_add_acq_rel32(&box->holders, UINT32_MAX) != 1)
		return;
	tta__arena_fini(&box->arena);
	free(box);
}

struct tta_sample_box *tta__sample_box_renew(struct tta_sample_box **mine)
{
	struct tta_sample_box *box = *mine;
	struct tta_arena arena = {0};

	/* Acquire: whoever let go has read what it wanted before we write. */
	if (box && tta_load_acquire32(&box->holders) == 1) {
		arena = box->arena;
		tta__arena_reset(&arena);
	} else {
		tta__sample_box_release(box);
		box = malloc(sizeof(*box));
		*mine = box;
	}
	if (box)
		*box = (struct tta_sample_box){.arena = arena, .holders = {2}};
	return box;
}

int tta__sample_box_reserve(struct tta_sample_box *box, size_t count)
{
	box->contents = tta__arena_take(&box->arena, count, sizeof(*box->contents));
	return box->contents ? 0 : -ENOMEM;
}

void tta__sample_box_hold(struct tta_sample_box *box, struct tta_content *content)
{
	tta__content_hold(content);
	box->contents[box->content_count++] = content;
}

void tta_sample_free(struct tta_sample *sample)
{
	struct tta_sample_box *box = (struct tta_sample_box *)sample;

	if (!box)
		return;
	for (size_t i = 0; i < box->content_count; i++)
		tta__content_release(box->contents[i]);
	box->content_count = 0;
	tta__sample_box_release(box);
}
