/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sample_box.h - a sample, its memory, and the contents that it shows.
 */
#ifndef TTA_SAMPLE_BOX_H
#define TTA_SAMPLE_BOX_H

#include <tta/reader.h>

#include "content.h"

struct tta_sample_box {
	struct tta_sample sample; /* first: freed by its address */
	tta_a32 holders;	  /* who asked for the sample, and the reader */
	struct tta_arena arena;
	struct tta_content **contents;
	size_t content_count;
};

/*
 * Empty, held by the reader and by the caller: *@mine when only the reader holds it,
 * else a new one, which *@mine becomes. NULL when there is no memory.
 */
struct tta_sample_box *tta__sample_box_renew(struct tta_sample_box **mine);
/* Room for @count contents; once. 0 or -ENOMEM. */
int tta__sample_box_reserve(struct tta_sample_box *box, size_t count);
void tta__sample_box_hold(struct tta_sample_box *box, struct tta_content *content);
/* The reader lets go; NULL is a no-op. */
void tta__sample_box_release(struct tta_sample_box *box);

#endif
