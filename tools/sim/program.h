/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * program.h - what is to be played: processes, devices and statements in order.
 *
 * Scenarios and logs are both turned into a program; the player knows nothing else.
 */
#ifndef SIM_PROGRAM_H
#define SIM_PROGRAM_H

#include <stddef.h>
#include <stdint.h>

#define SIM_TYPE_SIZE	 28u /* as kept by tta_type() */
#define SIM_MEMORY_LIMIT 8u

/* One thing that a process publishes, over a range of devices. */
enum sim_op_kind {
	SIM_OP_ALLOC,
	SIM_OP_FREE,
	SIM_OP_FREE_SIZED,
	SIM_OP_VIEW,
	SIM_OP_FREE_VIEW,
	SIM_OP_FREE_GROUP,
	SIM_OP_CLOSE,
	SIM_OP_FAIL,
	SIM_OP_ADD,
	SIM_OP_MARK,
	SIM_OP_LEVEL,
	SIM_OP_CHURN,
};

struct sim_op {
	enum sim_op_kind kind;
	uint32_t device_first;
	uint32_t device_last;
	uint32_t level; /* enum tta_level */
	uint64_t count; /* addresses, step bytes apart */
	uint64_t step;
	uint64_t address;
	uint64_t size;	   /* churn: the least */
	uint64_t size_max; /* churn only */
	uint64_t bank_size;
	uint64_t group;
	uint64_t live; /* churn: buffers per device */
	uint64_t ops;  /* churn: replacements */
	uint64_t seed;
	int64_t delta;
	char type[SIM_TYPE_SIZE];
	char text[64]; /* label or name of a mark */
};

struct sim_memory {
	char type[SIM_TYPE_SIZE];
	uint32_t banks;
	uint64_t capacity;
	uint64_t bank_size;
	uint64_t reserved;
	uint64_t base;
};

struct sim_device {
	uint32_t number;
	uint32_t memory_count;
	char kind[16];
	char id[40];
	char arch[24];
	struct sim_memory memory[SIM_MEMORY_LIMIT];
};

struct sim_process {
	char name[32];
	char comm[16];
	char run_id[64]; /* "" = none of its own */
	char *cmdline;	 /* owned; blanks separate arguments */
};

enum sim_statement_kind {
	SIM_START, /* the process begins */
	SIM_PUBLISH,
	SIM_SLEEP, /* value: ns */
	SIM_EXIT,  /* value: exit code */
	SIM_KILL,
	SIM_REPEAT,  /* value: rounds */
	SIM_FOREVER, /* until tta-sim is ended */
	SIM_END,     /* value: index of its SIM_REPEAT or SIM_FOREVER */
};

struct sim_statement {
	enum sim_statement_kind kind;
	unsigned line;
	size_t process;
	uint64_t value;
	struct sim_op op;
};

struct sim_program {
	size_t process_count;
	struct sim_process *processes;
	size_t device_count;
	struct sim_device *devices;
	size_t statement_count;
	struct sim_statement *statements;
	unsigned played; /* log lines that became statements */
	unsigned skipped;
};

/* One line, as printed: "FILE:LINE: what: why". */
struct sim_error {
	char text[256];
};

/* Frees what the program holds; a zeroed program is fine. */
void sim_program_fini(struct sim_program *program);

/* Append; the argument is copied. 0 or -ENOMEM. */
int sim_program_add(struct sim_program *program, const struct sim_statement *statement);

/* Append a zeroed device. 0 or -ENOMEM. */
int sim_program_add_device(struct sim_program *program, uint32_t number,
			   struct sim_device **ret_device);

/*
 * Append a process; @cmdline and @comm may be NULL (then derived). 0, -ENOMEM,
 * -ENAMETOOLONG of the name.
 */
int sim_program_add_process(struct sim_program *program, const char *name,
			    const char *cmdline, const char *comm);

/* Index of the last process of that name, or process_count. */
size_t sim_program_find(const struct sim_program *program, const char *name);

/* The device of that number, or NULL. */
struct sim_device *sim_program_device(const struct sim_program *program, uint32_t number);

/* Id of a built-in memory type ("SYSTEM_MEMORY" is SYSTEM), or -ENOENT. */
int sim_builtin_type(const char *name);

#endif
