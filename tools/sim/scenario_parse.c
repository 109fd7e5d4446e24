/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Line by line. Publishing statements are rows of a table (scenario_publish.c); the
 * others, which steer processes and time, are handled here.
 */
#include "scenario_parse.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "scenario_publish.h"
#include "scenario_state.h"
#include "text.h"

int sim_scenario_fail(struct sim_scenario *scenario, const char *format, ...)
{
	char why[160];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(why, sizeof(why), format, arguments);
	va_end(arguments);
	snprintf(scenario->error->text, sizeof(scenario->error->text),
		 "%.60s:%u: %.20s: %s", scenario->file, scenario->line, scenario->what,
		 why);
	return -EINVAL;
}

int sim_scenario_process(struct sim_scenario *scenario, const char *name,
			 size_t *ret_process)
{
	size_t found = sim_program_find(scenario->program, name);

	if (found == scenario->program->process_count)
		return sim_scenario_fail(scenario, "no process '%.40s' is declared above",
					 name);
	*ret_process = found;
	return 0;
}

static int add(struct sim_scenario *scenario, struct sim_statement *statement)
{
	statement->line = scenario->line;
	return sim_program_add(scenario->program, statement);
}

/* One attribute of a statement and where its text goes. */
struct text_attribute {
	const char *name;
	const char *value;
};

/* Pairs "name value" from word @first on. */
static int take_texts(struct sim_scenario *scenario, const struct sim_words *words,
		      size_t first, struct text_attribute *known, size_t known_count)
{
	for (size_t i = first; i < words->count; i += 2) {
		size_t k = 0;

		while (k < known_count && strcmp(words->word[i], known[k].name) != 0)
			k++;
		if (k == known_count)
			return sim_scenario_fail(scenario, "'%.40s' is not known here",
						 words->word[i]);
		if (i + 1 == words->count)
			return sim_scenario_fail(scenario, "%s needs a value",
						 words->word[i]);
		known[k].value = words->word[i + 1];
	}
	return 0;
}

static int declare_process(struct sim_scenario *scenario, const char *name,
			   const struct text_attribute given[3])
{
	struct sim_program *program = scenario->program;
	const char *run_id = given[2].value;
	struct sim_process *process;
	int err = sim_program_add_process(program, name, given[0].value, given[1].value);

	if (err == -ENAMETOOLONG)
		return sim_scenario_fail(scenario, "a name has at most 31 bytes");
	if (err)
		return err;
	process = &program->processes[program->process_count - 1];
	if (run_id && sim_copy_text(process->run_id, sizeof(process->run_id), run_id))
		return sim_scenario_fail(scenario, "a run id has at most 63 bytes");
	return 0;
}

static int parse_process(struct sim_scenario *scenario, const struct sim_words *words)
{
	struct sim_statement start = {.kind = SIM_START};
	struct text_attribute given[] = {
		{"cmdline", NULL}, {"comm", NULL}, {"run-id", NULL}};
	int err;

	if (words->count < 2)
		return sim_scenario_fail(scenario, "a name is missing");
	err = take_texts(scenario, words, 2, given, 3);
	start.process = sim_program_find(scenario->program, words->word[1]);
	if (!err && start.process == scenario->program->process_count)
		err = declare_process(scenario, words->word[1], given);
	else if (!err && words->count > 2)
		err = sim_scenario_fail(scenario,
					"'%.31s' is declared above: only its "
					"name can be repeated",
					words->word[1]);
	return err ? err : add(scenario, &start);
}

/* %d in an id stands for the device's number. */
static int format_id(char *id, size_t size, const char *pattern, uint32_t number)
{
	const char *mark = strstr(pattern, "%d");
	int length;

	if (!mark)
		return sim_copy_text(id, size, pattern);
	length = snprintf(id, size, "%.*s%u%s", (int)(mark - pattern), pattern, number,
			  mark + 2);
	return length < 0 || (size_t)length >= size ? -ENAMETOOLONG : 0;
}

