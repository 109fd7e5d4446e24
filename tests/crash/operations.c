/* SPDX-License-Identifier: BSD-2-Clause */
#include "operations.h"

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <tta/tta.h>

#include "publisher.h"
#include "test_dir.h"
#include "torture.h"

#define D     LEDGER_DEVICE
#define T     LEDGER_TYPE
#define A     UINT64_C(0x1000)
#define B     UINT64_C(0x2000)
#define C     UINT64_C(0x3000)
#define GROUP 7u
#define FILL  UINT64_C(0x100000)

bool without_proc;
const struct step lost_step = {TTA_OP_ALLOC, B, 256};

/* ---- a world without /proc, for births ---- */

int __real_access(const char *path, int mode);
int __wrap_access(const char *path, int mode);

int __wrap_access(const char *path, int mode)
{
	if (without_proc && strcmp(path, "/proc/self/fd") == 0)
		return -1;
	return __real_access(path, mode);
}

/* ---- single events ---- */

static void alloc_a(void)
{
	tta_alloc(D, T, A, 64);
}

static void alloc_b(void)
{
	tta_alloc(D, T, B, 256);
}

static void alloc_a_larger(void)
{
	tta_alloc(D, T, A, 512);
}

static void alloc_a_smaller(void)
{
	tta_alloc(D, T, A, 16);
}

static void free_a(void)
{
	tta_free(D, T, A);
}

static void view_a(void)
{
	tta_view(D, T, A, 64);
}

static void free_view_a(void)
{
	tta_free_view(D, T, A);
}

static void alloc_failed(void)
{
	tta_alloc_failed(D, T, 4096);
}

static void alloc_grouped(uint64_t address)
{
	const struct tta_alloc_desc desc = {
		.desc_size = sizeof(desc),
		.device = D,
		.type = T,
		.address = address,
		.size = 64,
		.group = GROUP,
	};

	tta_alloc_ex(&desc);
}

static void alloc_a_grouped(void)
{
	alloc_grouped(A);
}

static void free_group(void)
{
	tta_free_group(D, T, GROUP);
}

static void close_device(void)
{
	tta_device_close(D);
}

static void add_up(void)
{
	tta_add(D, T, 4096);
}

static void add_down(void)
{
	tta_add(D, T, -1024);
}

/* ---- what was there before ---- */

/* The way of A is warm: its next event is the short one. */
static void use_a(void)
{
	alloc_a();
	free_a();
}

static void have_a_warm(void)
{
	use_a();
	alloc_a();
}

static void have_a_twice(void)
{
	alloc_a();
	alloc_a();
}

static void have_a_and_view(void)
{
	alloc_a();
	view_a();
}

static void have_a_dangling(void)
{
	have_a_and_view();
	free_a();
}

static void have_three_grouped(void)
{
	alloc_grouped(A);
	alloc_grouped(B);
	alloc_grouped(C);
}

static void have_several(void)
{
	have_a_twice();
	alloc_b();
	tta_view(D, T, C, 64);
}

static void have_adds(void)
{
	add_up();
}

/* As many as the first step of the pool holds. */
static void fill_pool(void)
{
	for (uint64_t i = 0; i < BATCH_SLOTS; i++)
		tta_alloc(D, T, FILL + (i << 12), 8);
}

/* The @nth address that shares A's bucket. */
static uint64_t beside_a(unsigned nth)
{
	const uint64_t mask = tta__level_buckets(0) - 1;
	const uint64_t wanted = tta__index_hash(D | T << 16, A) & mask;
	uint64_t address = A;

	while (nth > 0) {
		address += 0x1000;
		nth -= (tta__index_hash(D | T << 16, address) & mask) == wanted;
	}
	return address;
}

/* Six more in A's bucket: the next goes deeper. */
static void fill_bucket(void)
{
	use_a();
	for (unsigned i = 1; i <= BUCKET_HOLES; i++)
		tta_alloc(D, T, beside_a(i), 8);
}

/* ---- other threads ---- */

static pthread_barrier_t met;

static void *publish_and_stay(void *arg)
{
	alloc_b();
	pthread_barrier_wait(&met);
	for (;;)
		pause();
	return arg;
}

