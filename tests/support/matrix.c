/* SPDX-License-Identifier: BSD-2-Clause */
#include "matrix.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <tta/atomic.h>

#include "deny.h"
#include "test_dir.h"

#define BOARD_VARIABLE "TTA_TEST_BOARD"
#define PATIENCE_MS    10000u

enum word { NOTHING, READY, SKIPPED, FAILED };

struct seen {
	enum tta_verdict verdict;
	uint32_t notes;
	uint32_t pid;
	uint64_t used;
	uint64_t uncertain;
};

/* Shared with bodies and, through a memfd, with programs they execute. */
static struct board {
	tta_a32 word; /* enum word */
	tta_a32 go;
	tta_a32 target;
	char why[160];
	uint32_t seen_count; /* UINT32_MAX: could not be read */
	struct seen seen[MATRIX_SEGMENTS + 1];
} * board;

static void nap(void)
{
	const struct timespec pause = {.tv_nsec = 1000000};

	nanosleep(&pause, NULL);
}

void matrix_ready(void)
{
	tta_store_release32(&board->word, READY);
}

void matrix_wait(void)
{
	while (!tta_load_acquire32(&board->go))
		nap();
}

void matrix_target(pid_t pid)
{
	tta_store_relaxed32(&board->target, (uint32_t)pid);
}

static void say(enum word word, const char *why)
{
	snprintf(board->why, sizeof(board->why), "%s", why);
	tta_store_release32(&board->word, word);
}

void matrix_skip(const char *why)
{
	say(SKIPPED, why);
	_exit(0);
}

void matrix_fail(const char *why)
{
	say(FAILED, why);
	_exit(1);
}

static void map_board(int fd)
{
	board = mmap(NULL, sizeof(*board), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (board == MAP_FAILED) {
		perror("matrix");
		exit(2);
	}
	close(fd);
}

void matrix_join(void)
{
	const char *path = getenv(BOARD_VARIABLE);

	map_board(path ? open(path, O_RDWR | O_CLOEXEC) : -1);
}

/* The descriptor stays open in main alone: its number leads others here. */
static void make_board(void)
{
	int fd = memfd_create("board", MFD_CLOEXEC);
	char path[64];

	if (fd < 0 || ftruncate(fd, sizeof(*board))) {
		perror("matrix");
		exit(2);
	}
	snprintf(path, sizeof(path), "/proc/%d/fd/%d", getpid(), fd);
	setenv(BOARD_VARIABLE, path, 1);
	map_board(dup(fd));
}

/* ---- what a reader sees ---- */

static struct seen seen_of(const struct tta_process *process)
{
	struct seen seen = {
		.verdict = process->verdict,
		.notes = process->notes,
		.pid = process->own_pid,
		.uncertain = process->uncertain_count,
	};

	for (size_t i = 0; i < process->memory_count; i++)
		seen.used += process->memory[i].used;
	return seen;
}

static int by_used(const void *a, const void *b)
{
	const struct seen *left = a, *right = b;

	return (left->used > right->used) - (left->used < right->used);
}

static void look(void)
{
	struct tta_reader *reader;
	struct tta_sample *sample;

	board->seen_count = UINT32_MAX;
	if (tta_reader_open(NULL, &reader))
		return;
	if (tta_reader_sample(reader, TTA_SAMPLE_ALL, &sample) == 0) {
		size_t count = sample->process_count;

		for (size_t i = 0; i < count && i <= MATRIX_SEGMENTS; i++)
			board->seen[i] = seen_of(&sample->processes[i]);
		board->seen_count = (uint32_t)count;
		tta_sample_free(sample);
		qsort(board->seen, count <= MATRIX_SEGMENTS ? count : 0,
		      sizeof(*board->seen), by_used);
	}
	tta_reader_close(reader);
}

/* In a process of its own: a filter is for ever. */
static bool look_blind(void)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		if (!deny(SYS_fcntl, F_OFD_GETLK, EINVAL))
			_exit(77);
		look();
		_exit(0);
	}
	waitpid(child, &status, 0);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool is(const struct seen *seen, const struct matrix_expected *expected)
{
	return seen->verdict == expected->verdict && seen->used == expected->used &&
	       (seen->notes & expected->notes) == expected->notes &&
	       seen->uncertain == expected->uncertain &&
	       (!expected->pid || seen->pid == expected->pid);
}

static bool all_are(const struct matrix_expected *expected)
{
	uint32_t count = 0;

	while (count < MATRIX_SEGMENTS && expected[count].there)
		count++;
	if (board->seen_count != count)
		return false;
	for (uint32_t i = 0; i < count; i++)
		if (!is(&board->seen[i], &expected[i]))
			return false;
	return true;
}

