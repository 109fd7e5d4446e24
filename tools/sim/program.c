/* SPDX-License-Identifier: BSD-2-Clause */
#include "program.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tta/layout.h>

#include "text.h"

/* Room for one more element; arrays grow by doubling at powers of two. */
static void *grown(void *array, size_t count, size_t size)
{
	if (count & (count - 1))
		return array;
	return reallocarray(array, count ? 2 * count : 1, size);
}

void sim_program_fini(struct sim_program *program)
{
	for (size_t i = 0; i < program->process_count; i++)
		free(program->processes[i].cmdline);
	free(program->processes);
	free(program->devices);
	free(program->statements);
	memset(program, 0, sizeof(*program));
}

int sim_program_add(struct sim_program *program, const struct sim_statement *statement)
{
	struct sim_statement *all =
		grown(program->statements, program->statement_count, sizeof(*all));

	if (!all)
		return -ENOMEM;
	program->statements = all;
	all[program->statement_count++] = *statement;
	return 0;
}

int sim_program_add_device(struct sim_program *program, uint32_t number,
			   struct sim_device **ret_device)
{
	struct sim_device *all =
		grown(program->devices, program->device_count, sizeof(*all));

	if (!all)
		return -ENOMEM;
	program->devices = all;
	*ret_device = &all[program->device_count++];
	memset(*ret_device, 0, sizeof(**ret_device));
	(*ret_device)->number = number;
	return 0;
}

/* The kernel's rule for exec: the file's base name, 15 bytes of it. */
static void comm_of(char comm[16], const char *cmdline)
{
	size_t length = strcspn(cmdline, " ");
	const char *slash = memrchr(cmdline, '/', length);
	const char *base = slash ? slash + 1 : cmdline;

	snprintf(comm, 16, "%.*s", (int)(length - (size_t)(base - cmdline)), base);
}

int sim_program_add_process(struct sim_program *program, const char *name,
			    const char *cmdline, const char *comm)
{
	struct sim_process *all =
		grown(program->processes, program->process_count, sizeof(*all));
	struct sim_process *process;

	if (!all)
		return -ENOMEM;
	program->processes = all;
	process = &all[program->process_count];
	memset(process, 0, sizeof(*process));
	if (sim_copy_text(process->name, sizeof(process->name), name))
		return -ENAMETOOLONG;
	if (cmdline)
		process->cmdline = strdup(cmdline);
	else if (asprintf(&process->cmdline, "tta-sim: %s", name) < 0)
		process->cmdline = NULL;
	if (!process->cmdline)
		return -ENOMEM;
	if (comm)
		snprintf(process->comm, sizeof(process->comm), "%s", comm);
	else if (cmdline)
		comm_of(process->comm, cmdline);
	else
		strcpy(process->comm, "tta-sim");
	program->process_count++;
	return 0;
}

size_t sim_program_find(const struct sim_program *program, const char *name)
{
	for (size_t i = program->process_count; i-- > 0;) {
		if (strcmp(program->processes[i].name, name) == 0)
			return i;
	}
	return program->process_count;
}

struct sim_device *sim_program_device(const struct sim_program *program, uint32_t number)
{
	for (size_t i = 0; i < program->device_count; i++) {
		if (program->devices[i].number == number)
			return &program->devices[i];
	}
	return NULL;
}

int sim_builtin_type(const char *name)
{
	static const struct {
		const char *name;
		int id;
	} types[] = {
		{"DRAM", TTA_DRAM},
		{"L1", TTA_L1},
		{"SYSTEM", TTA_SYSTEM},
		{"SYSTEM_MEMORY", TTA_SYSTEM},
		{"L1_SMALL", TTA_L1_SMALL},
		{"TRACE", TTA_TRACE},
		{"CB", TTA_CB},
		{"KERNEL", TTA_KERNEL},
		{"HOST", TTA_HOST},
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (strcmp(name, types[i].name) == 0)
			return types[i].id;
	}
	return -ENOENT;
}
