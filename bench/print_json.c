/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * print_json.c - schema tta.bench; null is unknown.
 */
#include <math.h>

#include <tta/version.h>

#include "print.h"

static void string(FILE *out, const char *text)
{
	fputc('"', out);
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '"' || c == '\\')
			fprintf(out, "\\%c", c);
		else if (c < 0x20 || c >= 0x7f)
			fprintf(out, "\\u%04x", c);
		else
			fputc(c, out);
	}
	fputc('"', out);
}

static void number(FILE *out, const char *key, double value)
{
	string(out, key);
	if (isfinite(value))
		fprintf(out, ":%.9g", value);
	else
		fputs(":null", out);
}

static void text(FILE *out, const char *key, const char *value)
{
	string(out, key);
	fputc(':', out);
	string(out, value);
}

static void peers(FILE *out, const struct row_result *result)
{
	const char *comma = "";

	fputs("\"peers\":{", out);
	for (unsigned i = 0; i < result->peers; i++) {
		fputs(i ? "," : "", out);
		number(out, result->peer[i].name, result->peer[i].value);
	}
	fputs("},\"peer_reasons\":{", out);
	for (unsigned i = 0; i < result->peers; i++) {
		const struct peer_result *peer = &result->peer[i];

		if (isfinite(peer->value))
			continue;
		fputs(comma, out);
		text(out, peer->name, peer->why[0] ? peer->why : "failed");
		comma = ",";
	}
	fputs("}", out);
}

static void details(FILE *out, const struct row_result *result)
{
	fputs("\"details\":{", out);
	for (unsigned i = 0; i < result->details; i++) {
		fputs(i ? "," : "", out);
		number(out, result->detail[i].name, result->detail[i].value);
	}
	fputs("}", out);
}

static void print_row(FILE *out, const struct row *row, const struct row_result *result)
{
	fputs("{", out);
	text(out, "name", row->name);
	fputc(',', out);
	text(out, "unit", row->unit);
	fputc(',', out);
	number(out, "value", result->value);
	fputc(',', out);
	number(out, "limit", result->limit);
	fputc(',', out);
	number(out, "ratio", result->ratio);
	fputc(',', out);
	text(out, "budget", row->budget);
	fprintf(out, ",\"ok\":%s,", result->ok ? "true" : "false");
	peers(out, result);
	fputs(",\"spread\":{", out);
	number(out, "p10", result->p10);
	fputc(',', out);
	number(out, "p90", result->p90);
	fputs("},", out);
	details(out, result);
	if (result->failure[0]) {
		fputc(',', out);
		text(out, "failure", result->failure);
	}
	fputs("}", out);
}

void print_json(FILE *out, const struct run *run)
{
	const char *comma = "\n ";

	fputs("{\"schema\":\"tta.bench\",\"schema_version\":1,\"host\":{", out);
	text(out, "cpu", run->host.cpu);
	fprintf(out, ",\"cpus\":%u,", run->host.cpus);
	text(out, "kernel", run->host.kernel);
	fputc(',', out);
	text(out, "time", run->host.time);
	fputc(',', out);
	number(out, "load", run->host.load);
	fputs("},", out);
	text(out, "tool", "tta-bench " TTA_VERSION_STRING);
	fprintf(out, ",\"quick\":%s,\"rows\":[", run->quick ? "true" : "false");
	for (size_t i = 0; i < row_count; i++) {
		if (!run->wanted[i])
			continue;
		fputs(comma, out);
		print_row(out, &rows[i], &run->result[i]);
		comma = ",\n ";
	}
	fputs("\n]}\n", out);
}
