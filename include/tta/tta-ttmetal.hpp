/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tta-ttmetal.hpp - publish what tt-metal allocates, without a change to tt-metal.
 *
 *	#include <tta/tta-ttmetal.hpp>
 *
 *	tta_ttmetal::install();                 // each thread that allocates, early
 *	...
 *	tta_ttmetal::device_closed(device);     // after CloseDevice, before it is deleted
 *
 * A graph processor of tt-metal's public interface (tt-metalium/graph_tracking.hpp) that
 * tells libtta of each buffer and circular buffer. C++17; link with libtta. How to build
 * with tt-metal, and what is not seen: docs/tt-metal.md.
 *
 * Which buffers own their memory. tt-metal does not say it, so (R1 to R4):
 *
 *  R1  A buffer whose root_buffer() is another one is a view of it.
 *  R2  A buffer at an address that is live on this chip, in this memory type, under
 *      another unique_id() is a view: an allocator hands out no address twice. That is
 *      the cached kernel binary and its temporary alias, and the buffers per chip of a
 *      mesh buffer.
 *  R3  Every other buffer owns. An alias of memory that was allocated before install()
 *      is therefore taken for its owner.
 *  R4  When an owner is deallocated, its views end with it: tt-metal does not report
 *      the deallocation of every alias. What is reported late is then ignored.
 *
 * A buffer of a MeshDevice is one allocation of size() bytes on each of its chips.
 * Buffers are known by unique_id(), so a deallocation needs neither size nor device.
 * Circular buffers are one group per (program, chip). Those that tt-metal allocated
 * globally are views of the L1 buffer that they lie in. A group ends
 *   - when its program allocates circular buffers again on this chip,
 *   - when those of another program lie over it: programs that run at the same time on
 *     different cores are not told apart,
 *   - with track_deallocate_cb(), which names a device and no program: all of the device.
 * Those of one program that have one address on different cores are one entry.
 *
 * Callbacks take one mutex for a moment, throw nothing and print nothing. A child of
 * fork() publishes nothing through the processor: the devices are its parent's.
 */
#ifndef TTA_TTMETAL_HPP
#define TTA_TTMETAL_HPP

#include <algorithm>
#include <any>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include <pthread.h>

#include <tt-metalium/buffer.hpp>
#include <tt-metalium/device.hpp>
#include <tt-metalium/graph_tracking.hpp>
#include <tt-metalium/mesh_device.hpp>
/* On its way out of the public interface; without it, devices have no geometry. Where it
 * is there and does not fit: -DTTA_TTMETAL_ALLOCATOR=0. */
#ifndef TTA_TTMETAL_ALLOCATOR
#if __has_include(<tt-metalium/allocator.hpp>)
#define TTA_TTMETAL_ALLOCATOR 1
#else
#define TTA_TTMETAL_ALLOCATOR 0
#endif
#endif
#if TTA_TTMETAL_ALLOCATOR
#include <tt-metalium/allocator.hpp>
#endif

#include <tta/tta.h>
#include <tta/ttmetal-book.hpp>
#include <tta/ttmetal-circular.hpp>

namespace tta_ttmetal
{

struct Options {
	/*
	 * Let tt-metal's own thread pools carry the processor along. tt-metal does that
	 * for capturing processors alone, so this one then calls itself one, which
	 * switches GraphTracker::is_enabled() on: ops may take slower ways.
	 */
	bool pool_threads = false;
	/* A number that stays with the chip (UMD's unique id): devices are then merged
	 * over processes that number them differently. Empty text = unknown. */
	std::function<std::string(const tt::tt_metal::IDevice &)> stable_id;
};

namespace detail
{

using tt::tt_metal::Buffer;
using tt::tt_metal::IDevice;
using tt::tt_metal::IGraphProcessor;

/* The type of a member function's second argument: upstream's span changes its name. */
template <class T> struct second_argument;
template <class R, class C, class A, class B> struct second_argument<R (C::*)(A, B)> {
	using type = B;
};

inline std::atomic<bool> &in_child()
{
	static std::atomic<bool> child{false};
	return child;
}

inline void watch_forks()
{
	static const int once = pthread_atfork(nullptr, nullptr, [] {
		in_child().store(true, std::memory_order_relaxed);
	});

	(void)once;
}

/* The operations that a thread is in; trivial, so that late destructors may ask. */
struct Operations {
	static constexpr unsigned DEPTH = 8; /* deeper ones bear the name of the eighth */
	unsigned depth;
	char names[DEPTH][64];

