/* SPDX-License-Identifier: BSD-2-Clause */
#include "delta_matrix.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool same_device(const struct delta_total *a, const struct delta_total *b)
{
	return a->device_number == b->device_number &&
	       strcmp(a->device_kind, b->device_kind) == 0 &&
	       strcmp(a->device_uid, b->device_uid) == 0;
}

static void row_init(struct matrix_row *row, const struct delta_total *total)
{
	*row = (struct matrix_row){
		.kind = total->device_kind,
		.devices = {total->device_number},
		.device_count = 1,
		.total.known = true,
		.buffers.known = true,
	};
	for (int which = 0; which < MEMORY_CLASS_COUNT; which++)
		row->classes[which].known = true;
}

static void row_add(struct matrix *matrix, struct matrix_row *row,
		    const struct delta_total *total)
{
	enum memory_class which = memory_class(total->type);

	delta_measure_add(&row->classes[which], &total->bytes);
	delta_measure_add(&row->total, &total->bytes);
	delta_measure_add(&row->buffers, &total->buffers);
	matrix->classes[which] = true;
}

static bool same_change(const struct delta_measure *a, const struct delta_measure *b)
{
	return a->known == b->known && a->change == b->change;
}

static bool alike(const struct matrix_row *a, const struct matrix_row *b)
{
	if (strcmp(a->kind, b->kind) != 0 || !same_change(&a->buffers, &b->buffers) ||
	    a->device_count == MATRIX_DEVICES)
		return false;
	for (int which = 0; which < MEMORY_CLASS_COUNT; which++)
		if (!same_change(&a->classes[which], &b->classes[which]))
			return false;
	return true;
}

static void merge_rows(struct matrix *matrix)
{
	size_t kept = 0;

	for (size_t i = 0; i < matrix->row_count; i++) {
		struct matrix_row *row = &matrix->rows[i];
		size_t at = 0;

		while (at < kept && !alike(&matrix->rows[at], row))
			at++;
		if (at < kept) {
			struct matrix_row *to = &matrix->rows[at];

			to->devices[to->device_count++] = row->devices[0];
		} else {
			matrix->rows[kept++] = *row;
		}
	}
	matrix->row_count = kept;
}

/* Totals are sorted by device and type. */
int matrix_make(const struct delta *delta, bool merge, struct matrix *ret_matrix)
{
	struct matrix matrix = {
		.rows = calloc(delta->total_count + 1, sizeof(*matrix.rows))};

	if (!matrix.rows)
		return -ENOMEM;
	for (size_t i = 0; i < delta->total_count; i++) {
		const struct delta_total *total = &delta->totals[i];

		if (i == 0 || !same_device(total, total - 1))
			row_init(&matrix.rows[matrix.row_count++], total);
		row_add(&matrix, &matrix.rows[matrix.row_count - 1], total);
		if (i > 0 && strcmp(total->device_kind, total[-1].device_kind) != 0)
			matrix.kinds = true;
	}
	if (merge)
		merge_rows(&matrix);
	*ret_matrix = matrix;
	return 0;
}

void matrix_fini(struct matrix *matrix)
{
	free(matrix->rows);
	*matrix = (struct matrix){0};
}
