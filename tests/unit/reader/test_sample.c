/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_sample.c - what a sample shows of a sound segment.
 */
#include <errno.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fixture.h"

TestSuite(sample, .init = setup, .fini = teardown);

Test(sample, shows_identity_and_directory)
{
	const struct tta_process *p = look();

	cr_assert_str_eq(tta_reader_directory(reader), getenv("TTA_DIR"));
	cr_assert_str_eq(p->name, image.name);
	cr_assert_eq(p->pid, 4242);
	cr_assert_eq(p->start_time, 77);
	cr_assert_eq(p->nonce, UINT64_C(0xabc00000000) + 4242);
	cr_assert_eq(p->file_uid, getuid());
	cr_assert_eq(p->notes, 0);
	cr_assert_str_eq(p->comm, "image");
	cr_assert_not(p->same_boot);
	cr_assert_eq(p->state, TTA_STATE_LIVE);
	cr_assert_eq(p->level, TTA_EVENTS);
	cr_assert_gt(p->file_bytes, 4096);
	cr_assert_lt(p->file_bytes, 200000);
	cr_assert_gt(sample->mono_ns, 0);
	cr_assert_eq(strlen(sample->boot_id), 36);
}

Test(sample, knows_its_own_boot)
{
	strcpy(image.header->boot_id, look() ? sample->boot_id : "");
	tta_reader_close(reader);
	cr_assert_eq(tta_reader_open(NULL, &reader), 0);
	cr_assert(look()->same_boot);
}

Test(sample, follows_deaths_without_attaching_again)
{
	image_alloc(&image, 0, TTA_DRAM, 4096, 100);
	cr_assert_eq(look()->verdict, TTA_VERDICT_ALIVE);
	image_lane_word(&image, lane, 11 | 0x40000000u);
	cr_assert_eq(look()->notes, TTA_NOTE_DEAD_THREAD | TTA_NOTE_ALL_LANES_DEAD);
	cr_assert_eq(look()->lanes, 1);
	cr_assert_eq(look()->lanes_dead, 1);
	image_unlock(&image);
	cr_assert_eq(look()->verdict, TTA_VERDICT_ORPHAN);
	cr_assert(look()->residue);
	tta_store_relaxed32(&image.header->state, TTA_STATE_CLOSED);
	cr_assert_eq(look()->verdict, TTA_VERDICT_EXITED);
}

Test(sample, an_empty_segment_of_a_dead_process_is_dead)
{
	image_unlock(&image);
	cr_assert_eq(look()->verdict, TTA_VERDICT_DEAD);
	cr_assert_eq(look()->notes, TTA_NOTE_NOT_MARKED);
	cr_assert_not(look()->residue);
}

Test(sample, shows_buffers_sorted_with_everything_known)
{
	uint32_t label = image_label(&image, "kv_cache");
	struct tta_slot *slot = image_alloc(&image, 1, TTA_L1, 8192, 100);
	const struct tta_process *p;

	image_alloc(&image, 1, TTA_L1, 4096, 50);
	image_alloc(&image, 0, TTA_DRAM, 1 << 20, 7);
	tta_store_relaxed64(&slot->origin, UINT64_C(0xdeadbeef) << 16 | label);
	tta_store_relaxed64(&slot->group, 33);
	tta_store_relaxed32(&slot->bank_size, 10);
	tta_store_relaxed32(&slot->allocs, 5);
	tta_store_relaxed32(&slot->place, 1 | TTA_L1 << 16 | TTA_SLOT_FLAG_DUP << 24);
	tta_store_relaxed64(&slot->word, tta_slot_word(7, 2, 1, TTA_SLOT_LIVE));
	p = look();
	cr_assert_eq(p->buffer_count, 3);
	cr_assert_eq(p->buffers[0].device, 0);
	cr_assert_eq(p->buffers[1].address, 4096);
	cr_assert_eq(p->buffers[1].bank_size, TTA_UNKNOWN);
	cr_assert_str_empty(p->buffers[1].label_text);
	cr_assert_eq(p->buffers[2].address, 8192);
	cr_assert_eq(p->buffers[2].size, 100);
	cr_assert_eq(p->buffers[2].bank_size, 10);
	cr_assert_eq(p->buffers[2].serial, UINT64_C(7) << 32);
	cr_assert_eq(p->buffers[2].time_ns, 900);
	cr_assert_eq(p->buffers[2].group, 33);
	cr_assert_eq(p->buffers[2].site, 0xdeadbeef);
	cr_assert_eq(p->buffers[2].type, TTA_L1);
	cr_assert_eq(p->buffers[2].refs, 1);
	cr_assert_eq(p->buffers[2].views, 2);
	cr_assert_eq(p->buffers[2].allocs, 5);
	cr_assert_eq(p->buffers[2].frees, 4);
	cr_assert_eq(p->buffers[2].flags, TTA_SLOT_FLAG_DUP);
	cr_assert_str_eq(p->buffers[2].label_text, "kv_cache");
}

