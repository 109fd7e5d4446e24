/* SPDX-License-Identifier: BSD-2-Clause */
#include "fault_run.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <tta/reader.h>

#include "fault_host.h"

#define EVENTS (FAULT_HOST_ALLOCS + FAULT_HOST_FREES)

struct judged {
	const char *name;
	pid_t pid;
	bool wrong;
	struct fault_seen seen;
};

static void complain(struct judged *j, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void complain(struct judged *j, const char *format, ...)
{
	va_list list;

	printf("WRONG   %s: ", j->name);
	va_start(list, format);
	vprintf(format, list);
	va_end(list);
	putchar('\n');
	j->wrong = true;
}

static void start(const struct fault_run *run, int out, int err)
{
	const struct rlimit stack = {.rlim_cur = 256 << 10, .rlim_max = 256 << 10};

	dup2(out, STDOUT_FILENO);
	dup2(err, STDERR_FILENO);
	close_range(3, ~0u, 0);
	if (run->preload)
		setenv("LD_PRELOAD", run->preload, 1);
	if (run->prepare && !run->prepare(run->arg))
		_exit(FAULT_HOST_CANNOT);
	/* Threads as small as that fit under tight limits. */
	setrlimit(RLIMIT_STACK, &stack);
	/* A host that hangs is ended by the signal. */
	alarm(20);
	execl(TTA_FAULT_HOST, "fault_host", run->descriptors, NULL);
	_exit(FAULT_HOST_CANNOT);
}

/* An ended segment for the next start to look at. */
static void leave_one(int out)
{
	static const struct fault_run plain = {0};
	pid_t child = fork();

	if (child == 0) {
		unsetenv("TTA_FAULT");
		start(&plain, out, out);
	}
	waitpid(child, NULL, 0);
	if (ftruncate(out, 0) || lseek(out, 0, SEEK_SET))
		abort();
}

static void read_all(int fd, char *text, size_t room)
{
	ssize_t got = pread(fd, text, room - 1, 0);

	text[got > 0 ? got : 0] = '\0';
	close(fd);
}

static void judge_texts(struct judged *j, const char *out, const char *err)
{
	const char *end = strchr(err, '\n');

	if (strcmp(out, FAULT_HOST_OUTPUT) != 0)
		complain(j, "the host said: %s", out);
	j->seen.warned = err[0];
	if (err[0] && (strncmp(err, "libtta: ", 8) != 0 || !end || end[1]))
		complain(j, "not one line of ours: %s", err);
}

static void judge_names(struct judged *j)
{
	const char *path = getenv("TTA_DIR");
	DIR *dir = opendir(path);
	struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (strncmp(entry->d_name, "tta.1.", 6) != 0 &&
		    strcmp(entry->d_name, "filler") != 0 &&
		    strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			complain(j, "a file was left: %s", entry->d_name);
	if (dir)
		closedir(dir);
}

static void judge_sums(struct judged *j, const struct tta_process *p)
{
	uint64_t allocs = 0, used = 0;

	for (size_t i = 0; i < p->memory_count; i++) {
		allocs += p->memory[i].allocs;
		used += p->memory[i].used;
	}
	if (p->counts[TTA_COUNT_DROPPED_LINE] || p->counts[TTA_COUNT_DROPPED_ATTACH])
		return;
	if (allocs != FAULT_HOST_ALLOCS || used != (uint64_t)FAULT_HOST_FREES * 64)
		complain(j, "%" PRIu64 " allocs, %" PRIu64 " bytes", allocs, used);
}

static void judge_host(struct judged *j, const struct tta_process *p)
{
	uint64_t lost = p->counts[TTA_COUNT_DROPPED_ATTACH];

	j->seen.segment = true;
	j->seen.bytes = p->file_bytes;
	j->seen.incomplete = p->incomplete_since_ns != 0;
	if (p->verdict != TTA_VERDICT_EXITED && p->verdict != TTA_VERDICT_UNKNOWN)
		complain(j, "verdict %d", (int)p->verdict);
	/* A mark that was kept is an event too. */
	if (p->events + lost != EVENTS + p->mark_count)
		complain(j, "%" PRIu64 " events and %" PRIu64 " lost of %zu", p->events,
			 lost, EVENTS + p->mark_count);
	if (p->totals_inexact & TTA_INEXACT_MISMATCH)
		complain(j, "table and counters disagree");
	judge_sums(j, p);
}

static void judge_clock(struct judged *j, const char *name)
{
	struct tta_header header = {0};
	char path[512];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", getenv("TTA_DIR"), name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || pread(fd, &header, sizeof(header), 0) != sizeof(header))
		complain(j, "the header cannot be read");
	close(fd);
	j->seen.clock_kind = header.clock_kind;
}

static void judge_process(struct judged *j, const struct tta_process *p)
{
	if (p->problem[0])
		complain(j, "%s: %s", p->name, p->problem);
	if (p->last_event_ns && (p->last_event_ns + 1000000u < p->birth_mono_ns))
		complain(j, "an event before birth");
	if (p->pid != (uint32_t)j->pid)
		return;
	judge_host(j, p);
	judge_clock(j, p->name);
}

static void judge_segments(struct judged *j)
{
	struct tta_reader *reader;
	struct tta_sample *sample;

	if (tta_reader_open(NULL, &reader)) {
		complain(j, "the directory cannot be read");
		return;
	}
	if (tta_reader_sample(reader, TTA_SAMPLE_ALL, &sample) == 0) {
		for (size_t i = 0; i < sample->process_count; i++)
			judge_process(j, &sample->processes[i]);
		for (size_t i = 0; i < sample->skipped_count; i++)
			complain(j, "%s: %s", sample->skipped[i].name,
				 sample->skipped[i].reason);
		tta_sample_free(sample);
	} else {
		complain(j, "no sample");
	}
	tta_reader_close(reader);
}

static void remove_segments(void)
{
	DIR *dir = opendir(getenv("TTA_DIR"));
	struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (strstr(entry->d_name, "tta."))
			unlinkat(dirfd(dir), entry->d_name, 0);
	if (dir)
		closedir(dir);
}

enum fault_verdict fault_judge(const char *name, const struct fault_run *run,
			       struct fault_seen *ret_seen)
{
	int out = memfd_create("out", MFD_CLOEXEC),
	    err = memfd_create("err", MFD_CLOEXEC);
	struct judged j = {.name = name};
	char out_text[4096], err_text[4096];
	int status;

	fflush(stdout);
	if (run->leftovers)
		leave_one(out);
	j.pid = fork();
	if (j.pid == 0)
		start(run, out, err);
	waitpid(j.pid, &status, 0);
	read_all(out, out_text, sizeof(out_text));
	read_all(err, err_text, sizeof(err_text));
	if (WIFEXITED(status) && WEXITSTATUS(status) == FAULT_HOST_CANNOT) {
		remove_segments();
		return FAULT_SKIPPED;
	}
	if (status)
		complain(&j, "the host ended with %x", status);
	judge_texts(&j, out_text, err_text);
	judge_names(&j);
	judge_segments(&j);
	remove_segments();
	if (ret_seen)
		*ret_seen = j.seen;
	return j.wrong ? FAULT_WRONG : FAULT_RIGHT;
}

void fault_count(struct fault_tally *tally, enum fault_verdict verdict)
{
	tally->right += verdict == FAULT_RIGHT;
	tally->wrong += verdict == FAULT_WRONG;
	tally->skipped += verdict == FAULT_SKIPPED;
}

int fault_summary(const char *title, const struct fault_tally *tally)
{
	printf("%s: %u cases, %u right, %u wrong, %u skipped\n", title,
	       tally->right + tally->wrong + tally->skipped, tally->right, tally->wrong,
	       tally->skipped);
	if (tally->wrong)
		return 1;
	return tally->right ? 0 : 77;
}
