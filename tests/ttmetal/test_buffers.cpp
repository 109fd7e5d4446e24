/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Buffers: who owns (R1 to R4), meshes, threads, forks, and what is not there.
 */
#include "stage.hpp"

#include <functional>
#include <thread>

#include <sys/wait.h>
#include <unistd.h>

Test(ttmetal_buffers, one_that_owns_comes_and_goes_with_its_operation_and_bank_size)
{
	Stage stage;

	stage.processor->track_function_start("ttnn::zeros", {});
	auto buffer =
		Buffer::create(stage.chips[3].get(), BufferType::DRAM, 4096, 24 * KiB);

	stage.processor->track_function_end();
	Seen seen = entry(3, TTA_DRAM, 4096);

	cr_assert(seen.there);
	cr_assert_eq(seen.size, 24 * KiB);
	cr_assert_eq(seen.bank_size, 2 * KiB);
	cr_assert_eq(seen.refs, 1);
	cr_assert_str_eq(seen.label.c_str(), "ttnn::zeros");
	buffer->deallocate();
	cr_assert_eq(all_entries(), 0);
	cr_assert_eq(row(3, TTA_DRAM).used, 0);
}

/* D47, D32: a chip is a chip; its geometry is the allocator's. */
Test(ttmetal_buffers, a_device_is_described_by_its_allocator_and_stable_id)
{
	tta_ttmetal::Options options;

	options.stable_id = [](const IDevice &chip) {
		return "u" + std::to_string(chip.id());
	};
	Stage stage(std::move(options));
	auto buffer = Buffer::create(stage.chips[5].get(), BufferType::L1, 4096, 64);
	observation o = observe(getpid());

	cr_assert_eq(o.process->device_count, 1);
	const tta_device &device = o.process->devices[0];

	cr_assert_eq(device.number, 5);
	cr_assert_str_eq(device.kind, "tenstorrent");
	cr_assert_str_eq(device.stable_id, "u5");
	cr_assert_str_eq(device.arch, "wormhole_b0");
	cr_assert_eq(device.geometry_count, 3, "no TRACE region: no row");
	cr_assert_eq(device.geometry[0].type, TTA_DRAM);
	cr_assert_eq(device.geometry[0].banks, 12);
	cr_assert_eq(device.geometry[0].bank_size, 1000 * MiB);
	cr_assert_eq(device.geometry[0].capacity, 12 * 1024 * MiB);
	cr_assert_eq(device.geometry[0].reserved, 12 * 24 * MiB);
	cr_assert_eq(device.geometry[1].capacity, 64 * 1464 * KiB);
	observe_end(&o);
}

Test(ttmetal_buffers, a_description_that_is_refused_costs_no_event)
{
	tta_ttmetal::Options options;

	options.stable_id = [](const IDevice &) -> std::string { throw 1; };
	Stage stage(std::move(options));
	auto buffer = Buffer::create(stage.chips[0].get(), BufferType::L1, 4096, 64);

	cr_assert_eq(row(0, TTA_L1).used, 64);
	cr_assert_eq(stage.processor->notes().lost, 1);
	buffer->deallocate();
	cr_assert_eq(all_entries(), 0);
}

/* D9: the key is the buffer, not its address. */
Test(ttmetal_buffers, an_alias_of_a_live_address_is_a_view_and_ends_as_one)
{
	Stage stage;
	IDevice *chip = stage.chips[0].get();
	auto owner = Buffer::create(chip, BufferType::DRAM, 4096, 12288);
	auto alias = Buffer::alias(chip, BufferType::DRAM, 4096, 12288);
	Seen seen = entry(0, TTA_DRAM, 4096);

	cr_assert_eq(seen.refs, 1);
	cr_assert_eq(seen.views, 1);
	cr_assert_eq(seen.flags, 0, "no dup");
	cr_assert_eq(row(0, TTA_DRAM).used, 12288, "bytes count once");
	alias->deallocate();
	seen = entry(0, TTA_DRAM, 4096);
	cr_assert_eq(seen.refs, 1, "the owner is still there");
	cr_assert_eq(seen.views, 0);
	owner->deallocate();
	cr_assert_eq(all_entries(), 0);
}

/* D11: an alias that nobody ends, or that is ended late. */
Test(ttmetal_buffers, aliases_end_with_their_owner_and_late_frees_hit_nobody_else)
{
	Stage stage;
	IDevice *chip = stage.chips[1].get();
	auto owner = Buffer::create(chip, BufferType::L1, 4096, 2048);
	auto silent = Buffer::alias(chip, BufferType::L1, 4096, 2048);
	auto late = Buffer::alias(chip, BufferType::L1, 4096, 2048);

	owner->deallocate();
	cr_assert_eq(all_entries(), 0);
	auto next = Buffer::create(chip, BufferType::L1, 4096, 512);

	late->deallocate();
	cr_assert_eq(entry(1, TTA_L1, 4096).refs, 1, "the new owner is untouched");
	cr_assert_eq(stage.processor->notes().views_ended, 2);
	cr_assert_eq(stage.processor->notes().late_frees, 1);
	cr_assert_eq(count(TTA_COUNT_UNKNOWN_FREES), 0);
}