	void enter(std::string_view name)
	{
		if (depth++ >= DEPTH)
			return;
		char *to = names[depth - 1];

		to[name.copy(to, sizeof(names[0]) - 1)] = '\0';
	}
	void leave()
	{
		depth -= depth > 0;
	}
	const char *innermost() const
	{
		return depth ? names[std::min(depth, DEPTH) - 1] : "";
	}
};

inline Operations &operations()
{
	static thread_local Operations mine;
	return mine;
}

/* One chip, several for a mesh. */
inline std::vector<const IDevice *> chips_of(const IDevice *device)
{
	std::vector<const IDevice *> chips;
	const auto *mesh =
		dynamic_cast<const tt::tt_metal::distributed::MeshDevice *>(device);

	if (!mesh)
		return {device};
	for (const IDevice *chip : mesh->get_devices())
		if (chip) /* on another host */
			chips.push_back(chip);
	return chips;
}

inline uint32_t number_of(const IDevice *chip)
{
	return static_cast<uint32_t>(chip->id()); /* below 0: libtta refuses and counts */
}

inline uint32_t type_of(const Buffer *buffer)
{
	auto type = static_cast<uint32_t>(buffer->buffer_type());

	/* tt-metal's first five are libtta's. */
	return type <= TTA_TRACE ? type : static_cast<uint32_t>(TTA_TYPE_LIMIT);
}

inline const char *arch_name(int arch)
{
	static const char *const names[] = {nullptr, "grayskull", "wormhole_b0",
					    "blackhole", "quasar"};

	return arch >= 1 && arch <= 4 ? names[arch] : nullptr;
}

#if TTA_TTMETAL_ALLOCATOR
/* What the allocator of a chip says of one memory type. */
template <class Allocator>
void describe_memory(std::vector<tta_memory_info> &list, const Allocator &allocator,
		     tt::tt_metal::BufferType type, uint32_t tta, uint64_t bank_capacity)
{
	tta_memory_info info{};
	uint64_t allocatable;

	info.type = tta;
	info.banks = allocator.get_num_banks(type);
	info.bank_size = allocator.get_bank_size(type);
	allocatable = info.banks * info.bank_size;
	info.capacity = std::max<uint64_t>(info.banks * bank_capacity, allocatable);
	info.reserved = info.capacity - allocatable;
	if (allocatable)
		list.push_back(info);
}
#endif

inline void describe(const IDevice *chip, const std::string &stable_id)
{
	std::vector<tta_memory_info> memory;
	tta_device_info info{};

#if TTA_TTMETAL_ALLOCATOR
	using tt::tt_metal::BufferType;
	const auto &allocator = chip->allocator();

	if (allocator) {
		uint64_t dram = uint64_t{chip->dram_size_per_channel()} *
				static_cast<uint64_t>(chip->num_dram_channels());
		uint64_t banks = allocator->get_num_banks(BufferType::DRAM);

		describe_memory(memory, *allocator, BufferType::DRAM, TTA_DRAM,
				banks ? dram / banks : 0);
		describe_memory(memory, *allocator, BufferType::L1, TTA_L1,
				chip->l1_size_per_core());
		describe_memory(memory, *allocator, BufferType::L1_SMALL, TTA_L1_SMALL,
				0);
		describe_memory(memory, *allocator, BufferType::TRACE, TTA_TRACE, 0);
	}
#endif
	info.info_size = sizeof(info);
	info.kind = "tenstorrent";
	info.stable_id = stable_id.empty() ? nullptr : stable_id.c_str();
	info.arch = arch_name(static_cast<int>(chip->arch()));
	info.memory = memory.data();
	info.memory_count = memory.size();
	tta_device_describe(number_of(chip), &info);
}

} // namespace detail

class Processor : public tt::tt_metal::IGraphProcessor
{
	using Base = tt::tt_metal::IGraphProcessor;
	using Arguments = typename detail::second_argument<
		decltype(&Base::track_function_start)>::type;

