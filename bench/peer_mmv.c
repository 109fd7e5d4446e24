/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * peer_mmv.c - PCP's memory-mapped values, loaded at run time: no PCP, no comparison.
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "peers.h"

#define MMV_TYPE_U64	3
#define MMV_SEM_COUNTER 1

/* <pcp/mmv_stats.h>, as far as needed; pmUnits is 32 bits of fields. */
struct mmv {
	void *(*registry)(const char *name, int cluster, int flags);
	int (*add_metric)(void *registry, const char *name, int item, int type, int sem,
			  unsigned units, int indom, const char *brief, const char *help);
	void *(*start)(void *registry);
	void *(*lookup)(void *map, const char *metric, const char *instance);
	void (*inc_value)(void *map, void *value, double by);
	void *map, *value;
};

static void run(void *state, uint64_t iterations)
{
	const struct mmv *mmv = state;

	for (uint64_t i = 0; i < iterations; i++)
		mmv->inc_value(mmv->map, mmv->value, 64);
}

static int load(struct mmv *mmv)
{
	static const char *const names[] = {"mmv_stats_registry", "mmv_stats_add_metric",
					    "mmv_stats_start", "mmv_lookup_value_desc",
					    "mmv_inc_value"};
	void *library = dlopen("libpcp_mmv.so.1", RTLD_NOW | RTLD_LOCAL);
	void *symbol[5];

	for (unsigned i = 0; i < 5; i++) {
		symbol[i] = library ? dlsym(library, names[i]) : NULL;
		if (!symbol[i])
			return -ENOENT;
	}
	memcpy(&mmv->registry, &symbol[0], sizeof(void *));
	memcpy(&mmv->add_metric, &symbol[1], sizeof(void *));
	memcpy(&mmv->start, &symbol[2], sizeof(void *));
	memcpy(&mmv->lookup, &symbol[3], sizeof(void *));
	memcpy(&mmv->inc_value, &symbol[4], sizeof(void *));
	return 0;
}

/* Its file goes to a folder below ours. */
static int start(struct mmv *mmv, const char *directory)
{
	char path[256];
	void *registry;

	snprintf(path, sizeof(path), "%s/mmv", directory);
	if (mkdir(path, 0700) && errno != EEXIST)
		return -errno;
	setenv("PCP_TMP_DIR", directory, 1);
	registry = mmv->registry("bench", 1, 0);
	if (!registry || mmv->add_metric(registry, "bytes", 1, MMV_TYPE_U64,
					 MMV_SEM_COUNTER, 0, 0, "bytes", "bytes"))
		return -EIO;
	mmv->map = mmv->start(registry);
	mmv->value = mmv->map ? mmv->lookup(mmv->map, "bytes", NULL) : NULL;
	return mmv->value ? 0 : -EIO;
}

static int open_mmv(const struct plan *plan, struct loop *loop, char why[TEXT_SIZE])
{
	struct mmv *mmv = calloc(1, sizeof(*mmv));
	int err = mmv ? load(mmv) : -ENOMEM;

	if (err == -ENOENT)
		snprintf(why, TEXT_SIZE, "libpcp_mmv.so.1 is not installed");
	if (!err && (err = start(mmv, plan->directory)))
		snprintf(why, TEXT_SIZE, "mmv_stats_start: no map");
	if (err) {
		free(mmv);
		return err;
	}
	*loop = (struct loop){.run = run, .state = mmv, .events = 1};
	return 0;
}

const struct peer peer_mmv_inc = {.name = "mmv_inc", .open = open_mmv};
