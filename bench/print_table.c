/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * print_table.c - for people. "-" is unknown.
 */
#include <math.h>

#include "print.h"

static void number(FILE *out, int width, double value)
{
	if (isnan(value))
		fprintf(out, " %*s", width, "-");
	else if (fabs(value) < 100)
		fprintf(out, " %*.2f", width, value);
	else
		fprintf(out, " %*.0f", width, value);
}

static void print_row(FILE *out, const struct row *row, const struct row_result *result)
{
	fprintf(out, "%-12s", row->name);
	number(out, 9, result->value);
	number(out, 8, result->p10);
	number(out, 8, result->p90);
	number(out, 9, result->limit);
	number(out, 7, result->ratio);
	fprintf(out, "  %-10s %-4s %s\n", row->unit, result->ok ? "ok" : "OVER",
		result->failure[0] ? result->failure : row->budget);
}

static void print_peers(FILE *out, const struct row_result *result)
{
	for (unsigned i = 0; i < result->peers; i++) {
		const struct peer_result *peer = &result->peer[i];

		fprintf(out, "    %-28s", peer->name);
		number(out, 9, peer->value);
		if (isnan(peer->value))
			fprintf(out, "  %s", peer->why[0] ? peer->why : "failed");
		else
			fprintf(out, "  ours is %.3f of it", result->value / peer->value);
		fputc('\n', out);
	}
	for (unsigned i = 0; i < result->details; i++) {
		fprintf(out, "    . %-26s", result->detail[i].name);
		number(out, 9, result->detail[i].value);
		fputc('\n', out);
	}
}

void print_table_rows(FILE *out, const struct run *run)
{
	fprintf(out, "%-12s %9s %8s %8s %9s %7s  %-10s %-4s %s\n", "ROW", "VALUE", "P10",
		"P90", "LIMIT", "RATIO", "UNIT", "", "BUDGET");
	for (size_t i = 0; i < row_count; i++) {
		if (!run->wanted[i])
			continue;
		print_row(out, &rows[i], &run->result[i]);
		print_peers(out, &run->result[i]);
	}
}

void print_table(FILE *out, const struct run *run)
{
	host_print(out, &run->host, run->quick);
	print_table_rows(out, run);
}
