/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * peer_mutex_table.c - open addressing, linear probing, no tombstones.
 */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "clock.h"
#include "peer_mutex_table.h"
#include "peers.h"

struct mutex_entry {
	uint64_t address; /* 0 = empty */
	uint64_t size;
	uint64_t time;
};

struct mutex_table {
	pthread_mutex_t mutex;
	uint64_t bytes, count;
	uint64_t mask;
	struct mutex_entry entry[];
};

static uint64_t home_of(const struct mutex_table *table, uint64_t address)
{
	return (address * UINT64_C(0x9e3779b97f4a7c15)) >> 20 & table->mask;
}

struct mutex_table *mutex_table_new(uint64_t live)
{
	struct mutex_table *table;
	uint64_t room = 64;

	while (room < 2 * live)
		room *= 2;
	table = calloc(1, sizeof(*table) + room * sizeof(table->entry[0]));
	if (!table)
		return NULL;
	pthread_mutex_init(&table->mutex, NULL);
	table->mask = room - 1;
	return table;
}

void mutex_table_put(struct mutex_table *table, uint64_t address, uint64_t size)
{
	uint64_t time = now_ticks(), at = home_of(table, address);

	pthread_mutex_lock(&table->mutex);
	while (table->entry[at].address && table->entry[at].address != address)
		at = (at + 1) & table->mask;
	table->entry[at] = (struct mutex_entry){address, size, time};
	table->bytes += size;
	table->count++;
	pthread_mutex_unlock(&table->mutex);
}

/* Closes the gap at @hole, so that probes never meet a tombstone. */
static void close_gap(struct mutex_table *table, uint64_t hole)
{
	uint64_t mask = table->mask, at = hole;

	for (;;) {
		at = (at + 1) & mask;
		if (!table->entry[at].address)
			break;
		if (((at - home_of(table, table->entry[at].address)) & mask) <
		    ((at - hole) & mask))
			continue;
		table->entry[hole] = table->entry[at];
		hole = at;
	}
	table->entry[hole].address = 0;
}

void mutex_table_take(struct mutex_table *table, uint64_t address)
{
	uint64_t at = home_of(table, address);

	pthread_mutex_lock(&table->mutex);
	while (table->entry[at].address && table->entry[at].address != address)
		at = (at + 1) & table->mask;
	if (table->entry[at].address) {
		table->bytes -= table->entry[at].size;
		table->count--;
		close_gap(table, at);
	}
	pthread_mutex_unlock(&table->mutex);
}

static void run(void *state, uint64_t iterations)
{
	for (uint64_t i = 0; i < iterations; i++) {
		mutex_table_put(state, 0x1000, 4096);
		mutex_table_take(state, 0x1000);
	}
}

static int open_table(const struct plan *plan, struct loop *loop, char why[TEXT_SIZE])
{
	(void)plan;
	(void)why;
	loop->run = run;
	loop->state = mutex_table_new(1024);
	loop->events = 2;
	return loop->state ? 0 : -ENOMEM;
}

const struct peer peer_mutex_table = {.name = "mutex_table", .open = open_table};