Test(ttmetal_buffers, a_view_of_a_region_is_a_view_of_its_root)
{
	Stage stage;
	auto root = Buffer::create(stage.chips[0].get(), BufferType::DRAM, 4096, 1 * MiB);
	auto view = root->view(64 * KiB, 32 * KiB);

	cr_assert_eq(all_entries(), 1);
	cr_assert_eq(entry(0, TTA_DRAM, 4096).views, 1);
	cr_assert_eq(row(0, TTA_DRAM).used, 1 * MiB);
	view->deallocate();
	root->deallocate();
	cr_assert_eq(all_entries(), 0);
}

/* D12, D24: a mesh buffer is on its chips, once; the mesh's own number is none. */
Test(ttmetal_buffers, a_mesh_buffer_is_one_allocation_on_each_chip)
{
	Stage stage;
	auto backing = Buffer::create(stage.mesh.get(), BufferType::DRAM, 8192, 4 * MiB);
	std::vector<std::shared_ptr<Buffer>> per_chip;

	for (auto &chip : stage.chips) /* as older versions report them as well */
		per_chip.push_back(
			Buffer::alias(chip.get(), BufferType::DRAM, 8192, 4 * MiB));
	for (uint32_t i = 0; i < 8; i++) {
		cr_assert_eq(row(i, TTA_DRAM).used, 4 * MiB);
		cr_assert_eq(row(i, TTA_DRAM).buffers, 1);
	}
	cr_assert_eq(all_entries(), 8, "nothing on the mesh's number");
	backing->deallocate();
	cr_assert_eq(all_entries(), 0);
	cr_assert_eq(all_bytes(), 0);
}

/* D3, D4: allocated before anybody looked. */
Test(ttmetal_buffers, a_free_of_what_was_not_seen_is_counted_and_ends_nobody)
{
	Stage stage;
	IDevice *chip = stage.chips[0].get();
	auto before = Buffer::alias(chip, BufferType::DRAM, 4096, 64, false);
	auto other = Buffer::alias(chip, BufferType::DRAM, 8192, 64, false);
	auto owner = Buffer::create(chip, BufferType::DRAM, 8192, 64);

	before->deallocate();
	other->deallocate();
	cr_assert_eq(count(TTA_COUNT_UNKNOWN_FREES), 1);
	cr_assert_eq(stage.processor->notes().unknown_frees, 2);
	cr_assert_eq(entry(0, TTA_DRAM, 8192).refs, 1);
	cr_assert(strstr(stage.processor->coverage().c_str(), "2 deallocations"));
}

/* D6, D8, D46: hooked buffers, nothing to hold, types of their own. */
Test(ttmetal_buffers, oddities_are_counted_for_what_they_are)
{
	Stage stage;
	IDevice *chip = stage.chips[0].get();
	auto hooked = Buffer::create(chip, BufferType::DRAM, 0, 4096);
	auto empty = Buffer::create(chip, BufferType::DRAM, 4096, 0);
	auto host = Buffer::create(chip, BufferType::SYSTEM_MEMORY, 64, 100);
	auto small = Buffer::create(chip, BufferType::L1_SMALL, 64, 200);
	auto strange = Buffer::create(chip, static_cast<BufferType>(9), 64, 300);
	Device unborn(-1);
	auto lost = Buffer::create(&unborn, BufferType::DRAM, 64, 400);

	cr_assert_eq(stage.processor->notes().virtual_buffers, 1);
	cr_assert(entry(0, TTA_DRAM, 4096).there);
	cr_assert_eq(row(0, TTA_SYSTEM).used, 100);
	cr_assert_eq(row(0, TTA_L1_SMALL).used, 200);
	cr_assert_eq(all_bytes(), 300);
	cr_assert_eq(count(TTA_COUNT_REJECTED_TYPE), 1);
	cr_assert_eq(count(TTA_COUNT_REJECTED_DEVICE), 1);
}

Test(ttmetal_buffers, threads_that_did_not_install_are_missed_and_it_says_so)
{
	Stage stage;
	IDevice *chip = stage.chips[0].get();
	std::shared_ptr<Buffer> missed;

	std::thread([&] {
		missed = Buffer::create(chip, BufferType::DRAM, 64, 1);
	}).join();
	cr_assert_eq(all_entries(), 0);
	std::thread([&] {
		tta_ttmetal::install();
		tta_ttmetal::install();
		Buffer::create(chip, BufferType::DRAM, 128, 1);
	}).join();
	cr_assert_eq(row(0, TTA_DRAM).refs, 1, "installed once per thread");
	std::string text = stage.processor->coverage();

	cr_assert(strstr(text.c_str(), "buffers of 2 threads"), "%s", text.c_str());
	cr_assert(strstr(text.c_str(), "not those that tt-metal's thread pools"));
	missed->deallocate();
	cr_assert_eq(count(TTA_COUNT_UNKNOWN_FREES), 1);
}

