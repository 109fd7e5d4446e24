/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The call sequences of the seeds and of upstream's two test scripts, with the figures
 * of their documents: what is held in good order is no leak, what is not freed is one.
 */
#include "stage.hpp"

#include <csignal>
#include <sys/wait.h>
#include <unistd.h>

namespace
{

using Buffers = std::vector<std::shared_ptr<Buffer>>;

constexpr uint64_t ADD_KERNELS = 0x3ffff800, MATMUL_KERNELS = 0x3ffff000;

void end(Buffers &buffers)
{
	for (auto &buffer : buffers)
		buffer->deallocate();
	buffers.clear();
}

/* Loading a program's binaries: a buffer that the program cache keeps, and a mesh view
 * of it for the time of the transfer. @told: is the end of such a view reported? */
void load_binary(Stage &stage, Buffers &cache, uint64_t address, uint64_t size, bool told)
{
	cache.push_back(
		Buffer::create(stage.mesh.get(), BufferType::DRAM, address, size));
	auto view = Buffer::alias(stage.mesh.get(), BufferType::DRAM, address, size);

	if (told)
		view->deallocate();
}

void load_both(Stage &stage, Buffers &cache, bool told)
{
	load_binary(stage, cache, ADD_KERNELS, 12 * KiB, told);
	load_binary(stage, cache, MATMUL_KERNELS, 24 * KiB, told);
}

/* Per chip: @bytes of DRAM in @entries, without a flag, one owner each. */
void every_chip_holds(uint64_t bytes, uint64_t entries)
{
	observation o = observe(getpid());

	for (uint32_t chip = 0; chip < 8; chip++) {
		tta_memory m = observe_memory(&o, chip, TTA_DRAM);

		cr_assert_eq(m.used, bytes, "chip %u: %lu, not %lu", chip, m.used, bytes);
		cr_assert_eq(m.buffers, entries);
		cr_assert_eq(m.refs, entries);
	}
	for (size_t i = 0; o.process && i < o.process->buffer_count; i++)
		cr_assert_eq(o.process->buffers[i].flags, 0, "nothing is dup");
	observe_end(&o);
}

} // namespace

/* 36 KiB per chip while the cache has it, and nothing once it is cleared. */
Test(ttmetal_sequences, seed_000_a_cached_binary_and_its_view_are_no_leak)
{
	Stage stage;
	Buffers cache;

	load_both(stage, cache, true);
	every_chip_holds(36 * KiB, 2);
	end(cache);
	every_chip_holds(0, 0);
}

Test(ttmetal_sequences, seed_000_neither_when_the_view_s_end_is_not_reported)
{
	Stage stage;
	Buffers cache;

	load_both(stage, cache, false);
	every_chip_holds(36 * KiB, 2);
	end(cache);
	every_chip_holds(0, 0);
	cr_assert_eq(count(TTA_COUNT_UNKNOWN_FREES), 0);
}

/* The views end, the owners do not: what the old server could not tell from the above. */
Test(ttmetal_sequences, seed_000_a_binary_that_is_never_freed_is_a_leak)
{
	Stage stage;
	Buffers cache;

	load_both(stage, cache, true);
	cache.clear(); /* forgotten, not deallocated */
	every_chip_holds(36 * KiB, 2);
}

/* Three runs in one process, each with kernels of its own that nobody frees. */
Test(ttmetal_sequences, seed_001_grows_by_36_kib_and_12_kib_per_run)
{
	Stage stage;
	Buffers cache;

	for (uint64_t run = 1; run <= 3; run++) {
		uint64_t at = ADD_KERNELS - run * 64 * KiB;

		load_binary(stage, cache, at, 12 * KiB, true);
		load_binary(stage, cache, at - 24 * KiB, 24 * KiB, false);
		for (uint64_t i = 0; i < 3; i++)
			cache.push_back(
				Buffer::create(stage.chips[0].get(), BufferType::L1,
					       101152 + run * 12288 + i * 4096, 4096));
		every_chip_holds(run * 36 * KiB, run * 2);
		cr_assert_eq(row(0, TTA_L1).used, run * 12 * KiB);
	}
	end(cache);
	cr_assert_eq(all_bytes(), 0);
}

/* D10: control buffers at fixed addresses, announced again, one smaller. */
static void seed_002(Stage &stage, Buffers &kept)
{
	const uint64_t addresses[] = {101152, 105248, 109344};

	for (uint64_t address : addresses)
		kept.push_back(Buffer::alias(stage.chips[0].get(), BufferType::L1,
					     address, 4096));
	for (uint64_t address : addresses)
		kept.push_back(Buffer::alias(stage.chips[0].get(), BufferType::L1,
					     address, address == 109344 ? 2048 : 4096));
	cr_assert_eq(row(0, TTA_L1).used, 12288);
	cr_assert_eq(row(0, TTA_L1).buffers, 3);
	cr_assert_eq(entry(0, TTA_L1, 109344).size, 4096);
	cr_assert_eq(entry(0, TTA_L1, 109344).views, 1);
}

Test(ttmetal_sequences, seed_002_ends_with_the_device_that_is_said_to_be_closed)
{
	Stage stage;
	Buffers kept;

	seed_002(stage, kept);
	tta_ttmetal::device_closed(stage.chips[0].get());
	cr_assert_eq(all_bytes(), 0);
	cr_assert_eq(count(TTA_COUNT_CLOSED), 3);
}

