/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_hostile.c - files that are not what they seem: never a crash, never a lie.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fixture.h"

TestSuite(hostile, .init = setup, .fini = teardown);

static void corrupt(const char *problem)
{
	const struct tta_process *p = look();

	cr_assert_eq(p->verdict, TTA_VERDICT_CORRUPT);
	cr_assert(strstr(p->problem, problem), "'%s' should say '%s'", p->problem,
		  problem);
	cr_assert_eq(p->pid, 4242, "still named");
	cr_assert_eq(p->memory_count, 0);
	cr_assert_eq(p->buffer_count, 0);
	cr_assert(p->totals_inexact & TTA_INEXACT_CORRUPT);
}

static uint64_t blocks(void)
{
	struct stat st;

	cr_assert_eq(fstat(image.fd, &st), 0);
	return (uint64_t)st.st_blocks;
}

static void punch(uint64_t offset, uint64_t bytes)
{
	cr_assert_eq(fallocate(image.fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
			       (off_t)offset, (off_t)bytes),
		     0);
}

Test(hostile, watching_allocates_nothing)
{
	struct tta_section_head *pool = image_head(&image, TTA_SECTION_POOL);
	uint64_t before;

	image_alloc(&image, 0, TTA_DRAM, 64, 1);
	cr_assert_eq(look()->buffer_count, 1);
	/* Published, but a hole. */
	tta_store_release64(&pool->count, 4096);
	before = blocks();
	corrupt("not backed");
	corrupt("not backed");
	cr_assert_eq(blocks(), before);
	tta_store_release64(&pool->count, 1);
	cr_assert_eq(look()->buffer_count, 1, "and is well again");
}

Test(hostile, memory_taken_away_later_is_noticed)
{
	struct tta_section_head *pool = image_head(&image, TTA_SECTION_POOL);
	uint64_t before;

	for (uint64_t i = 0; i < 256; i++)
		image_alloc(&image, 0, TTA_DRAM, 64 * (i + 1), 1);
	cr_assert_eq(look()->buffer_count, 256);
	punch(pool->offset + 4096, 4096);
	before = blocks();
	corrupt("not backed");
	cr_assert_eq(blocks(), before);
}

Test(hostile, a_header_that_became_a_hole_is_noticed)
{
	look();
	punch(0, 4096);
	corrupt("header is a hole");
	cr_assert_eq(tta_reader_sample(reader, TTA_SAMPLE_ALL, &sample), 0);
	cr_assert_eq(sample->process_count, 0);
	cr_assert_eq(sample->skipped_count, 1, "no magic any more");
}

Test(hostile, counts_beyond_capacity_are_corrupt)
{
	for (uint32_t type = 1; type <= TTA_SECTION_COUNT; type++) {
		struct tta_section_head *head = image_head(&image, type);
		uint64_t good = tta_load_relaxed64(&head->count);

		tta_store_relaxed64(&head->count, head->capacity + 1);
		corrupt("beyond its capacity");
		tta_store_relaxed64(&head->count, UINT64_MAX);
		corrupt("beyond its capacity");
		tta_store_relaxed64(&head->count, good);
		cr_assert_eq(look()->verdict, TTA_VERDICT_ALIVE);
	}
}

Test(hostile, a_truncated_file_drops_that_segment_alone)
{
	struct image second;

	image_make(&second, &(struct image_options){.pid = 17});
	cr_assert_eq(tta_reader_sample(reader, TTA_SAMPLE_ALL, &sample), 0);
	cr_assert_eq(ftruncate(image.fd, 8192), 0);
	tta_sample_free(sample);
	for (int i = 0; i < 2; i++) {
		cr_assert_eq(tta_reader_sample(reader, TTA_SAMPLE_ALL, &sample), 0);
		cr_assert_eq(sample->process_count, 2);
		cr_assert_eq(sample->processes[0].verdict, TTA_VERDICT_DEAD);
		cr_assert_eq(sample->processes[1].verdict, TTA_VERDICT_CORRUPT);
		cr_assert(strstr(sample->processes[1].problem, "truncated"));
		tta_sample_free(sample);
	}
	sample = NULL;
	image_close(&second);
}

static tta_a32 stop;

