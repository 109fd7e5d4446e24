/* SPDX-License-Identifier: BSD-2-Clause */
/* Schema ttatop.check, version 1. */
#include <tta/version.h>

#include "json_write.h"
#include "report.h"

typedef json_t *(*make_measure)(const void *base, enum check_measure measure);

/* {"bytes": .., "buffers": .., "refs": ..} */
static json_t *measures_json(const void *base, make_measure make)
{
	json_t *object = json_object();
	bool failed = !object;

	for (int m = 0; m < CHECK_MEASURES && !failed; m++)
		json_put(object, check_measure_name((enum check_measure)m),
			 make(base, (enum check_measure)m), &failed);
	return json_whole(object, failed);
}

static json_t *sum_json(const void *base, enum check_measure measure)
{
	const struct check_sums *sums = base;

	return json_number(sums->value[measure]);
}

static json_t *slope_json(const void *base, enum check_measure measure)
{
	const struct check_series *series = base;

	return series->growth[measure].verdict == GROWTH_UNJUDGED
		       ? json_null()
		       : json_real(series->slope[measure]);
}

static json_t *verdict_json(const void *base, enum check_measure measure)
{
	const struct check_series *series = base;

	return json_string(growth_verdict_name(series->growth[measure].verdict));
}

/* ---- runs ---- */

static json_t *growth_json(const struct check_run *run)
{
	if (run->number < 1 || !run->growth_known)
		return json_null();
	return json_integer(run->growth);
}

static const char *run_kind(const struct check_report *report,
			    const struct check_run *run)
{
	if (report->mark)
		return "mark";
	if (run->number > 0)
		return "run";
	return run->ran ? "warm-up" : "base";
}

static json_t *status_json(const struct check_run *run, bool by_signal)
{
	if (!run->ran || run->ended_by_signal != by_signal)
		return json_null();
	return json_integer(run->status);
}

static json_t *run_json(const void *base, size_t index)
{
	const struct check_report *report = base;
	const struct check_run *run = &report->executed[index];
	json_t *object = json_object();
	bool failed = !object;

	json_put(object, "run", json_integer(run->number), &failed);
	json_put(object, "kind", json_string(run_kind(report, run)), &failed);
	json_put(object, "exit_status", status_json(run, false), &failed);
	json_put(object, "signal", status_json(run, true), &failed);
	json_put(object, "seconds",
		 run->ran ? json_real((double)run->duration_ns / 1e9) : json_null(),
		 &failed);
	json_put(object, "settled", json_boolean(run->settled), &failed);
	json_put(object, "residue", measures_json(&run->left, sum_json), &failed);
	json_put(object, "growth", growth_json(run), &failed);
	return json_whole(object, failed);
}

/* ---- classes ---- */

static json_t *device_json(const struct check_key *key)
{
	json_t *object = json_object();
	bool failed = !object;

	json_put(object, "number", json_integer(key->number), &failed);
	json_put(object, "kind", json_text(key->kind), &failed);
	json_put(object, "uid", json_text(key->uid), &failed);
	return json_whole(object, failed);
}

