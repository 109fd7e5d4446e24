/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A program of tt-metal as its user adds the processor to it.
 */
#include <tta/tta-ttmetal.hpp>

int main()
{
	using tt::tt_metal::Buffer;

	tt::tt_metal::Device chip(0);
	auto processor = tta_ttmetal::install();

	Buffer::create(&chip, tt::tt_metal::BufferType::L1, 4096, 64)->deallocate();
	tta_ttmetal::device_closed(&chip);
	return processor->notes().buffers == 1 ? 0 : 1;
}
