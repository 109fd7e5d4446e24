/* SPDX-License-Identifier: BSD-2-Clause */
#include "select.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "words.h"

#define DEVICE_END 65536u /* device numbers are smaller */

/* Call @add with each piece between commas. Empty pieces are errors. */
static int each_item(struct selection *selection, const char *list,
		     int (*add)(struct selection *selection, const char *item))
{
	char *copy = strdup(list), *rest = copy, *item;
	int err = copy ? 0 : -ENOMEM;

	while (!err && (item = strsep(&rest, ",")))
		err = *item ? add(selection, item) : -EINVAL;
	free(copy);
	return err;
}

static int add_number(uint32_t **numbers, size_t *count, uint32_t number)
{
	uint32_t *grown = reallocarray(*numbers, *count + 1, sizeof(**numbers));

	if (!grown)
		return -ENOMEM;
	grown[(*count)++] = number;
	*numbers = grown;
	return 0;
}

/* Digits alone, no sign, no blanks. */
static const char *parse_number(const char *text, uint32_t *ret_number)
{
	unsigned long number;
	char *end;

	if (!isdigit((unsigned char)*text))
		return NULL;
	errno = 0;
	number = strtoul(text, &end, 10);
	if (errno || number > UINT32_MAX)
		return NULL;
	*ret_number = (uint32_t)number;
	return end;
}

static int add_pid(struct selection *selection, const char *item)
{
	uint32_t pid;
	const char *end = parse_number(item, &pid);

	if (!end || *end)
		return -EINVAL;
	return add_number(&selection->pids, &selection->pid_count, pid);
}

static int add_user(struct selection *selection, const char *item)
{
	return words_add(&selection->users, &selection->user_count, item);
}

static int add_device(struct selection *selection, const char *item)
{
	uint32_t first, last;
	const char *end = parse_number(item, &first);
	int err = 0;

	last = first;
	if (end && *end == '-')
		end = parse_number(end + 1, &last);
	if (!end || *end || last < first || last >= DEVICE_END)
		return -EINVAL;
	for (uint32_t number = first; number <= last && !err; number++)
		err = add_number(&selection->devices, &selection->device_count, number);
	return err;
}

static int add_type(struct selection *selection, const char *item)
{
	int err = words_add(&selection->types, &selection->type_count, item);

	if (err)
		return err;
	for (char *c = selection->types[selection->type_count - 1]; *c; c++)
		*c = (char)toupper((unsigned char)*c);
	return 0;
}

int selection_add_pids(struct selection *selection, const char *list)
{
	return each_item(selection, list, add_pid);
}

int selection_add_users(struct selection *selection, const char *list)
{
	return each_item(selection, list, add_user);
}

int selection_add_devices(struct selection *selection, const char *list)
{
	return each_item(selection, list, add_device);
}

int selection_add_types(struct selection *selection, const char *list)
{
	return each_item(selection, list, add_type);
}

static int add_source(struct selection *selection, const char *item)
{
	if (strcasecmp(item, SNAP_SOURCE_NATIVE) == 0)
		selection->sources |= SOURCE_NATIVE;
	else if (strcasecmp(item, SNAP_SOURCE_TT_METAL) == 0)
		selection->sources |= SOURCE_TT_METAL;
	else
		return -EINVAL;
	return 0;
}

int selection_add_sources(struct selection *selection, const char *list)
{
	return each_item(selection, list, add_source);
}

int selection_set_text(struct selection *selection, const char *text)
{
	char *copy = text ? strdup(text) : NULL;
	struct filter *filter = NULL;
	struct filter_error error;
	int err = text && !copy ? -ENOMEM : 0;

	if (!err && text)
		err = filter_parse(text, &filter, &error);
	if (err) {
		free(copy);
		return err;
	}
	filter_free(selection->filter);
	free(selection->text);
	selection->filter = filter;
	selection->text = copy;
	return 0;
}

