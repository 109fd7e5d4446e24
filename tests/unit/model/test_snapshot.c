/* SPDX-License-Identifier: BSD-2-Clause */
#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "sample_builder.h"

static struct snapshot *finish(struct sample_builder *b)
{
	struct snapshot *snapshot = sample_snapshot(b);

	sample_delete(b);
	return snapshot;
}

Test(snapshot, nothing_published_is_an_exact_empty_document)
{
	struct snapshot *s = finish(sample_new());

	cr_assert(s->exact);
	cr_assert(s->has_buffers);
	cr_assert_eq(s->process_count + s->device_count + s->buffer_count, 0);
	cr_assert_eq(s->time_ns, SAMPLE_REALTIME_NS);
	cr_assert_eq(strncmp(s->tool, "ttatop ", 7), 0);
	snapshot_free(s);
	snapshot_free(NULL);
}

Test(snapshot, each_verdict_has_its_state)
{
	static const struct {
		enum tta_verdict verdict;
		enum snap_state state;
	} rows[] = {
		{TTA_VERDICT_ALIVE, SNAP_LIVE},
		{TTA_VERDICT_ENDING, SNAP_LIVE},
		{TTA_VERDICT_ORPHAN, SNAP_ORPHAN},
		{TTA_VERDICT_EXITED, SNAP_EXITED},
		{TTA_VERDICT_DEAD, SNAP_DEAD},
		{TTA_VERDICT_UNKNOWN, SNAP_STATE_UNKNOWN},
		{TTA_VERDICT_CORRUPT, SNAP_CORRUPT},
	};
	struct sample_builder *b = sample_new();
	struct snapshot *s;

	for (uint32_t i = 0; i < 7; i++)
		sample_process(b, i + 1)->verdict = rows[i].verdict;
	s = finish(b);
	for (uint32_t i = 0; i < 7; i++)
		cr_assert_eq(find_process(s, i + 1)->state, rows[i].state, "row %u", i);
	snapshot_free(s);
}

Test(snapshot, ten_seconds_without_an_event_are_idle)
{
	struct sample_builder *b = sample_new();
	struct tta_process *p;
	struct snapshot *s;

	sample_process(b, 1)->last_event_ns = SAMPLE_MONO_NS - UINT64_C(9999999999);
	sample_process(b, 2)->last_event_ns = SAMPLE_MONO_NS - UINT64_C(10000000000);
	sample_process(b, 3)->last_event_ns = 0; /* born a minute ago */
	p = sample_process(b, 4);
	p->last_event_ns = 0;
	p->birth_mono_ns = SAMPLE_MONO_NS - 5;
	sample_process(b, 5)->last_event_ns = SAMPLE_MONO_NS + 100; /* after the sample */
	p = sample_process(b, 6); /* only adds, which say no time themselves */
	p->last_event_ns = 0;
	p->last_add_ns = SAMPLE_MONO_NS - UINT64_C(9000000000);
	p = sample_process(b, 7);
	p->last_event_ns = SAMPLE_MONO_NS - UINT64_C(30000000000);
	p->last_add_ns = SAMPLE_MONO_NS - UINT64_C(20000000000);
	s = finish(b);
	cr_assert_eq(find_process(s, 1)->state, SNAP_LIVE);
	cr_assert_eq(find_process(s, 2)->state, SNAP_IDLE);
	cr_assert_eq(find_process(s, 3)->state, SNAP_IDLE);
	cr_assert_eq(find_process(s, 3)->last_event_ns, SNAP_UNKNOWN);
	cr_assert_eq(find_process(s, 4)->state, SNAP_LIVE);
	cr_assert_eq(find_process(s, 5)->state, SNAP_LIVE);
	cr_assert_eq(find_process(s, 6)->state, SNAP_LIVE);
	cr_assert_eq(find_process(s, 6)->last_event_ns, SNAP_UNKNOWN);
	cr_assert_eq(find_process(s, 7)->state, SNAP_IDLE);
	snapshot_free(s);
}

Test(snapshot, totals_keep_the_dead_apart)
{
	static const enum tta_verdict verdicts[] = {
		TTA_VERDICT_ALIVE,  TTA_VERDICT_UNKNOWN, TTA_VERDICT_ORPHAN,
		TTA_VERDICT_EXITED, TTA_VERDICT_DEAD,	 TTA_VERDICT_CORRUPT};
	struct sample_builder *b = sample_new();
	struct snapshot *s;

	for (uint32_t i = 0; i < 6; i++) {
		sample_process(b, i + 1)->verdict = verdicts[i];
		sample_buffer(b, 0, TTA_DRAM, 1, UINT64_C(1) << (4 * i));
	}
	s = finish(b);
	cr_assert_eq(s->totals.used, 0x11);
	cr_assert_eq(s->totals.buffers, 2);
	cr_assert_eq(s->totals.refs, 2);
	cr_assert_eq(s->totals.processes, 2);
	cr_assert_eq(s->totals.orphans, 1);
	cr_assert_eq(s->totals.orphan_bytes, 0x100);
	cr_assert_eq(s->totals.orphan_buffers, 1);
	cr_assert_eq(s->totals.exited, 1);
	cr_assert_eq(s->totals.residue_bytes, 0x1000);
	cr_assert_eq(s->totals.residue_buffers, 1);
	cr_assert_eq(find_row(s, 0, "DRAM")->used, 0x11);
	cr_assert_eq(find_row(s, 0, "DRAM")->orphan_bytes, 0x100);
	snapshot_free(s);
}

