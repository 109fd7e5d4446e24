/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * witness.h - what a reader says about one process, held against the truth.
 */
#ifndef TTA_WITNESS_H
#define TTA_WITNESS_H

#include <stdbool.h>
#include <sys/types.h>

#include <tta/reader.h>

#include "operations.h"

#define WITNESS_EVENTS 256u

/* A reader and the records that it was handed of one process. */
struct witness {
	struct tta_reader *reader;
	struct tta_sample *sample;
	const struct tta_process *process; /* NULL: not there */
	pid_t pid;
	unsigned count;
	struct tta_event event[WITNESS_EVENTS];
};

void witness_open(struct witness *w);
void witness_close(struct witness *w);
/* From here on it is about @pid. */
void witness_turn(struct witness *w, pid_t pid);
/* Sample, and read the records written since. */
void witness_look(struct witness *w);

/* What is known about the moment. */
struct truth {
	const struct operation *op;
	bool dead;
	bool done; /* everything was run */
};

/* NULL, or what is wrong with what @w saw. */
const char *witness_check(const struct witness *w, const struct truth *truth);

#endif
