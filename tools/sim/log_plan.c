/* SPDX-License-Identifier: BSD-2-Clause */
#include "log_plan.h"

#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "log_parse.h"
#include "text.h"

/* Type of the last Allocated line of a buffer. */
struct known_buffer {
	uint64_t id;
	uint32_t device;
	char type[SIM_TYPE_SIZE];
};

struct sim_log_plan {
	struct sim_program *program;
	void *buffers; /* tree of struct known_buffer */
	unsigned line;
};

static int compare_buffers(const void *left, const void *right)
{
	const struct known_buffer *a = left;
	const struct known_buffer *b = right;

	if (a->device != b->device)
		return a->device < b->device ? -1 : 1;
	return a->id == b->id ? 0 : a->id < b->id ? -1 : 1;
}

struct sim_log_plan *sim_log_plan_new(struct sim_program *program)
{
	struct sim_log_plan *plan = calloc(1, sizeof(*plan));

	if (plan)
		plan->program = program;
	return plan;
}

void sim_log_plan_free(struct sim_log_plan *plan)
{
	if (!plan)
		return;
	tdestroy(plan->buffers, free);
	free(plan);
}

static int remember_type(struct sim_log_plan *plan, const struct sim_log_line *line)
{
	struct known_buffer *fresh = calloc(1, sizeof(*fresh));
	struct known_buffer **place;

	if (!fresh)
		return -ENOMEM;
	fresh->id = line->id;
	fresh->device = line->device;
	place = tsearch(fresh, &plan->buffers, compare_buffers);
	if (!place || *place != fresh)
		free(fresh);
	if (!place)
		return -ENOMEM;
	strcpy((*place)->type, line->type);
	return 0;
}

static const char *type_of(struct sim_log_plan *plan, const struct sim_log_line *line)
{
	struct known_buffer key = {.id = line->id, .device = line->device};
	struct known_buffer **place = tfind(&key, &plan->buffers, compare_buffers);

	return place ? (*place)->type : "DRAM";
}

static void process_name(char name[32], uint32_t pid)
{
	snprintf(name, 32, "pid %u", pid);
}

static int start_process(struct sim_log_plan *plan, const char *name)
{
	struct sim_program *program = plan->program;
	struct sim_statement start = {
		.kind = SIM_START, .line = plan->line, .process = program->process_count};
	char cmdline[64];
	int err;

	snprintf(cmdline, sizeof(cmdline), "tta-sim: log %s", name);
	err = sim_program_add_process(program, name, cmdline, "tta-sim");
	return err ? err : sim_program_add(program, &start);
}

/* The running process of that PID; it begins when there is none. */
static int find_process(struct sim_log_plan *plan, uint32_t pid, size_t *ret_process)
{
	char name[32];
	int err = 0;

	process_name(name, pid);
	*ret_process = sim_program_find(plan->program, name);
	if (*ret_process == plan->program->process_count)
		err = start_process(plan, name);
	return err;
}

static int plan_event(struct sim_log_plan *plan, const struct sim_log_line *line)
{
	static const enum sim_op_kind kinds[] = {
		[SIM_LOG_ALLOCATED] = SIM_OP_ALLOC,
		[SIM_LOG_FREED] = SIM_OP_FREE_SIZED,
		[SIM_LOG_UNKNOWN_FREE] = SIM_OP_FREE,
	};
	struct sim_statement event = {.kind = SIM_PUBLISH, .line = plan->line};
	int err = find_process(plan, line->pid, &event.process);

	if (!err && line->kind == SIM_LOG_ALLOCATED)
		err = remember_type(plan, line);
	if (err)
		return err;
	event.op.kind = kinds[line->kind];
	event.op.device_first = line->device;
	event.op.device_last = line->device;
	event.op.count = 1;
	event.op.address = line->id;
	event.op.size = line->size;
	strcpy(event.op.type, type_of(plan, line));
	return sim_program_add(plan->program, &event);
}

/*
 * The name is given up, so that a recycled PID becomes a process of its own. Who never
 * published is not there to be killed.
 */
static int plan_death(struct sim_log_plan *plan, uint32_t pid)
{
	struct sim_program *program = plan->program;
	struct sim_statement death = {.kind = SIM_KILL, .line = plan->line};
	struct sim_process *process;
	char name[32];

	process_name(name, pid);
	death.process = sim_program_find(program, name);
	if (death.process == program->process_count) {
		program->skipped++;
		return 0;
	}
	program->played++;
	process = &program->processes[death.process];
	snprintf(process->name, sizeof(process->name), "dead pid %u", pid);
	return sim_program_add(program, &death);
}

int sim_log_plan_line(struct sim_log_plan *plan, const char *text)
{
	struct sim_log_line line;

	plan->line++;
	sim_log_parse(text, &line);
	if (line.kind == SIM_LOG_OTHER) {
		plan->program->skipped++;
		return 0;
	}
	if (line.kind == SIM_LOG_DEAD)
		return plan_death(plan, line.pid);
	plan->program->played++;
	return plan_event(plan, &line);
}

int sim_log_plan_file(struct sim_log_plan *plan, FILE *file)
{
	char *text = NULL;
	size_t room = 0;
	int err = 0;

	plan->line = 0;
	errno = 0;
	while (!err && getline(&text, &room, file) >= 0)
		err = sim_log_plan_line(plan, text);
	if (!err && ferror(file))
		err = errno ? -errno : -EIO;
	free(text);
	return err;
}
