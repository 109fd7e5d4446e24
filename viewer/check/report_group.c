/* SPDX-License-Identifier: BSD-2-Clause */
/* What several reports need: classes merged over devices, names. */
#include <stdlib.h>
#include <string.h>

#include "format.h"
#include "report.h"

static bool same_numbers(const uint64_t *a, size_t a_count, const uint64_t *b,
			 size_t b_count)
{
	return a_count == b_count &&
	       (a_count == 0 || memcmp(a, b, a_count * sizeof(*a)) == 0);
}

static bool same_range(struct check_range a, struct check_range b)
{
	return a.low == b.low && a.high == b.high;
}

static bool same_series(const struct check_report *report, const struct check_class *a,
			const struct check_class *b)
{
	for (int m = 0; m < CHECK_MEASURES; m++)
		if (!same_numbers(a->series.after[m], report->runs + 1,
				  b->series.after[m], report->runs + 1))
			return false;
	return true;
}

/* Is the device the only difference? */
static bool is_alike(const struct check_report *report, const struct check_class *a,
		     const struct check_class *b)
{
	return strcmp(a->key->kind, b->key->kind) == 0 &&
	       strcmp(a->key->type, b->key->type) == 0 && a->key->size == b->key->size &&
	       strcmp(a->key->label, b->key->label) == 0 && a->verdict == b->verdict &&
	       a->fails == b->fails && a->exit_residue == b->exit_residue &&
	       a->suppressed == b->suppressed && same_range(a->allocs, b->allocs) &&
	       same_range(a->frees, b->frees) && same_series(report, a, b) &&
	       same_numbers(a->sites, a->site_count, b->sites, b->site_count) &&
	       same_numbers(a->addresses, a->address_count, b->addresses,
			    b->address_count);
}

static int compare_u32(const void *left, const void *right)
{
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;

	return (a > b) - (a < b);
}

#define GROUP_MAX 256 /* devices; more make a second group */

struct check_group check_group_at(const struct check_report *report, size_t index)
{
	struct check_group group = {.first = &report->classes[index]};
	const char *kind = group.first->key->kind;
	uint32_t numbers[GROUP_MAX];
	char ranges[48];

	while (index + group.count < report->class_count && group.count < GROUP_MAX &&
	       is_alike(report, group.first, group.first + group.count)) {
		numbers[group.count] = group.first[group.count].key->number;
		group.count++;
	}
	qsort(numbers, group.count, sizeof(*numbers), compare_u32);
	format_ranges(ranges, sizeof(ranges), numbers, group.count);
	snprintf(group.devices, sizeof(group.devices), "%s%s%s", kind, kind[0] ? ":" : "",
		 ranges);
	return group;
}

const char *check_device_name(const struct check_key *key, char name[64])
{
	snprintf(name, 64, "%s%s%u", key->kind, key->kind[0] ? ":" : "", key->number);
	return name;
}

const char *check_status_text(const struct check_run *run, char text[32])
{
	if (!run->ran)
		return "-";
	snprintf(text, 32, "%s %d", run->ended_by_signal ? "signal" : "exit",
		 run->status);
	return text;
}
