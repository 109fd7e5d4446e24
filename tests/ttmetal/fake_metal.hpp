/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fake_metal.hpp - the least of tt-metal's public interface that tta-ttmetal.hpp needs:
 * its names and signatures, and objects that make the calls which the real ones make.
 * No hardware, no allocator: who creates a buffer says where it lies.
 */
#ifndef FAKE_METAL_HPP
#define FAKE_METAL_HPP

#include <any>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>
#if __cplusplus >= 202002L
#include <span>
#endif

namespace tt
{
enum class ARCH {
	Invalid = 0,
	GRAYSKULL = 1,
	WORMHOLE_B0 = 2,
	BLACKHOLE = 3,
	QUASAR = 4
};
} // namespace tt

/* Cores as bits. */
class CoreRangeSet
{
      public:
	explicit CoreRangeSet(uint64_t bits) : bits_(bits)
	{
	}
	uint32_t num_cores() const
	{
		return static_cast<uint32_t>(__builtin_popcountll(bits_));
	}

      private:
	uint64_t bits_;
};

namespace tt::tt_metal
{

enum class BufferType { DRAM, L1, SYSTEM_MEMORY, L1_SMALL, TRACE };

class Allocator
{
      public:
	uint32_t get_num_banks(const BufferType &type) const
	{
		return type == BufferType::DRAM ? 12 : type == BufferType::TRACE ? 0 : 64;
	}
	uint64_t get_bank_size(const BufferType &type) const
	{
		return type == BufferType::DRAM	   ? 1000 << 20
		       : type == BufferType::L1	   ? 1300 << 10
		       : type == BufferType::TRACE ? 0
						   : 32 << 10;
	}
};

class IDevice
{
      public:
	virtual ~IDevice() = default;
	virtual int id() const = 0;
	virtual ARCH arch() const
	{
		return ARCH::WORMHOLE_B0;
	}
	virtual int num_dram_channels() const
	{
		return 12;
	}
	virtual uint32_t dram_size_per_channel() const
	{
		return 1 << 30;
	}
	virtual uint32_t l1_size_per_core() const
	{
		return 1464 << 10;
	}
	virtual const std::unique_ptr<Allocator> &allocator() const
	{
		return allocator_;
	}

      private:
	std::unique_ptr<Allocator> allocator_ = std::make_unique<Allocator>();
};

class Device : public IDevice
{
      public:
	explicit Device(int id) : id_(id)
	{
	}
	int id() const override
	{
		return id_;
	}

      private:
	int id_;
};

namespace distributed
{
class MeshDevice : public IDevice
{
      public:
	explicit MeshDevice(std::vector<IDevice *> devices) : devices_(std::move(devices))
	{
	}
	int id() const override
	{
		return 33; /* of the mesh: no chip's number */
	}
	std::vector<IDevice *> get_devices() const
	{
		return devices_;
	}

      private:
	std::vector<IDevice *> devices_;
};
} // namespace distributed

class Program
{
};
class Buffer;

struct TrackedArgument {
	std::any value;
};
#if __cplusplus >= 202002L
template <class T> using ArgumentSpan = std::span<T>;
#else
template <class T> struct ArgumentSpan {
	T *data;
	size_t size;
};
#endif

class IGraphProcessor
{
      public:
	virtual ~IGraphProcessor() = default;
	virtual bool is_capture_processor() const
	{
		return true;
	}
	virtual void track_allocate(const Buffer *)
	{
	}
	virtual void track_deallocate(Buffer *)
	{
	}
	virtual void track_allocate_cb(const CoreRangeSet &, uint64_t, uint64_t, bool,
				       const IDevice *)
	{
	}
	virtual void track_deallocate_cb(const IDevice *)
	{
	}
	virtual void track_program(Program *, const IDevice *)
	{
	}
	virtual void track_function_start(std::string_view, ArgumentSpan<TrackedArgument>)
	{
	}
	virtual void track_function_end()
	{
	}
	virtual void track_function_end(const std::any &)
	{
	}
};

using Processors = std::vector<std::shared_ptr<IGraphProcessor>>;

class GraphTracker
{
      public:
	static GraphTracker &instance()
	{
		static GraphTracker tracker;
		return tracker;
	}
	void push_processor(const std::shared_ptr<IGraphProcessor> &processor)
	{
		mine().push_back(processor);
	}
	void clear()
	{
		mine().clear();
	}
	const Processors &get_processors() const
	{
		return mine();
	}
	bool is_enabled() const
	{
		for (const auto &processor : mine())
			if (processor->is_capture_processor())
				return true;
		return false;
	}
	template <class Call> void each(Call call)
	{
		for (const auto &processor : mine())
			call(*processor);
	}
	/* What a thread pool does with each task. */
	std::function<void()> wrap_with_current_context(std::function<void()> task)
	{
		if (!is_enabled())
			return task;
		return [task, carried = mine()] {
			Processors before = mine();

			mine() = carried;
			task();
			mine() = before;
		};
	}

      private:
	static Processors &mine()
	{
		static thread_local Processors processors;
		return processors;
	}
};

class Buffer : public std::enable_shared_from_this<Buffer>
{
      public:
	/* Owning: the allocator said @address. */
	static std::shared_ptr<Buffer> create(IDevice *device, BufferType type,
					      uint64_t address, uint64_t size)
	{
		auto buffer = make(device, type, address, size, true);

		buffer->announce();
		return buffer;
	}
	/* Not owning, at an address; @told: did this version report such buffers? */
	static std::shared_ptr<Buffer> alias(IDevice *device, BufferType type,
					     uint64_t address, uint64_t size,
					     bool told = true)
	{
		auto buffer = make(device, type, address, size, false);

		if (told)
			buffer->announce();
		return buffer;
	}
	std::shared_ptr<Buffer> view(uint64_t offset, uint64_t size)
	{
		auto buffer = make(device_, type_, address_ + offset, size, false);

		buffer->root_ = shared_from_this();
		buffer->announce();
		return buffer;
	}
	/* Once; upstream, a buffer that owns nothing may or may not report it. */
	void deallocate()
	{
		GraphTracker::instance().each(
			[this](IGraphProcessor &p) { p.track_deallocate(this); });
	}

	IDevice *device() const
	{
		return device_;
	}
	uint64_t size() const
	{
		return size_;
	}
	uint32_t address() const
	{
		return static_cast<uint32_t>(address_);
	}
	BufferType buffer_type() const
	{
		return type_;
	}
	uint64_t aligned_size_per_bank() const
	{
		return (size_ + 11) / 12;
	}
	std::shared_ptr<Buffer> root_buffer()
	{
		return root_ ? root_ : shared_from_this();
	}
	size_t unique_id() const
	{
		return id_;
	}

      private:
	static std::shared_ptr<Buffer> make(IDevice *device, BufferType type,
					    uint64_t address, uint64_t size, bool owns)
	{
		static size_t next;
		auto buffer = std::make_shared<Buffer>();

		buffer->device_ = device;
		buffer->type_ = type;
		buffer->address_ = address;
		buffer->size_ = size;
		buffer->owns_ = owns;
		buffer->id_ = __atomic_fetch_add(&next, 1, __ATOMIC_RELAXED);
		return buffer;
	}
	void announce() const
	{
		GraphTracker::instance().each(
			[this](IGraphProcessor &p) { p.track_allocate(this); });
	}

	IDevice *device_ = nullptr;
	BufferType type_ = BufferType::DRAM;
	uint64_t address_ = 0, size_ = 0;
	bool owns_ = true;
	size_t id_ = 0;
	std::shared_ptr<Buffer> root_;
};

} // namespace tt::tt_metal

#endif
