/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * json.c - strings, numbers, and how each document begins.
 */
#include <math.h>

#include <tta/version.h>

#include "json.h"

void json_string(FILE *out, const char *text)
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

void json_number(FILE *out, const char *key, double value)
{
	json_string(out, key);
	if (isfinite(value))
		fprintf(out, ":%.9g", value);
	else
		fputs(":null", out);
}

void json_text(FILE *out, const char *key, const char *value)
{
	json_string(out, key);
	fputc(':', out);
	json_string(out, value);
}

void json_begin(FILE *out, const char *schema, const struct host *host, bool quick)
{
	fputc('{', out);
	json_text(out, "schema", schema);
	fputs(",\"schema_version\":1,\"host\":{", out);
	json_text(out, "cpu", host->cpu);
	fprintf(out, ",\"cpus\":%u,", host->cpus);
	json_text(out, "kernel", host->kernel);
	fputc(',', out);
	json_text(out, "time", host->time);
	fputc(',', out);
	json_number(out, "load", host->load);
	fputs("},", out);
	json_text(out, "tool", "tta-bench " TTA_VERSION_STRING);
	fprintf(out, ",\"quick\":%s", quick ? "true" : "false");
}
