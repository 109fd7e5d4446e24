/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <string.h>

#include "commands.h"
#include "doctor.h"
#include "text_table.h"
#include "trouble.h"

#define RESULTS_MAX 64

static int check_list(const char *option, const char *list)
{
	size_t length;
	const char *unknown = list ? doctor_unknown_name(list, &length) : NULL;

	if (!unknown)
		return 0;
	return trouble("doctor", "--%s: no check '%.*s': 'ttatop doctor' lists them all",
		       option, (int)length, unknown);
}

static bool is_wanted(const struct options *options, const char *name)
{
	return (!options->only || doctor_listed(options->only, name)) &&
	       !(options->skip && doctor_listed(options->skip, name));
}

static size_t judge(const struct options *options, const struct doctor_facts *facts,
		    struct doctor_result *results)
{
	size_t count, used = 0;
	const struct doctor_check *checks = doctor_checks(&count);

	for (size_t i = 0; i < count && used < RESULTS_MAX; i++) {
		if (!is_wanted(options, checks[i].name))
			continue;
		results[used] = (struct doctor_result){.check = &checks[i]};
		checks[i].judge(facts, &results[used].finding);
		strip_controls(results[used].finding.text);
		strip_controls(results[used].finding.try);
		used++;
	}
	return used;
}

static size_t count_status(const struct doctor_result *results, size_t count,
			   enum doctor_status status)
{
	size_t found = 0;

	for (size_t i = 0; i < count; i++)
		found += results[i].finding.status == status;
	return found;
}

static void print_text(const struct doctor_result *results, size_t count)
{
	size_t failures = count_status(results, count, DOCTOR_FAIL);
	size_t warnings = count_status(results, count, DOCTOR_WARN);

	for (size_t i = 0; i < count; i++) {
		const struct doctor_finding *finding = &results[i].finding;

		printf("%-4s  %-18s  %s\n", doctor_status_name(finding->status),
		       results[i].check->name, finding->text);
		if (finding->try[0])
			printf("%-26stry: %s\n", "", finding->try);
	}
	printf("doctor: %zu failure%s, %zu warning%s\n", failures,
	       failures == 1 ? "" : "s", warnings, warnings == 1 ? "" : "s");
}

static int print(const struct options *options, const struct doctor_result *results,
		 size_t count)
{
	int err = 0;

	if (options->json)
		err = doctor_write_json(stdout, results, count);
	else
		print_text(results, count);
	if (err == -ENOMEM)
		return trouble("doctor", "%s", strerrordesc_np(ENOMEM));
	return finish_output("doctor", stdout);
}

int command_doctor(const struct options *options)
{
	struct doctor_result results[RESULTS_MAX];
	struct doctor_facts facts;
	size_t count;
	int err = check_list("only", options->only);

	if (!err)
		err = check_list("skip", options->skip);
	if (err)
		return err;
	if (doctor_facts_gather(options->directory, &facts))
		return trouble("doctor", "%s", strerrordesc_np(ENOMEM));
	count = judge(options, &facts, results);
	doctor_facts_fini(&facts);
	err = print(options, results, count);
	if (err)
		return err;
	if (count_status(results, count, DOCTOR_FAIL))
		return 2;
	return count_status(results, count, DOCTOR_WARN) > 0;
}
