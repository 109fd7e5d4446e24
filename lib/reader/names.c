/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * names.c - memory types by name.
 */
#include <tta/reader.h>

const char *tta_type_name(const struct tta_process *process, uint32_t type)
{
	static const char *const builtin[TTA_TYPE_BUILTIN_COUNT] = {
		[TTA_DRAM] = "DRAM",	 [TTA_L1] = "L1",
		[TTA_SYSTEM] = "SYSTEM", [TTA_L1_SMALL] = "L1_SMALL",
		[TTA_TRACE] = "TRACE",	 [TTA_CB] = "CB",
		[TTA_KERNEL] = "KERNEL", [TTA_HOST] = "HOST",
	};

	if (type < TTA_TYPE_BUILTIN_COUNT)
		return builtin[type];
	for (size_t i = 0; process && i < process->type_count; i++)
		if (process->types[i].id == type)
			return process->types[i].name;
	return "?";
}
