/* SPDX-License-Identifier: BSD-2-Clause */
#include "suppress.h"

#include <errno.h>
#include <fnmatch.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "filter_values.h"
#include "select.h"

#define BLANKS " \t\r\n"

struct parse {
	struct suppressions *list;
	const char *name;
	unsigned line;
	char *error;
};

static int fail(const struct parse *parse, const char *what, const char *where)
{
	snprintf(parse->error, SUPPRESS_ERROR_SIZE, "%s:%u: %s '%s'", parse->name,
		 parse->line, what, where);
	return -EINVAL;
}

/* ---- one term ---- */

static int parse_size(struct suppression *to, enum suppress_size op, const char *value)
{
	to->size_op = op;
	if (strcmp(value, "unknown") == 0) {
		to->size = SNAP_UNKNOWN;
		return op == SUPPRESS_EQ || op == SUPPRESS_NE ? 0 : -EINVAL;
	}
	return filter_value_bytes(value, &to->size) ? 0 : -EINVAL;
}

/* "*", a kind and number, or numbers as in 0,2-5 */
static int parse_device(struct suppression *to, const char *value)
{
	struct selection numbers = {0};
	int err = 0;

	to->device = value;
	if (strpbrk(value, "*?:") == NULL)
		err = selection_add_devices(&numbers, value);
	selection_fini(&numbers);
	return err;
}

static enum suppress_size parse_operator(char **at)
{
	static const struct {
		const char *text;
		enum suppress_size op;
	} operators[] = {{"!=", SUPPRESS_NE}, {"<=", SUPPRESS_LE}, {">=", SUPPRESS_GE},
			 {"=", SUPPRESS_EQ},  {"<", SUPPRESS_LT},  {">", SUPPRESS_GT}};

	for (size_t i = 0; i < sizeof(operators) / sizeof(operators[0]); i++) {
		size_t length = strlen(operators[i].text);

		if (strncmp(*at, operators[i].text, length) != 0)
			continue;
		memset(*at, '\0', length); /* ends the key */
		*at += length;
		return operators[i].op;
	}
	return SUPPRESS_ANY;
}

static int parse_term(const struct parse *parse, char *term, struct suppression *to)
{
	const char *whole = arena_string(parse->list->arena, term);
	char *value = term + strcspn(term, "=!<>");
	enum suppress_size op = parse_operator(&value);
	int err = op == SUPPRESS_ANY ? -EINVAL : 0;

	if (!err && strcmp(term, "size") == 0)
		err = parse_size(to, op, value);
	else if (!err && op != SUPPRESS_EQ)
		err = -EINVAL;
	else if (!err && strcmp(term, "label") == 0)
		to->label = value;
	else if (!err && strcmp(term, "type") == 0)
		to->type = value;
	else if (!err && strcmp(term, "dev") == 0)
		err = parse_device(to, value);
	else
		err = -EINVAL;
	return err == -EINVAL ? fail(parse, "no such term", whole) : err;
}

/* ---- a file ---- */

static int parse_line(const struct parse *parse, char *line)
{
	struct suppressions *list = parse->list;
	struct suppression to = {.file = parse->name, .line = parse->line};
	struct suppression *grown;
	char *rest, *term;
	int err = 0;

	line[strcspn(line, "\r\n")] = '\0';
	line += strspn(line, BLANKS);
	if (line[0] == '\0' || line[0] == '#')
		return 0;
	to.text = arena_string(list->arena, line);
	if (strncmp(line, "leak:", 5) != 0)
		return fail(parse, "not a line of the form leak:TERM...:", to.text);
	/* patterns point into this copy */
	rest = (char *)(uintptr_t)arena_string(list->arena, line + 5);
	term = strtok_r(rest, BLANKS, &rest);
	if (!term)
		return fail(parse, "no term in", to.text);
	for (; term && !err; term = strtok_r(NULL, BLANKS, &rest))
		err = parse_term(parse, term, &to);
	grown = err ? NULL : reallocarray(list->list, list->count + 1, sizeof(*grown));
	if (!grown)
		return err ? err : -ENOMEM;
	grown[list->count++] = to;
	list->list = grown;
	return arena_failed(list->arena) ? -ENOMEM : 0;
}

