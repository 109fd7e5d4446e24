/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * matrix.h - rows of real processes and what a reader must say of them.
 *
 * A row's body runs in a child. It publishes, calls matrix_ready(), and does whatever
 * comes then; matrix_wait() waits for the word to go on. Nothing of this needs a
 * descriptor, so that a body may close all of them.
 */
#ifndef TTA_MATRIX_H
#define TTA_MATRIX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <tta/reader.h>

#define MATRIX_SEGMENTS 3

/* One segment as it must be seen; rows list them by `used`. */
struct matrix_expected {
	bool there;
	enum tta_verdict verdict;
	uint64_t used;	/* bytes of all devices and types */
	uint32_t notes; /* at least these */
	uint32_t pid;	/* as its owner is called in its namespace; 0: any */
	uint64_t uncertain;
};

#define MATRIX_SEEN(word, bytes, ...)                                                    \
	{                                                                                \
		.there = true, .verdict = TTA_VERDICT_##word, .used = (bytes),           \
		##__VA_ARGS__                                                            \
	}

enum matrix_end {
	MATRIX_KILL, /* SIGKILL to the target */
	MATRIX_EXIT, /* told to go on, it exits 0 */
	MATRIX_STAY, /* it lives on; nothing more is looked at */
};

struct matrix_row {
	const char *name;
	void (*body)(void);
	enum matrix_end end;
	bool blind; /* the reader's lock query fails */
	struct matrix_expected running[MATRIX_SEGMENTS];
	struct matrix_expected ended[MATRIX_SEGMENTS];
	/* NULL or looks for itself while the target lives; a problem, or NULL. */
	const char *(*look)(pid_t target);
};

/* ---- in a body ---- */

void matrix_ready(void);
/* Until the word to go on. */
void matrix_wait(void);
/* The process that the end of the row is for; else the child that runs the body. */
void matrix_target(pid_t pid);
/* The row cannot run here; does not return. */
void matrix_skip(const char *why) __attribute__((noreturn));
/* Something the reader cannot see went wrong; does not return. */
void matrix_fail(const char *why) __attribute__((noreturn));
/* For programs that a body executes: join the board of the test. */
void matrix_join(void);

/* ---- in main ---- */

/* Run all rows, print one line for each and their number; the exit status. */
int matrix_run(const char *title, const struct matrix_row *rows, size_t count);

#endif
