/* SPDX-License-Identifier: BSD-2-Clause */
/* Expressions held against rows. */
#include "filter.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "filter_terms.h"

static bool same_letter(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/* "kv*" against "KV_cache"; steps back to the last star alone, so it takes no stack. */
static bool glob_matches(const char *pattern, const char *text)
{
	const char *star = NULL, *resume = NULL;

	while (*text) {
		if (*pattern == '*') {
			star = pattern++;
			resume = text;
		} else if (*pattern && same_letter(*pattern, *text)) {
			pattern++;
			text++;
		} else if (star) {
			pattern = star + 1;
			text = ++resume;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return !*pattern;
}

static bool any_name(const struct filter_term *term, const char *text)
{
	for (size_t i = 0; i < term->count; i++)
		if (glob_matches(term->names[i], text))
			return true;
	return false;
}

static bool name_matches(const struct filter_term *term, const char *text)
{
	return any_name(term, text) == (term->op == FILTER_EQUAL);
}

static bool user_matches(const struct filter_term *term, const struct snap_process *p)
{
	char number[16];

	snprintf(number, sizeof(number), "%u", p->uid);
	return (any_name(term, p->user) || any_name(term, number)) ==
	       (term->op == FILTER_EQUAL);
}

static bool in_ranges(const struct filter_term *term, uint64_t value)
{
	for (size_t i = 0; i < term->count; i++)
		if (value >= term->ranges[i].first && value <= term->ranges[i].last)
			return true;
	return false;
}

static bool number_matches(const struct filter_term *term, uint64_t value)
{
	uint64_t limit = term->ranges[0].first;

	if (value == SNAP_UNKNOWN)
		return false;
	switch (term->op) {
	case FILTER_EQUAL:
	case FILTER_NOT_EQUAL:
		return in_ranges(term, value) == (term->op == FILTER_EQUAL);
	case FILTER_LESS:
		return value < limit;
	case FILTER_AT_MOST:
		return value <= limit;
	case FILTER_MORE:
		return value > limit;
	case FILTER_AT_LEAST:
		return value >= limit;
	}
	return false;
}

static bool set_matches(const struct filter_term *term, uint32_t bits)
{
	return ((bits & term->set) != 0) == (term->op == FILTER_EQUAL);
}

static bool word_matches(const struct filter_term *term, const struct filter_row *row)
{
	return (row->text && strcasestr(row->text, term->names[0])) ||
	       (row->more_text && strcasestr(row->more_text, term->names[0]));
}

static bool buffer_matches(const struct filter_term *term, const struct snap_buffer *b)
{
	switch (term->key) {
	case FILTER_SIZE:
		return number_matches(term, b->size);
	case FILTER_ADDR:
		return number_matches(term, b->addr);
	case FILTER_AGE:
		return number_matches(term, b->age_ns);
	case FILTER_REFS:
		return number_matches(term, b->refs);
	case FILTER_LABEL:
		return name_matches(term, b->label);
	default:
		return set_matches(term, b->flags);
	}
}

/* The row has what the term is about. */
static bool term_matches(const struct filter_term *term, const struct filter_row *row)
{
	switch (term->key) {
	case FILTER_WORD:
		return word_matches(term, row);
	case FILTER_PID:
		return number_matches(term, row->process->pid);
	case FILTER_USER:
		return user_matches(term, row->process);
	case FILTER_STATE:
		return set_matches(term, UINT32_C(1) << row->process->state);
	case FILTER_RUN:
		return name_matches(term, row->process->run_id);
	case FILTER_DEV:
		return number_matches(term, row->device->number);
	case FILTER_TYPE:
		return name_matches(term, row->type);
	default:
		return buffer_matches(term, row->buffer);
	}
}

static bool term_applies(const struct filter_term *term, const struct filter_row *row)
{
	switch (term->key) {
	case FILTER_WORD:
		return true;
	case FILTER_PID:
	case FILTER_USER:
	case FILTER_STATE:
	case FILTER_RUN:
		return row->process;
	case FILTER_DEV:
		return row->device;
	case FILTER_TYPE:
		return row->type;
	default:
		return row->buffer;
	}
}

/* The terms about the row itself. @ret_rest: are there others? */
static bool own_terms_match(const struct filter_alternative *all,
			    const struct filter_row *row, bool *ret_rest)
{
	*ret_rest = false;
	for (size_t i = 0; i < all->count; i++) {
		if (!term_applies(&all->terms[i], row))
			*ret_rest = true;
		else if (!term_matches(&all->terms[i], row))
			return false;
	}
	return true;
}

/* The other terms, on something below the row; false when it has not what they need. */
static bool rest_matches(const struct filter_alternative *all,
			 const struct filter_row *row, const struct filter_row *below)
{
	for (size_t i = 0; i < all->count; i++) {
		const struct filter_term *term = &all->terms[i];

		if (term_applies(term, row))
			continue;
		if (!term_applies(term, below) || !term_matches(term, below))
			return false;
	}
	return true;
}

bool filter_has_words(const struct filter *filter)
{
	for (size_t i = 0; filter && i < filter->count; i++)
		for (size_t k = 0; k < filter->alternatives[i].count; k++)
			if (filter->alternatives[i].terms[k].key == FILTER_WORD)
				return true;
	return false;
}

struct filter_row filter_row_of_buffer(const struct snapshot *snapshot,
				       const struct snap_buffer *buffer)
{
	return (struct filter_row){
		.snapshot = snapshot,
		.process = &snapshot->processes[buffer->process],
		.device = &snapshot->devices[buffer->device],
		.type = buffer->type,
		.buffer = buffer,
	};
}

static bool is_below(const struct filter_row *below, const struct filter_row *row)
{
	return (!row->process || row->process == below->process) &&
	       (!row->device || row->device == below->device) &&
	       (!row->type || strcmp(row->type, below->type) == 0);
}

static bool a_buffer_matches(const struct filter_alternative *all,
			     const struct filter_row *row)
{
	for (size_t i = 0; i < row->snapshot->buffer_count; i++) {
		struct filter_row below =
			filter_row_of_buffer(row->snapshot, &row->snapshot->buffers[i]);

		if (is_below(&below, row) && rest_matches(all, row, &below))
			return true;
	}
	return false;
}

/* What a process holds of a type on a device. */
static bool a_holding_matches(const struct filter_alternative *all,
			      const struct filter_row *row,
			      const struct snap_process *process)
{
	for (size_t i = 0; i < process->memory_count; i++) {
		struct filter_row below = {
			.process = process,
			.device = &row->snapshot->devices[process->memory[i].device],
			.type = process->memory[i].type,
		};

		if (is_below(&below, row) && rest_matches(all, row, &below))
			return true;
	}
	return false;
}

/* Also types that nobody holds. */
static bool a_type_matches(const struct filter_alternative *all,
			   const struct filter_row *row)
{
	for (size_t i = 0; row->device && i < row->device->memory_count; i++) {
		struct filter_row below = {
			.device = row->device,
			.type = row->device->memory[i].type,
		};

		if (is_below(&below, row) && rest_matches(all, row, &below))
			return true;
	}
	return false;
}

static bool something_below_matches(const struct filter_alternative *all,
				    const struct filter_row *row)
{
	if (!row->process && a_type_matches(all, row))
		return true;
	for (size_t i = 0; i < row->snapshot->process_count; i++)
		if (a_holding_matches(all, row, &row->snapshot->processes[i]))
			return true;
	return a_buffer_matches(all, row);
}

bool filter_matches(const struct filter *filter, const struct filter_row *row)
{
	if (!filter || filter->count == 0)
		return true;
	for (size_t i = 0; i < filter->count; i++) {
		const struct filter_alternative *all = &filter->alternatives[i];
		bool rest;

		if (own_terms_match(all, row, &rest) &&
		    (!rest || (row->snapshot && something_below_matches(all, row))))
			return true;
	}
	return false;
}

bool filter_matches_itself(const struct filter *filter, const struct filter_row *row)
{
	if (!filter || filter->count == 0)
		return true;
	for (size_t i = 0; i < filter->count; i++) {
		bool rest;

		if (own_terms_match(&filter->alternatives[i], row, &rest) && !rest)
			return true;
	}
	return false;
}

static bool alternative_allows(const struct filter_alternative *all,
			       const struct filter_row *place)
{
	for (size_t i = 0; i < all->count; i++) {
		const struct filter_term *term = &all->terms[i];

		if ((term->key == FILTER_DEV || term->key == FILTER_TYPE) &&
		    !term_matches(term, place))
			return false;
	}
	return true;
}

bool filter_allows_place(const struct filter *filter, const struct snap_device *device,
			 const char *type)
{
	const struct filter_row place = {.device = device, .type = type};

	for (size_t i = 0; filter && i < filter->count; i++)
		if (alternative_allows(&filter->alternatives[i], &place))
			return true;
	return !filter || filter->count == 0;
}