int suppressions_read(FILE *file, const char *name, struct suppressions *ret_list,
		      char error[SUPPRESS_ERROR_SIZE])
{
	struct suppressions list = {.arena = arena_new()};
	struct parse parse = {.list = &list, .error = error};
	char *line = NULL;
	size_t room = 0;
	int err = list.arena ? 0 : -ENOMEM;

	if (!err)
		parse.name = arena_string(list.arena, name);
	while (!err && getline(&line, &room, file) >= 0) {
		parse.line++;
		err = parse_line(&parse, line);
	}
	free(line);
	if (!err && ferror(file)) {
		snprintf(error, SUPPRESS_ERROR_SIZE, "%s: cannot be read", name);
		err = -EINVAL;
	}
	if (err)
		suppressions_free(&list);
	else
		*ret_list = list;
	return err;
}

void suppressions_free(struct suppressions *list)
{
	free(list->list);
	arena_free(list->arena);
	*list = (struct suppressions){0};
}

/* ---- match ---- */

static bool size_matches(const struct suppression *s, uint64_t size)
{
	bool known = size != SNAP_UNKNOWN;

	switch (s->size_op) {
	case SUPPRESS_ANY:
		return true;
	case SUPPRESS_EQ:
		return size == s->size;
	case SUPPRESS_NE:
		return size != s->size;
	case SUPPRESS_LT:
		return known && size < s->size;
	case SUPPRESS_LE:
		return known && size <= s->size;
	case SUPPRESS_GT:
		return known && size > s->size;
	case SUPPRESS_GE:
		return known && size >= s->size;
	}
	return false;
}

static bool device_matches(const struct suppression *s, const struct check_key *key)
{
	struct selection numbers = {0};
	char name[96];
	bool found = false;

	if (!s->device)
		return true;
	snprintf(name, sizeof(name), "%s%s%u", key->kind, key->kind[0] ? ":" : "",
		 key->number);
	if (fnmatch(s->device, name, 0) == 0)
		return true;
	if (strpbrk(s->device, "*?:") || selection_add_devices(&numbers, s->device))
		return false;
	for (size_t i = 0; i < numbers.device_count; i++)
		found |= numbers.devices[i] == key->number;
	selection_fini(&numbers);
	return found;
}

struct suppression *suppressions_find(const struct suppressions *list,
				      const struct check_key *key)
{
	for (size_t i = 0; i < list->count; i++) {
		struct suppression *s = &list->list[i];

		if ((!s->label || fnmatch(s->label, key->label, 0) == 0) &&
		    (!s->type || fnmatch(s->type, key->type, FNM_CASEFOLD) == 0) &&
		    device_matches(s, key) && size_matches(s, key->size))
			return s;
	}
	return NULL;
}

/* ---- write ---- */

/* A pattern that matches @text; blanks cannot be written, any one character stands in. */
static void print_pattern(const char *text, FILE *file)
{
	for (; *text; text++) {
		if (strchr(BLANKS, *text)) {
			fputc('?', file);
			continue;
		}
		if (strchr("*?[\\", *text))
			fputc('\\', file);
		fputc(*text, file);
	}
}

void suppression_print(const struct check_key *key, const char *devices, FILE *file)
{
	fputs("leak:label=", file);
	print_pattern(key->label, file);
	fprintf(file, " dev=%s type=", devices);
	print_pattern(key->type, file);
	if (key->size == SNAP_UNKNOWN)
		fputs(" size=unknown\n", file);
	else
		fprintf(file, " size=%" PRIu64 "\n", key->size);
}
