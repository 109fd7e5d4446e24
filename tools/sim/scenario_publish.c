/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One row per statement: which arguments it takes, one letter each, then which
 * attributes may follow. A letter or an attribute has one parser, used by all rows.
 */
#include "scenario_publish.h"

#include <stdbool.h>
#include <string.h>

#include <tta/layout.h>

struct publish_form {
	const char *name;
	enum sim_op_kind kind;
	const char *arguments;	/* letters of take_argument() */
	const char *attributes; /* names, each between blanks */
};

static const struct publish_form forms[] = {
	{"alloc", SIM_OP_ALLOC, "pdtas", " x step label group bank "},
	{"free", SIM_OP_FREE, "pdta", " x step "},
	{"free-sized", SIM_OP_FREE_SIZED, "pdtas", " x step "},
	{"view", SIM_OP_VIEW, "pdtas", " x step "},
	{"free-view", SIM_OP_FREE_VIEW, "pdta", " x step "},
	{"free-group", SIM_OP_FREE_GROUP, "pdtg", " "},
	{"close", SIM_OP_CLOSE, "pd", " "},
	{"fail", SIM_OP_FAIL, "pdts", " "},
	{"add", SIM_OP_ADD, "pdtb", " "},
	{"mark", SIM_OP_MARK, "pm", " "},
	{"level", SIM_OP_LEVEL, "pl", " "},
	{"churn", SIM_OP_CHURN, "pdt", " live ops sizes seed base step label "},
};

static int take_level(const char *word, uint32_t *ret_level)
{
	static const char *const names[] = {
		[TTA_OFF] = "off",
		[TTA_COUNTERS] = "counters",
		[TTA_LIVE] = "live",
		[TTA_EVENTS] = "events",
	};

	for (uint32_t level = TTA_OFF; level <= TTA_EVENTS; level++) {
		if (strcmp(word, names[level]) == 0) {
			*ret_level = level;
			return 0;
		}
	}
	return -1;
}

/* What a letter stands for, in errors. */
static const char *argument_name(char letter)
{
	static const struct {
		char letter;
		const char *name;
	} names[] = {
		{'p', "process"}, {'d', "device"}, {'t', "type"},
		{'a', "address"}, {'s', "size"},   {'g', "group"},
		{'b', "bytes"},	  {'m', "name"},   {'l', "level"},
	};
	size_t i = 0;

	while (names[i].letter != letter)
		i++;
	return names[i].name;
}

/* Parse @word as what @letter asks for; non-zero when it is not that. */
static int take_argument(char letter, const char *word, struct sim_op *op)
{
	switch (letter) {
	case 'd':
		return sim_parse_devices(word, &op->device_first, &op->device_last);
	case 't':
		return sim_copy_text(op->type, sizeof(op->type), word);
	case 'a':
		return sim_parse_size(word, &op->address);
	case 's':
		return sim_parse_size(word, &op->size);
	case 'g':
		return sim_parse_u64(word, &op->group);
	case 'b':
		return sim_parse_delta(word, &op->delta);
	case 'm':
		return sim_copy_text(op->text, sizeof(op->text), word);
	default:
		return take_level(word, &op->level);
	}
}

static int take_arguments(struct sim_scenario *scenario, const struct sim_words *words,
			  const char *letters, struct sim_statement *statement)
{
	for (size_t i = 0; letters[i] != '\0'; i++) {
		const char *word = words->word[i + 1];
		int err;

		if (i + 1 >= words->count)
			return sim_scenario_fail(scenario, "%s is missing",
						 argument_name(letters[i]));
		if (letters[i] == 'p')
			err = sim_scenario_process(scenario, word, &statement->process);
		else if (take_argument(letters[i], word, &statement->op))
			err = sim_scenario_fail(scenario, "'%.40s' is no %s", word,
						argument_name(letters[i]));
		else
			err = 0;
		if (err)
			return err;
	}
	return 0;
}

/* Is @name one of the blank-separated @names? */
static bool listed(const char *names, const char *name)
{
	size_t length = strlen(name);
	const char *at = names;

	while ((at = strstr(at, name))) {
		if (at > names && at[-1] == ' ' && at[length] == ' ')
			return true;
		at++;
	}
	return false;
}

static int take_attribute(const char *name, const char *word, struct sim_op *op)
{
	const struct {
		const char *name;
		uint64_t *value;
	} numbers[] = {
		{"x", &op->count},	  {"step", &op->step},	  {"group", &op->group},
		{"bank", &op->bank_size}, {"live", &op->live},	  {"ops", &op->ops},
		{"seed", &op->seed},	  {"base", &op->address},
	};

	if (strcmp(name, "label") == 0)
		return sim_copy_text(op->text, sizeof(op->text), word);
	if (strcmp(name, "sizes") == 0)
		return sim_parse_sizes(word, &op->size, &op->size_max);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		if (strcmp(name, numbers[i].name) == 0)
			return sim_parse_size(word, numbers[i].value);
	}
	return -1;
}

static int take_attributes(struct sim_scenario *scenario, const struct sim_words *words,
			   const struct publish_form *form, struct sim_op *op)
{
	for (size_t i = strlen(form->arguments) + 1; i < words->count; i += 2) {
		const char *name = words->word[i];

		if (!listed(form->attributes, name))
			return sim_scenario_fail(scenario, "'%.40s' is not known here",
						 name);
		if (i + 1 == words->count)
			return sim_scenario_fail(scenario, "%s needs a value", name);
		if (take_attribute(name, words->word[i + 1], op))
			return sim_scenario_fail(scenario, "%s '%.40s' cannot be used",
						 name, words->word[i + 1]);
	}
	return 0;
}

/* What the attributes must be together. */
static int check_op(struct sim_scenario *scenario, const struct sim_op *op)
{
	if (op->count == 0)
		return sim_scenario_fail(scenario, "x 0 publishes nothing");
	if (op->count > 1 && op->step == UINT64_MAX && op->size == 0)
		return sim_scenario_fail(scenario, "x needs step here");
	if (op->kind == SIM_OP_CHURN && (op->live == UINT64_MAX || op->size_max == 0))
		return sim_scenario_fail(scenario, "live N and sizes A-B are needed");
	return 0;
}

static const struct publish_form *find_form(const char *name)
{
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (strcmp(forms[i].name, name) == 0)
			return &forms[i];
	}
	return NULL;
}

int sim_scenario_publish(struct sim_scenario *scenario, const struct sim_words *words)
{
	const struct publish_form *form = find_form(words->word[0]);
	struct sim_statement statement = {.kind = SIM_PUBLISH, .line = scenario->line};
	struct sim_op *op = &statement.op;
	int err;

	if (!form)
		return sim_scenario_fail(scenario, "no such statement: try 'tta-sim help "
						   "scenario'");
	op->kind = form->kind;
	op->count = 1;
	op->step = UINT64_MAX; /* not told */
	op->live = UINT64_MAX;
	err = take_arguments(scenario, words, form->arguments, &statement);
	if (!err)
		err = take_attributes(scenario, words, form, op);
	if (!err)
		err = check_op(scenario, op);
	if (err)
		return err;
	if (op->step == UINT64_MAX)
		op->step = op->kind == SIM_OP_CHURN ? op->size_max : op->size;
	return sim_program_add(scenario->program, &statement);
}
