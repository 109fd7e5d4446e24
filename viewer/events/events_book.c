/* SPDX-License-Identifier: BSD-2-Clause */
#include "events_book.h"

#include <stdlib.h>
#include <string.h>

#include "words.h"

struct book_index {
	uint64_t position; /* + 1 */
};

static struct event_key key_of(uint64_t nonce, uint64_t lane)
{
	return (struct event_key){nonce, lane, 0};
}

void events_book_init(struct events_book *book)
{
	*book = (struct events_book){
		.index = {.value_size = sizeof(struct book_index)},
		.lanes = {.value_size = sizeof(struct events_lane)},
	};
}

static void segment_fini(struct events_segment *segment)
{
	free(segment->types);
	words_free(segment->marks, segment->mark_count);
	for (size_t label = 0; label < segment->label_count; label++)
		free(segment->labels[label]);
	free(segment->labels);
}

void events_book_fini(struct events_book *book)
{
	for (size_t i = 0; i < book->count; i++)
		segment_fini(&book->list[i]);
	free(book->list);
	event_map_fini(&book->index);
	event_map_fini(&book->lanes);
}

struct events_segment *events_book_find(struct events_book *book, uint64_t nonce)
{
	const struct book_index *found = event_map_find(&book->index, key_of(nonce, 0));

	return found && found->position ? &book->list[found->position - 1] : NULL;
}

static struct events_segment *add_segment(struct events_book *book, uint64_t nonce)
{
	struct book_index *at = event_map_add(&book->index, key_of(nonce, 0));
	struct events_segment *list;

	if (!at)
		return NULL;
	if (book->count == book->room) {
		size_t room = book->room ? book->room * 2 : 16;

		list = reallocarray(book->list, room, sizeof(*list));
		if (!list)
			return NULL;
		book->list = list;
		book->room = room;
	}
	book->list[book->count] = (struct events_segment){.nonce = nonce};
	at->position = book->count + 1;
	return &book->list[book->count++];
}

void events_book_forget(struct events_book *book, struct events_segment *segment)
{
	struct events_segment *last = &book->list[--book->count];
	struct book_index *moved;

	event_map_forget(&book->lanes, segment->nonce);
	event_map_remove(&book->index, key_of(segment->nonce, 0));
	segment_fini(segment);
	if (segment == last)
		return;
	*segment = *last;
	moved = event_map_find(&book->index, key_of(segment->nonce, 0));
	moved->position = (uint64_t)(segment - book->list) + 1;
}

static void take_types(struct events_segment *segment, const struct tta_process *p)
{
	struct tta_type_record *types;

	if (p->type_count <= segment->type_count)
		return;
	types = reallocarray(segment->types, p->type_count, sizeof(*types));
	if (!types)
		return;
	memcpy(types, p->types, p->type_count * sizeof(*types));
	segment->types = types;
	segment->type_count = p->type_count;
}

static void take_marks(struct events_segment *segment, const struct tta_process *p)
{
	while (segment->mark_count < p->mark_count)
		if (words_add(&segment->marks, &segment->mark_count,
			      p->marks[segment->mark_count].name))
			return;
}

/* Labels are known by the buffers that bear them. */
static void take_labels(struct events_segment *segment, const struct tta_process *p)
{
	for (size_t i = 0; i < p->buffer_count; i++) {
		uint32_t id = p->buffers[i].label;
		char **labels;

		if (id < segment->label_count && segment->labels[id])
			continue;
		if (id >= segment->label_count) {
			labels = reallocarray(segment->labels, id + 1u, sizeof(*labels));
			if (!labels)
				return;
			memset(labels + segment->label_count, 0,
			       (id + 1u - segment->label_count) * sizeof(*labels));
			segment->labels = labels;
			segment->label_count = id + 1u;
		}
		segment->labels[id] = strdup(p->buffers[i].label_text);
	}
}

static void copy(char *to, size_t room, const char *from)
{
	snprintf(to, room, "%s", from);
}

struct events_segment *events_book_update(struct events_book *book,
					  const struct tta_sample *sample,
					  const struct tta_process *process,
					  const struct snap_process *shown)
{
	struct events_segment *segment = events_book_find(book, process->nonce);

	if (!segment)
		segment = add_segment(book, process->nonce);
	if (!segment)
		return NULL;
	segment->pid = process->pid;
	segment->uid = process->file_uid;
	segment->state = shown->state;
	segment->listed = true;
	segment->lost = process->lost;
	if (book->to_realtime == 0) /* once: later looks differ by a little */
		book->to_realtime = sample->realtime_ns - sample->mono_ns;
	segment->to_realtime =
		process->same_boot ? book->to_realtime
				   : process->birth_realtime_ns - process->birth_mono_ns;
	copy(segment->file, sizeof(segment->file), process->name);
	copy(segment->comm, sizeof(segment->comm), shown->comm);
	copy(segment->user, sizeof(segment->user), shown->user);
	take_types(segment, process);
	take_marks(segment, process);
	take_labels(segment, process);
	return segment;
}

struct events_lane *events_book_lane(struct events_book *book,
				     const struct tta_event *record)
{
	return event_map_add(&book->lanes, key_of(record->nonce, record->lane));
}

const char *events_type_name(const struct events_segment *segment, uint32_t type)
{
	const char *builtin = snap_builtin_type(type);

	if (builtin)
		return builtin;
	for (size_t i = 0; segment && i < segment->type_count; i++)
		if (segment->types[i].id == type)
			return segment->types[i].name;
	return "?";
}

struct event_names events_names(struct events_book *book, const struct event *event,
				char text[32])
{
	const struct tta_event *r = &event->record;
	const struct events_segment *segment = events_book_find(book, r->nonce);
	struct event_names names = {.comm = "", .user = "", .label = ""};

	names.type = events_type_name(segment, r->type);
	if (!segment)
		return names;
	names.comm = segment->comm;
	names.user = segment->user;
	names.uid = segment->uid;
	if (r->op == TTA_OP_MARK && r->address < segment->mark_count)
		names.mark = segment->marks[r->address];
	if (r->label && r->label < segment->label_count && segment->labels[r->label]) {
		names.label = segment->labels[r->label];
	} else if (r->label) {
		snprintf(text, 32, "#%u", r->label);
		names.label = text;
	}
	return names;
}
