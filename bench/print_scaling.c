/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * print_scaling.c - the scaling cells as a table, and as JSON (schema tta.bench.scaling).
 */
#include <inttypes.h>
#include <math.h>

#include "json.h"
#include "print.h"
#include "scaling.h"

static void print_cell(FILE *out, const struct scaling_cell *cell)
{
	fprintf(out, "%9u %6u %11.3f", cell->processes, cell->hz,
		cell->events_per_second * 1e-6);
	if (cell->hz == 0) {
		fprintf(out, " %8s %6s %9s %9s %9s  -\n", "-", "-", "-", "-", "-");
		return;
	}
	fprintf(out, " %7.2f%% %6u", 100 * cell->viewer_cpu, cell->ticks);
	if (cell->ticks == 0) /* longer than the window */
		fprintf(out, " %9s %9s %9s  -\n", "-", "-", "-");
	else
		fprintf(out, " %9.3f %9.3f %9.3f  %" PRIu64 " of %" PRIu64 "\n",
			cell->tick_ms, cell->tick_p99_ms, cell->tick_cpu_ms, cell->exact,
			cell->seen);
}

void print_scaling_table(FILE *out, const struct scaling *scaling, const struct run *run)
{
	host_print(out, &run->host, run->quick);
	fprintf(out, "%9s %6s %11s %8s %6s %9s %9s %9s  %s\n", "PROCESSES", "HZ",
		"M EVENTS/S", "VIEWER", "TICKS", "MEDIAN ms", "P99 ms", "CPU ms",
		"EXACT");
	for (unsigned i = 0; i < scaling->sizes; i++) {
		const struct scaling_size *size = &scaling->size[i];

		for (unsigned k = 0; k < size->cells; k++)
			print_cell(out, &size->cell[k]);
		if (size->failure[0])
			fprintf(out, "%s\n", size->failure);
	}
	fputc('\n', out);
	print_table_rows(out, run);
}

static void cell_json(FILE *out, const struct scaling_cell *cell)
{
	const struct {
		const char *key;
		double value;
	} numbers[] = {
		{"seconds", cell->seconds},
		{"events_per_second", cell->events_per_second},
		{"viewer_cpu_percent", 100 * cell->viewer_cpu},
		{"tick_ms", cell->tick_ms},
		{"tick_p99_ms", cell->tick_p99_ms},
		{"tick_cpu_ms", cell->tick_cpu_ms},
	};

	fprintf(out, "{\"processes\":%u,\"hz\":%u", cell->processes, cell->hz);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		fputc(',', out);
		json_number(out, numbers[i].key, numbers[i].value);
	}
	fprintf(out, ",\"ticks\":%u,\"seen\":%" PRIu64 ",\"exact\":%" PRIu64 "}",
		cell->ticks, cell->seen, cell->exact);
}

void print_scaling_json(FILE *out, const struct scaling *scaling, const struct run *run)
{
	const char *comma = "\n ";

	json_begin(out, "tta.bench.scaling", &run->host, run->quick);
	fputs(",\"cells\":[", out);
	for (unsigned i = 0; i < scaling->sizes; i++)
		for (unsigned k = 0; k < scaling->size[i].cells; k++) {
			fputs(comma, out);
			cell_json(out, &scaling->size[i].cell[k]);
			comma = ",\n ";
		}
	fputs("\n],\"failures\":[", out);
	comma = "";
	for (unsigned i = 0; i < scaling->sizes; i++)
		if (scaling->size[i].failure[0]) {
			fputs(comma, out);
			json_string(out, scaling->size[i].failure);
			comma = ",";
		}
	fputs("],\n\"threads\":", out);
	print_json_rows(out, run);
	fputs("}\n", out);
}
