/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Circular buffers: groups per program and chip, and views of L1 buffers.
 */
#include "stage.hpp"

Test(ttmetal_circular, a_program_s_are_a_group_and_end_together)
{
	Stage stage;
	IDevice *chip = stage.chips[0].get();
	Program one;

	stage.program(&one, chip);
	stage.circular(chip, 0xf, 100 * KiB, 4096);
	stage.circular(chip, 0xf, 104 * KiB, 2048);
	Seen first = entry(0, TTA_CB, 100 * KiB), second = entry(0, TTA_CB, 104 * KiB);

	cr_assert_eq(first.size, 4 * 4096, "on four cores");
	cr_assert_eq(first.bank_size, 4096);
	cr_assert_neq(first.group, 0);
	cr_assert_eq(first.group, second.group);
	stage.end_circulars(chip);
	cr_assert_eq(all_entries(), 0);
	cr_assert_eq(count(TTA_COUNT_CLOSED), 2);
}

/* D13: reported with the mesh, they are on each of its chips. */
Test(ttmetal_circular, those_of_a_mesh_are_on_each_chip_in_groups_of_their_own)
{
	Stage stage;
	Program one;

	stage.program(&one, stage.mesh.get());
	stage.circular(stage.mesh.get(), 1, 4096, 64);
	cr_assert_eq(all_entries(), 8);
	stage.end_circulars(stage.chips[3].get());
	cr_assert_eq(all_entries(), 7);
	cr_assert_eq(row(3, TTA_CB).used, 0);
	stage.end_circulars(stage.mesh.get());
	cr_assert_eq(all_entries(), 0);
}

/* D16: allocated in an L1 buffer: bytes once. */
Test(ttmetal_circular, global_ones_are_views_of_the_l1_buffer_that_they_lie_in)
{
	Stage stage;
	IDevice *chip = stage.chips[0].get();
	Program one;
	auto shard = Buffer::create(chip, BufferType::L1, 8192, 64 * KiB);

	stage.program(&one, chip);
	stage.circular(chip, 0x3, 8192, 32 * KiB, true);
	cr_assert_eq(entry(0, TTA_L1, 8192).views, 1);
	cr_assert_eq(all_bytes(), 64 * KiB);
	stage.end_circulars(chip);
	cr_assert_eq(entry(0, TTA_L1, 8192).views, 0);
	stage.program(&one, chip);
	stage.circular(chip, 0x3, 8192, 32 * KiB, true);
	shard->deallocate();
	cr_assert_eq(all_entries(), 0, "it ended with its buffer");
	stage.end_circulars(chip);
	cr_assert_eq(count(TTA_COUNT_UNKNOWN_FREES), 0);
}

Test(ttmetal_circular, a_program_that_allocates_again_begins_a_new_group)
{
	Stage stage;
	IDevice *chip = stage.chips[0].get();
	Program one;

	for (int i = 0; i < 3; i++) {
		stage.program(&one, chip);
		stage.circular(chip, 1, 4096, 1024);
		stage.circular(chip, 1, 8192, 1024);
		cr_assert_eq(row(0, TTA_CB).used, 2048);
		cr_assert_eq(entry(0, TTA_CB, 4096).flags, 0);
	}
	stage.program(&one, chip); /* cached: launched again without a word */
	cr_assert_eq(row(0, TTA_CB).used, 2048);
}

Test(ttmetal_circular, another_program_s_overwrite_them)
{
	Stage stage;
	IDevice *chip = stage.chips[0].get();
	Program one, two;

	stage.program(&one, chip);
	stage.circular(chip, 0x0f, 4096, 1024);
	stage.circular(chip, 0x0f, 5120, 1024);
	stage.program(&two, chip);
	stage.circular(chip, 0xff, 4096, 2048);
	cr_assert_eq(row(0, TTA_CB).used, 8 * 2048);
	cr_assert_eq(entry(0, TTA_CB, 4096).refs, 1);
	cr_assert_eq(entry(0, TTA_CB, 4096).flags, 0);
	stage.end_circulars(chip);
	cr_assert_eq(all_entries(), 0);
}

Test(ttmetal_circular, one_address_on_different_cores_is_one_entry_over_all)
{
	Stage stage;
	IDevice *chip = stage.chips[0].get();
	Program one;

	stage.program(&one, chip);
	stage.circular(chip, 0x03, 4096, 1024);
	stage.circular(chip, 0x10, 4096, 512);
	Seen seen = entry(0, TTA_CB, 4096);

	cr_assert_eq(seen.size, 2 * 1024 + 512);
	cr_assert_eq(seen.bank_size, 1024);
	cr_assert_eq(seen.refs, 1);
	cr_assert_eq(seen.flags, 0);
	stage.end_circulars(chip);
	cr_assert_eq(row(0, TTA_CB).used, 0);
}
