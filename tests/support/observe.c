/* SPDX-License-Identifier: BSD-2-Clause */
#include "observe.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct observation observe(pid_t pid)
{
	struct observation o = {0};

	if (tta_reader_open(NULL, &o.reader) ||
	    tta_reader_sample(o.reader, TTA_SAMPLE_ALL, &o.sample)) {
		fputs("observe: cannot read TTA_DIR\n", stderr);
		abort();
	}
	for (size_t i = 0; i < o.sample->process_count; i++)
		if (o.sample->processes[i].own_pid == (uint32_t)pid)
			o.process = &o.sample->processes[i];
	return o;
}

void observe_end(struct observation *o)
{
	tta_sample_free(o->sample);
	tta_reader_close(o->reader);
	*o = (struct observation){0};
}

struct tta_memory observe_memory(const struct observation *o, uint32_t device,
				 uint32_t type)
{
	for (size_t i = 0; o->process && i < o->process->memory_count; i++)
		if (o->process->memory[i].device == device &&
		    o->process->memory[i].type == type)
			return o->process->memory[i];
	return (struct tta_memory){.device = device, .type = type};
}

const struct tta_buffer *observe_buffer(const struct observation *o, uint32_t device,
					uint32_t type, uint64_t address)
{
	for (size_t i = 0; o->process && i < o->process->buffer_count; i++) {
		const struct tta_buffer *buffer = &o->process->buffers[i];

		if (buffer->device == device && buffer->type == type &&
		    buffer->address == address)
			return buffer;
	}
	return NULL;
}

struct observation observe_until(pid_t pid, enum tta_verdict verdict, uint32_t notes)
{
	const struct timespec pause = {.tv_nsec = 2000000};
	struct observation o;

	for (unsigned tries = 0;; tries++) {
		o = observe(pid);
		if ((o.process && o.process->verdict == verdict &&
		     (o.process->notes & notes) == notes) ||
		    tries == 1500)
			return o;
		observe_end(&o);
		nanosleep(&pause, NULL);
	}
}
