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

static void swap(struct event *a, struct event *b)
{
	struct event saved = *a;

	*a = *b;
	*b = saved;
}

static void sift_up(struct event *heap, size_t at)
{
	while (at > 0 && before(&heap[at], &heap[(at - 1) / 2])) {
		swap(&heap[at], &heap[(at - 1) / 2]);
		at = (at - 1) / 2;
	}
}

static void sift_down(struct event *heap, size_t count)
{
	size_t at = 0;

	for (;;) {
		size_t least = at, left = 2 * at + 1;

		if (left < count && before(&heap[left], &heap[least]))
			least = left;
		if (left + 1 < count && before(&heap[left + 1], &heap[least]))
			least = left + 1;
		if (least == at)
			return;
		swap(&heap[at], &heap[least]);
		at = least;
	}
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
	if (window->count == 0)
		return false;
	if (window->heap[0].key > until && window->count <= limit)
		return false;
	*ret_event = window->heap[0];
	window->heap[0] = window->heap[--window->count];
	sift_down(window->heap, window->count);
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
