/* SPDX-License-Identifier: BSD-2-Clause */
#include "torture.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "publisher.h"
#include "test_dir.h"

#define CREW_MOST 64

uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

uint64_t torture_until(const struct torture *t, double share)
{
	return now_ns() + (uint64_t)(t->seconds * share * 1e9);
}

uint64_t random_next(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static void usage(const char *name)
{
	fprintf(stderr, "usage: %s [--seconds N] [--seed S]\n", name);
	exit(2);
}

static void read_options(struct torture *t, int argc, char **argv)
{
	for (int i = 1; i < argc; i += 2) {
		char *end = NULL;

		if (i + 1 < argc && strcmp(argv[i], "--seconds") == 0)
			t->seconds = strtod(argv[i + 1], &end);
		else if (i + 1 < argc && strcmp(argv[i], "--seed") == 0)
			t->seed = strtoull(argv[i + 1], &end, 0);
		if (!end || *end != '\0')
			usage(t->name);
	}
}

void torture_begin(struct torture *t, const char *name, int argc, char **argv)
{
	*t = (struct torture){.name = name, .seconds = 3, .seed = now_ns()};
	read_options(t, argc, argv);
	if (tta__gate_attached()) {
		fprintf(stderr,
			"%s: attached before main: early: run it with TTA_ATTACH=lazy\n",
			name);
		exit(2);
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("%s: --seed %llu --seconds %g\n", name, (unsigned long long)t->seed,
	       t->seconds);
	test_dir_make();
}

void torture_failed(const char *file, int line, const char *format, ...)
{
	const char *base = strrchr(file, '/');
	va_list arguments;

	fflush(stdout);
	fprintf(stderr, "FAILED %s:%d: ", base ? base + 1 : file, line);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	exit(1);
}

void crew_run(const struct crew *crew)
{
	pthread_t thread[CREW_MOST];

	CHECK(crew->count <= CREW_MOST, "%u threads are too many", crew->count);
	for (unsigned i = 0; i < crew->count; i++)
		CHECK(pthread_create(&thread[i], NULL, crew->work,
				     (char *)crew->member + i * crew->member_size) == 0,
		      "pthread_create");
	for (unsigned i = 0; i < crew->count; i++)
		pthread_join(thread[i], NULL);
}
