/* SPDX-License-Identifier: BSD-2-Clause */
/* From a snapshot to what each segment of the run holds, and the sums over them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "book_fill.h"

#define NO_SEGMENT SIZE_MAX

bool check_book_counts(const struct check_book *book, const struct snap_process *process)
{
	return !book->run_id || strcmp(book->run_id, process->run_id) == 0;
}

static bool has_ended(const struct snap_process *process)
{
	return process->state == SNAP_ORPHAN || process->state == SNAP_EXITED ||
	       process->state == SNAP_DEAD;
}

/* ---- doubts ---- */

/* Buffers that are not published are one reason; bytes are judged all the same. */
static size_t harmless_reasons(const struct snap_process *process)
{
	return process->has_buffers ? 0 : 1;
}

static int note_doubts(struct check_book *book, const struct snap_process *process)
{
	int err = 0;

	if (process->state == SNAP_CORRUPT)
		return check_book_doubt(book, "pid %u (%s): the segment is corrupt: %s",
					process->pid, process->comm, process->note);
	if (process->inexact_reason_count <= harmless_reasons(process))
		return 0;
	for (size_t i = 0; i < process->inexact_reason_count && !err; i++)
		err = check_book_doubt(book, "pid %u (%s): %s", process->pid,
				       process->comm, process->inexact_reasons[i]);
	return err;
}

/* ---- items ---- */