/* Two lanes that insert here, the other one idle. */
static void have_a_neighbour(void)
{
	pthread_t thread;

	pthread_barrier_init(&met, NULL, 2);
	have_a_warm();
	CHECK(!pthread_create(&thread, NULL, publish_and_stay, NULL), "no thread");
	pthread_barrier_wait(&met);
	alloc_a(); /* meets the neighbour once, outside of what is counted */
}

static void alloc_c(void)
{
	tta_alloc(D, T, C, 1024);
}

static void *begin_and_alloc(void *arg)
{
	points_begin();
	alloc_b();
	points_end();
	return arg;
}

static void in_a_thread(void)
{
	pthread_t thread;

	points_end();
	CHECK(!pthread_create(&thread, NULL, begin_and_alloc, NULL), "no thread");
	pthread_join(thread, NULL);
}

/* Ends in the middle of its second event, right after the note. */
static void *die_inside(void *arg)
{
	alloc_a();
	points_end_thread_at(5);
	alloc_b();
	return arg;
}

static void have_a_dead_lane(void)
{
	pthread_t thread;

	CHECK(!pthread_create(&thread, NULL, die_inside, NULL), "no thread");
	pthread_join(thread, NULL);
}

static const char *one_lane(const struct tta_process *process, bool done)
{
	(void)done;
	return process->lanes == 1 ? NULL : "the dead thread's lane was not taken over";
}

/* Somebody else grows the lanes: this thread gets none. */
static void get_no_lane(void)
{
	struct publisher *p;

	tta_label("attaches, and claims no lane");
	p = tta__gate_attached();
	tta_store_relaxed32(&p->section[TTA_SECTION_LANES].lock, 1);
	alloc_a();
}

static const char *no_lane(const struct tta_process *process, bool done)
{
	(void)done;
	return process->lanes ? "it has a lane after all" : NULL;
}

/* ---- slow calls ---- */

static void mark(void)
{
	tta_mark("after close");
}

static const char *mark_is_whole(const struct tta_process *process, bool done)
{
	const struct tta_mark_info *m = process->marks;

	if (process->mark_count == 0)
		return done ? "the mark is missing" : NULL;
	if (process->mark_count > 1 || strcmp(m->name, "after close") != 0 || !m->exact ||
	    m->memory_count != 1 || m->memory->device != D || m->memory->bytes != 64 ||
	    m->memory->buffers != 1 || m->memory->refs != 1)
		return "the mark is not what was marked";
	return NULL;
}

static void label_and_alloc(void)
{
	const struct tta_alloc_desc desc = {
		.desc_size = sizeof(desc),
		.device = D,
		.type = T,
		.address = B,
		.size = 256,
		.label = tta_label("kv_cache"),
	};

	tta_alloc_ex(&desc);
}

static const char *label_is_whole(const struct tta_process *process, bool done)
{
	(void)done;
	for (size_t i = 0; i < process->buffer_count; i++)
		if (process->buffers[i].address == B &&
		    strcmp(process->buffers[i].label_text, "kv_cache") != 0)
			return "the label of the entry";
	return NULL;
}

static void name_type(void)
{
	tta_type("SCRATCH");
}

static const char *type_is_whole(const struct tta_process *process, bool done)
{
	if (process->type_count == 0)
		return done ? "the type is missing" : NULL;
	if (process->type_count > 1 || strcmp(process->types[0].name, "SCRATCH") != 0)
		return "the type is not what was named";
	return NULL;
}

static void describe(void)
{
	const struct tta_memory_info memory = {
		.type = T, .banks = 12, .capacity = 1 << 20, .bank_size = 1 << 16};
	const struct tta_device_info info = {
		.info_size = sizeof(info),
		.kind = "tenstorrent",
		.stable_id = "0100014",
		.memory_count = 1,
		.memory = &memory,
	};

	tta_device_describe(D, &info);
}

static const char *device_is_whole(const struct tta_process *process, bool done)
{
	const struct tta_device *device = process->devices;

	if (process->device_count == 0)
		return done ? "the device is missing" : NULL;
	if (process->device_count > 1 || strcmp(device->kind, "tenstorrent") != 0 ||
	    strcmp(device->stable_id, "0100014") != 0)
		return "the device is not what was described";
	if (device->geometry_count != 1 || device->geometry->banks != 12)
		return "the device came before its geometry";
	return NULL;
}

static void leave_live(void)
{
	tta_level_set(TTA_COUNTERS);
}

