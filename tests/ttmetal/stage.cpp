/* SPDX-License-Identifier: BSD-2-Clause */
#include "stage.hpp"

#include <unistd.h>

Row row(uint32_t device, uint32_t type)
{
	observation o = observe(getpid());
	tta_memory m = observe_memory(&o, device, type);

	observe_end(&o);
	return {m.used, m.buffers, m.refs, m.allocs, m.frees};
}

Seen entry(uint32_t device, uint32_t type, uint64_t address)
{
	observation o = observe(getpid());
	const tta_buffer *b =
		o.process ? observe_buffer(&o, device, type, address) : nullptr;
	Seen seen{};

	if (b)
		seen = {true,	  b->size,   b->bank_size, b->group, b->refs,
			b->views, b->allocs, b->frees,	   b->flags, b->label_text};
	observe_end(&o);
	return seen;
}

uint64_t count(enum tta_count what)
{
	observation o = observe(getpid());
	uint64_t value = o.process ? o.process->counts[what] : 0;

	observe_end(&o);
	return value;
}

uint64_t all_bytes()
{
	observation o = observe(getpid());
	uint64_t bytes = 0;

	for (size_t i = 0; o.process && i < o.process->memory_count; i++)
		bytes += o.process->memory[i].used;
	observe_end(&o);
	return bytes;
}

size_t all_entries()
{
	observation o = observe(getpid());
	size_t entries = o.process ? o.process->buffer_count : 0;

	observe_end(&o);
	return entries;
}

Stage::Stage(tta_ttmetal::Options options)
{
	std::vector<IDevice *> devices;

	test_dir_make();
	for (int i = 0; i < 8; i++) {
		chips.push_back(std::make_unique<Device>(i));
		devices.push_back(chips.back().get());
	}
	mesh = std::make_unique<tt::tt_metal::distributed::MeshDevice>(devices);
	processor = tta_ttmetal::install(std::move(options));
}

Stage::~Stage()
{
	test_dir_remove();
}

void Stage::program(Program *program, IDevice *device)
{
	GraphTracker::instance().each([&](tt::tt_metal::IGraphProcessor &p) {
		p.track_program(program, device);
	});
}

void Stage::circular(IDevice *device, uint64_t cores, uint64_t address, uint64_t size,
		     bool global)
{
	GraphTracker::instance().each([&](tt::tt_metal::IGraphProcessor &p) {
		p.track_allocate_cb(CoreRangeSet(cores), address, size, global, device);
	});
}

void Stage::end_circulars(IDevice *device)
{
	GraphTracker::instance().each(
		[&](tt::tt_metal::IGraphProcessor &p) { p.track_deallocate_cb(device); });
}
