/* SPDX-License-Identifier: BSD-2-Clause */
/* One look per mark: what the processes of the run held when they got there. */
#include <errno.h>
#include <fnmatch.h>
#include <string.h>

#include "book_fill.h"

static const struct snap_process *owner(const struct snapshot *snapshot,
					const struct snap_mark *mark)
{
	for (size_t i = 0; i < snapshot->process_count; i++)
		if (snapshot->processes[i].segment == mark->segment)
			return &snapshot->processes[i];
	return NULL;
}

static bool has_name(const struct snap_mark *mark, const char *name)
{
	return strcmp(mark->name, name) == 0 || fnmatch(name, mark->name, 0) == 0;
}

/* Does this mark count, and which one of its process is it? */
static bool find_ordinal(const struct check_book *book, const struct snapshot *snapshot,
			 size_t index, const char *name, size_t *ret_ordinal)
{
	const struct snap_mark *mark = &snapshot->marks[index];
	const struct snap_process *process = owner(snapshot, mark);

	if (!has_name(mark, name) || !process || !check_book_counts(book, process))
		return false;
	*ret_ordinal = 0;
	for (size_t i = 0; i < index; i++)
		*ret_ordinal += snapshot->marks[i].segment == mark->segment &&
				has_name(&snapshot->marks[i], name);
	return true;
}

static int find_class(struct check_book *book, const struct snapshot *snapshot,
		      const struct snap_mark_memory *row, size_t *ret_class)
{
	struct check_key key =
		check_key_make(snapshot, row->device, row->type, SNAP_UNKNOWN, "");

	return check_book_class(book, &key, ret_class);
}

static int add_row(struct check_book *book, const struct snapshot *snapshot,
		   const struct snap_mark_memory *row, struct check_look *look)
{
	struct check_sums sums = {{row->bytes, row->buffers, row->refs}};
	size_t class;
	int err = find_class(book, snapshot, row, &class);

	if (!err)
		look->sums[class] = check_sums_add(look->sums[class], sums);
	return err;
}

/* The classes must all be there before a look has room for them. */
static int make_classes(struct check_book *book, const struct snapshot *snapshot)
{
	size_t class;
	int err = 0;

	for (size_t i = 0; i < snapshot->mark_count; i++)
		for (size_t j = 0; j < snapshot->marks[i].memory_count && !err; j++)
			err = find_class(book, snapshot, &snapshot->marks[i].memory[j],
					 &class);
	return err;
}

/* Every process's mark of this ordinal makes one look. */
static int add_look(struct check_book *book, const struct snapshot *snapshot,
		    const char *name, size_t ordinal, size_t *ret_marks)
{
	struct check_look *look = check_book_add_look(book);
	size_t at;
	int err = look ? 0 : -ENOMEM;

	*ret_marks = 0;
	for (size_t i = 0; i < snapshot->mark_count && !err; i++) {
		const struct snap_mark *mark = &snapshot->marks[i];

		if (!find_ordinal(book, snapshot, i, name, &at) || at != ordinal)
			continue;
		++*ret_marks;
		if (!mark->exact)
			err = check_book_doubt(book,
					       "pid %u: mark '%s' %zu was taken while "
					       "events were in flight",
					       mark->pid, name, ordinal + 1);
		for (size_t j = 0; j < mark->memory_count && !err; j++)
			err = add_row(book, snapshot, &mark->memory[j], look);
	}
	return err;
}

static size_t count_ordinals(const struct check_book *book,
			     const struct snapshot *snapshot, const char *name)
{
	size_t count = 0, at;

	for (size_t i = 0; i < snapshot->mark_count; i++)
		if (find_ordinal(book, snapshot, i, name, &at) && at >= count)
			count = at + 1;
	return count;
}

int check_book_marks(struct check_book *book, const struct snapshot *snapshot,
		     const char *name, size_t skip, size_t most)
{
	size_t count = count_ordinals(book, snapshot, name), first = 0, marks;
	int err = make_classes(book, snapshot);

	if (most && count > skip && count - skip > most)
		count = skip + most;
	for (size_t i = skip; i < count && !err; i++) {
		err = add_look(book, snapshot, name, i, &marks);
		if (i == skip)
			first = marks;
		if (!err && marks != first)
			err = check_book_doubt(book,
					       "mark '%s' %zu was reached by %zu "
					       "processes, an earlier one by %zu",
					       name, i + 1, marks, first);
	}
	return err;
}
