/* SPDX-License-Identifier: BSD-2-Clause */
#include <criterion/criterion.h>
#include <string.h>

#include "book.h"
#include "sample_builder.h"

static struct tta_process *add_process(struct sample_builder *builder, uint32_t pid,
				       const char *run_id)
{
	struct tta_process *process = sample_process(builder, pid);

	strcpy(process->run_id, run_id);
	return process;
}

static void look_at(struct check_book *book, struct sample_builder *builder)
{
	struct snapshot *snapshot = sample_snapshot(builder);

	cr_assert_eq(check_book_look(book, snapshot), 0);
	snapshot_free(snapshot);
	sample_delete(builder);
}

static uint64_t total(const struct check_book *book, size_t look,
		      enum check_measure measure)
{
	return check_book_total(book, look).value[measure];
}

Test(book, counts_processes_of_the_run_alone)
{
	struct sample_builder *builder = sample_new();
	struct check_book book;

	add_process(builder, 1, "mine");
	sample_buffer(builder, 0, TTA_DRAM, 0x1000, 100);
	add_process(builder, 2, "other");
	sample_buffer(builder, 0, TTA_DRAM, 0x1000, 1000);
	cr_assert_eq(check_book_open(&book, "mine"), 0);
	look_at(&book, builder);
	cr_assert_eq(total(&book, 0, CHECK_BYTES), 100);
	cr_assert_eq(total(&book, 0, CHECK_BUFFERS), 1);
	cr_assert_eq(total(&book, 0, CHECK_REFS), 1);
	check_book_close(&book);
}

Test(book, classes_are_device_type_size_and_label)
{
	struct sample_builder *builder = sample_new();
	struct check_book book;

	add_process(builder, 1, "r");
	sample_buffer(builder, 0, TTA_DRAM, 0x1000, 100);
	sample_buffer(builder, 0, TTA_DRAM, 0x2000, 100);
	sample_buffer(builder, 1, TTA_DRAM, 0x1000, 100);
	sample_buffer(builder, 0, TTA_L1, 0x1000, 100);
	sample_buffer(builder, 0, TTA_DRAM, 0x3000, 200);
	sample_buffer(builder, 0, TTA_DRAM, 0x4000, 100)->label_text = "kv";
	cr_assert_eq(check_book_open(&book, "r"), 0);
	look_at(&book, builder);
	cr_assert_eq(book.class_count, 5);
	check_book_close(&book);
}

Test(book, what_a_segment_held_at_its_end_outlives_its_file)
{
	struct sample_builder *builder = sample_new();
	struct check_book book;

	add_process(builder, 1, "r")->verdict = TTA_VERDICT_EXITED;
	sample_buffer(builder, 0, TTA_DRAM, 0x1000, 100);
	cr_assert_eq(check_book_open(&book, "r"), 0);
	look_at(&book, builder);
	builder = sample_new();
	add_process(builder, 2, "r")->verdict = TTA_VERDICT_EXITED;
	sample_buffer(builder, 0, TTA_DRAM, 0x1000, 100);
	look_at(&book, builder);
	cr_assert_eq(total(&book, 1, CHECK_BYTES), 200);
	cr_assert_eq(book.reason_count, 0);
	check_book_close(&book);
}

Test(book, a_segment_whose_end_nobody_saw_is_a_doubt)
{
	struct sample_builder *builder = sample_new();
	struct check_book book;

	add_process(builder, 1, "r");
	sample_buffer(builder, 0, TTA_DRAM, 0x1000, 100);
	cr_assert_eq(check_book_open(&book, "r"), 0);
	look_at(&book, builder);
	look_at(&book, sample_new());
	cr_assert_eq(total(&book, 1, CHECK_BYTES), 0);
	cr_assert_eq(book.reason_count, 1);
	cr_assert_not_null(strstr(book.reasons[0], "vanished"));
	check_book_close(&book);
}

Test(book, exec_ends_a_segment_without_a_doubt)
{
	struct sample_builder *builder = sample_new();
	struct tta_process *process = add_process(builder, 1, "r");
	struct check_book book;

	process->start_time = 77;
	cr_assert_eq(check_book_open(&book, "r"), 0);
	look_at(&book, builder);
	builder = sample_new();
	process = add_process(builder, 1, "r");
	process->start_time = 77;
	process->nonce = 4711;
	look_at(&book, builder);
	cr_assert_eq(book.reason_count, 0);
	check_book_close(&book);
}

Test(book, bytes_without_an_entry_are_a_class_of_their_own)
{
	struct sample_builder *builder = sample_new();
	struct check_book book;
	struct tta_memory *memory;

	add_process(builder, 1, "r");
	sample_buffer(builder, 0, TTA_DRAM, 0x1000, 100);
	memory = sample_memory(builder, 0, TTA_DRAM);
	memory->used += 50;
	memory->add_bytes_up = 10;
	memory->add_bytes_down = 3;
	cr_assert_eq(check_book_open(&book, "r"), 0);
	look_at(&book, builder);
	cr_assert_eq(book.class_count, 2);
	cr_assert_eq(book.classes[1]->size, SNAP_UNKNOWN);
	cr_assert_eq(check_book_sums(&book, 0, 1).value[CHECK_BYTES], 57);
	cr_assert_eq(total(&book, 0, CHECK_BYTES), 157);
	check_book_close(&book);
}

