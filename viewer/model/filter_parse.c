/* SPDX-License-Identifier: BSD-2-Clause */
/* Text to expressions: one pass, no nesting. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "filter_terms.h"
#include "filter_values.h"

/* What values a key takes. */
enum value_kind { VALUE_NUMBERS, VALUE_NAMES, VALUE_NAME, VALUE_STATES, VALUE_FLAGS };

struct key_spec {
	const char *name;
	enum filter_key key;
	enum value_kind kind;
	bool (*parse)(const char *text, uint64_t *ret_value); /* of numbers */
	const char *wrong;				      /* value */
};

static const struct key_spec keys[] = {
	{"pid", FILTER_PID, VALUE_NUMBERS, filter_value_number, "not a number"},
	{"dev", FILTER_DEV, VALUE_NUMBERS, filter_value_number,
	 "not a device, as in 3 or 0,2-5"},
	{"type", FILTER_TYPE, VALUE_NAMES, NULL, NULL},
	{"size", FILTER_SIZE, VALUE_NUMBERS, filter_value_bytes,
	 "not a size, as in 4096, 64K or 1.5M"},
	{"addr", FILTER_ADDR, VALUE_NUMBERS, filter_value_address,
	 "not an address, as in 0x3ffff000"},
	{"age", FILTER_AGE, VALUE_NUMBERS, filter_value_ns,
	 "not an age, as in 90, 500ms, 10m or 2h"},
	{"refs", FILTER_REFS, VALUE_NUMBERS, filter_value_number, "not a number"},
	{"label", FILTER_LABEL, VALUE_NAME, NULL, NULL},
	{"user", FILTER_USER, VALUE_NAMES, NULL, NULL},
	{"state", FILTER_STATE, VALUE_STATES, NULL,
	 "not a state: live idle orphan exited dead corrupt unknown"},
	{"flag", FILTER_FLAG, VALUE_FLAGS, NULL,
	 "not a flag: dup size dangling overlap orphan stale"},
	{"run", FILTER_RUN, VALUE_NAME, NULL, NULL},
};

struct parser {
	const char *text, *at;
	struct filter *filter;
	struct filter_error *error;
	bool failed;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool ends_word(char c)
{
	return c == '\0' || c == '|' || is_blank(c);
}

static void skip_blanks(struct parser *p)
{
	while (is_blank(*p->at))
		p->at++;
}

/* The first thing that is wrong is kept. */
static void fail(struct parser *p, const char *at, const char *message)
{
	size_t column = 1;

	if (p->failed)
		return;
	p->failed = true;
	for (const char *c = p->text; c < at; c++)
		column += ((unsigned char)*c & 0xc0) != 0x80;
	p->error->column = column;
	snprintf(p->error->message, sizeof(p->error->message), "%s", message);
}

/* Length of the operator at @at, 0 when there is none. */
static size_t read_operator(const char *at, enum filter_operator *ret_op)
{
	static const struct {
		const char *text;
		enum filter_operator op;
	} operators[] = {
		{"!=", FILTER_NOT_EQUAL}, {"<=", FILTER_AT_MOST}, {">=", FILTER_AT_LEAST},
		{"=", FILTER_EQUAL},	  {"<", FILTER_LESS},	  {">", FILTER_MORE},
	};

	for (size_t i = 0; i < sizeof(operators) / sizeof(operators[0]); i++) {
		size_t length = strlen(operators[i].text);

		if (strncmp(at, operators[i].text, length) == 0) {
			*ret_op = operators[i].op;
			return length;
		}
	}
	return 0;
}

static const struct key_spec *find_key(const char *name, size_t length)
{
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (strlen(keys[i].name) == length &&
		    strncasecmp(keys[i].name, name, length) == 0)
			return &keys[i];
	return NULL;
}

/* A word or value, @ret_begin where its text begins; NULL: failed. */
static const char *take_text(struct parser *p, const char **ret_begin)
{
	const char *begin = p->at, *end;
	bool quoted = *begin == '"' || *begin == '\'';

	if (quoted) {
		end = strchr(begin + 1, *begin);
		if (!end) {
			fail(p, begin, "this quote is not closed");
			return NULL;
		}
		begin++;
	} else {
		for (end = begin; !ends_word(*end);)
			end++;
	}
	p->at = end + quoted;
	*ret_begin = begin;
	return arena_printf(p->filter->arena, "%.*s", (int)(end - begin), begin);
}

static struct filter_term *add_term(struct parser *p, enum filter_key key)
{
	struct filter_alternative *last = &p->filter->alternatives[p->filter->count - 1];
	struct filter_term *term = &last->terms[last->count++];