Test(snapshot, an_unknown_number_makes_its_sums_unknown)
{
	struct sample_builder *b = sample_new();
	struct snapshot *s;

	sample_process(b, 1);
	sample_buffer(b, 0, TTA_DRAM, 1, 10);
	sample_process(b, 2);
	sample_memory(b, 0, TTA_DRAM)->used = TTA_UNKNOWN;
	s = finish(b);
	cr_assert_eq(s->totals.used, SNAP_UNKNOWN);
	cr_assert_eq(s->totals.buffers, 1);
	cr_assert_eq(find_row(s, 0, "DRAM")->used, SNAP_UNKNOWN);
	snapshot_free(s);
}

Test(snapshot, flags_say_what_is_odd_about_a_buffer)
{
	struct sample_builder *b = sample_new();
	struct tta_buffer *buffer;
	struct tta_process *p;
	struct snapshot *s;

	sample_process(b, 1);
	sample_buffer(b, 0, TTA_DRAM, 1, 10)->flags = TTA_SLOT_FLAG_DUP;
	sample_buffer(b, 0, TTA_DRAM, 2, 10)->flags =
		TTA_SLOT_FLAG_DUP | TTA_SLOT_FLAG_SIZE;
	buffer = sample_buffer(b, 0, TTA_DRAM, 3, 0);
	buffer->refs = 0;
	buffer->views = 2;
	p = sample_process(b, 2);
	p->verdict = TTA_VERDICT_ORPHAN;
	p->buffers_inexact = TTA_INEXACT_STALE;
	sample_buffer(b, 0, TTA_DRAM, 4, 10);
	s = finish(b);
	cr_assert_eq(find_buffer(s, 1, 1)->flags, SNAP_FLAG_DUP);
	cr_assert_eq(find_buffer(s, 1, 2)->flags, SNAP_FLAG_DUP | SNAP_FLAG_SIZE);
	cr_assert_eq(find_buffer(s, 1, 3)->flags, SNAP_FLAG_DANGLING);
	cr_assert_eq(find_buffer(s, 2, 4)->flags, SNAP_FLAG_ORPHAN | SNAP_FLAG_STALE);
	cr_assert_eq(find_buffer(s, 2, 4)->age_ns, UINT64_C(5000000000));
	snapshot_free(s);
}