Test(book, unknown_stays_unknown_and_is_a_doubt_and_overruns_are_none)
{
	struct sample_builder *builder = sample_new();
	struct tta_process *process = add_process(builder, 1, "r");
	struct check_book book;

	sample_memory(builder, 0, TTA_DRAM)->used = TTA_UNKNOWN;
	process->totals_inexact = TTA_INEXACT_UNSIZED;
	process->lost = 99;
	cr_assert_eq(check_book_open(&book, "r"), 0);
	look_at(&book, builder);
	cr_assert_eq(total(&book, 0, CHECK_BYTES), SNAP_UNKNOWN);
	cr_assert_eq(book.reason_count, 1);
	check_book_close(&book);
	builder = sample_new();
	add_process(builder, 1, "r")->lost = 99;
	cr_assert_eq(check_book_open(&book, "r"), 0);
	look_at(&book, builder);
	cr_assert_eq(book.reason_count, 0);
	check_book_close(&book);
}

Test(book, uncertain_events_are_a_doubt_told_once)
{
	struct check_book book;

	cr_assert_eq(check_book_open(&book, "r"), 0);
	for (int i = 0; i < 3; i++) {
		struct sample_builder *builder = sample_new();
		struct tta_process *process = add_process(builder, 1, "r");

		process->uncertain_count = 2;
		process->totals_inexact = TTA_INEXACT_UNCERTAIN;
		look_at(&book, builder);
	}
	cr_assert_eq(book.reason_count, 1);
	cr_assert_not_null(strstr(book.reasons[0], "2 uncertain events"));
	check_book_close(&book);
}

Test(book, marks_of_one_name_are_looks)
{
	struct sample_builder *builder = sample_new();
	struct check_book book;
	struct snapshot *snapshot;

	add_process(builder, 1, "r");
	sample_memory(builder, 0, TTA_DRAM);
	sample_mark(builder, "round", 5);
	sample_mark(builder, "other", 1000);
	sample_mark(builder, "round", 10);
	sample_mark(builder, "round", 30);
	snapshot = sample_snapshot(builder);
	cr_assert_eq(check_book_open(&book, "r"), 0);
	cr_assert_eq(check_book_marks(&book, snapshot, "round", 1, 0), 0);
	cr_assert_eq(book.look_count, 2);
	cr_assert_eq(total(&book, 0, CHECK_BYTES), 10);
	cr_assert_eq(total(&book, 1, CHECK_BYTES), 30);
	check_book_close(&book);
	cr_assert_eq(check_book_open(&book, "r"), 0);
	cr_assert_eq(check_book_marks(&book, snapshot, "ro*", 0, 2), 0);
	cr_assert_eq(book.look_count, 2);
	cr_assert_eq(total(&book, 1, CHECK_BYTES), 10);
	check_book_close(&book);
	snapshot_free(snapshot);
	sample_delete(builder);
}

Test(book, marks_that_not_every_process_reached_are_a_doubt)
{
	struct sample_builder *builder = sample_new();
	struct check_book book;
	struct snapshot *snapshot;

	add_process(builder, 1, "r");
	sample_memory(builder, 0, TTA_DRAM);
	sample_mark(builder, "round", 5);
	sample_mark(builder, "round", 5);
	add_process(builder, 2, "r");
	sample_memory(builder, 0, TTA_DRAM);
	sample_mark(builder, "round", 7);
	snapshot = sample_snapshot(builder);
	cr_assert_eq(check_book_open(&book, "r"), 0);
	cr_assert_eq(check_book_marks(&book, snapshot, "round", 0, 0), 0);
	cr_assert_eq(total(&book, 0, CHECK_BYTES), 12);
	cr_assert_eq(book.reason_count, 1);
	check_book_close(&book);
	snapshot_free(snapshot);
	sample_delete(builder);
}

static uint64_t signature(struct sample_builder *builder, bool *busy)
{
	struct check_book book;
	struct snapshot *snapshot = sample_snapshot(builder);
	uint64_t value;

	cr_assert_eq(check_book_open(&book, "r"), 0);
	value = check_book_signature(&book, snapshot, busy);
	check_book_close(&book);
	snapshot_free(snapshot);
	return value;
}

Test(book, the_signature_moves_with_the_numbers_of_the_run)
{
	struct sample_builder *builder = sample_new();
	struct tta_process *stranger;
	struct tta_buffer *buffer;
	uint64_t before;
	bool busy;

	stranger = add_process(builder, 1, "other");
	add_process(builder, 2, "r");
	buffer = sample_buffer(builder, 0, TTA_DRAM, 0x1000, 100);
	before = signature(builder, &busy);
	cr_assert_not(busy);
	stranger->totals_inexact = TTA_INEXACT_BUSY;
	cr_assert_eq(signature(builder, &busy), before);
	cr_assert_not(busy);
	buffer->refs++;
	cr_assert_neq(signature(builder, &busy), before);
	sample_process(builder, 3)->totals_inexact = TTA_INEXACT_BUSY;
	strcpy(stranger[2].run_id, "r");
	signature(builder, &busy);
	cr_assert(busy);
	sample_delete(builder);
}
