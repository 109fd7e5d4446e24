/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What befalls a segment while it is watched: the reader stays, its neighbours stay
 * exact, nothing is opened that could block, nothing is allocated in a file.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <tta/reader.h>

#include "segment_image.h"
#include "test_dir.h"

#define VICTIM	  4242u
#define NEIGHBOUR 4243u
#define MANY	  10000u
#define ROUNDS	  4000u

enum outcome {
	SAME,	 /* nothing changed for the reader */
	GONE,	 /* neither a process nor a skipped file */
	SKIPPED, /* named, with a reason */
	CORRUPT,
	ANY,
};

static struct image victim, neighbour;

static void unlink_it(void)
{
	unlink(victim.path);
}

static void truncate_it(void)
{
	if (ftruncate(victim.fd, 0))
		abort();
}

static void truncate_half(void)
{
	if (ftruncate(victim.fd, (off_t)victim.size / 2))
		abort();
}

static void lengthen(void)
{
	if (ftruncate(victim.fd, (off_t)victim.size * 2))
		abort();
}

static void punch(off_t offset, off_t bytes)
{
	if (fallocate(victim.fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset,
		      bytes))
		abort();
}

static void punch_header(void)
{
	punch(0, TTA_HEADER_SIZE);
}

static void punch_rest(void)
{
	punch(TTA_HEADER_SIZE, (off_t)victim.size - TTA_HEADER_SIZE);
}

static void punch_all(void)
{
	punch(0, (off_t)victim.size);
}

static void take_rights(void)
{
	chmod(victim.path, 0);
}

static void replace_by_fifo(void)
{
	unlink(victim.path);
	mkfifo(victim.path, 0644);
}

static void replace_by_directory(void)
{
	unlink(victim.path);
	mkdir(victim.path, 0755);
}

static void replace_by_link(void)
{
	unlink(victim.path);
	if (symlink(neighbour.path, victim.path))
		abort();
}

static void replace_by_dangling_link(void)
{
	unlink(victim.path);
	if (symlink("/nonexistent", victim.path))
		abort();
}

static void replace_by_device(void)
{
	unlink(victim.path);
	/* Zeros for ever. */
	mknod(victim.path, S_IFCHR | 0644, makedev(1, 5));
}

static void replace_by_socket(void)
{
	unlink(victim.path);
	mknod(victim.path, S_IFSOCK | 0644, 0);
}

static void replace_by_empty_file(void)
{
	unlink(victim.path);
	close(open(victim.path, O_CREAT | O_WRONLY | O_CLOEXEC, 0644));
}

