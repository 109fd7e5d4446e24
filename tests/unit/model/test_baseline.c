/* SPDX-License-Identifier: BSD-2-Clause */
#include <criterion/criterion.h>
#include <errno.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "baseline.h"
#include "file_replace.h"
#include "sample_builder.h"
#include "words.h"

static char state[] = "/tmp/ttatop-state-XXXXXX";

static int remove_entry(const char *path, const struct stat *info, int kind,
			struct FTW *at)
{
	(void)info;
	(void)kind;
	(void)at;
	return remove(path);
}

static void set_up(void)
{
	cr_assert_not_null(mkdtemp(state));
	setenv("XDG_STATE_HOME", state, 1);
}

static void tear_down(void)
{
	nftw(state, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

TestSuite(baseline, .init = set_up, .fini = tear_down);

static struct snapshot *example(uint64_t bytes)
{
	struct sample_builder *b = sample_new();
	struct snapshot *snapshot;

	sample_process(b, 10);
	sample_buffer(b, 0, TTA_DRAM, 0x1000, bytes);
	snapshot = sample_snapshot(b);
	sample_delete(b);
	return snapshot;
}

static uint64_t used_in(const char *name)
{
	char error[SNAPSHOT_ERROR_SIZE];
	struct snapshot *snapshot = NULL;
	uint64_t used;

	cr_assert_eq(baseline_load(name, &snapshot, error), 0, "%s", error);
	used = snapshot->totals.used;
	snapshot_free(snapshot);
	return used;
}

Test(baseline, is_saved_replaced_listed_and_removed)
{
	struct snapshot *one = example(1), *two = example(2);
	char path[PATH_MAX], error[SNAPSHOT_ERROR_SIZE], **names;
	struct snapshot *none;
	struct stat info;
	size_t count;

	cr_assert_eq(baseline_list(&names, &count), 0);
	cr_assert_eq(count, 0);
	cr_assert_eq(baseline_save("run1", one), 0);
	cr_assert_eq(baseline_save("a.b-c_D", one), 0);
	cr_assert_eq(baseline_save("run1", two), 0);
	cr_assert_eq(used_in("run1"), 2);
	cr_assert_eq(used_in("a.b-c_D"), 1);
	cr_assert_eq(baseline_path("run1", path), 0);
	cr_assert_eq(stat(path, &info), 0);
	cr_assert_eq(info.st_mode & 07777, 0600);
	cr_assert_eq(baseline_list(&names, &count), 0);
	cr_assert_eq(count, 2);
	cr_assert_str_eq(names[0], "a.b-c_D");
	cr_assert_str_eq(names[1], "run1");
	words_free(names, count);
	cr_assert_eq(baseline_remove("run1"), 0);
	cr_assert_eq(baseline_remove("run1"), -ENOENT);
	cr_assert_eq(baseline_load("run1", &none, error), -ENOENT);
	snapshot_free(one);
	snapshot_free(two);
}

Test(baseline, hostile_names_lead_nowhere)
{
	static const char *const wrong[] = {"",	   ".",		  "..",	     "../x",
					    "a/b", "/etc/passwd", ".hidden", "a b",
					    "a\n", "\xc3\xa4",	  "a$",	     "~"};
	char path[PATH_MAX], error[SNAPSHOT_ERROR_SIZE], longest[300];
	struct snapshot *s = example(1);

	memset(longest, 'a', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	cr_assert_eq(baseline_path(longest, path), -EINVAL);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct snapshot *none;

		cr_assert_eq(baseline_save(wrong[i], s), -EINVAL, "%s", wrong[i]);
		cr_assert_eq(baseline_load(wrong[i], &none, error), -EINVAL);
		cr_assert_eq(baseline_remove(wrong[i]), -EINVAL);
	}
	snapshot_free(s);
}

Test(baseline, a_broken_one_says_where)
{
	char path[PATH_MAX], error[SNAPSHOT_ERROR_SIZE];
	struct snapshot *s = example(1), *none;
	FILE *file;

	cr_assert_eq(baseline_save("bad", s), 0);
	cr_assert_eq(baseline_path("bad", path), 0);
	file = fopen(path, "w");
	fputs("{", file);
	fclose(file);
	cr_assert_eq(baseline_load("bad", &none, error), -EINVAL);
	cr_assert_not_null(strstr(error, "bad.json: line 1"), "%s", error);
	snapshot_free(s);
}

Test(baseline, needs_a_home)
{
	char path[PATH_MAX];

	setenv("XDG_STATE_HOME", "relative/is/ignored", 1);
	setenv("HOME", "/home/somebody", 1);
	cr_assert_eq(baseline_path("x", path), 0);
	cr_assert_str_eq(path, "/home/somebody/.local/state/ttatop/baselines/x.json");
	unsetenv("HOME");
	cr_assert_eq(baseline_path("x", path), -ENOENT);
	setenv("XDG_STATE_HOME", state, 1);
}

Test(baseline, evidence_goes_where_it_is_told)
{
	char path[PATH_MAX], keep[64];
	struct snapshot *s = example(1);

	cr_assert_eq(evidence_save(NULL, "tta.1.0.10.7.a", s, path), 0);
	cr_assert_eq(strncmp(path, state, strlen(state)), 0);
	cr_assert_eq(access(path, R_OK), 0);
	snprintf(keep, sizeof(keep), "%s/kept/deep", state);
	cr_assert_eq(evidence_save(keep, "tta.1.0.10.7.a", s, path), 0);
	cr_assert_eq(access(path, R_OK), 0);
	cr_assert_eq(evidence_save(keep, "../escape", s, path), -EINVAL);
	snapshot_free(s);
}

static int write_text(FILE *file, void *arg)
{
	fputs(arg, file);
	return 0;
}

static int write_failure(FILE *file, void *arg)
{
	(void)arg;
	fputs("half", file);
	return -ENOSPC;
}

static void make_path(char path[PATH_MAX], const char *name)
{
	snprintf(path, PATH_MAX, "%s/%s", state, name);
}

Test(baseline, files_are_written_whole_or_not_at_all)
{
	char path[PATH_MAX], text[16] = "", old[] = "old", new[] = "new";
	FILE *file;

	make_path(path, "f");
	cr_assert_eq(file_replace(path, 0644, false, write_text, old), 0);
	cr_assert_eq(file_replace(path, 0644, false, write_text, new), -EEXIST);
	cr_assert_eq(file_replace(path, 0644, true, write_failure, NULL), -ENOSPC);
	file = fopen(path, "r");
	cr_assert_not_null(fgets(text, sizeof(text), file));
	fclose(file);
	cr_assert_str_eq(text, "old");
	cr_assert_eq(file_replace(path, 0644, true, write_text, new), 0);
	cr_assert_eq(remove(path), 0);
	cr_assert_eq(rmdir(state), 0, "a temporary file was left");
	cr_assert_eq(file_replace("/dev/null", 0644, true, write_text, new), -EEXIST);
}