static json_t *per_run_json(const struct check_series *series, size_t runs)
{
	json_t *list = json_array();

	for (size_t i = 0; list && i <= runs; i++) {
		struct check_sums sums;
		json_t *entry;
		bool failed = false;

		for (int m = 0; m < CHECK_MEASURES; m++)
			sums.value[m] = series->after[m][i];
		entry = measures_json(&sums, sum_json);
		if (entry)
			json_put(entry, "run", json_integer((json_int_t)i), &failed);
		if (failed || json_array_append_new(list, entry)) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

static json_t *address_json(const void *base, size_t index)
{
	return json_hex(((const uint64_t *)base)[index], false);
}

/* null when it is not the same for all buffers. */
static json_t *times_json(const struct check_class *class, struct check_range range)
{
	bool known = class->address_count > 0 && class->key->size != SNAP_UNKNOWN;

	return known && range.low == range.high ? json_number(range.low) : json_null();
}

static void put_holders(json_t *object, const struct check_class *class, bool *failed)
{
	json_put(object, "addresses",
		 json_list(class->addresses, class->address_count, address_json), failed);
	json_put(object, "site",
		 json_hex(class->site_count ? class->sites[0] : 0,
			  class->site_count != 1),
		 failed);
	json_put(object, "sites",
		 json_list(class->sites, class->site_count, address_json), failed);
	json_put(object, "allocs", times_json(class, class->allocs), failed);
	json_put(object, "frees", times_json(class, class->frees), failed);
	json_put(object, "exit_residue", json_boolean(class->exit_residue), failed);
}

static json_t *class_json(const struct check_report *report,
			  const struct check_class *class)
{
	json_t *object = json_object();
	bool failed = !object;

	json_put(object, "device", device_json(class->key), &failed);
	json_put(object, "type", json_text(class->key->type), &failed);
	json_put(object, "size", json_number(class->key->size), &failed);
	json_put(object, "label", json_text(class->key->label), &failed);
	put_holders(object, class, &failed);
	json_put(object, "per_run", per_run_json(&class->series, report->runs), &failed);
	json_put(object, "slope", measures_json(&class->series, slope_json), &failed);
	json_put(object, "verdict", json_string(growth_verdict_name(class->verdict)),
		 &failed);
	json_put(object, "verdicts", measures_json(&class->series, verdict_json),
		 &failed);
	json_put(object, "fails", json_boolean(class->fails), &failed);
	json_put(object, "suppressed_by",
		 class->suppressed ? json_text(class->suppressed->text) : json_null(),
		 &failed);
	return json_whole(object, failed);
}

static json_t *class_at_json(const void *base, size_t index)
{
	const struct check_report *report = base;

	return class_json(report, &report->classes[index]);
}

static json_t *total_json(const void *base, size_t index)
{
	const struct check_report *report = base;
	const struct check_total *total = &report->totals[index];
	json_t *object = json_object();
	bool failed = !object;

	json_put(object, "device", device_json(total->key), &failed);
	json_put(object, "type", json_text(total->key->type), &failed);
	json_put(object, "per_run", per_run_json(&total->series, report->runs), &failed);
	json_put(object, "slope", measures_json(&total->series, slope_json), &failed);
	return json_whole(object, failed);
}

/* ---- the rest ---- */

static json_t *suppressed_json(const struct check_report *report)
{
	json_t *list = json_array();

	for (size_t i = 0; list && i < report->suppressions->count; i++) {
		const struct suppression *s = &report->suppressions->list[i];
		json_t *object = s->used ? json_object() : NULL;
		bool failed = !object;

		if (s->used == 0)
			continue;
		json_put(object, "rule", json_text(s->text), &failed);
		json_put(object, "file", json_text(s->file), &failed);
		json_put(object, "line", json_integer(s->line), &failed);
		json_put(object, "classes", json_integer((json_int_t)s->used), &failed);
		json_put(object, "bytes",
			 s->growth.value[CHECK_BYTES] == SNAP_UNKNOWN
				 ? json_null()
				 : json_integer((json_int_t)s->growth.value[CHECK_BYTES]),
			 &failed);
		if (json_array_append_new(list, json_whole(object, failed))) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

static json_t *limit_json(const void *base, size_t index)
{
	const struct check_limit *limit = (const struct check_limit *)base + index;
	json_t *object = json_object();
	bool failed = !object;

	json_put(object, "measure", json_string(check_measure_name(limit->measure)),
		 &failed);
	json_put(object, "type", json_text(limit->type), &failed);
	json_put(object, "value", json_number(limit->value), &failed);
	return json_whole(object, failed);
}

static json_t *word_json(const void *base, size_t index)
{
	const char *word = ((char *const *)base)[index];

	return word[0] ? json_text(word) : json_string("");
}

static size_t count_words(char *const *words)
{
	size_t count = 0;

	while (words[count])
		count++;
	return count;
}

static void put_head(json_t *object, const struct check_report *report, bool *failed)
{
	json_put(object, "schema", json_string("ttatop.check"), failed);
	json_put(object, "schema_version", json_integer(1), failed);
	json_put(object, "tool", json_string("ttatop " TTA_VERSION_STRING), failed);
	json_put(object, "command",
		 json_list(report->command, count_words(report->command), word_json),
		 failed);
	json_put(object, "run_id", json_text(report->run_id), failed);
	json_put(object, "mark", json_text(report->mark ? report->mark : ""), failed);
	json_put(object, "all", json_boolean(report->all), failed);
	json_put(object, "strict", json_boolean(report->strict), failed);
	json_put(object, "limits",
		 json_list(report->limits->list, report->limits->count, limit_json),
		 failed);
}

int check_json_write(const struct check_report *report, FILE *file)
{
	json_t *object = json_object();
	bool failed = !object;

	put_head(object, report, &failed);
	json_put(object, "runs", json_list(report, report->executed_count, run_json),
		 &failed);
	json_put(object, "classes", json_list(report, report->class_count, class_at_json),
		 &failed);
	json_put(object, "totals", json_list(report, report->total_count, total_json),
		 &failed);
	json_put(object, "suppressed", suppressed_json(report), &failed);
	json_put(object, "unjudged",
		 json_list(report->reasons, report->reason_count, word_json), &failed);
	json_put(object, "verdict", json_string(growth_verdict_name(report->verdict)),
		 &failed);
	json_put(object, "exit_code", json_integer(report->exit_code), &failed);
	return json_finish(json_whole(object, failed), file, false);
}
