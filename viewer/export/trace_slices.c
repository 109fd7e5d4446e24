/* SPDX-License-Identifier: BSD-2-Clause */
#include "trace_slices.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "words.h"

void trace_slices_init(struct trace_slices *slices)
{
	*slices = (struct trace_slices){.next_id = 1,
					.index = {.value_size = sizeof(size_t)}};
}

void trace_slices_fini(struct trace_slices *slices)
{
	free(slices->list);
	free(slices->holes);
	event_map_fini(&slices->index);
	words_free(slices->types, slices->type_count);
}

static int type_number(struct trace_slices *slices, const char *type, size_t *ret)
{
	for (*ret = 0; *ret < slices->type_count; ++*ret)
		if (strcmp(slices->types[*ret], type) == 0)
			return 0;
	return words_add(&slices->types, &slices->type_count, type);
}

int trace_slices_key(struct trace_slices *slices, uint64_t segment, uint32_t device,
		     const char *type, uint64_t address, struct event_key *ret_key)
{
	size_t number;
	int err = type_number(slices, type, &number);

	if (!err)
		*ret_key = (struct event_key){segment, (uint64_t)device << 32 | number,
					      address};
	return err;
}

struct trace_slice *trace_slices_find(struct trace_slices *slices, struct event_key key)
{
	const size_t *index = event_map_find(&slices->index, key);

	return index ? &slices->list[*index - 1] : NULL;
}

static int make_room(struct trace_slices *slices)
{
	size_t room = slices->room ? slices->room * 2 : 256;
	struct trace_slice *list;
	size_t *holes;

	if (slices->hole_count || slices->count < slices->room)
		return 0;
	list = reallocarray(slices->list, room, sizeof(*list));
	if (list)
		slices->list = list;
	holes = reallocarray(slices->holes, room, sizeof(*holes));
	if (holes)
		slices->holes = holes;
	if (!list || !holes)
		return -ENOMEM;
	slices->room = room;
	return 0;
}

struct trace_slice *trace_slices_open(struct trace_slices *slices, struct event_key key)
{
	size_t at, *index;

	if (make_room(slices))
		return NULL;
	index = event_map_add(&slices->index, key);
	if (!index)
		return NULL;
	at = slices->hole_count ? slices->holes[--slices->hole_count] : slices->count++;
	*index = at + 1;
	slices->list[at] = (struct trace_slice){.key = key, .id = slices->next_id++};
	return &slices->list[at];
}

void trace_slices_close(struct trace_slices *slices, struct trace_slice *slice)
{
	event_map_remove(&slices->index, slice->key);
	slice->id = 0;
	slices->holes[slices->hole_count++] = (size_t)(slice - slices->list);
}