Test(sample, views_alone_hold_no_bytes)
{
	struct tta_slot *slot = image_slot(&image, 0, TTA_DRAM, 64, 999, 0);

	tta_store_relaxed64(&slot->word, tta_slot_word(1, 1, 0, TTA_SLOT_LIVE));
	cr_assert_eq(look()->buffer_count, 1);
	cr_assert_eq(look()->buffers[0].size, 0);
	cr_assert_eq(look()->buffers_inexact, 0);
}

Test(sample, a_bank_size_too_large_for_its_field_is_unknown)
{
	struct tta_slot *slot = image_alloc(&image, 0, TTA_DRAM, 64, 10);

	tta_store_relaxed32(&slot->bank_size, TTA_BANK_SIZE_UNKNOWN);
	cr_assert_eq(look()->buffers[0].bank_size, TTA_UNKNOWN);
}

Test(sample, totals_only_leave_buffers_unknown)
{
	image_alloc(&image, 0, TTA_DRAM, 4096, 100);
	cr_assert_eq(tta_reader_sample(reader, TTA_SAMPLE_TOTALS, &sample), 0);
	cr_assert_eq(sample->processes[0].totals_inexact, 0);
	cr_assert_eq(sample->processes[0].buffers_inexact, TTA_INEXACT_NO_TABLE);
	cr_assert_eq(sample->processes[0].buffer_count, 0);
	cr_assert_eq(sample->processes[0].memory[0].used, 100);
	cr_assert_eq(sample->processes[0].memory[0].buffers, TTA_UNKNOWN);
	cr_assert_eq(sample->processes[0].memory[0].table_bytes, TTA_UNKNOWN);
}

static void describe(uint32_t number, const char *arch)
{
	struct tta_device_record *device = image_add(&image, TTA_SECTION_DEVICES);

	device->number = number;
	strcpy(device->kind, "tenstorrent");
	strcpy(device->arch, arch);
}

static void geometry(uint32_t number, uint32_t type, uint64_t capacity)
{
	struct tta_device_memory_record *memory =
		image_add(&image, TTA_SECTION_DEVICE_MEMORY);

	memory->device = number;
	memory->type = type;
	memory->capacity = capacity;
	memory->banks = 12;
}

Test(sample, the_newest_description_of_a_device_counts)
{
	const struct tta_process *p;

	describe(3, "old");
	geometry(3, TTA_L1, 1);
	describe(1, "other");
	geometry(3, TTA_DRAM, 2);
	describe(3, "new");
	geometry(3, TTA_L1, 3);
	geometry(2, TTA_L1, 4);
	p = look();
	cr_assert_eq(p->device_count, 2);
	cr_assert_eq(p->devices[0].number, 1);
	cr_assert_eq(p->devices[0].geometry_count, 0);
	cr_assert_str_eq(p->devices[1].arch, "new");
	cr_assert_str_eq(p->devices[1].kind, "tenstorrent");
	cr_assert_eq(p->devices[1].geometry_count, 2);
	cr_assert_eq(p->devices[1].geometry[0].type, TTA_DRAM);
	cr_assert_eq(p->devices[1].geometry[1].capacity, 3);
	cr_assert_eq(p->devices[1].geometry[1].banks, 12);
}

Test(sample, names_types)
{
	struct tta_type_record *type = image_add(&image, TTA_SECTION_TYPES);

	type->id = TTA_TYPE_FIRST_NAMED;
	strcpy(type->name, "SCRATCH");
	cr_assert_str_eq(tta_type_name(look(), TTA_TYPE_FIRST_NAMED), "SCRATCH");
	cr_assert_str_eq(tta_type_name(look(), TTA_L1_SMALL), "L1_SMALL");
	cr_assert_str_eq(tta_type_name(look(), 17), "?");
	cr_assert_str_eq(tta_type_name(look(), TTA_TYPE_BUILTIN_COUNT), "?");
	cr_assert_str_eq(tta_type_name(NULL, TTA_DRAM), "DRAM");
}

Test(sample, shows_marks_with_their_rows)
{
	struct tta_mark_record *mark = image_add(&image, TTA_SECTION_MARKS);
	struct tta_mark_row *row = image_add(&image, TTA_SECTION_MARK_ROWS);
	const struct tta_process *p;

	strcpy(mark->name, "after close");
	mark->time = 1234;
	mark->rows = 2;
	mark->exact = 1;
	row->device = 3;
	row->type = TTA_CB;
	row->bytes = 11;
	row->buffers = 2;
	row->refs = 4;
	row = image_add(&image, TTA_SECTION_MARK_ROWS);
	row->flags = 1;
	row->bytes = 11;
	p = look();
	cr_assert_eq(p->mark_count, 1);
	cr_assert_str_eq(p->marks[0].name, "after close");
	cr_assert_eq(p->marks[0].time_ns, 1234);
	cr_assert(p->marks[0].exact);
	cr_assert_eq(p->marks[0].memory_count, 2);
	cr_assert_eq(p->marks[0].memory[0].device, 3);
	cr_assert_eq(p->marks[0].memory[0].bytes, 11);
	cr_assert_eq(p->marks[0].memory[0].refs, 4);
	cr_assert_eq(p->marks[0].memory[1].bytes, TTA_UNKNOWN);
}