      public:
	explicit Processor(Options options = {}) : options_(std::move(options))
	{
		detail::watch_forks();
	}

	bool is_capture_processor() const override
	{
		return options_.pool_threads;
	}

	void track_allocate(const tt::tt_metal::Buffer *buffer) override
	{
		guard([&] { announce(buffer); });
	}

	void track_deallocate(tt::tt_metal::Buffer *buffer) override
	{
		/* A device that may be half gone is asked for a buffer alone that nobody
		 * announced. */
		guard([&] {
			book_.end(
				buffer->unique_id(), [&] { return place_of(buffer); },
				notes_);
		});
	}

	void track_allocate_cb(const CoreRangeSet &cores, uint64_t address, uint64_t size,
			       bool is_globally_allocated,
			       const tt::tt_metal::IDevice *device) override
	{
		guard([&] {
			const detail::CircularBuffer announced{
				address, size, size * cores.num_cores(), 0};

			for (const auto *chip : known_chips(device))
				circulars_.announce(book_, detail::number_of(chip),
						    announced, is_globally_allocated);
		});
	}

	void track_deallocate_cb(const tt::tt_metal::IDevice *device) override
	{
		guard([&] {
			for (const auto *chip : detail::chips_of(device))
				circulars_.end_all(book_, detail::number_of(chip));
		});
	}

	void track_program(tt::tt_metal::Program *program,
			   const tt::tt_metal::IDevice *device) override
	{
		guard([&] {
			for (const auto *chip : known_chips(device))
				circulars_.program(program, detail::number_of(chip));
		});
	}

	/* Buffers are labelled with the operation that they are allocated in. */
	void track_function_start(std::string_view name, Arguments) override
	{
		detail::operations().enter(name);
	}
	void track_function_end() override
	{
		detail::operations().leave();
	}
	void track_function_end(const std::any &) override
	{
		track_function_end();
	}

	/* Everything that is left of a device has gone with it: it counts as closed. */
	void device_closed(const tt::tt_metal::IDevice *device)
	{
		guard([&] {
			for (const auto *chip : detail::chips_of(device))
				close_chip(detail::number_of(chip));
		});
	}
	void device_closed(int chip)
	{
		guard([&] { close_chip(static_cast<uint32_t>(chip)); });
	}

	Notes notes() const
	{
		std::lock_guard<std::mutex> lock(mutex_);
		Notes notes = notes_;

		notes.lost = lost_.load(std::memory_order_relaxed);
		return notes;
	}

	/* What is covered, in words; what is missing is said with it. */
	std::string coverage() const
	{
		Notes n = notes();
		std::string text = "buffers of " + std::to_string(n.threads) + " threads";

		text += options_.pool_threads
				? ", and of tt-metal's thread pools that they use"
				: "; not those that tt-metal's thread pools allocate";
		text += "; not those of threads that did not call install()";
		if (n.unknown_frees)
			text += "; " + std::to_string(n.unknown_frees) +
				" deallocations of buffers that were not seen before";
		if (n.lost)
			text += "; " + std::to_string(n.lost) + " callbacks were lost";
		return text;
	}

	void thread_installed()
	{
		guard([&] { notes_.threads++; });
	}

      private:
	/* Nothing that goes wrong here is the host's business. */
	template <class Work> void guard(Work work) noexcept
	{
		if (detail::in_child().load(std::memory_order_relaxed) ||
		    tta_level() == TTA_OFF)
			return;
		try {
			std::lock_guard<std::mutex> lock(mutex_);

			work();
		} catch (...) {
			lost_.fetch_add(1, std::memory_order_relaxed);
		}
	}