	term->key = key;
	return term;
}

static size_t count_pieces(const char *text)
{
	size_t count = 1;

	for (; *text; text++)
		count += *text == ',';
	return count;
}

/* "5", "2-5" */
static bool parse_range(const struct key_spec *spec, char *piece,
			struct filter_range *range)
{
	char *dash = strchr(piece, '-');

	if (!dash) {
		if (!spec->parse(piece, &range->first))
			return false;
		range->last = range->first;
		return true;
	}
	*dash = '\0';
	return spec->parse(piece, &range->first) && spec->parse(dash + 1, &range->last) &&
	       range->first <= range->last;
}

static bool add_flag(const char *piece, uint32_t *set)
{
	for (uint32_t flag = 1; flag <= SNAP_FLAG_STALE; flag <<= 1)
		if (strcasecmp(piece, snap_flag_name((enum snap_flag)flag)) == 0) {
			*set |= flag;
			return true;
		}
	return false;
}

static bool add_state(const char *piece, uint32_t *set)
{
	for (int state = 0; state < SNAP_STATE_COUNT; state++)
		if (strcasecmp(piece, snap_state_name((enum snap_state)state)) == 0) {
			*set |= UINT32_C(1) << state;
			return true;
		}
	return false;
}

static bool add_piece(const struct key_spec *spec, char *piece, struct filter_term *term)
{
	switch (spec->kind) {
	case VALUE_NUMBERS:
		return parse_range(spec, piece, &term->ranges[term->count++]);
	case VALUE_STATES:
		return add_state(piece, &term->set);
	case VALUE_FLAGS:
		return add_flag(piece, &term->set);
	default:
		term->names[term->count++] = piece;
		return true;
	}
}

/* What is between commas; @begin is where the value stands. */
static void add_pieces(struct parser *p, const struct key_spec *spec, char *value,
		       const char *begin, struct filter_term *term)
{
	char *rest = value, *piece;

	while ((piece = strsep(&rest, ","))) {
		const char *at = begin + (piece - value);

		if (!*piece)
			fail(p, at,
			     spec->parse ? "a number is missing" : "a name is missing");
		else if (!add_piece(spec, piece, term))
			fail(p, at, spec->wrong);
		if (p->failed)
			return;
	}
}

static void set_value(struct parser *p, const struct key_spec *spec, const char *text,
		      const char *begin, struct filter_term *term)
{
	struct arena *arena = p->filter->arena;
	size_t pieces = spec->kind == VALUE_NAME ? 1 : count_pieces(text);
	char *value = arena_array(arena, strlen(text) + 1, 1);

	term->ranges = arena_array(arena, pieces, sizeof(*term->ranges));
	term->names = arena_array(arena, pieces, sizeof(*term->names));
	if (!value || !term->ranges || !term->names)
		return;
	strcpy(value, text);
	if (spec->kind == VALUE_NAME)
		add_piece(spec, value, term);
	else
		add_pieces(p, spec, value, begin, term);
}

/* After KEY; the operator is at p->at. */
static void parse_term(struct parser *p, const struct key_spec *spec)
{
	struct filter_term *term = add_term(p, spec->key);
	const char *at = p->at, *text, *begin;
	bool numbers = spec->kind == VALUE_NUMBERS;

	p->at += read_operator(p->at, &term->op);
	if (term->op > FILTER_NOT_EQUAL && !numbers) {
		fail(p, at, "only = and != go with this key");
		return;
	}
	skip_blanks(p);
	if (ends_word(*p->at)) {
		fail(p, p->at, numbers ? "a number is missing" : "a name is missing");
		return;
	}
	text = take_text(p, &begin);
	if (!text)
		return;
	set_value(p, spec, text, begin, term);
	if (term->op > FILTER_NOT_EQUAL && (term->count > 1 || strchr(text, '-')))
		fail(p, begin, "only one number goes with this operator");
}

static void parse_word(struct parser *p)
{
	struct filter_term *term;
	const char *begin, *text = take_text(p, &begin);

	if (!text)
		return;
	term = add_term(p, FILTER_WORD);
	term->names = arena_array(p->filter->arena, 1, sizeof(*term->names));
	if (term->names)
		term->names[term->count++] = text;
}

static void parse_word_or_term(struct parser *p)
{
	enum filter_operator op;
	size_t letters = 0, blanks;
	const struct key_spec *spec;

	while (isalpha((unsigned char)p->at[letters]))
		letters++;
	for (blanks = letters; is_blank(p->at[blanks]);)
		blanks++;
	if (!read_operator(p->at + blanks, &op)) {
		parse_word(p);
		return;
	}
	spec = find_key(p->at, letters);
	if (letters == 0) {
		fail(p, p->at, "a key is missing");
	} else if (spec) {
		p->at += blanks;
		parse_term(p, spec);
	} else if (blanks > letters) {
		parse_word(p);
	} else {
		fail(p, p->at,
		     "no such key: pid dev type size addr age refs label user state flag "
		     "run");
	}
}

static void begin_alternative(struct parser *p)
{
	struct filter *filter = p->filter;
	struct filter_alternative *last = &filter->alternatives[filter->count - 1];

	if (last->count == 0)
		return; /* an empty one says nothing */
	filter->alternatives[filter->count++].terms = last->terms + last->count;
}

/* Every term takes at least a character, and a blank or bar before the next. */
static int make_room(struct parser *p)
{
	size_t room = strlen(p->text) + 2;
	struct filter *filter = p->filter;
	struct filter_term *terms = arena_array(filter->arena, room, sizeof(*terms));

	filter->alternatives =
		arena_array(filter->arena, room, sizeof(*filter->alternatives));
	if (!terms || !filter->alternatives)
		return -ENOMEM;
	filter->alternatives[0].terms = terms;
	filter->count = 1;
	return 0;
}

static int parse(struct parser *p)
{
	if (make_room(p))
		return -ENOMEM;
	for (skip_blanks(p); *p->at && !p->failed; skip_blanks(p)) {
		if (*p->at == '|') {
			begin_alternative(p);
			p->at++;
		} else {
			parse_word_or_term(p);
		}
	}
	if (p->filter->alternatives[p->filter->count - 1].count == 0)
		p->filter->count--;
	if (arena_failed(p->filter->arena))
		return -ENOMEM;
	return p->failed ? -EINVAL : 0;
}

int filter_parse(const char *text, struct filter **ret_filter,
		 struct filter_error *ret_error)
{
	struct arena *arena = arena_new();
	struct parser p = {.text = text, .at = text, .error = ret_error};
	int err = arena ? 0 : -ENOMEM;

	if (!err && strlen(text) > FILTER_LENGTH_MAX) {
		fail(&p, text + FILTER_LENGTH_MAX, "longer than 4096 bytes");
		err = -EINVAL;
	}
	if (!err) {
		p.filter = arena_array(arena, 1, sizeof(*p.filter));
		if (p.filter)
			p.filter->arena = arena;
		err = p.filter ? parse(&p) : -ENOMEM;
	}
	if (err)
		arena_free(arena);
	else
		*ret_filter = p.filter;
	return err;
}

void filter_free(struct filter *filter)
{
	if (filter)
		arena_free(filter->arena);
}