/* Shorten and lengthen the file under the reader's copies. */
static void *shrinker(void *arg)
{
	(void)arg;
	while (!tta_load_relaxed32(&stop)) {
		cr_assert_eq(ftruncate(image.fd, 4096), 0);
		cr_assert_eq(ftruncate(image.fd, (off_t)image.size), 0);
	}
	return NULL;
}

Test(hostile, truncation_during_a_copy_is_survived)
{
	const struct tta_header good = *image.header;
	pthread_t thread;
	int corrupt_seen = 0;

	cr_assert_eq(pthread_create(&thread, NULL, shrinker, NULL), 0);
	for (int i = 0; i < 3000; i++) {
		tta_sample_free(sample);
		cr_assert_eq(tta_reader_sample(reader, TTA_SAMPLE_ALL, &sample), 0);
		for (size_t p = 0; p < sample->process_count; p++)
			corrupt_seen +=
				sample->processes[p].verdict == TTA_VERDICT_CORRUPT;
	}
	tta_store_relaxed32(&stop, 1);
	pthread_join(thread, NULL);
	cr_assert_gt(corrupt_seen, 0, "the file never shrank under the reader");
	cr_assert_eq(good.nonce, image.header->nonce);
}

static void skipped(const char *name, int error, const char *reason)
{
	tta_sample_free(sample);
	sample = NULL;
	cr_assert_eq(tta_reader_sample(reader, TTA_SAMPLE_ALL, &sample), 0);
	cr_assert_eq(sample->process_count, 1, "the good one is still there");
	for (size_t i = 0; i < sample->skipped_count; i++) {
		const struct tta_skipped *s = &sample->skipped[i];

		if (strcmp(s->name, name) != 0)
			continue;
		cr_assert_eq(s->error, error, "%s: %d", name, s->error);
		cr_assert(strstr(s->reason, reason), "'%s'", s->reason);
		cr_assert_eq(s->file_uid, getuid());
		return;
	}
	cr_assert(0, "%s is not reported", name);
}

static const char *planted(const char *name)
{
	static char path[300];

	snprintf(path, sizeof(path), "%s/%s", getenv("TTA_DIR"), name);
	return path;
}

Test(hostile, things_under_a_segment_name_that_are_no_files)
{
	cr_assert_eq(mkfifo(planted("tta.1.0.1.1.1"), 0600), 0);
	cr_assert_eq(symlink(image.path, planted("tta.1.0.2.1.1")), 0);
	cr_assert_eq(mkdir(planted("tta.1.0.3.1.1"), 0700), 0);
	skipped("tta.1.0.1.1.1", ENOTSUP, "not a regular file");
	skipped("tta.1.0.2.1.1", ELOOP, "symbolic link");
	skipped("tta.1.0.3.1.1", ENOTSUP, "not a regular file");
	cr_assert_eq(sample->skipped_count, 3);
}

Test(hostile, a_file_that_may_not_be_read)
{
	int fd = open(planted("tta.1.0.1.1.1"), O_CREAT | O_WRONLY, 0);

	cr_assert_geq(fd, 0);
	close(fd);
	/* Root may read everything: be nobody meanwhile. */
	if (getuid() == 0) {
		cr_assert_eq(chmod(getenv("TTA_DIR"), 0755), 0);
		cr_assert_eq(seteuid(65534), 0);
	}
	skipped("tta.1.0.1.1.1", EACCES, "permission");
	cr_assert_eq(seteuid(getuid()), 0);
}