static size_t entries_of_a_pool_thread(Stage &stage)
{
	auto task = GraphTracker::instance().wrap_with_current_context(
		[&] { Buffer::create(stage.chips[0].get(), BufferType::L1, 64, 1); });

	std::thread(task).join();
	return all_entries();
}

Test(ttmetal_buffers, pool_threads_are_not_carried_unless_asked)
{
	Stage stage;

	cr_assert_eq(entries_of_a_pool_thread(stage), 0);
	cr_assert_not(GraphTracker::instance().is_enabled(), "nothing else changes");
}

Test(ttmetal_buffers, pool_threads_are_carried_when_asked)
{
	tta_ttmetal::Options options;

	options.pool_threads = true;
	Stage stage(std::move(options));
	cr_assert_eq(entries_of_a_pool_thread(stage), 1);
}

Test(ttmetal_buffers, install_again_after_clear)
{
	Stage stage;

	GraphTracker::instance().clear();
	tta_ttmetal::install();
	auto buffer = Buffer::create(stage.chips[0].get(), BufferType::L1, 64, 1);

	cr_assert_eq(all_entries(), 1);
}

/* Buffers that one thread allocates and another ends, in all threads at once. */
Test(ttmetal_buffers, many_threads_leave_the_books_balanced)
{
	Stage stage;
	std::vector<std::shared_ptr<Buffer>> kept[4];
	std::vector<std::thread> threads;

	for (uint64_t t = 0; t < 4; t++)
		threads.emplace_back([&, t] {
			tta_ttmetal::install();
			for (uint64_t i = 0; i < 2000; i++)
				kept[t].push_back(Buffer::create(
					stage.chips[i % 8].get(), BufferType::DRAM,
					(t << 20 | i) * 64 + 64, 64));
		});
	for (auto &thread : threads)
		thread.join();
	threads.clear();
	cr_assert_eq(all_bytes(), 8000 * 64);
	for (uint64_t t = 0; t < 4; t++)
		threads.emplace_back([&, t] {
			tta_ttmetal::install();
			for (auto &buffer : kept[(t + 1) % 4])
				buffer->deallocate();
		});
	for (auto &thread : threads)
		thread.join();
	cr_assert_eq(all_entries(), 0);
	cr_assert_eq(count(TTA_COUNT_UNKNOWN_FREES), 0);
	cr_assert_eq(stage.processor->notes().buffers, 8000);
}

/* Whoever forks while another thread is inside a callback must not hang in the child. */
Test(ttmetal_buffers, a_child_of_fork_publishes_nothing_and_waits_for_nobody)
{
	Stage stage;
	std::atomic<bool> stop{false};
	std::thread busy([&] {
		tta_ttmetal::install();
		while (!stop)
			Buffer::create(stage.chips[0].get(), BufferType::DRAM, 64, 1)
				->deallocate();
	});
	int hung = 0;

	for (int i = 0; i < 50; i++) {
		pid_t pid = fork();
		int status;

		if (pid == 0) {
			alarm(5);
			Buffer::create(stage.chips[1].get(), BufferType::DRAM, 64, 1);
			_exit(0);
		}
		cr_assert_eq(waitpid(pid, &status, 0), pid);
		hung += !WIFEXITED(status);
	}
	stop = true;
	busy.join();
	cr_assert_eq(hung, 0);
	cr_assert_eq(row(1, TTA_DRAM).allocs, 0);
	cr_assert_eq(test_dir_count(), 1, "no segment of a child");
}

/* D21: what bulk teardown does not report, said by whoever closes the device. */
Test(ttmetal_buffers, closing_a_device_ends_what_is_left_of_it_alone)
{
	Stage stage;
	auto mesh = Buffer::create(stage.mesh.get(), BufferType::DRAM, 64, 100);
	auto alias = Buffer::alias(stage.chips[2].get(), BufferType::DRAM, 64, 100);

	stage.processor->device_closed(stage.chips[2].get());
	cr_assert_eq(row(2, TTA_DRAM).used, 0);
	cr_assert_eq(count(TTA_COUNT_CLOSED), 1);
	cr_assert_eq(all_entries(), 7);
	alias->deallocate();
	mesh->deallocate();
	cr_assert_eq(all_entries(), 0);
	cr_assert_eq(count(TTA_COUNT_UNKNOWN_FREES), 0);
	tta_ttmetal::device_closed(stage.mesh.get());
}