/* Index of the segment, made when it is new. */
static int find_segment(struct check_book *book, const struct snap_process *process,
			size_t *ret_segment)
{
	size_t room = book->segment_room ? book->segment_room * 2 : 16;
	struct check_segment *grown;

	for (*ret_segment = 0; *ret_segment < book->segment_count; ++*ret_segment)
		if (book->segments[*ret_segment].segment == process->segment)
			return 0;
	if (book->segment_count == book->segment_room) {
		grown = reallocarray(book->segments, room, sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		book->segments = grown;
		book->segment_room = room;
	}
	book->segments[book->segment_count++] = (struct check_segment){
		.segment = process->segment,
		.pid = process->pid,
		.start_time = process->start_time,
	};
	return 0;
}

static int add_item(struct check_book *book, struct check_segment *segment,
		    const struct check_key *key, struct check_item item)
{
	size_t room = segment->item_room ? segment->item_room * 2 : 8;
	struct check_item *grown;

	if (segment->item_count == segment->item_room) {
		grown = reallocarray(segment->items, room, sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		segment->items = grown;
		segment->item_room = room;
	}
	if (check_book_class(book, key, &item.class))
		return -ENOMEM;
	segment->items[segment->item_count++] = item;
	return 0;
}

static int add_buffer(struct check_book *book, struct check_segment *segment,
		      const struct snapshot *snapshot, const struct snap_buffer *buffer)
{
	struct check_key key = check_key_make(snapshot, buffer->device, buffer->type,
					      buffer->size, buffer->label);
	struct check_item item = {
		.sums = {{buffer->size, 1, buffer->refs}},
		.address = buffer->addr,
		.site = buffer->site,
		.allocs = buffer->allocs,
		.frees = buffer->frees,
	};

	return add_item(book, segment, &key, item);
}

static uint64_t beyond(uint64_t all, uint64_t known)
{
	if (all == SNAP_UNKNOWN)
		return SNAP_UNKNOWN;
	return all > known ? all - known : 0;
}

/* What the counters say of (device, type) beyond the @entries first items. */
static struct check_item find_rest(const struct check_book *book,
				   const struct check_segment *segment, size_t entries,
				   const struct check_key *place,
				   const struct snap_memory *memory)
{
	struct check_sums known = {0};

	for (size_t i = 0; i < entries; i++) {
		const struct check_item *item = &segment->items[i];

		if (check_key_compare_place(book->classes[item->class], place) == 0)
			known = check_sums_add(known, item->sums);
	}
	return (struct check_item){
		.sums = {{snap_sum(beyond(memory->used, known.value[CHECK_BYTES]),
				   memory->added),
			  beyond(memory->buffers, known.value[CHECK_BUFFERS]),
			  beyond(memory->refs, known.value[CHECK_REFS])}},
	};
}

static int add_rests(struct check_book *book, struct check_segment *segment,
		     const struct snapshot *snapshot, const struct snap_process *process)
{
	size_t entries = segment->item_count;
	int err = 0;

	for (size_t i = 0; i < process->memory_count && !err; i++) {
		const struct snap_memory *memory = &process->memory[i];
		struct check_key key = check_key_make(snapshot, memory->device,
						      memory->type, SNAP_UNKNOWN, "");
		struct check_item item = find_rest(book, segment, entries, &key, memory);

		if (item.sums.value[CHECK_BYTES] == 0 && item.sums.value[CHECK_REFS] == 0)
			continue;
		err = add_item(book, segment, &key, item);
	}
	return err;
}

/* The segment of each process, NO_SEGMENT where it does not count; emptied. */
static int begin_segments(struct check_book *book, const struct snapshot *snapshot,
			  size_t *segments)
{
	for (size_t i = 0; i < snapshot->process_count; i++) {
		const struct snap_process *process = &snapshot->processes[i];
		struct check_segment *segment;

		segments[i] = NO_SEGMENT;
		if (!check_book_counts(book, process))
			continue;
		if (find_segment(book, process, &segments[i]))
			return -ENOMEM;
		segment = &book->segments[segments[i]];
		segment->item_count = 0;
		segment->ended = has_ended(process);
		segment->turn = book->turn;
	}
	return 0;
}

static int fill_segments(struct check_book *book, const struct snapshot *snapshot,
			 const size_t *segments)
{
	int err = 0;

	for (size_t i = 0; i < snapshot->buffer_count && !err; i++) {
		const struct snap_buffer *buffer = &snapshot->buffers[i];
		size_t segment = segments[buffer->process];

		if (segment != NO_SEGMENT)
			err = add_buffer(book, &book->segments[segment], snapshot,
					 buffer);
	}
	for (size_t i = 0; i < snapshot->process_count && !err; i++) {
		const struct snap_process *process = &snapshot->processes[i];

		if (segments[i] == NO_SEGMENT)
			continue;
		err = add_rests(book, &book->segments[segments[i]], snapshot, process);
		if (!err)
			err = note_doubts(book, process);
	}
	return err;
}

/* ---- segments that are gone ---- */

/* exec makes a new segment under the same process; the empty old one is removed. */
static bool has_successor(const struct check_book *book, const struct check_segment *gone)
{
	for (size_t i = 0; i < book->segment_count; i++)
		if (book->segments[i].turn == book->turn &&
		    book->segments[i].pid == gone->pid &&
		    book->segments[i].start_time == gone->start_time)
			return true;
	return false;
}

/* One that ended counts on as it was; the end of another one was never seen. */
static int note_vanished(struct check_book *book)
{
	int err = 0;

	for (size_t i = 0; i < book->segment_count && !err; i++) {
		struct check_segment *segment = &book->segments[i];

		if (segment->turn == book->turn || segment->ended)
			continue;
		segment->item_count = 0;
		segment->ended = true;
		if (!has_successor(book, segment))
			err = check_book_doubt(book,
					       "pid %u: its segment vanished before its "
					       "end was seen",
					       segment->pid);
	}
	return err;
}

static int sum_up(struct check_book *book)
{
	struct check_look *look = check_book_add_look(book);

	if (!look)
		return -ENOMEM;
	for (size_t i = 0; i < book->segment_count; i++)
		for (size_t j = 0; j < book->segments[i].item_count; j++) {
			const struct check_item *item = &book->segments[i].items[j];
			struct check_sums *sums = &look->sums[item->class];

			*sums = check_sums_add(*sums, item->sums);
		}
	return 0;
}

int check_book_look(struct check_book *book, const struct snapshot *snapshot)
{
	size_t *segments = calloc(snapshot->process_count + 1, sizeof(*segments));
	int err;

	book->turn++;
	err = segments ? begin_segments(book, snapshot, segments) : -ENOMEM;
	if (!err)
		err = fill_segments(book, snapshot, segments);
	free(segments);
	if (!err)
		err = note_vanished(book);
	return err ? err : sum_up(book);
}