void selection_fini(struct selection *selection)
{
	words_free(selection->users, selection->user_count);
	words_free(selection->types, selection->type_count);
	free(selection->pids);
	free(selection->devices);
	free(selection->text);
	filter_free(selection->filter);
	memset(selection, 0, sizeof(*selection));
}

static bool has_number(const uint32_t *numbers, size_t count, uint32_t number)
{
	for (size_t i = 0; i < count; i++)
		if (numbers[i] == number)
			return true;
	return count == 0;
}

static bool has_user(const struct selection *selection, const struct snap_process *p)
{
	char number[16];

	snprintf(number, sizeof(number), "%u", p->uid);
	for (size_t i = 0; i < selection->user_count; i++)
		if (strcmp(selection->users[i], p->user) == 0 ||
		    strcmp(selection->users[i], number) == 0)
			return true;
	return selection->user_count == 0;
}

bool selection_has_source(const struct selection *selection, enum selection_source source)
{
	return selection->sources == 0 || (selection->sources & source) != 0;
}

static enum selection_source source_of(const struct snap_process *p)
{
	if (p->unpublished)
		return SOURCE_DRIVER;
	return strcmp(p->source, SNAP_SOURCE_TT_METAL) == 0 ? SOURCE_TT_METAL
							    : SOURCE_NATIVE;
}

bool selection_has_owner(const struct selection *selection, const struct snap_process *p)
{
	return has_number(selection->pids, selection->pid_count, p->pid) &&
	       has_user(selection, p) && selection_has_source(selection, source_of(p)) &&
	       (selection->dead || p->state != SNAP_DEAD);
}

const char *selection_process_text(const struct snap_process *p,
				   char text[SELECTION_TEXT_SIZE])
{
	snprintf(text, SELECTION_TEXT_SIZE, "%u %s %s %s %s %s %s", p->pid, p->user,
		 p->comm, p->run_id, snap_state_name(p->state), p->note, p->cmdline);
	return text;
}

bool selection_has_process(const struct selection *selection,
			   const struct snapshot *snapshot,
			   const struct snap_process *process)
{
	struct filter_row row = {.snapshot = snapshot, .process = process};
	char text[SELECTION_TEXT_SIZE];

	if (!selection_has_owner(selection, process))
		return false;
	if (!selection->filter)
		return true;
	row.text = selection_process_text(process, text);
	return filter_matches(selection->filter, &row);
}

bool selection_has_device(const struct selection *selection, const struct snap_device *d)
{
	return has_number(selection->devices, selection->device_count, d->number);
}

bool selection_has_type(const struct selection *selection, const char *type)
{
	for (size_t i = 0; i < selection->type_count; i++)
		if (strcasecmp(selection->types[i], type) == 0)
			return true;
	return selection->type_count == 0;
}

static void flag_words(char *text, size_t room, uint32_t flags)
{
	size_t used = 0;

	text[0] = '\0';
	for (uint32_t flag = 1; flag <= SNAP_FLAG_STALE; flag <<= 1)
		if (flags & flag && used < room)
			used += (size_t)snprintf(text + used, room - used, " %s",
						 snap_flag_name((enum snap_flag)flag));
}

bool selection_has_buffer(const struct selection *selection,
			  const struct snapshot *snapshot,
			  const struct snap_buffer *buffer, const char *owner_text)
{
	struct filter_row row = filter_row_of_buffer(snapshot, buffer);
	char text[512], flags[64];

	if (!selection_has_owner(selection, row.process) ||
	    !selection_has_device(selection, row.device) ||
	    !selection_has_type(selection, buffer->type))
		return false;
	if (!selection->filter)
		return true;
	flag_words(flags, sizeof(flags), buffer->flags);
	snprintf(text, sizeof(text), "0x%" PRIx64 " %s %s%s", buffer->addr, buffer->type,
		 buffer->label, flags);
	row.text = text;
	row.more_text = owner_text;
	return filter_matches_itself(selection->filter, &row);
}