Test(sample, outlives_the_reader_and_sees_names_come_and_go)
{
	struct image second;

	image_make(&second, &(struct image_options){.pid = 17});
	cr_assert_eq(tta_reader_sample(reader, TTA_SAMPLE_ALL, &sample), 0);
	cr_assert_eq(sample->process_count, 2);
	cr_assert_eq(sample->processes[0].pid, 17, "sorted by pid");
	image_close(&second);
	unlink(second.path);
	tta_reader_close(reader);
	cr_assert_str_eq(sample->processes[1].comm, "image");
	cr_assert_eq(tta_reader_open(NULL, &reader), 0);
	cr_assert_eq(look()->pid, 4242);
	unlink(image.path);
	tta_sample_free(sample);
	cr_assert_eq(tta_reader_sample(reader, TTA_SAMPLE_ALL, &sample), 0);
	cr_assert_eq(sample->process_count, 0);
}

Test(sample, a_later_minor_is_read)
{
	const struct image_options later = {
		.pid = 18, .extra_section = 1, .extra_stride = 64};

	image_close(&image);
	unlink(image.path);
	image_make(&image, &later);
	image.header->minor = TTA_SEGMENT_MINOR + 1;
	image.header->fingerprint = 1;
	image_lock(&image);
	image_lane(&image, 1, 0);
	image_alloc(&image, 0, TTA_DRAM, 64, 10);
	image_alloc(&image, 1, TTA_DRAM, 64, 20);
	cr_assert_eq(look()->buffer_count, 2);
	cr_assert_eq(look()->memory[1].used, 20);
	cr_assert_eq(look()->totals_inexact | look()->buffers_inexact, 0);
	cr_assert_eq(look()->minor, TTA_SEGMENT_MINOR + 1);
}

Test(sample, works_with_fewer_descriptors_than_segments)
{
	struct image many[40];

	struct rlimit limit;

	for (uint32_t i = 0; i < 40; i++)
		image_make(&many[i], &(struct image_options){.pid = i + 1});
	cr_assert_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
	limit.rlim_cur = (rlim_t)dup(0);
	close((int)limit.rlim_cur);
	limit.rlim_cur += 10;
	tta_reader_close(reader);
	cr_assert_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	cr_assert_eq(tta_reader_open(NULL, &reader), 0);
	for (int round = 0; round < 3; round++) {
		cr_assert_eq(tta_reader_sample(reader, TTA_SAMPLE_ALL, &sample), 0);
		cr_assert_eq(sample->skipped_count, 0, "%s", sample->skipped[0].reason);
		cr_assert_eq(sample->process_count, 41);
		tta_sample_free(sample);
	}
	sample = NULL;
	for (uint32_t i = 0; i < 40; i++)
		image_close(&many[i]);
}

Test(open, says_why_a_directory_cannot_be_watched)
{
	struct tta_reader *none = (void *)1;

	cr_assert_eq(tta_reader_open("/nonexistent/tta", &none), -ENOENT);
	cr_assert_eq(tta_reader_open("/dev/null", &none), -ENOTDIR);
	cr_assert_eq(none, (void *)1);
	tta_reader_close(NULL);
	tta_sample_free(NULL);
}

static int refuse_evidence(void *arg)
{
	++*(int *)arg;
	return -5;
}

Test(sample, reap_removes_only_what_is_dead)
{
	int asked = 0;

	cr_assert_eq(tta_reader_reap(reader, image.name, 0, NULL, NULL), TTA_REAP_ALIVE);
	image_unlock(&image);
	cr_assert_eq(tta_reader_reap(reader, image.name, 1, NULL, NULL), TTA_REAP_GONE);
	cr_assert_eq(tta_reader_reap(reader, "../x", 0, NULL, NULL), TTA_REAP_REFUSED);
	cr_assert_eq(tta_reader_reap(reader, image.name, 0, refuse_evidence, &asked), -5);
	cr_assert_eq(asked, 1);
	cr_assert_eq(test_dir_count(), 1);
	cr_assert_eq(tta_reader_reap(reader, image.name, look()->inode, NULL, NULL),
		     TTA_REAP_REMOVED);
	cr_assert_eq(test_dir_count(), 0);
	cr_assert_eq(tta_reader_reap(reader, image.name, 0, NULL, NULL), TTA_REAP_GONE);
}