Test(ttmetal_sequences, seed_002_is_an_orphan_when_the_process_is_killed)
{
	int status;
	pid_t pid;

	test_dir_make();
	pid = fork(); /* before the processor is there: this child has devices of its own
		       */
	if (pid == 0) {
		auto chip = std::make_unique<Device>(0);
		Buffers kept;

		tta_ttmetal::install();
		for (uint64_t address : {101152, 105248, 109344})
			kept.push_back(
				Buffer::alias(chip.get(), BufferType::L1, address, 4096));
		kill(getpid(), SIGKILL);
	}
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	observation o = observe_until(pid, TTA_VERDICT_ORPHAN, 0);

	cr_assert(o.process);
	cr_assert_eq(observe_memory(&o, 0, TTA_L1).used, 12288);
	observe_end(&o);
	test_dir_remove();
}

/* D14, D15: three circular buffers, whose end names neither address nor size. */
Test(ttmetal_sequences, seed_003_circular_buffers_end_by_group_or_are_a_leak)
{
	Stage stage;
	IDevice *chip = stage.chips[0].get();
	Program program;

	stage.program(&program, chip);
	stage.circular(chip, 1, 101152, 4096);
	stage.circular(chip, 1, 105248, 4096);
	stage.circular(chip, 1, 109344, 2048);
	cr_assert_eq(row(0, TTA_CB).used, 10240);
	cr_assert_eq(row(0, TTA_CB).buffers, 3);
	stage.end_circulars(chip);
	cr_assert_eq(all_bytes(), 0);

	Buffers kernels; /* 24,576 bytes on each of 18 devices, never freed */
	std::vector<std::unique_ptr<Device>> many;

	for (int i = 0; i < 18; i++) {
		many.push_back(std::make_unique<Device>(i));
		kernels.push_back(Buffer::create(many.back().get(), BufferType::DRAM,
						 0x3ffff000, 24576));
	}
	cr_assert_eq(all_bytes(), 18 * 24576);
}

/* D20, D22: 14 MiB of queues and dispatch per open device, freed without a word. @said:
 * does somebody say that the device was closed? */
static void seed_004(bool said)
{
	Stage stage;
	Buffers system;

	for (uint64_t round = 1; round <= 3; round++) {
		system.push_back(Buffer::create(stage.mesh.get(), BufferType::DRAM,
						round << 28, 14 * MiB));
		every_chip_holds((said ? 1 : round) * 14 * MiB, said ? 1 : round);
		if (said)
			tta_ttmetal::device_closed(stage.mesh.get());
	}
	cr_assert_eq(all_bytes(), said ? 0 : 8 * 42 * MiB);
	cr_assert_eq(count(TTA_COUNT_CLOSED), said ? 24 : 0);
}

Test(ttmetal_sequences, seed_004_system_buffers_go_with_the_device)
{
	seed_004(true);
}

Test(ttmetal_sequences, seed_004_system_buffers_add_up_when_nobody_says_so)
{
	seed_004(false);
}

/* D38: test_mesh_allocation.py, with the exact bytes after each step. */
Test(ttmetal_sequences, upstream_test_mesh_allocation_ends_at_nothing)
{
	Stage stage;
	auto *mesh = stage.mesh.get();
	auto tensor = [&](uint64_t at, uint64_t bytes) {
		return Buffer::create(mesh, BufferType::DRAM, at << 24, bytes);
	};
	Buffers cache;
	auto a = tensor(1, 4 * MiB), b = tensor(2, 4 * MiB);

	every_chip_holds(8 * MiB, 2);
	load_binary(stage, cache, ADD_KERNELS, 12 * KiB, true);
	auto sum = tensor(3, 4 * MiB);

	every_chip_holds(12 * MiB + 12 * KiB, 4);
	auto left = tensor(4, 512 * KiB), right = tensor(5, 512 * KiB);

	load_binary(stage, cache, MATMUL_KERNELS, 24 * KiB, true);
	auto product = tensor(6, 1 * MiB);

	every_chip_holds(14 * MiB + 36 * KiB, 8);
	uint64_t rest = 14 * MiB + 36 * KiB, entries = 8;

	for (auto &gone : {a, b, sum, left, right, product}) {
		gone->deallocate();
		rest -= gone->size();
		every_chip_holds(rest, --entries);
	}
	end(cache); /* disable_and_clear_program_cache() */
	every_chip_holds(0, 0);
	tta_ttmetal::device_closed(mesh);
	cr_assert_eq(count(TTA_COUNT_CLOSED), 0, "nothing was left to close");
}

/* test_accumulation.py: three rounds in one process, each of which leaves nothing. */
Test(ttmetal_sequences, upstream_test_accumulation_returns_to_nothing_each_round)
{
	Stage stage;

	for (int round = 0; round < 3; round++) {
		auto tensor = Buffer::create(stage.mesh.get(), BufferType::DRAM, 1 << 24,
					     16 * KiB);
		Buffers cache;

		load_both(stage, cache, false);
		every_chip_holds(52 * KiB, 3);
		tensor->deallocate();
		end(cache);
		tta_ttmetal::device_closed(stage.mesh.get());
		every_chip_holds(0, 0);
	}
	cr_assert_eq(count(TTA_COUNT_UNKNOWN_FREES), 0);
	cr_assert_eq(count(TTA_COUNT_CLOSED), 0);
}
