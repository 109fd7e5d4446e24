/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Attaches and ends orderly: what a program does that exec put in place of another.
 */
#include <tta/tta.h>

int main(void)
{
	tta_alloc(0, TTA_DRAM, 4096, 1);
	tta_free(0, TTA_DRAM, 4096);
	return 0;
}
