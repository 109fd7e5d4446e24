/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A program that knows nothing of libtta: HOW PLUGIN.
 */
#include <dlfcn.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>

#include "matrix.h"

struct plugin {
	void *handle;
	void (*publish)(uint64_t address, uint64_t size);
	void (*forget)(uint64_t address);
};

static const char *path;

static struct plugin load(void)
{
	struct plugin plugin = {.handle = dlopen(path, RTLD_NOW | RTLD_LOCAL)};
	void *publish, *forget;

	if (!plugin.handle)
		matrix_fail(dlerror());
	publish = dlsym(plugin.handle, "plugin_publish");
	forget = dlsym(plugin.handle, "plugin_forget");
	if (!publish || !forget)
		matrix_fail("not our plugin");
	memcpy(&plugin.publish, &publish, sizeof(publish));
	memcpy(&plugin.forget, &forget, sizeof(forget));
	return plugin;
}

static void publish_and_unload(void)
{
	struct plugin plugin = load();

	plugin.publish(4096, 512);
	dlclose(plugin.handle);
}

static void unload_often(void)
{
	for (unsigned i = 0; i < 50; i++) {
		struct plugin plugin = load();

		plugin.publish(8192, 64);
		plugin.forget(8192);
		dlclose(plugin.handle);
	}
	publish_and_unload();
}

static void *load_in_thread(void *address)
{
	struct plugin plugin = load();

	plugin.publish((uintptr_t)address, 512);
	dlclose(plugin.handle);
	return NULL;
}

static void load_in_threads(void)
{
	pthread_t threads[4];

	for (uintptr_t i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, load_in_thread,
			       (void *)((i + 1) << 12));
	for (unsigned i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
}

static pthread_barrier_t barrier;

static void *publish_and_stay(void *plugin)
{
	((struct plugin *)plugin)->publish(4096, 512);
	pthread_barrier_wait(&barrier);
	pthread_barrier_wait(&barrier);
	return NULL;
}

/* Its thread keys and its robust mutex outlive the plugin. */
static void unload_under_a_thread(void)
{
	struct plugin plugin = load();
	pthread_t thread;

	pthread_barrier_init(&barrier, NULL, 2);
	pthread_create(&thread, NULL, publish_and_stay, &plugin);
	pthread_barrier_wait(&barrier);
	dlclose(plugin.handle);
	pthread_barrier_wait(&barrier);
	pthread_join(thread, NULL);
}

static void publish_without_counter(void)
{
	/* It holds for the vDSO's clock as well. */
#ifdef __SANITIZE_ADDRESS__
	matrix_skip("the sanitizer's allocator reads the clock itself");
#endif
	if (prctl(PR_SET_TSC, PR_TSC_SIGSEGV))
		matrix_skip("the counter cannot be forbidden");
	publish_and_unload();
}

static const struct {
	const char *name;
	void (*run)(void);
} ways[] = {
	{"hold", publish_and_unload},	  {"plugin", publish_and_unload},
	{"often", unload_often},	  {"threads", load_in_threads},
	{"leave", unload_under_a_thread}, {"notsc", publish_without_counter},
};

int main(int argc, char **argv)
{
	if (argc != 3)
		return 2;
	path = argv[2];
	matrix_join();
	for (unsigned i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		if (strcmp(argv[1], ways[i].name) == 0)
			ways[i].run();
	matrix_ready();
	matrix_wait();
	return 0;
}