static int declare_device(struct sim_scenario *scenario, uint32_t number,
			  const struct text_attribute given[3])
{
	const char *kind = given[0].value ? given[0].value : "tenstorrent";
	const char *arch = given[2].value ? given[2].value : "";
	struct sim_device *device;
	int err;

	if (sim_program_device(scenario->program, number))
		return sim_scenario_fail(scenario, "device %u is declared above", number);
	err = sim_program_add_device(scenario->program, number, &device);
	if (err)
		return err;
	if (sim_copy_text(device->kind, sizeof(device->kind), kind) ||
	    sim_copy_text(device->arch, sizeof(device->arch), arch) ||
	    (given[1].value &&
	     format_id(device->id, sizeof(device->id), given[1].value, number)))
		return sim_scenario_fail(scenario,
					 "kind, id and arch have at most 15, 39 "
					 "and 23 bytes");
	return 0;
}

/* The device range of word 1. */
static int take_devices(struct sim_scenario *scenario, const struct sim_words *words,
			uint32_t *first, uint32_t *last)
{
	if (words->count < 2 || sim_parse_devices(words->word[1], first, last))
		return sim_scenario_fail(scenario, "'%.40s' is no device (3 or 0-7)",
					 words->count < 2 ? "" : words->word[1]);
	return 0;
}

static int parse_device(struct sim_scenario *scenario, const struct sim_words *words)
{
	struct text_attribute given[] = {{"kind", NULL}, {"id", NULL}, {"arch", NULL}};
	uint32_t first, last;
	int err = take_devices(scenario, words, &first, &last);

	if (!err)
		err = take_texts(scenario, words, 2, given, 3);
	for (uint32_t number = first; !err && number <= last; number++)
		err = declare_device(scenario, number, given);
	return err;
}

static int declare_memory(struct sim_scenario *scenario, uint32_t number,
			  const struct sim_memory *memory)
{
	struct sim_device *device = sim_program_device(scenario->program, number);

	if (!device)
		return sim_scenario_fail(scenario, "device %u is not declared above",
					 number);
	if (device->memory_count == SIM_MEMORY_LIMIT)
		return sim_scenario_fail(scenario, "device %u has %u types already",
					 number, SIM_MEMORY_LIMIT);
	device->memory[device->memory_count++] = *memory;
	return 0;
}

static int take_geometry(struct sim_scenario *scenario, const struct sim_words *words,
			 struct sim_memory *memory)
{
	struct text_attribute given[] = {{"capacity", "0"},
					 {"banks", "0"},
					 {"bank-size", "0"},
					 {"reserved", "0"},
					 {"base", "0"}};
	uint64_t value[5];
	int err = take_texts(scenario, words, 3, given, 5);

	for (size_t i = 0; !err && i < 5; i++) {
		if (sim_parse_size(given[i].value, &value[i]) ||
		    (i == 1 && value[i] > UINT32_MAX))
			err = sim_scenario_fail(scenario,
						"%s '%.40s' is no size (4096, "
						"0x1000, 4K)",
						given[i].name, given[i].value);
	}
	if (err)
		return err;
	memory->capacity = value[0];
	memory->banks = (uint32_t)value[1];
	memory->bank_size = value[2];
	memory->reserved = value[3];
	memory->base = value[4];
	return 0;
}

static int parse_memory(struct sim_scenario *scenario, const struct sim_words *words)
{
	struct sim_memory memory = {0};
	uint32_t first, last;
	int err = take_devices(scenario, words, &first, &last);

	if (!err && (words->count < 3 ||
		     sim_copy_text(memory.type, sizeof(memory.type), words->word[2])))
		err = sim_scenario_fail(scenario,
					"a type of at most 27 bytes is missing");
	if (!err)
		err = take_geometry(scenario, words, &memory);
	for (uint32_t number = first; !err && number <= last; number++)
		err = declare_memory(scenario, number, &memory);
	return err;
}

static int parse_sleep(struct sim_scenario *scenario, const struct sim_words *words)
{
	struct sim_statement sleep = {.kind = SIM_SLEEP};

	if (words->count != 2 || sim_parse_duration(words->word[1], &sleep.value))
		return sim_scenario_fail(scenario, "one time is needed (50ms, 2s)");
	return add(scenario, &sleep);
}

static int parse_exit(struct sim_scenario *scenario, const struct sim_words *words)
{
	struct sim_statement leave = {.kind = SIM_EXIT};
	int err;

	if (words->count < 2 || words->count > 3)
		return sim_scenario_fail(scenario,
					 "a process, perhaps a code, is needed");
	err = sim_scenario_process(scenario, words->word[1], &leave.process);
	if (!err && words->count == 3 &&
	    (sim_parse_u64(words->word[2], &leave.value) || leave.value > 255))
		err = sim_scenario_fail(scenario, "'%.40s' is no exit code (0 to 255)",
					words->word[2]);
	return err ? err : add(scenario, &leave);
}

