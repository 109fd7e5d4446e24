/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * peer_mutex_table.h - the textbook answer: a mutex, a hash table, two totals.
 */
#ifndef TTA_BENCH_PEER_MUTEX_TABLE_H
#define TTA_BENCH_PEER_MUTEX_TABLE_H

#include <stdint.h>

struct mutex_table;

/* Room for @live entries at half load; NULL when there is no memory. */
struct mutex_table *mutex_table_new(uint64_t live);
void mutex_table_put(struct mutex_table *table, uint64_t address, uint64_t size);
void mutex_table_take(struct mutex_table *table, uint64_t address);

#endif
