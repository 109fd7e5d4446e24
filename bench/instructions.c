/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * instructions.c - what bench/instructions.py counts below callgrind.
 *
 * Callgrind collects in collected() alone and dumps after each counted(), so that only
 * the calls themselves count. One address, alone in the table: the index has a random
 * seed, and with more of them the probes would differ from run to run.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#include <tta/tta.h>

#define CALLS	 1000u
#define ADDRESS	 0x10000u
#define NOINLINE __attribute__((noinline))

#ifdef __clang__
#define COMPILER "clang " __clang_version__
#else
#define COMPILER "gcc " __VERSION__
#endif

/* The symbol that the inline tta_alloc() hides. */
static void (*twin)(uint32_t device, uint32_t type, uint64_t address, uint64_t size);

static void call_alloc(void)
{
	tta_alloc(0, TTA_DRAM, ADDRESS, 4096);
}

static void call_twin(void)
{
	twin(0, TTA_DRAM, ADDRESS, 4096);
}

static void call_free(void)
{
	tta_free(0, TTA_DRAM, ADDRESS);
}

static void call_add(void)
{
	tta_add(0, TTA_DRAM, 64);
}

static void call_nothing(void)
{
}

struct call {
	const char *name;
	enum tta_level level;
	void (*before)(void);
	void (*run)(void); /* the one that counts */
	void (*after)(void);
};

/* By level: it changes between them. */
static const struct call calls[] = {
	{"alloc_events", TTA_EVENTS, call_nothing, call_alloc, call_free},
	{"free_events", TTA_EVENTS, call_alloc, call_free, call_nothing},
	{"twin_events", TTA_EVENTS, call_nothing, call_twin, call_free},
	{"add", TTA_EVENTS, call_nothing, call_add, call_nothing},
	{"alloc_live", TTA_LIVE, call_nothing, call_alloc, call_free},
	{"free_live", TTA_LIVE, call_alloc, call_free, call_nothing},
	{"off", TTA_OFF, call_nothing, call_alloc, call_nothing},
};

NOINLINE void collected(void (*run)(void));
NOINLINE void counted(const struct call *call);

NOINLINE void collected(void (*run)(void))
{
	run();
	__asm__ volatile("" ::: "memory"); /* no tail call: it must return here */
}

NOINLINE void counted(const struct call *call)
{
	for (unsigned i = 0; i < CALLS; i++) {
		call->before();
		collected(call->run);
		call->after();
	}
}

/* What the first calls do beyond the others is over before anything is counted. */
static int begin(const struct call *call)
{
	int err = tta_level_set(call->level);

	if (err || tta_level() != call->level) {
		fprintf(stderr, "tta-instructions: level %u: %s\n", call->level,
			strerror(-err));
		return 1;
	}
	for (unsigned i = 0; i < CALLS; i++) {
		call->before();
		call->run();
		call->after();
	}
	return 0;
}

/* Says which build this is, and in which order the calls are counted. */
static void describe(void)
{
	printf("{\"compiler\":\"%s\",\"machine\":\"%s\",\"build\":\"%s\",\"calls\":%u,"
	       "\"names\":[",
	       COMPILER, MACHINE, BUILD, CALLS);
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		printf("%s\"%s\"", i ? "," : "", calls[i].name);
	puts("]}");
}

int main(void)
{
	*(void **)&twin = dlsym(RTLD_DEFAULT, "tta_alloc");
	if (!twin) {
		fputs("tta-instructions: libtta has no tta_alloc\n", stderr);
		return 1;
	}
	describe();
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		if (begin(&calls[i]))
			return 1;
		counted(&calls[i]);
	}
	return 0;
}
