/* SPDX-License-Identifier: BSD-2-Clause */
#include "ledger.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define KEEP_NS UINT64_C(20000000) /* a monitor asks for its devices one by one */

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* Nothing stays mapped: children of ours would inherit it, and keep its memory. */
static struct tta_sample *take(unsigned parts)
{
	struct tta_sample *sample = NULL;
	struct tta_reader *reader;

	if (tta_reader_open(NULL, &reader))
		return NULL;
	if (tta_reader_sample(reader, parts, &sample))
		sample = NULL;
	tta_reader_close(reader);
	return sample;
}

static void refresh(struct ledger *ledger)
{
	uint64_t now = now_ns();

	if (ledger->sample && !ledger->outdated && now - ledger->taken_ns < KEEP_NS)
		return;
	tta_sample_free(ledger->sample);
	ledger->sample = take(TTA_SAMPLE_TOTALS);
	ledger->taken_ns = now;
	ledger->outdated = false;
}

/* The next of our live clients after @at, which begins as NULL. */
static const struct tta_process *next(const struct ledger *ledger,
				      const struct tta_process *at)
{
	const struct tta_sample *sample = ledger->sample;
	const struct tta_process *end;

	if (!sample)
		return NULL;
	end = sample->processes + sample->process_count;
	for (at = at ? at + 1 : sample->processes; at < end; at++)
		if (strcmp(at->publisher, ledger->publisher) == 0 &&
		    at->verdict == TTA_VERDICT_ALIVE)
			return at;
	return NULL;
}

static uint64_t *counter(struct wire_counters *counters, uint32_t type)
{
	switch (type) {
	case TTA_DRAM:
		return &counters->dram;
	case TTA_L1:
		return &counters->l1;
	case TTA_L1_SMALL:
		return &counters->l1_small;
	case TTA_TRACE:
		return &counters->trace;
	case TTA_CB:
		return &counters->cb;
	case TTA_KERNEL:
		return &counters->kernel;
	default:
		return NULL;
	}
}

static void count(const struct ledger *ledger, int32_t device,
		  struct wire_counters *counters)
{
	for (const struct tta_process *p = next(ledger, NULL); p; p = next(ledger, p))
		for (size_t i = 0; i < p->memory_count; i++) {
			uint64_t *to = counter(counters, p->memory[i].type);

			if (to && p->memory[i].device == (uint32_t)device &&
			    p->memory[i].used != TTA_UNKNOWN)
				*to += p->memory[i].used;
		}
}

/* One more than the largest number that anybody uses. */
static uint32_t devices(const struct ledger *ledger, int32_t device, bool *ret_seen)
{
	uint32_t number = 0;

	*ret_seen = false;
	for (const struct tta_process *p = next(ledger, NULL); p; p = next(ledger, p))
		for (size_t i = 0; i < p->memory_count; i++) {
			if (p->memory[i].device >= number)
				number = p->memory[i].device + 1;
			*ret_seen |= p->memory[i].device == (uint32_t)device;
		}
	return number;
}

/* ---- dumps: every buffer, on standard output ---- */

struct line {
	const struct tta_process *process;
	const struct tta_buffer *buffer;
};

static int compare(const void *left, const void *right)
{
	const struct tta_buffer *a = ((const struct line *)left)->buffer;
	const struct tta_buffer *b = ((const struct line *)right)->buffer;

	if (a->device != b->device)
		return a->device < b->device ? -1 : 1;
	if (a->type != b->type)
		return a->type < b->type ? -1 : 1;
	return a->address == b->address ? 0 : a->address < b->address ? -1 : 1;
}

static bool wanted(const struct tta_buffer *buffer, bool kernels)
{
	return !kernels || buffer->type == TTA_KERNEL;
}

static struct line *collect(const struct ledger *ledger, bool kernels, size_t *ret_count)
{
	size_t count = 0;
	struct line *lines;

	for (const struct tta_process *p = next(ledger, NULL); p; p = next(ledger, p))
		count += p->buffer_count;
	lines = calloc(count + 1, sizeof(*lines));
	count = 0;
	for (const struct tta_process *p = lines ? next(ledger, NULL) : NULL; p;
	     p = next(ledger, p))
		for (size_t i = 0; i < p->buffer_count; i++)
			if (wanted(&p->buffers[i], kernels))
				lines[count++] = (struct line){p, &p->buffers[i]};
	if (lines)
		qsort(lines, count, sizeof(*lines), compare);
	*ret_count = count;
	return lines;
}

/* The first of a (device, type): what it all comes to. */
static void print_type(const struct line *line, const struct line *end, bool new_device)
{
	const struct tta_buffer *first = line->buffer;
	uint64_t bytes = 0, buffers = 0;

	if (new_device)
		printf("Device %" PRIu32 ":\n", first->device);
	for (; line < end && line->buffer->device == first->device &&
	       line->buffer->type == first->type;
	     line++, buffers++)
		bytes += line->buffer->size;
	printf("  %s: %" PRIu64 " buffers, %" PRIu64 " bytes\n",
	       tta_type_name(NULL, first->type), buffers, bytes);
}

void ledger_dump(struct ledger *ledger, const struct wire_message *message)
{
	struct line *lines;
	size_t count;

	tta_sample_free(ledger->sample);
	ledger->sample = take(TTA_SAMPLE_BUFFERS);
	ledger->outdated = true;
	lines = collect(ledger, message->type == WIRE_DUMP_KERNELS, &count);
	printf("Total tracked allocations: %zu\n", count);
	for (size_t i = 0; i < count; i++) {
		const struct tta_buffer *b = lines[i].buffer;
		const struct tta_buffer *before = i ? lines[i - 1].buffer : NULL;
		bool new_device = !before || before->device != b->device;

		if (new_device || before->type != b->type)
			print_type(&lines[i], &lines[count], new_device);
		printf("    - Buffer 0x%" PRIx64 ": %" PRIu64 " bytes (PID %" PRIu32
		       ", ref_count=%" PRIu32 ")%s%s\n",
		       b->address, b->size, lines[i].process->pid, b->refs,
		       b->label_text[0] ? " " : "", b->label_text);
	}
	printf("Total remaining buffers: %zu\n", count);
	fflush(stdout);
	free(lines);
}

void ledger_answer(struct ledger *ledger, const struct wire_message *message, int fd,
		   uint32_t stride)
{
	struct wire_counters counters = {0};
	uint8_t answer[WIRE_MOST];
	uint32_t number;
	bool seen;

	refresh(ledger);
	if (message->type == WIRE_QUERY) {
		count(ledger, message->device, &counters);
		wire_response(answer, message->device, stride, &counters);
	} else {
		number = devices(ledger, message->device, &seen);
		wire_device_info(answer, message->device, stride,
				 message->device < 0 ? number : 0, seen);
	}
	/* Who does not read its answers goes without. */
	send(fd, answer, stride, MSG_DONTWAIT | MSG_NOSIGNAL);
}

bool ledger_holds_nothing(uint32_t pid)
{
	struct tta_sample *sample = take(TTA_SAMPLE_TOTALS);
	bool nothing = false;

	for (size_t i = 0; sample && i < sample->process_count; i++)
		if (sample->processes[i].own_pid == pid &&
		    sample->processes[i].verdict == TTA_VERDICT_ALIVE)
			nothing = !sample->processes[i].residue;
	tta_sample_free(sample);
	return nothing;
}

void ledger_touch(struct ledger *ledger)
{
	ledger->outdated = true;
}

void ledger_fini(struct ledger *ledger)
{
	tta_sample_free(ledger->sample);
}