static bool comes_to_be(const struct matrix_row *row,
			const struct matrix_expected *expected)
{
	for (unsigned tries = 0; tries < PATIENCE_MS / 10; tries++) {
		if (row->blind && !look_blind())
			return false;
		if (!row->blind)
			look();
		if (all_are(expected))
			return true;
		for (unsigned i = 0; i < 3; i++)
			nap();
	}
	return false;
}

static void print_seen(const char *when)
{
	printf("  %s: %" PRIu32 " segments\n", when, board->seen_count);
	for (uint32_t i = 0; i < board->seen_count && i <= MATRIX_SEGMENTS; i++) {
		const struct seen *s = &board->seen[i];

		printf("    pid %u verdict %d used %" PRIu64 " notes %x uncertain "
		       "%" PRIu64 "\n",
		       s->pid, (int)s->verdict, s->used, s->notes, s->uncertain);
	}
}

/* ---- rows ---- */

static enum word await_word(void)
{
	uint32_t word = NOTHING;

	for (unsigned i = 0; word == NOTHING && i < PATIENCE_MS; i++) {
		nap();
		word = tta_load_acquire32(&board->word);
	}
	if (word == NOTHING)
		say(FAILED, "it did not get as far as ready");
	return word == NOTHING ? FAILED : (enum word)word;
}

/* Exit status of the child, at most a patient wait; -1: it did not end. */
static int await_exit(pid_t child)
{
	int status;

	for (unsigned i = 0; i < PATIENCE_MS; i++) {
		if (waitpid(child, &status, WNOHANG) == child)
			return WIFEXITED(status) ? WEXITSTATUS(status)
						 : 128 + WTERMSIG(status);
		nap();
	}
	return -1;
}

/* Our children and those we adopted; false when there are none. */
static bool kill_children(void)
{
	char path[64], line[4096], *at, *next;
	bool some;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/task/%d/children", getpid());
	file = fopen(path, "re");
	some = file && fgets(line, sizeof(line), file);
	if (file)
		fclose(file);
	for (at = line; some && *at; at = next) {
		long pid = strtol(at, &next, 10);

		if (next == at)
			break;
		kill((pid_t)pid, SIGKILL);
	}
	return some;
}

/* Whatever the row left. A traced one can be waited for when its tracer is gone. */
static void end_children(void)
{
	while (kill_children())
		if (waitpid(-1, NULL, __WALL | WNOHANG) <= 0)
			nap();
}

static const char *run_end(const struct matrix_row *row, pid_t child, pid_t target)
{
	int status;

	if (row->end == MATRIX_STAY)
		return NULL;
	if (row->end == MATRIX_KILL) {
		kill(target, SIGKILL);
	} else {
		tta_store_release32(&board->go, 1);
		status = await_exit(child);
		if (tta_load_acquire32(&board->word) == FAILED)
			return board->why;
		if (status)
			return status < 0 ? "it did not end" : "it did not exit with 0";
	}
	return comes_to_be(row, row->ended) ? NULL : "seen after the end";
}

static const char *run_ready(const struct matrix_row *row, pid_t child)
{
	pid_t target = (pid_t)tta_load_relaxed32(&board->target);
	const char *problem = NULL;

	if (!target)
		target = child;
	if (row->look)
		problem = row->look(target);
	else if (!comes_to_be(row, row->running))
		problem = "seen while it ran";
	return problem ? problem : run_end(row, child, target);
}

static void print_row(const struct matrix_row *row, enum word word, const char *why)
{
	static const char *const words[] = {"", "ok", "skipped", "WRONG"};

	printf("%-7s %s%s%s\n", words[word], row->name, word == READY ? "" : ": ",
	       word == READY ? "" : why);
	if (word == FAILED)
		print_seen("last look");
	fflush(stdout);
}

static enum word run_row(const struct matrix_row *row)
{
	const char *why = board->why;
	enum word word;
	pid_t child;

	*board = (struct board){0};
	test_dir_make();
	child = fork();
	if (child == 0) {
		row->body();
		_exit(0);
	}
	word = await_word();
	if (word == READY) {
		why = run_ready(row, child);
		word = why ? FAILED : READY;
	}
	print_row(row, word, why);
	end_children();
	test_dir_remove();
	return word;
}

int matrix_run(const char *title, const struct matrix_row *rows, size_t count)
{
	unsigned words[FAILED + 1] = {0};

	setenv("TTA_ATTACH", "lazy", 1);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	make_board();
	for (size_t i = 0; i < count; i++)
		words[run_row(&rows[i])]++;
	printf("%s: %zu cases, %u right, %u wrong, %u skipped\n", title, count,
	       words[READY], words[FAILED], words[SKIPPED]);
	if (words[FAILED])
		return 1;
	return words[READY] ? 0 : 77;
}
