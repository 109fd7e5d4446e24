/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A third party's reader: one live process with 1,234 bytes in two buffers.
 */
#include <stdio.h>

#include <tta/reader.h>

int main(void)
{
	struct tta_reader *reader;
	struct tta_sample *sample;
	uint64_t used = 0;
	size_t buffers = 0;

	if (tta_reader_open(NULL, &reader) ||
	    tta_reader_sample(reader, TTA_SAMPLE_ALL, &sample))
		return 1;
	for (size_t i = 0; i < sample->process_count; i++) {
		const struct tta_process *process = &sample->processes[i];

		buffers += process->buffer_count;
		for (size_t j = 0; j < process->memory_count; j++)
			used += process->memory[j].used;
	}
	tta_sample_free(sample);
	tta_reader_close(reader);
	if (buffers == 2 && used == 1234)
		return 0;
	fprintf(stderr, "read: %zu buffers, %lu bytes\n", buffers, (unsigned long)used);
	return 1;
}
