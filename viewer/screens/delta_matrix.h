/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * delta_matrix.h - changes since the baseline, devices x memory classes; pure.
 */
#ifndef TTATOP_DELTA_MATRIX_H
#define TTATOP_DELTA_MATRIX_H

#include "delta.h"
#include "tally.h"

#define MATRIX_DEVICES 64 /* on one line */

struct matrix_row {
	const char *kind;
	uint32_t devices[MATRIX_DEVICES];
	size_t device_count;
	struct delta_measure classes[MEMORY_CLASS_COUNT]; /* bytes, of one device */
	struct delta_measure total, buffers;
};

struct matrix {
	struct matrix_row *rows;
	size_t row_count;
	bool classes[MEMORY_CLASS_COUNT]; /* is there any of it? */
	bool kinds;			  /* more than one */
};

/* @merge: one row for devices that changed alike. 0 or -ENOMEM. */
int matrix_make(const struct delta *delta, bool merge, struct matrix *ret_matrix);
void matrix_fini(struct matrix *matrix);

#endif
