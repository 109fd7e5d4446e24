/* SPDX-License-Identifier: BSD-2-Clause */
#include "trace_put.h"

#include <inttypes.h>

#include "json_write.h"

/* What is not of UTF-8 in it is replaced. */
static void put_json(struct trace_out *out, json_t *value)
{
	if (!value || json_dumpf(value, out->file, JSON_COMPACT | JSON_ENCODE_ANY))
		out->failed |= !value;
	json_decref(value);
}

/* Microseconds, with nanoseconds behind the point: a double would not hold them. */
static void put_time(struct trace_out *out, uint64_t time_ns)
{
	uint64_t ns = time_ns - out->begin_ns;

	fprintf(out->file, ",\"ts\":%" PRIu64 ".%03" PRIu64, ns / 1000, ns % 1000);
}

void trace_put(struct trace_out *out, const struct trace_event *event)
{
	FILE *file = out->file;

	fprintf(file, "%s{\"ph\":\"%c\",\"pid\":%u,\"tid\":%u,\"name\":",
		out->any ? ",\n" : "[\n", event->phase, event->pid, event->tid);
	out->any = true;
	put_json(out, json_text(event->name));
	if (event->phase != 'M')
		put_time(out, event->time_ns);
	if (event->phase == 'b' || event->phase == 'e')
		fprintf(file, ",\"cat\":\"buffer\",\"id\":\"0x%" PRIx64 "\"", event->id);
	if (event->phase == 'i')
		fputs(",\"s\":\"p\"", file); /* as high as its process */
	fputs(",\"args\":", file);
	put_json(out, event->args);
	fputc('}', file);
}

void trace_put_name(struct trace_out *out, uint32_t pid, const char *name)
{
	json_t *args = json_object();
	bool failed = false;

	json_put(args, "name", json_text(name), &failed);
	trace_put(out, &(struct trace_event){.phase = 'M',
					     .name = "process_name",
					     .pid = pid,
					     .args = json_whole(args, failed)});
}

uint64_t trace_time(struct trace_out *out, uint64_t time_ns)
{
	if (time_ns < out->begin_ns)
		time_ns = out->begin_ns;
	if (time_ns > out->newest_ns)
		out->newest_ns = time_ns;
	return time_ns;
}

void trace_put_end(struct trace_out *out)
{
	fputs(out->any ? "\n]\n" : "[]\n", out->file);
}
