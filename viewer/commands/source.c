/* SPDX-License-Identifier: BSD-2-Clause */
#include "source.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "baseline.h"
#include "region_list.h"
#include "trouble.h"
#include "unpublished.h"

int source_open_reader(const struct options *options, const char *command,
		       struct tta_reader **ret_reader)
{
	int err = tta_reader_open(options->directory, ret_reader);

	if (err == 0) {
		tta_reader_containers(*ret_reader, options->containers);
		return 0;
	}
	if (options->directory)
		return trouble(command, "read '%s': %s: is --shm-dir right?",
			       options->directory, strerrordesc_np(-err));
	return trouble(command, "read segments: %s: is TTA_DIR or /dev/shm right?",
		       strerrordesc_np(-err));
}

static int no_memory(const char *command)
{
	return trouble(command, "%s", strerrordesc_np(ENOMEM));
}

/* Replace a snapshot by what is selected of it. */
static int reduce(const struct options *options, struct snapshot **snapshot)
{
	struct snapshot *reduced;
	int err = selection_apply(&options->selection, *snapshot, &reduced);

	snapshot_free(*snapshot);
	if (!err)
		*snapshot = reduced;
	return err;
}

int source_from_sample(const struct selection *selection, const struct tta_reader *reader,
		       struct unpublished *unpublished, const struct tta_sample *sample,
		       struct arena_pool *pool, struct snapshot **ret_snapshot)
{
	const char *directory = tta_reader_directory(reader);
	struct region_list regions = {0};
	int err = 0;

	if (selection_has_source(selection, SOURCE_TT_METAL))
		err = region_list_read(directory, &regions);
	if (!err)
		err = snapshot_from_sources(sample, &regions, pool, ret_snapshot);
	region_list_fini(&regions);
	if (err)
		return err;
	err = unpublished_add(unpublished, sample, *ret_snapshot);
	if (err)
		snapshot_free(*ret_snapshot);
	return err;
}

/* The same for one sample alone. */
static int from_one_sample(const struct options *options, const struct tta_reader *reader,
			   const struct tta_sample *sample,
			   struct snapshot **ret_snapshot)
{
	struct unpublished *unpublished =
		unpublished_new(tta_reader_directory(reader), NULL);
	int err = unpublished
			  ? source_from_sample(&options->selection, reader, unpublished,
					       sample, NULL, ret_snapshot)
			  : -ENOMEM;

	unpublished_free(unpublished);
	return err;
}

int source_try(const struct options *options, struct tta_reader *reader,
	       struct snapshot **ret_snapshot)
{
	struct snapshot *snapshot;
	struct tta_sample *sample;
	int err = tta_reader_sample(reader, TTA_SAMPLE_ALL, &sample);

	if (err)
		return err;
	err = from_one_sample(options, reader, sample, &snapshot);
	tta_sample_free(sample);
	if (!err)
		err = reduce(options, &snapshot);
	if (!err)
		*ret_snapshot = snapshot;
	return err;
}

int source_sample(const struct options *options, const char *command,
		  struct tta_reader *reader, struct snapshot **ret_snapshot)
{
	int err = source_try(options, reader, ret_snapshot);

	if (err == -ENOMEM)
		return no_memory(command);
	if (err)
		return trouble(command, "read '%s': %s", tta_reader_directory(reader),
			       strerrordesc_np(-err));
	return 0;
}

int source_live(const struct options *options, const char *command,
		struct snapshot **ret_snapshot)
{
	struct tta_reader *reader;
	int err = source_open_reader(options, command, &reader);

	if (err)
		return err;
	err = source_sample(options, command, reader, ret_snapshot);
	tta_reader_close(reader);
	return err;
}

static int load_baseline(const char *command, const char *name,
			 struct snapshot **ret_snapshot)
{
	char error[SNAPSHOT_ERROR_SIZE];
	int err = baseline_load(name, ret_snapshot, error);

	if (err == 0)
		return 0;
	if (error[0])
		return trouble(command, "%s", error);
	return trouble(command, "baseline '%s': %s: see 'ttatop baseline list'", name,
		       strerrordesc_np(-err));
}

static int load_file(const char *command, const char *name,
		     struct snapshot **ret_snapshot)
{
	bool input = strcmp(name, "-") == 0;
	FILE *file = input ? stdin : fopen(name, "re");
	char error[SNAPSHOT_ERROR_SIZE];
	int err;

	if (!file)
		return trouble(command, "open '%s': %s", name, strerrordesc_np(errno));
	err = snapshot_load(file, input ? "standard input" : name, ret_snapshot, error);
	if (!input)
		fclose(file);
	if (err == 0)
		return 0;
	return err == -EINVAL ? trouble(command, "%s", error) : no_memory(command);
}

int source_named(const struct options *options, const char *command, const char *name,
		 struct snapshot **ret_snapshot)
{
	struct snapshot *snapshot;
	int err;

	if (strcmp(name, "live") == 0)
		return source_live(options, command, ret_snapshot);
	if (name[0] == '@')
		err = load_baseline(command, name + 1, &snapshot);
	else
		err = load_file(command, name, &snapshot);
	if (!err && reduce(options, &snapshot))
		err = no_memory(command);
	if (!err)
		*ret_snapshot = snapshot;
	return err;
}

uint64_t source_now_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

void source_pause(double seconds)
{
	struct timespec rest = {.tv_sec = (time_t)seconds};

	rest.tv_nsec = (long)((seconds - (double)rest.tv_sec) * 1e9);
	while (nanosleep(&rest, &rest) && errno == EINTR)
		;
}