static void have_a_frozen(void)
{
	have_several();
	leave_live();
}

static void come_back(void)
{
	tta_level_set(TTA_EVENTS);
}

/* ---- ends ---- */

static bool frees_late;

/* Runs after libtta's own destructor, which has no priority. */
__attribute__((destructor(102))) static void free_late(void)
{
	if (frees_late)
		free_a();
}

static void have_a_to_free_late(void)
{
	alloc_a();
	frees_late = true;
}

static void end_orderly(void)
{
	exit(0);
}

static void fork_and_alloc(void)
{
	if (fork() == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		alloc_b();
		return;
	}
	for (;;)
		pause();
}

/* ---- births ---- */

static void no_proc(void)
{
	without_proc = true;
}

static void leave_old_birth(void)
{
	const struct timespec old[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};
	char path[512];
	int fd;

	snprintf(path, sizeof(path), "%s/.tta.1.0x1", getenv("TTA_DIR"));
	fd = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
	CHECK(fd >= 0 && futimens(fd, old) == 0, "%s", path);
	close(fd);
}

/* Of another process; so old that the next start removes it. */
static void leave_old_orphan(void)
{
	const uint64_t born_ns = 1;
	struct dirent *entry;
	DIR *dir;
	int fd;

	if (fork() == 0) {
		alloc_a();
		_exit(0);
	}
	wait(NULL);
	dir = opendir(getenv("TTA_DIR"));
	while (dir && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		fd = openat(dirfd(dir), entry->d_name, O_RDWR | O_CLOEXEC);
		CHECK(pwrite(fd, &born_ns, sizeof(born_ns),
			     offsetof(struct tta_header, birth_realtime_ns)) ==
			      sizeof(born_ns),
		      "%s", entry->d_name);
		close(fd);
	}
	closedir(dir);
}

static const char *orphan_is_gone(const struct tta_process *process, bool done)
{
	(void)process;
	return done && test_dir_count() != 1 ? "the old orphan is still there" : NULL;
}

/* ---- the table ---- */

#define ALLOC(a, n)                                                                      \
	{                                                                                \
		TTA_OP_ALLOC, a, n                                                       \
	}
#define FREE(a)                                                                          \
	{                                                                                \
		TTA_OP_FREE, a, 0                                                        \
	}
#define VIEW(a)                                                                          \
	{                                                                                \
		TTA_OP_VIEW, a, 64                                                       \
	}
#define FREE_VIEW(a)                                                                     \
	{                                                                                \
		TTA_OP_FREE_VIEW, a, 0                                                   \
	}
#define CLOSE(a)                                                                         \
	{                                                                                \
		TTA_OP_CLOSE, a, 0                                                       \
	}
#define ADD(n)                                                                           \
	{                                                                                \
		TTA_OP_ADD, 0, (uint64_t)(n)                                             \
	}
#define SEVERAL ALLOC(A, 64), ALLOC(A, 64), ALLOC(B, 256), VIEW(C)

