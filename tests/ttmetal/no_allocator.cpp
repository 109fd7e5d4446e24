/* SPDX-License-Identifier: BSD-2-Clause */
/* Compiled alone: the header without tt-metal's allocator. */
#define TTA_TTMETAL_ALLOCATOR 0
#include <tta/tta-ttmetal.hpp>

std::shared_ptr<tta_ttmetal::Processor> install_without_allocator();

std::shared_ptr<tta_ttmetal::Processor> install_without_allocator()
{
	return tta_ttmetal::install();
}