static int parse_kill(struct sim_scenario *scenario, const struct sim_words *words)
{
	struct sim_statement death = {.kind = SIM_KILL};
	int err;

	if (words->count != 2)
		return sim_scenario_fail(scenario, "one process is needed");
	err = sim_scenario_process(scenario, words->word[1], &death.process);
	return err ? err : add(scenario, &death);
}

static int open_block(struct sim_scenario *scenario, struct sim_statement *statement)
{
	if (scenario->depth == SIM_NEST_LIMIT)
		return sim_scenario_fail(scenario, "more than %u blocks are open",
					 SIM_NEST_LIMIT);
	scenario->open[scenario->depth++] = scenario->program->statement_count;
	return add(scenario, statement);
}

static int parse_repeat(struct sim_scenario *scenario, const struct sim_words *words)
{
	struct sim_statement repeat = {.kind = SIM_REPEAT};

	if (words->count != 2 || sim_parse_u64(words->word[1], &repeat.value) ||
	    repeat.value == 0)
		return sim_scenario_fail(scenario, "a count of at least 1 is needed");
	return open_block(scenario, &repeat);
}

static int parse_forever(struct sim_scenario *scenario, const struct sim_words *words)
{
	struct sim_statement forever = {.kind = SIM_FOREVER};

	if (words->count != 1)
		return sim_scenario_fail(scenario, "nothing may follow");
	return open_block(scenario, &forever);
}

static int parse_end(struct sim_scenario *scenario, const struct sim_words *words)
{
	struct sim_statement end = {.kind = SIM_END};

	if (words->count != 1)
		return sim_scenario_fail(scenario, "nothing may follow");
	if (scenario->depth == 0)
		return sim_scenario_fail(scenario, "no repeat or forever is open");
	end.value = scenario->open[--scenario->depth];
	return add(scenario, &end);
}

static int parse_words(struct sim_scenario *scenario, const struct sim_words *words)
{
	static const struct {
		const char *name;
		int (*parse)(struct sim_scenario *, const struct sim_words *);
	} steering[] = {
		{"process", parse_process}, {"device", parse_device},
		{"memory", parse_memory},   {"sleep", parse_sleep},
		{"exit", parse_exit},	    {"kill", parse_kill},
		{"repeat", parse_repeat},   {"forever", parse_forever},
		{"end", parse_end},
	};

	scenario->what = words->word[0];
	for (size_t i = 0; i < sizeof(steering) / sizeof(steering[0]); i++) {
		if (strcmp(words->word[0], steering[i].name) == 0)
			return steering[i].parse(scenario, words);
	}
	return sim_scenario_publish(scenario, words);
}

static int parse_line(struct sim_scenario *scenario, char *text)
{
	struct sim_words words;
	const char *wrong;

	scenario->line++;
	scenario->what = "words";
	wrong = sim_words_split(text, &words);
	if (wrong)
		return sim_scenario_fail(scenario, "%s", wrong);
	return words.count ? parse_words(scenario, &words) : 0;
}

static int parse_lines(struct sim_scenario *scenario, FILE *file)
{
	char *text = NULL;
	size_t room = 0;
	int err = 0;

	errno = 0;
	while (!err && getline(&text, &room, file) >= 0)
		err = parse_line(scenario, text);
	if (!err && ferror(file))
		err = errno ? -errno : -EIO;
	free(text);
	if (!err && scenario->depth) {
		scenario->what = "end of file";
		err = sim_scenario_fail(scenario, "an 'end' is missing");
	}
	return err;
}

int sim_scenario_parse(const char *name, FILE *file, struct sim_program *program,
		       struct sim_error *ret_error)
{
	struct sim_scenario scenario = {
		.program = program, .file = name, .what = "", .error = ret_error};
	int err;

	ret_error->text[0] = '\0';
	err = parse_lines(&scenario, file);
	if (err && ret_error->text[0] == '\0')
		snprintf(ret_error->text, sizeof(ret_error->text), "%.60s:%u: read: %s",
			 name, scenario.line, strerror(-err));
	return err;
}
