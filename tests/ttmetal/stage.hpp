/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * stage.hpp - eight chips and a mesh of them, the processor, and what a reader sees.
 */
#ifndef STAGE_HPP
#define STAGE_HPP

#include <memory>
#include <vector>

#include <criterion/criterion.h>

#include <tta/tta-ttmetal.hpp>

extern "C" {
#include "observe.h"
#include "test_dir.h"
}

using tt::tt_metal::Buffer;
using tt::tt_metal::BufferType;
using tt::tt_metal::Device;
using tt::tt_metal::GraphTracker;
using tt::tt_metal::IDevice;
using tt::tt_metal::Program;

constexpr uint64_t KiB = 1024, MiB = 1024 * KiB;

/* What the segment of this process says of one (device, type). */
struct Row {
	uint64_t used, buffers, refs, allocs, frees;
};
/* One entry; all zero when there is none. */
struct Seen {
	bool there;
	uint64_t size, bank_size, group;
	uint32_t refs, views, allocs, frees, flags;
	std::string label;
};

Row row(uint32_t device, uint32_t type);
Seen entry(uint32_t device, uint32_t type, uint64_t address);
uint64_t count(enum tta_count what); /* over the process */
/* Bytes and entries of all devices and types. */
uint64_t all_bytes();
size_t all_entries();

/* Each test is a process of its own; eight chips that the processor watches. */
struct Stage {
	explicit Stage(tta_ttmetal::Options options = {});
	~Stage();
	void program(Program *program, IDevice *device);
	void circular(IDevice *device, uint64_t cores, uint64_t address, uint64_t size,
		      bool global = false);
	void end_circulars(IDevice *device);

	std::vector<std::unique_ptr<Device>> chips;
	std::unique_ptr<tt::tt_metal::distributed::MeshDevice> mesh;
	std::shared_ptr<tta_ttmetal::Processor> processor;
};

#endif
