/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_dir.h - a segment directory of a test's own, on tmpfs, gone at the end.
 */
#ifndef TTA_TEST_DIR_H
#define TTA_TEST_DIR_H

/*
 * Make a fresh directory under /dev/shm, put it into TTA_DIR for this process and its
 * children, and remove it with its content at exit of the process that made it (also
 * when a Criterion test ends by abort: the parent removes what a test child left, see
 * test_dir_remove()). Returns the path, in static storage. Exits 2 when it cannot.
 */
const char *test_dir_make(void);

/* Remove the directory now. */
void test_dir_remove(void);

/* Number of files in the directory, without dot names. */
int test_dir_count(void);

#endif
