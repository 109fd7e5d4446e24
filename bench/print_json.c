/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * print_json.c - schema tta.bench; null is unknown.
 */
#include <math.h>

#include "json.h"
#include "print.h"

static void peers(FILE *out, const struct row_result *result)
{
	const char *comma = "";

	fputs("\"peers\":{", out);
	for (unsigned i = 0; i < result->peers; i++) {
		fputs(i ? "," : "", out);
		json_number(out, result->peer[i].name, result->peer[i].value);
	}
	fputs("},\"peer_reasons\":{", out);
	for (unsigned i = 0; i < result->peers; i++) {
		const struct peer_result *peer = &result->peer[i];

		if (isfinite(peer->value))
			continue;
		fputs(comma, out);
		json_text(out, peer->name, peer->why[0] ? peer->why : "failed");
		comma = ",";
	}
	fputs("}", out);
}

static void details(FILE *out, const struct row_result *result)
{
	fputs("\"details\":{", out);
	for (unsigned i = 0; i < result->details; i++) {
		fputs(i ? "," : "", out);
		json_number(out, result->detail[i].name, result->detail[i].value);
	}
	fputs("}", out);
}

static void print_row(FILE *out, const struct row *row, const struct row_result *result)
{
	fputs("{", out);
	json_text(out, "name", row->name);
	fputc(',', out);
	json_text(out, "unit", row->unit);
	fputc(',', out);
	json_number(out, "value", result->value);
	fputc(',', out);
	json_number(out, "limit", result->limit);
	fputc(',', out);
	json_number(out, "ratio", result->ratio);
	fputc(',', out);
	json_text(out, "budget", row->budget);
	fprintf(out, ",\"ok\":%s,", result->ok ? "true" : "false");
	peers(out, result);
	fputs(",\"spread\":{", out);
	json_number(out, "p10", result->p10);
	fputc(',', out);
	json_number(out, "p90", result->p90);
	fputs("},", out);
	details(out, result);
	if (result->failure[0]) {
		fputc(',', out);
		json_text(out, "failure", result->failure);
	}
	fputs("}", out);
}

void print_json_rows(FILE *out, const struct run *run)
{
	const char *comma = "\n ";

	fputc('[', out);
	for (size_t i = 0; i < row_count; i++) {
		if (!run->wanted[i])
			continue;
		fputs(comma, out);
		print_row(out, &rows[i], &run->result[i]);
		comma = ",\n ";
	}
	fputs("\n]", out);
}

void print_json(FILE *out, const struct run *run)
{
	json_begin(out, "tta.bench", &run->host, run->quick);
	fputs(",\"rows\":", out);
	print_json_rows(out, run);
	fputs("}\n", out);
}
