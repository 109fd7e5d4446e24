/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * host.c - from /proc and uname.
 */
#include <math.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>

#include "host.h"

static void read_cpu(struct host *host)
{
	FILE *file = fopen("/proc/cpuinfo", "re");
	char line[256];

	snprintf(host->cpu, sizeof(host->cpu), "unknown");
	while (file && fgets(line, sizeof(line), file)) {
		const char *value = strchr(line, ':');

		if (strncmp(line, "model name", 10) || !value)
			continue;
		snprintf(host->cpu, sizeof(host->cpu), "%.*s",
			 (int)strcspn(value + 2, "\n"), value + 2);
		break;
	}
	if (file)
		fclose(file);
}

void host_read(struct host *host)
{
	struct utsname name;
	time_t now = time(NULL);
	struct tm utc;
	cpu_set_t set;

	*host = (struct host){.cpus = 1};
	read_cpu(host);
	if (uname(&name) == 0)
		snprintf(host->kernel, sizeof(host->kernel), "%.40s %.30s", name.release,
			 name.machine);
	strftime(host->time, sizeof(host->time), "%FT%TZ", gmtime_r(&now, &utc));
	if (sched_getaffinity(0, sizeof(set), &set) == 0)
		host->cpus = (unsigned)CPU_COUNT(&set);
	if (getloadavg(&host->load, 1) != 1)
		host->load = NAN;
}

void host_print(FILE *out, const struct host *host, bool quick)
{
	fprintf(out, "%s, %u CPUs, Linux %s, load %.2f, %s%s\n\n", host->cpu, host->cpus,
		host->kernel, host->load, host->time, quick ? ", quick" : "");
}
