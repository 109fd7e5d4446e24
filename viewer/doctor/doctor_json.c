/* SPDX-License-Identifier: BSD-2-Clause */
#include <tta/version.h>

#include "doctor.h"
#include "json_write.h"

static json_t *check_json(const void *base, size_t index)
{
	const struct doctor_result *result = (const struct doctor_result *)base + index;
	static const char *const words[] = {
		[DOCTOR_OK] = "ok",
		[DOCTOR_WARN] = "warn",
		[DOCTOR_FAIL] = "fail",
	};
	json_t *object = json_object();
	bool failed = false;

	json_put(object, "name", json_text(result->check->name), &failed);
	json_put(object, "status", json_text(words[result->finding.status]), &failed);
	json_put(object, "text", json_text(result->finding.text), &failed);
	json_put(object, "try", json_text(result->finding.try), &failed);
	return json_whole(object, failed);
}

static uint64_t count_status(const struct doctor_result *results, size_t count,
			     enum doctor_status status)
{
	uint64_t found = 0;

	for (size_t i = 0; i < count; i++)
		found += results[i].finding.status == status;
	return found;
}

int doctor_write_json(FILE *file, const struct doctor_result *results, size_t count)
{
	json_t *object = json_object();
	bool failed = false;

	json_put(object, "schema", json_text("ttatop.doctor"), &failed);
	json_put(object, "schema_version", json_number(1), &failed);
	json_put(object, "tool", json_text("ttatop " TTA_VERSION_STRING), &failed);
	json_put(object, "failures",
		 json_number(count_status(results, count, DOCTOR_FAIL)), &failed);
	json_put(object, "warnings",
		 json_number(count_status(results, count, DOCTOR_WARN)), &failed);
	json_put(object, "checks", json_list(results, count, check_json), &failed);
	return json_finish(json_whole(object, failed), file, false);
}