Test(hostile, other_names_are_nobody)
{
	static const char *const names[] = {"tta",
					    "tta.",
					    ".tta.1.0.1.1.1",
					    "tta.1.0.1.1.x",
					    "tta.1.0.1.1.1.1",
					    "sem.tta.1.0.1.1.1"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		close(open(planted(names[i]), O_CREAT | O_WRONLY, 0600));
	look();
	cr_assert_eq(sample->skipped_count, 0);
}

Test(hostile, another_major_is_skipped_with_its_reason)
{
	struct image other;

	close(open(planted("tta.2.0.1.1.1"), O_CREAT | O_WRONLY, 0600));
	skipped("tta.2.0.1.1.1", EPROTONOSUPPORT, "layout version 2");
	image_make(&other, &(struct image_options){.pid = 17});
	other.header->major = 3;
	skipped(other.name, EPROTONOSUPPORT, "layout version 3");
	image_close(&other);
}

Test(hostile, short_and_senseless_files_are_corrupt)
{
	cr_assert_eq(ftruncate(image.fd, 100), 0);
	corrupt("shorter than a header");
	cr_assert_eq(ftruncate(image.fd, (off_t)image.size), 0);
}

Test(hostile, a_broken_header_is_corrupt_until_it_is_well)
{
	image.header->clock_shift = 64;
	corrupt("clock shift");
	image.header->clock_shift = 0;
	cr_assert_eq(look()->verdict, TTA_VERDICT_ALIVE);
}

Test(hostile, state_and_level_must_make_sense)
{
	tta_store_relaxed32(&image.header->state, 9);
	corrupt("state 9");
	tta_store_relaxed32(&image.header->state, TTA_STATE_BIRTH);
	corrupt("state 0");
	tta_store_relaxed32(&image.header->state, TTA_STATE_LIVE);
	tta_store_relaxed32(&image.header->level, 4);
	corrupt("level 4");
}

Test(hostile, strings_cannot_drive_a_terminal)
{
	struct tta_device_record *device = image_add(&image, TTA_SECTION_DEVICES);
	struct tta_type_record *type = image_add(&image, TTA_SECTION_TYPES);
	struct tta_mark_record *mark = image_add(&image, TTA_SECTION_MARKS);
	struct tta_slot *slot = image_slot(&image, 0, TTA_DRAM, 64, 1, 1);
	const struct tta_process *p;

	memset(image.header->cmdline, 'c', sizeof(image.header->cmdline));
	memcpy(image.header->cmdline, "\033[2J", 4);
	memcpy(image.header->comm, "a\nb\033", 5);
	memcpy(image.header->run_id, "r\x9b\x01", 4);
	memset(device->arch, 'z', sizeof(device->arch));
	memcpy(device->kind, "k\033", 3);
	type->id = 16;
	memcpy(type->name, "t\b", 3);
	memcpy(mark->name, "m\x7f", 3);
	tta_store_relaxed64(&slot->origin, image_label(&image, "l\033]0;x\007"));
	p = look();
	cr_assert_eq(strlen(p->cmdline), sizeof(p->cmdline) - 1);
	cr_assert_eq(memcmp(p->cmdline, "[2Jc", 4), 0);
	cr_assert_str_eq(p->comm, "a b");
	cr_assert_str_eq(p->run_id, "r");
	cr_assert_eq(strlen(p->devices[0].arch), sizeof(p->devices[0].arch) - 1);
	cr_assert_str_eq(p->devices[0].kind, "k");
	cr_assert_str_eq(p->types[0].name, "t");
	cr_assert_str_eq(p->marks[0].name, "m");
	cr_assert_str_eq(p->buffers[0].label_text, "l]0;x");
}

Test(hostile, ids_out_of_bounds_are_left_out_and_told)
{
	struct tta_slot *slot = image_alloc(&image, 0, TTA_DRAM, 64, 1);
	struct tta_type_record *type = image_add(&image, TTA_SECTION_TYPES);
	struct tta_device_record *device = image_add(&image, TTA_SECTION_DEVICES);
	struct tta_mark_record *mark = image_add(&image, TTA_SECTION_MARKS);

	tta_store_relaxed64(&slot->origin, 65535);
	type->id = 3;
	device->number = 65536;
	mark->first_row = UINT64_MAX;
	mark->rows = 2;
	cr_assert_eq(look()->type_count, 0);
	cr_assert_eq(look()->device_count, 0);
	cr_assert_eq(look()->mark_count, 0);
	cr_assert_str_empty(look()->buffers[0].label_text);
	cr_assert(look()->totals_inexact & TTA_INEXACT_CORRUPT);
	slot = image_slot(&image, 0, TTA_DRAM, 128, TTA_SIZE_LIMIT, 1);
	cr_assert_eq(look()->buffer_count, 1);
	cr_assert(look()->buffers_inexact & TTA_INEXACT_CORRUPT);
}

Test(hostile, marks_cannot_multiply_rows)
{
	for (int i = 0; i < 200; i++)
		image_add(&image, TTA_SECTION_MARK_ROWS);
	for (int i = 0; i < 200; i++) {
		struct tta_mark_record *mark = image_add(&image, TTA_SECTION_MARKS);

		mark->rows = 200;
	}
	cr_assert_eq(look()->mark_count, 1);
	cr_assert(look()->totals_inexact & TTA_INEXACT_CORRUPT);
}