	void announce(const tt::tt_metal::Buffer *buffer)
	{
		detail::Book::Entry entry{};
		const tt::tt_metal::Buffer *root = root_of(buffer);

		entry.view = root != buffer;
		entry.address = root->address();
		if (entry.address == 0 && buffer->size() != 0) {
			notes_.virtual_buffers++;
			return;
		}
		entry.size = buffer->size();
		entry.bank_size = entry.view ? 0 : bank_size_of(buffer);
		entry.type = detail::type_of(buffer);
		entry.label = label();
		for (const auto *chip : known_chips(buffer->device()))
			entry.chips.push_back(detail::number_of(chip));
		book_.announce(buffer->unique_id(), entry, notes_);
	}

	/* R1. Asking is not const upstream, and refused while a buffer is being made. */
	static const tt::tt_metal::Buffer *root_of(const tt::tt_metal::Buffer *buffer)
	{
		try {
			auto root =
				const_cast<tt::tt_metal::Buffer *>(buffer)->root_buffer();

			return root ? root.get() : buffer;
		} catch (const std::bad_weak_ptr &) {
			return buffer;
		}
	}

	/* Asks the allocator, which may refuse. */
	static uint64_t bank_size_of(const tt::tt_metal::Buffer *buffer)
	{
		try {
			return buffer->aligned_size_per_bank();
		} catch (...) {
			return 0;
		}
	}

	/* Of a buffer that was not announced; a mesh's is looked for on its first chip.
	 */
	detail::Place place_of(tt::tt_metal::Buffer *buffer) const
	{
		return {detail::number_of(detail::chips_of(buffer->device()).at(0)),
			detail::type_of(buffer), buffer->address()};
	}

	uint32_t label()
	{
		const char *name = detail::operations().innermost();

		if (!*name)
			return 0;
		auto found = labels_.find(name);

		if (found == labels_.end())
			found = labels_.emplace(name, tta_label(name)).first;
		return found->second;
	}

	/* Events are more than the description of where they happen: it may be refused.
	 */
	void describe(const tt::tt_metal::IDevice *chip)
	{
		try {
			detail::describe(chip, options_.stable_id
						       ? options_.stable_id(*chip)
						       : std::string());
		} catch (...) {
			lost_.fetch_add(1, std::memory_order_relaxed);
		}
	}

	std::vector<const tt::tt_metal::IDevice *> known_chips(
		const tt::tt_metal::IDevice *device)
	{
		auto chips = detail::chips_of(device);

		for (const auto *chip : chips)
			if (described_.insert(detail::number_of(chip)).second)
				describe(chip);
		return chips;
	}

	void close_chip(uint32_t chip)
	{
		circulars_.close_chip(chip);
		book_.close_chip(chip);
		described_.erase(chip);
	}

	const Options options_;
	mutable std::mutex mutex_;
	detail::Book book_;
	detail::Circulars circulars_;
	std::unordered_map<std::string, uint32_t> labels_;
	std::unordered_set<uint32_t> described_;
	Notes notes_;
	std::atomic<uint64_t> lost_{0};
};

/* The process's processor; made by the first call, which alone gives options. */
inline const std::shared_ptr<Processor> &processor(Options options = {})
{
	static const std::shared_ptr<Processor> shared =
		std::make_shared<Processor>(std::move(options));
	return shared;
}

/*
 * Put it on the stack of the calling thread (once). tt-metal keeps a stack per thread:
 * call this early in every thread that allocates.
 */
inline std::shared_ptr<Processor> install(Options options = {})
{
	const auto &shared = processor(std::move(options));
	auto &tracker = tt::tt_metal::GraphTracker::instance();

	for (const auto &known : tracker.get_processors())
		if (known == shared)
			return shared;
	tracker.push_processor(shared);
	shared->thread_installed();
	return shared;
}

/* As Processor::device_closed(). */
inline void device_closed(const tt::tt_metal::IDevice *device)
{
	processor()->device_closed(device);
}

} // namespace tta_ttmetal

#endif