static void replace_by_noise(void)
{
	char noise[8192];
	int fd;

	memset(noise, 0x5a, sizeof(noise));
	unlink(victim.path);
	fd = open(victim.path, O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
	if (write(fd, noise, sizeof(noise)) != sizeof(noise))
		abort();
	close(fd);
}

static void rename_it(void)
{
	char other[300];

	snprintf(other, sizeof(other), "%s/renamed", getenv("TTA_DIR"));
	rename(victim.path, other);
}

static void link_it(void)
{
	char other[300];

	snprintf(other, sizeof(other), "%s/linked", getenv("TTA_DIR"));
	if (link(victim.path, other))
		abort();
}

static void touch(void)
{
	utimensat(AT_FDCWD, victim.path, NULL, 0);
}

static const struct row {
	const char *name;
	void (*befall)(void);
	enum outcome outcome;
} rows[] = {
	{"nothing", touch, SAME},
	{"unlinked", unlink_it, GONE},
	{"truncated to nothing", truncate_it, CORRUPT},
	{"truncated to half", truncate_half, CORRUPT},
	{"lengthened", lengthen, SAME},
	{"header punched", punch_header, SKIPPED},
	{"all but the header punched", punch_rest, CORRUPT},
	{"all punched", punch_all, SKIPPED},
	{"without rights", take_rights, ANY}, /* root reads it all the same */
	{"a FIFO", replace_by_fifo, SKIPPED},
	{"a directory", replace_by_directory, SKIPPED},
	{"a symbolic link to a segment", replace_by_link, SKIPPED},
	{"a dangling link", replace_by_dangling_link, SKIPPED},
	{"a device", replace_by_device, SKIPPED},
	{"a socket", replace_by_socket, SKIPPED},
	{"an empty file", replace_by_empty_file, CORRUPT},
	{"noise", replace_by_noise, SKIPPED},
	{"renamed", rename_it, GONE},
	{"linked twice", link_it, SAME},
};

/* ---- what the reader says ---- */

static enum outcome outcome_of(const struct tta_sample *sample)
{
	for (size_t i = 0; i < sample->process_count; i++)
		if (strcmp(sample->processes[i].name, victim.name) == 0)
			return sample->processes[i].verdict == TTA_VERDICT_CORRUPT
				       ? CORRUPT
				       : SAME;
	for (size_t i = 0; i < sample->skipped_count; i++)
		if (strcmp(sample->skipped[i].name, victim.name) == 0)
			return SKIPPED;
	return GONE;
}

static bool neighbour_is_exact(const struct tta_sample *sample)
{
	for (size_t i = 0; i < sample->process_count; i++) {
		const struct tta_process *p = &sample->processes[i];

		if (p->pid == NEIGHBOUR)
			return p->verdict == TTA_VERDICT_ALIVE && !p->totals_inexact &&
			       p->buffer_count == 1 && p->memory[0].used == 4096;
	}
	return false;
}

/* False when the neighbour suffered. */
static bool look(struct tta_reader *reader, enum outcome *ret_outcome)
{
	struct tta_sample *sample;
	bool good;

	if (tta_reader_sample(reader, TTA_SAMPLE_ALL, &sample))
		return false;
	*ret_outcome = outcome_of(sample);
	good = neighbour_is_exact(sample);
	tta_sample_free(sample);
	return good;
}

static void make(struct image *image, uint32_t pid)
{
	const struct image_options options = {.pid = pid};

	image_make(image, &options);
	image_lane(image, 11, 8);
	image_lock(image);
	image_alloc(image, 0, TTA_DRAM, 4096, 4096);
}

static void end(struct image *image)
{
	image_close(image);
}

static long blocks(int fd)
{
	struct stat st;

	return fstat(fd, &st) ? -1 : st.st_blocks;
}

/* One that stays open and one that comes later: both must say so. */
static bool run_row(const struct row *row)
{
	enum outcome before = ANY, after = ANY, fresh = ANY;
	struct tta_reader *reader, *later;
	long allocated;
	bool good;

	test_dir_make();
	make(&victim, VICTIM);
	make(&neighbour, NEIGHBOUR);
	good = tta_reader_open(NULL, &reader) == 0 && look(reader, &before);
	row->befall();
	allocated = blocks(victim.fd);
	good = look(reader, &after) && look(reader, &after) && good;
	good = tta_reader_open(NULL, &later) == 0 && look(later, &fresh) && good;
	good = good && before == SAME && blocks(victim.fd) == allocated;
	good = good &&
	       (row->outcome == ANY || (after == row->outcome && fresh == row->outcome));
	printf("%-7s %s: %d, %d\n", good ? "ok" : "WRONG", row->name, (int)after,
	       (int)fresh);
	tta_reader_close(reader);
	tta_reader_close(later);
	end(&victim);
	end(&neighbour);
	test_dir_remove();
	return good;
}

/* ---- all of it, while the reader is at it ---- */

static void remove_name(const char *name)
{
	char path[300];

	snprintf(path, sizeof(path), "%s/%s", getenv("TTA_DIR"), name);
	if (unlink(path))
		rmdir(path);
}

static void befall_for_ever(void)
{
	const struct timespec pause = {.tv_nsec = 200000};

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (unsigned i = 1;; i++) {
		make(&victim, VICTIM);
		rows[i % (sizeof(rows) / sizeof(rows[0]))].befall();
		nanosleep(&pause, NULL);
		remove_name(victim.name);
		remove_name("renamed");
		remove_name("linked");
		end(&victim);
	}
}

static bool run_race(void)
{
	unsigned seen[ANY + 1] = {0}, wrong = 0;
	struct tta_reader *reader;
	pid_t child;

	test_dir_make();
	make(&neighbour, NEIGHBOUR);
	/* its name, which each of its successors has too */
	make(&victim, VICTIM);
	unlink(victim.path);
	end(&victim);
	child = fork();
	if (child == 0)
		befall_for_ever();
	if (tta_reader_open(NULL, &reader))
		return false;
	for (unsigned i = 0; i < ROUNDS; i++) {
		enum outcome outcome = ANY;

		wrong += !look(reader, &outcome);
		seen[outcome]++;
	}
	/* It was at it to the end. */
	wrong += waitpid(child, NULL, WNOHANG) != 0;
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	tta_reader_close(reader);
	end(&neighbour);
	test_dir_remove();
	/* Else nothing was exercised. */
	wrong += !seen[SAME] || !seen[GONE] || !seen[SKIPPED] || !seen[CORRUPT];
	printf("%-7s all of it at once: whole %u, gone %u, skipped %u, corrupt %u\n",
	       wrong ? "WRONG" : "ok", seen[SAME], seen[GONE], seen[SKIPPED],
	       seen[CORRUPT]);
	return !wrong;
}

/* ---- many ---- */

static bool run_many(void)
{
	struct tta_reader *reader;
	struct tta_sample *sample = NULL;
	uint64_t used = 0;
	bool good;

	test_dir_make();
	for (uint32_t i = 0; i < MANY; i++) {
		make(&victim, 10000 + i);
		end(&victim);
	}
	good = tta_reader_open(NULL, &reader) == 0;
	for (unsigned i = 0; good && i < 2; i++) {
		tta_sample_free(sample);
		good = tta_reader_sample(reader, TTA_SAMPLE_ALL, &sample) == 0;
	}
	for (size_t i = 0; good && i < sample->process_count; i++)
		used += sample->processes[i].memory[0].used;
	good = good && sample->process_count == MANY && used == MANY * UINT64_C(4096);
	printf("%-7s %u segments: %zu, %lu bytes\n", good ? "ok" : "WRONG", MANY,
	       sample ? sample->process_count : 0, used);
	tta_sample_free(sample);
	tta_reader_close(reader);
	test_dir_remove();
	return good;
}

int main(void)
{
	unsigned wrong = 0, count = sizeof(rows) / sizeof(rows[0]);

	alarm(100); /* an open of a FIFO may block for ever */
	for (unsigned i = 0; i < count; i++)
		wrong += !run_row(&rows[i]);
	wrong += !run_race();
	wrong += !run_many();
	printf("watched: %u cases, %u right, %u wrong, 0 skipped\n", count + 2,
	       count + 2 - wrong, wrong);
	return wrong > 0;
}
