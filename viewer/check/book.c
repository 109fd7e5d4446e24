/* SPDX-License-Identifier: BSD-2-Clause */
#include "book.h"

#include <errno.h>
#include <search.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "book_fill.h"

/* An entry of the tree: the key first, so that a key is compared with entries. */
struct class_node {
	struct check_key key;
	size_t index;
};

int check_book_open(struct check_book *book, const char *run_id)
{
	*book = (struct check_book){.run_id = run_id, .arena = arena_new()};
	return book->arena ? 0 : -ENOMEM;
}

static void keep_node(void *node)
{
	(void)node; /* the arena's */
}

void check_book_close(struct check_book *book)
{
	tdestroy(book->tree, keep_node);
	for (size_t i = 0; i < book->segment_count; i++)
		free(book->segments[i].items);
	check_book_restart(book);
	free(book->segments);
	free(book->looks);
	free(book->classes);
	free(book->reasons);
	arena_free(book->arena);
	*book = (struct check_book){0};
}

/* ---- classes ---- */

struct check_key check_key_make(const struct snapshot *snapshot, uint32_t device,
				const char *type, uint64_t size, const char *label)
{
	const struct snap_device *place = &snapshot->devices[device];

	return (struct check_key){
		.kind = place->kind,
		.uid = place->uid,
		.number = place->number,
		.type = type,
		.size = size,
		.label = label,
	};
}

int check_key_compare_place(const struct check_key *a, const struct check_key *b)
{
	int order = strcmp(a->kind, b->kind);

	if (order == 0)
		order = strcmp(a->uid, b->uid);
	/* a described device keeps its name under any number */
	if (order == 0 && a->uid[0] == '\0')
		order = (a->number > b->number) - (a->number < b->number);
	return order ? order : snap_type_compare(a->type, b->type);
}

static int compare_keys(const void *left, const void *right)
{
	const struct check_key *a = left, *b = right;
	int order = check_key_compare_place(a, b);

	if (order == 0)
		order = (a->size > b->size) - (a->size < b->size);
	return order ? order : strcmp(a->label, b->label);
}

static struct class_node *add_class(struct check_book *book, const struct check_key *key)
{
	struct class_node *node = arena_array(book->arena, 1, sizeof(*node));

	if (!node)
		return NULL;
	if (book->class_count == book->class_room) {
		size_t room = book->class_room ? book->class_room * 2 : 64;
		const struct check_key **grown =
			reallocarray(book->classes, room, sizeof(*grown));

		if (!grown)
			return NULL;
		book->classes = grown;
		book->class_room = room;
	}
	node->key = *key;
	node->key.kind = arena_string(book->arena, key->kind);
	node->key.uid = arena_string(book->arena, key->uid);
	node->key.type = arena_string(book->arena, key->type);
	node->key.label = arena_string(book->arena, key->label);
	node->index = book->class_count;
	if (arena_failed(book->arena) || !tsearch(node, &book->tree, compare_keys))
		return NULL;
	book->classes[book->class_count++] = &node->key;
	return node;
}

int check_book_class(struct check_book *book, const struct check_key *key,
		     size_t *ret_class)
{
	struct class_node *const *found = tfind(key, &book->tree, compare_keys);
	const struct class_node *node = found ? *found : add_class(book, key);

	if (!node)
		return -ENOMEM;
	*ret_class = node->index;
	return 0;
}

/* ---- looks ---- */

struct check_sums check_sums_add(struct check_sums a, struct check_sums b)
{
	for (int m = 0; m < CHECK_MEASURES; m++)
		a.value[m] = snap_sum(a.value[m], b.value[m]);
	return a;
}

struct check_look *check_book_add_look(struct check_book *book)
{
	struct check_look *grown =
		reallocarray(book->looks, book->look_count + 1, sizeof(*grown));
	struct check_look look = {.class_count = book->class_count};

	if (!grown)
		return NULL;
	book->looks = grown;
	look.sums = calloc(look.class_count + 1, sizeof(*look.sums));
	if (!look.sums)
		return NULL;
	grown[book->look_count] = look;
	return &grown[book->look_count++];
}

void check_book_restart(struct check_book *book)
{
	for (size_t i = 0; i < book->look_count; i++)
		free(book->looks[i].sums);
	book->look_count = 0;
}

struct check_sums check_book_sums(const struct check_book *book, size_t look,
				  size_t class)
{
	if (class >= book->looks[look].class_count)
		return (struct check_sums){0};
	return book->looks[look].sums[class];
}

struct check_sums check_book_total(const struct check_book *book, size_t look)
{
	struct check_sums sum = {0};

	for (size_t i = 0; i < book->looks[look].class_count; i++)
		sum = check_sums_add(sum, book->looks[look].sums[i]);
	return sum;
}

int check_book_doubt(struct check_book *book, const char *format, ...)
{
	const char **grown =
		reallocarray(book->reasons, book->reason_count + 1, sizeof(*grown));
	char text[256];
	va_list args;

	if (!grown)
		return -ENOMEM;
	book->reasons = grown;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	for (size_t i = 0; i < book->reason_count; i++)
		if (strcmp(grown[i], text) == 0)
			return 0;
	grown[book->reason_count++] = arena_string(book->arena, text);
	return arena_failed(book->arena) ? -ENOMEM : 0;
}