Test(snapshot, each_reason_for_inexactness_is_told)
{
	static const struct {
		uint32_t totals, buffers;
		const char *words;
	} rows[] = {
		{TTA_INEXACT_BUSY, 0, "busy"},
		{0, TTA_INEXACT_BUSY, "busy: buffers only"},
		{TTA_INEXACT_DROPPED, 0,
		 "detail dropped since 2026-01-05T12:34:46.123456789Z"},
		{TTA_INEXACT_UNCERTAIN, 0, "2 uncertain events"},
		{TTA_INEXACT_UNSIZED, 0, "frees without size"},
		{0, TTA_INEXACT_STALE, "table frozen"},
		{0, TTA_INEXACT_MISMATCH, "table and counters disagree"},
		{TTA_INEXACT_CORRUPT, 0, "something was out of bounds"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sample_builder *b = sample_new();
		struct tta_process *p = sample_process(b, 1);
		struct snapshot *s;

		p->totals_inexact = rows[i].totals;
		p->buffers_inexact = rows[i].buffers;
		p->uncertain_count = 2;
		p->incomplete_since_ns = SAMPLE_MONO_NS - UINT64_C(10000000000);
		s = finish(b);
		cr_assert_not(s->exact);
		cr_assert_not(s->processes[0].exact);
		cr_assert_eq(s->processes[0].inexact_reason_count, 1);
		cr_assert_str_eq(s->processes[0].inexact_reasons[0], rows[i].words);
		snapshot_free(s);
	}
}

Test(snapshot, buffers_not_asked_for_are_not_inexact_but_unpublished_ones_are)
{
	struct sample_builder *b = sample_new();
	struct snapshot *s;

	sample_process(b, 1)->buffers_inexact = TTA_INEXACT_NO_TABLE;
	s = finish(b);
	cr_assert(s->exact);
	cr_assert_not(s->has_buffers);
	snapshot_free(s);
	b = sample_new();
	sample_process(b, 1)->buffers_inexact = TTA_INEXACT_NO_TABLE;
	((struct tta_process *)(uintptr_t)sample_of(b)->processes)->level = TTA_COUNTERS;
	s = finish(b);
	cr_assert_not(s->exact);
	cr_assert(s->has_buffers);
	cr_assert_not(s->processes[0].has_buffers);
	cr_assert_str_eq(s->processes[0].inexact_reasons[0], "buffers are not published");
	snapshot_free(s);
}

Test(snapshot, notes_say_how_death_was_proven)
{
	struct sample_builder *b = sample_new();
	struct snapshot *s;

	sample_process(b, 1)->notes = TTA_NOTE_NOT_MARKED;
	sample_process(b, 2)->notes = TTA_NOTE_BY_MUTEX | TTA_NOTE_STRANGER_LOCK;
	strcpy(sample_process(b, 3)->problem, "bad magic");
	sample_process(b, 4);
	s = finish(b);
	cr_assert_str_eq(s->processes[0].note, "kernel did not mark");
	cr_assert_str_eq(s->processes[1].note,
			 "by robust mutex alone, a stranger holds a read lock");
	cr_assert_str_eq(s->processes[2].note, "bad magic");
	cr_assert_str_eq(s->processes[3].note, "");
	snapshot_free(s);
}

Test(snapshot, what_could_not_be_read_is_warned_of)
{
	struct sample_builder *b = sample_new();
	struct tta_process *p;
	struct snapshot *s;

	sample_skipped(b, "tta.1.a", EACCES, "Permission denied");
	sample_skipped(b, "tta.1.b", EACCES, "Permission denied");
	sample_skipped(b, "tta.9.c", EPROTONOSUPPORT, "major 9");
	p = sample_process(b, 1);
	p->verdict = TTA_VERDICT_CORRUPT;
	strcpy(p->problem, "bad magic");
	s = finish(b);
	cr_assert_not(s->exact);
	cr_assert_eq(s->warning_count, 3);
	cr_assert_str_eq(s->warnings[0].id, "shm.unreadable");
	cr_assert_str_eq(s->warnings[0].text, "tta.1.a: Permission denied, and others");
	cr_assert_eq(s->warnings[0].count, 2);
	cr_assert_str_eq(s->warnings[1].id, "shm.foreign-version");
	cr_assert_eq(s->warnings[1].count, 1);
	cr_assert_str_eq(s->warnings[2].id, "shm.corrupt");
	snapshot_free(s);
}

Test(snapshot, times_of_another_boot_are_counted_from_its_birth)
{
	struct sample_builder *b = sample_new();
	struct tta_process *p = sample_process(b, 1);
	struct snapshot *s;

	p->same_boot = false;
	p->birth_mono_ns = 500;
	p->birth_realtime_ns = SAMPLE_REALTIME_NS - 1000000;
	p->last_event_ns = 700;
	s = finish(b);
	cr_assert_eq(s->processes[0].last_event_ns, SAMPLE_REALTIME_NS - 1000000 + 200);
	cr_assert_str_eq(s->processes[0].note, "from another boot");
	snapshot_free(s);
}

Test(snapshot, buffers_are_sorted_by_device_pid_and_address)
{
	struct sample_builder *b = sample_new();
	struct snapshot *s;

	sample_process(b, 1);
	sample_buffer(b, 0, TTA_DRAM, 0x20, 1);
	sample_buffer(b, 1, TTA_DRAM, 0x10, 1);
	sample_process(b, 2);
	sample_buffer(b, 0, TTA_L1, 0x10, 1);
	sample_buffer(b, 0, TTA_DRAM, 0x10, 1);
	s = finish(b);
	cr_assert_eq(s->buffers[0].pid, 1);
	cr_assert_eq(s->buffers[0].addr, 0x20);
	cr_assert_str_eq(s->buffers[1].type, "DRAM");
	cr_assert_str_eq(s->buffers[2].type, "L1");
	cr_assert_eq(s->buffers[3].device, 1);
	cr_assert_eq(s->buffers[3].process, 0);
	snapshot_free(s);
}

Test(snapshot, states_and_flags_have_names)
{
	for (int state = 0; state < SNAP_STATE_COUNT; state++)
		cr_assert_eq(snap_state_parse(snap_state_name((enum snap_state)state)),
			     state);
	cr_assert_eq(snap_state_parse("alive"), -1);
	cr_assert_eq(snap_state_letter(SNAP_ORPHAN), 'O');
	cr_assert_str_eq(snap_flag_name(SNAP_FLAG_OVERLAP), "overlap");
}

Test(snapshot, labels_belong_to_their_process)
{
	struct sample_builder *b = sample_new();
	const char *const texts[] = {"kv", "weights"};
	struct snapshot *s;

	for (uint32_t i = 0; i < 2; i++) {
		sample_process(b, 10 + i);
		for (uint64_t j = 1; j < 4; j++) {
			struct tta_buffer *buffer =
				sample_buffer(b, 0, TTA_DRAM, j * 64, 1);

			buffer->label = j == 3 ? 0 : 1;
			buffer->label_text = j == 3 ? "" : texts[i];
		}
	}
	s = sample_snapshot(b);
	sample_delete(b);
	for (uint32_t i = 0; i < 2; i++) {
		cr_assert_str_eq(find_buffer(s, 10 + i, 64)->label, texts[i]);
		cr_assert_str_eq(find_buffer(s, 10 + i, 128)->label, texts[i]);
		cr_assert_str_empty(find_buffer(s, 10 + i, 192)->label);
	}
	snapshot_free(s);
}
