/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A plugin that publishes: it alone leads its host to libtta.so.
 */
#include <tta/tta.h>

void plugin_publish(uint64_t address, uint64_t size);
void plugin_forget(uint64_t address);

__attribute__((visibility("default"))) void plugin_publish(uint64_t address,
							   uint64_t size)
{
	tta_alloc(0, TTA_L1, address, size);
	tta_add(0, TTA_HOST, 1);
	tta_add(0, TTA_HOST, -1);
}

__attribute__((visibility("default"))) void plugin_forget(uint64_t address)
{
	tta_free(0, TTA_L1, address);
}
