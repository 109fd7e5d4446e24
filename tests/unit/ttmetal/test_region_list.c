/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Regions that change while they are read.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <tta/atomic.h>

#include "region_list.h"
#include "test_dir.h"

static char path[256];
static const char *directory;
static tta_a32 stop;

static void set_up(void)
{
	unsigned char bytes[8576] = {3};
	int fd;

	directory = test_dir_make();
	snprintf(path, sizeof(path), "%s/tt_device_7_memory", directory);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	cr_assert_eq(write(fd, bytes, sizeof(bytes)), (ssize_t)sizeof(bytes));
	close(fd);
}

TestSuite(region_list, .init = set_up, .fini = test_dir_remove);

/* A counter that never rests. */
static void *writer(void *arg)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	(void)arg;
	for (uint64_t i = 0; !tta_load_relaxed32(&stop); i++)
		if (pwrite(fd, &i, sizeof(i), 48) != sizeof(i))
			break;
	close(fd);
	return NULL;
}

/* A file that is cut and grows: what a mapping would be killed for. */
static void *shrinker(void *arg)
{
	(void)arg;
	while (!tta_load_relaxed32(&stop))
		if (truncate(path, 100) || truncate(path, 8576))
			break;
	return NULL;
}

static struct region_list list;

static void read_one(void)
{
	region_list_fini(&list);
	cr_assert_eq(region_list_read(directory, &list), 0);
	cr_assert_eq(list.count, 1);
	cr_assert_eq(list.files[0].id, 7);
	cr_assert_eq(list.files[0].error, 0);
}

/* On a busy machine the writers may get no processor of their own for a while. */
static bool until_in_flux(int seconds)
{
	for (time_t end = time(NULL) + seconds; time(NULL) <= end;) {
		read_one();
		if (list.files[0].in_flux)
			return true;
	}
	return false;
}

Test(region_list, what_never_rests_is_in_flux)
{
	pthread_t threads[3];
	bool seen;

	read_one();
	cr_assert_not(list.files[0].in_flux);
	for (int i = 0; i < 3; i++)
		cr_assert_eq(pthread_create(&threads[i], NULL, writer, NULL), 0);
	seen = until_in_flux(30);
	tta_store_relaxed32(&stop, 1);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	cr_assert(seen, "it was never seen changing");
	read_one();
	cr_assert_not(list.files[0].in_flux);
	region_list_fini(&list);
}

Test(region_list, a_file_that_shrinks_harms_nobody)
{
	unsigned short_ones = 0;
	pthread_t thread;

	cr_assert_eq(pthread_create(&thread, NULL, shrinker, NULL), 0);
	for (time_t end = time(NULL) + 30; short_ones < 10 && time(NULL) <= end;) {
		read_one();
		short_ones += list.files[0].verdict == REGION_NOT_READY;
	}
	tta_store_relaxed32(&stop, 1);
	pthread_join(thread, NULL);
	cr_assert_gt(short_ones, 0);
	region_list_fini(&list);
}

Test(region_list, a_directory_that_is_not_there_has_none)
{
	cr_assert_eq(region_list_read("/no/such/directory", &list), 0);
	cr_assert_eq(list.count, 0);
	region_list_fini(&list);
}