const struct operation operations[] = {
	{.name = "first event",
	 .work = {NULL, alloc_a},
	 .during = {ALLOC(A, 64)},
	 .least = 120,
	 .born = true},
	{.name = "first event, without /proc",
	 .work = {no_proc, alloc_a},
	 .during = {ALLOC(A, 64)},
	 .least = 120,
	 .born = true},
	{.name = "first event beside an old interrupted birth",
	 .work = {leave_old_birth, alloc_a},
	 .during = {ALLOC(A, 64)},
	 .least = 120,
	 .born = true},
	{.name = "first event beside an old orphan",
	 .work = {leave_old_orphan, alloc_a},
	 .during = {ALLOC(A, 64)},
	 .least = 125,
	 .born = true,
	 .extra = orphan_is_gone},
	{.name = "alloc, short way",
	 .work = {use_a, alloc_b},
	 .before = {ALLOC(A, 64), FREE(A)},
	 .during = {ALLOC(B, 256)},
	 .least = 30},
	{.name = "alloc beside another lane",
	 .work = {have_a_neighbour, alloc_c},
	 .before = {ALLOC(A, 64), FREE(A), ALLOC(A, 64), ALLOC(B, 256), ALLOC(A, 64)},
	 .during = {ALLOC(C, 1024)},
	 .least = 30},
	{.name = "free, short way",
	 .work = {have_a_warm, free_a},
	 .before = {ALLOC(A, 64), FREE(A), ALLOC(A, 64)},
	 .during = {FREE(A)},
	 .least = 22},
	{.name = "dup",
	 .work = {alloc_a, alloc_a},
	 .before = {ALLOC(A, 64)},
	 .during = {ALLOC(A, 64)},
	 .least = 25},
	{.name = "dup, larger",
	 .work = {alloc_a, alloc_a_larger},
	 .before = {ALLOC(A, 64)},
	 .during = {ALLOC(A, 512)},
	 .least = 25},
	{.name = "dup, smaller",
	 .work = {alloc_a, alloc_a_smaller},
	 .before = {ALLOC(A, 64)},
	 .during = {ALLOC(A, 16)},
	 .least = 25},
	{.name = "free of one owner of two",
	 .work = {have_a_twice, free_a},
	 .before = {ALLOC(A, 64), ALLOC(A, 64)},
	 .during = {FREE(A)},
	 .least = 20},
	{.name = "view",
	 .work = {alloc_a, view_a},
	 .before = {ALLOC(A, 64)},
	 .during = {VIEW(A)},
	 .least = 16},
	{.name = "dangling view",
	 .work = {alloc_b, view_a},
	 .before = {ALLOC(B, 256)},
	 .during = {VIEW(A)},
	 .least = 25},
	{.name = "free view",
	 .work = {have_a_and_view, free_view_a},
	 .before = {ALLOC(A, 64), VIEW(A)},
	 .during = {FREE_VIEW(A)},
	 .least = 16},
	{.name = "last owner leaves views",
	 .work = {have_a_and_view, free_a},
	 .before = {ALLOC(A, 64), VIEW(A)},
	 .during = {FREE(A)},
	 .least = 24},
	{.name = "last view ends",
	 .work = {have_a_dangling, free_view_a},
	 .before = {ALLOC(A, 64), VIEW(A), FREE(A)},
	 .during = {FREE_VIEW(A)},
	 .least = 18},
	{.name = "owner joins views",
	 .work = {have_a_dangling, alloc_a_larger},
	 .before = {ALLOC(A, 64), VIEW(A), FREE(A)},
	 .during = {ALLOC(A, 512)},
	 .least = 28},
	{.name = "alloc in a group",
	 .work = {alloc_b, alloc_a_grouped},
	 .before = {ALLOC(B, 256)},
	 .during = {ALLOC(A, 64)},
	 .least = 30},
	{.name = "free in a group",
	 .work = {have_three_grouped, free_a},
	 .before = {ALLOC(A, 64), ALLOC(B, 64), ALLOC(C, 64)},
	 .during = {FREE(A)},
	 .least = 25},
	{.name = "free group",
	 .work = {have_three_grouped, free_group},
	 .before = {ALLOC(A, 64), ALLOC(B, 64), ALLOC(C, 64)},
	 .during = {CLOSE(C), CLOSE(B), CLOSE(A)},
	 .least = 70},
	{.name = "device close",
	 .work = {have_several, close_device},
	 .before = {SEVERAL},
	 .during = {CLOSE(A), CLOSE(B), CLOSE(C)},
	 .least = 65},
	{.name = "failed alloc",
	 .work = {alloc_a, alloc_failed},
	 .before = {ALLOC(A, 64)},
	 .during = {{TTA_OP_ALLOC_FAILED, 0, 4096}},
	 .least = 15},
	{.name = "free of nothing",
	 .work = {alloc_b, free_a},
	 .before = {ALLOC(B, 256)},
	 .during = {FREE(A)},
	 .least = 15},
	{.name = "first add",
	 .work = {alloc_a, add_up},
	 .before = {ALLOC(A, 64)},
	 .during = {ADD(4096)},
	 .least = 6},
	{.name = "add",
	 .work = {have_adds, add_up},
	 .before = {ADD(4096)},
	 .during = {ADD(4096)},
	 .least = 6},
	{.name = "add, down",
	 .work = {have_adds, add_down},
	 .before = {ADD(4096)},
	 .during = {ADD(-1024)},
	 .least = 6},
	{.name = "growth of the pool",
	 .work = {fill_pool, alloc_a},
	 .filler = BATCH_SLOTS,
	 .during = {ALLOC(A, 64)},
	 .least = 34},
	{.name = "index spills",
	 .work = {fill_bucket, alloc_a},
	 .during = {ALLOC(A, 64)},
	 .least = 30},
	{.name = "a thread's first event",
	 .work = {alloc_a, in_a_thread},
	 .before = {ALLOC(A, 64)},
	 .during = {ALLOC(B, 256)},
	 .least = 70},
	{.name = "a dead thread's lane",
	 .work = {have_a_dead_lane, alloc_c},
	 .before = {ALLOC(A, 64)},
	 .during = {ALLOC(C, 1024)},
	 .least = 40,
	 .lost = true,
	 .extra = one_lane},
	{.name = "alloc in the overflow lane",
	 .work = {get_no_lane, alloc_b},
	 .before = {ALLOC(A, 64)},
	 .during = {ALLOC(B, 256)},
	 .least = 18,
	 .crowded = true,
	 .extra = no_lane},
	{.name = "free in the overflow lane",
	 .work = {get_no_lane, free_a},
	 .before = {ALLOC(A, 64)},
	 .during = {FREE(A)},
	 .least = 10,
	 .crowded = true,
	 .extra = no_lane},
	{.name = "mark",
	 .work = {alloc_a, mark},
	 .before = {ALLOC(A, 64)},
	 .during = {{TTA_OP_MARK, 0, 0}},
	 .least = 25,
	 .extra = mark_is_whole},
	{.name = "label",
	 .work = {alloc_a, label_and_alloc},
	 .before = {ALLOC(A, 64)},
	 .during = {ALLOC(B, 256)},
	 .least = 36,
	 .extra = label_is_whole},
	{.name = "type",
	 .work = {alloc_a, name_type},
	 .before = {ALLOC(A, 64)},
	 .least = 5,
	 .extra = type_is_whole},
	{.name = "describe",
	 .work = {alloc_a, describe},
	 .before = {ALLOC(A, 64)},
	 .least = 10,
	 .extra = device_is_whole},
	{.name = "level falls",
	 .work = {have_several, leave_live},
	 .before = {SEVERAL},
	 .least = 2,
	 .level_moves = true},
	{.name = "level rises",
	 .work = {have_a_frozen, come_back},
	 .before = {SEVERAL},
	 .during = {CLOSE(0)},
	 .least = 30,
	 .level_moves = true},
	{.name = "orderly end",
	 .work = {use_a, end_orderly},
	 .before = {ALLOC(A, 64), FREE(A)},
	 .least = 4,
	 .goes = true},
	{.name = "orderly end with residue",
	 .work = {alloc_a, end_orderly},
	 .before = {ALLOC(A, 64)},
	 .least = 3},
	{.name = "orderly end, freed late",
	 .work = {have_a_to_free_late, end_orderly},
	 .before = {ALLOC(A, 64)},
	 .during = {FREE(A)},
	 .least = 25,
	 .goes = true},
	{.name = "fork and the child's first event",
	 .work = {alloc_a, fork_and_alloc},
	 .during = {ALLOC(B, 256)},
	 .least = 120,
	 .born = true},
};
const unsigned operations_count = sizeof(operations) / sizeof(operations[0]);

static unsigned append(const struct step *from, struct step *to, unsigned at)
{
	for (unsigned i = 0; i < 12 && from[i].op != TTA_OP_NONE; i++)
		to[at++] = from[i];
	return at;
}

/* Prepare's own loops, spelled out. */
static unsigned fillers(const struct operation *op, struct step *to)
{
	unsigned at = 0;

	for (uint64_t i = 0; i < op->filler; i++)
		to[at++] = (struct step)ALLOC(FILL + (i << 12), 8);
	if (op->work.prepare != fill_bucket)
		return at;
	to[at++] = (struct step)ALLOC(A, 64);
	to[at++] = (struct step)FREE(A);
	for (unsigned i = 1; i <= BUCKET_HOLES; i++)
		to[at++] = (struct step)ALLOC(beside_a(i), 8);
	return at;
}

unsigned operation_steps(const struct operation *op, struct step steps[LEDGER_STEPS],
			 unsigned *ret_before)
{
	*ret_before = append(op->before, steps, fillers(op, steps));
	return append(op->during, steps, *ret_before);
}
