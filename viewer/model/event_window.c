/* SPDX-License-Identifier: BSD-2-Clause */
#include "event_window.h"

#include <errno.h>
#include <stdlib.h>

static bool before(const struct event *a, const struct event *b)
{
	if (a->key != b->key)
		return a->key < b->key;
	return a->arrival < b->arrival;
}

/* Events are large: the one that moves is put down once, where it stays. */
static void sift_up(struct event *heap, size_t at)
{
	struct event moving = heap[at];

	while (at > 0 && before(&moving, &heap[(at - 1) / 2])) {
		heap[at] = heap[(at - 1) / 2];
		at = (at - 1) / 2;
	}
	heap[at] = moving;
}

/* @moving comes to the top, or below it; the event at the top is overwritten. */
static void sift_down(struct event *heap, size_t count, const struct event *moving)
{
	size_t at = 0;

	for (;;) {
		size_t least = 2 * at + 1;

		if (least + 1 < count && before(&heap[least + 1], &heap[least]))
			least++;
		if (least >= count || !before(&heap[least], moving))
			break;
		heap[at] = heap[least];
		at = least;
	}
	heap[at] = *moving;
}

static int reserve(struct event_window *window)
{
	size_t room = window->room ? window->room * 2 : 256;
	struct event *heap;

	if (window->count < window->room)
		return 0;
	heap = reallocarray(window->heap, room, sizeof(*heap));
	if (!heap)
		return -ENOMEM;
	window->heap = heap;
	window->room = room;
	return 0;
}

int event_window_push(struct event_window *window, const struct event *event)
{
	struct event *slot;

	if (reserve(window))
		return -ENOMEM;
	slot = &window->heap[window->count];
	*slot = *event;
	slot->arrival = ++window->arrivals;
	sift_up(window->heap, window->count++);
	return 0;
}

bool event_window_pop(struct event_window *window, uint64_t until, size_t limit,
		      struct event *ret_event)
{
	struct event last;

	if (window->count == 0)
		return false;
	if (window->heap[0].key > until && window->count <= limit)
		return false;
	*ret_event = window->heap[0];
	last = window->heap[--window->count];
	sift_down(window->heap, window->count, &last);
	ret_event->late = ret_event->key < window->front;
	window->late += ret_event->late;
	if (!ret_event->late)
		window->front = ret_event->key;
	return true;
}

static int compare(const void *left, const void *right)
{
	return before(left, right) ? -1 : before(right, left);
}

void event_window_sort(struct event_window *window)
{
	if (window->count > 1)
		qsort(window->heap, window->count, sizeof(*window->heap), compare);
}

void event_window_fini(struct event_window *window)
{
	free(window->heap);
	window->heap = NULL;
	window->count = window->room = 0;
}
