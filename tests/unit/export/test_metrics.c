/* SPDX-License-Identifier: BSD-2-Clause */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "metrics.h"
#include "sample_builder.h"
#include "snapshot_unpublished.h"

static char *written(const struct snapshot *snapshot, enum metrics_dialect dialect,
		     bool per_process)
{
	struct metrics_look look = {snapshot, 1500000000, dialect, per_process};
	struct counters counters;
	char *text = NULL;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	cr_assert_eq(counters_init(&counters), 0);
	if (snapshot)
		cr_assert_eq(counters_take(&counters, snapshot), 0);
	else
		counters_failed(&counters);
	cr_assert_eq(metrics_write(file, &look, &counters), 0);
	counters_fini(&counters);
	fclose(file);
	return text;
}

static bool has_line(const char *text, const char *line)
{
	size_t length = strlen(line);

	for (const char *at = text; (at = strstr(at, line)); at++)
		if ((at == text || at[-1] == '\n') && at[length] == '\n')
			return true;
	return false;
}

static void expect_line(const char *text, const char *line)
{
	cr_assert(has_line(text, line), "no line '%s' in\n%s", line, text);
}

static void expect_none(const char *text, const char *part)
{
	cr_assert_null(strstr(text, part), "'%s' is in\n%s", part, text);
}

/* A described device, an undescribed one, an orphan; one type that nobody can tell. */
static struct snapshot *machine(void)
{
	struct sample_builder *b = sample_new();
	struct tta_process *orphan;
	struct snapshot *snapshot;

	sample_process(b, 10)->counts[TTA_COUNT_DUPS] = 3;
	sample_device(b, 0, "tenstorrent", "0xabc");
	sample_geometry(b, TTA_DRAM, 2, 1000);
	sample_buffer(b, 0, TTA_DRAM, 0x1000, 100);
	sample_memory(b, 0, TTA_DRAM)->frees = 4;
	sample_buffer(b, 3, TTA_L1, 0x1000, 7);
	sample_memory(b, 3, TTA_L1)->used = TTA_UNKNOWN;
	orphan = sample_process(b, 20);
	orphan->verdict = TTA_VERDICT_ORPHAN;
	orphan->counts[TTA_COUNT_DROPPED_NESTED] = 2;
	sample_device(b, 0, "tenstorrent", "0xabc");
	sample_buffer(b, 0, TTA_DRAM, 0x2000, 30);
	snapshot = sample_snapshot(b);
	sample_delete(b);
	return snapshot;
}

Test(metrics, a_machine_in_the_text_format)
{
	struct snapshot *s = machine();
	char *text = written(s, METRICS_PROM, false);

	expect_line(text, "ttatop_up 1");
	expect_line(text, "# TYPE ttatop_build_info gauge");
	expect_line(text, "ttatop_device_used_bytes{device=\"tenstorrent:0\",type="
			  "\"DRAM\",uid=\"0xabc\"} "
			  "100");
	expect_line(text, "ttatop_device_capacity_bytes{device=\"tenstorrent:0\",type="
			  "\"DRAM\",uid=\"0xabc\"} 2000");
	expect_line(text, "ttatop_device_buffers{device=\"3\",type=\"L1\"} 1");
	expect_line(text, "ttatop_orphan_bytes{device=\"tenstorrent:0\",type=\"DRAM\","
			  "uid=\"0xabc\"} 30");
	expect_line(text, "ttatop_orphan_processes 1");
	expect_line(text, "ttatop_publishers{source=\"native\",state=\"live\"} 1");
	expect_line(text, "ttatop_publishers{source=\"native\",state=\"orphan\"} 1");
	expect_line(text, "ttatop_publishers{source=\"native\",state=\"corrupt\"} 0");
	expect_line(text, "# TYPE ttatop_allocations_total counter");
	expect_line(text, "ttatop_allocations_total{device=\"tenstorrent:0\",type="
			  "\"DRAM\",uid=\"0xabc\"} 2");
	expect_line(text, "ttatop_frees_total{device=\"tenstorrent:0\",type=\"DRAM\",uid="
			  "\"0xabc\"} 4");
	expect_line(text, "ttatop_suspicious_total{kind=\"dup\"} 3");
	expect_line(text, "ttatop_events_lost_total 2");
	expect_line(text, "ttatop_read_errors_total{reason=\"look_failed\"} 0");
	expect_line(text, "ttatop_scrape_seconds 1.500000000");
	expect_none(text, "# EOF");
	expect_none(text, "# UNIT");
	expect_none(text, "ttatop_process_used_bytes");
	free(text);
	snapshot_free(s);
}

Test(metrics, what_nobody_knows_has_no_sample)
{
	struct snapshot *s = machine();
	char *text = written(s, METRICS_PROM, true);

	expect_none(text, "ttatop_device_used_bytes{device=\"3\"");
	expect_none(text, "ttatop_device_capacity_bytes{device=\"3\"");
	expect_none(text, "ttatop_device_l1_headroom_bytes{");
	expect_none(text, "device=\"3\",type=\"L1\"} 18446744073709551615");
	free(text);
	snapshot_free(s);
}

Test(metrics, who_counts_no_events_hides_no_sum)
{
	static const uint32_t device = 0;
	const struct snap_unpublished holder = {.pid = 30,
						.start_time = SNAP_UNKNOWN,
						.start_realtime_ns = SNAP_UNKNOWN,
						.comm = "holder",
						.why = "not linked with libtta",
						.devices = &device,
						.device_count = 1};
	struct snapshot *s = machine();
	char *text;

	cr_assert_eq(snapshot_add_unpublished(s, &holder, 1), 0);
	text = written(s, METRICS_PROM, true);
	expect_line(text, "ttatop_suspicious_total{kind=\"dup\"} 3");
	expect_line(text, "ttatop_suspicious_total{kind=\"uncertain\"} 0");
	expect_line(text, "ttatop_events_lost_total 2");
	expect_none(text, "source=\"driver\"");
	free(text);
	snapshot_free(s);
}

Test(metrics, openmetrics_is_another_dialect)
{
	struct snapshot *s = machine();
	char *text = written(s, METRICS_OPENMETRICS, false);

	expect_line(text, "# TYPE ttatop_build info");
	expect_line(text, "# TYPE ttatop_allocations counter");
	expect_line(text, "# UNIT ttatop_device_used_bytes bytes");
	expect_line(text, "# UNIT ttatop_scrape_seconds seconds");
	expect_line(text, "ttatop_frees_total{device=\"tenstorrent:0\",type=\"DRAM\",uid="
			  "\"0xabc\"} 4");
	cr_assert_str_eq(text + strlen(text) - 6, "# EOF\n");
	free(text);
	snapshot_free(s);
}

Test(metrics, a_failed_look_is_visible_and_no_idle_machine)
{
	char *text = written(NULL, METRICS_PROM, true);

	expect_line(text, "ttatop_up 0");
	expect_line(text, "ttatop_read_errors_total{reason=\"look_failed\"} 1");
	expect_none(text, "\nttatop_orphan_processes ");
	expect_none(text, "\nttatop_publishers{");
	free(text);
}

Test(metrics, what_could_not_be_read_is_counted)
{
	struct sample_builder *b = sample_new();
	struct snapshot *s;
	char *text;

	sample_skipped(b, "tta.1.x", EACCES, "Permission denied");
	sample_skipped(b, "tta.1.y", EACCES, "Permission denied");
	sample_skipped(b, "tta.2.z", EPROTONOSUPPORT, "major 2");
	sample_process(b, 5)->verdict = TTA_VERDICT_CORRUPT;
	s = sample_snapshot(b);
	text = written(s, METRICS_PROM, false);
	expect_line(text, "ttatop_read_errors_total{reason=\"unreadable\"} 2");
	expect_line(text, "ttatop_read_errors_total{reason=\"foreign_version\"} 1");
	expect_line(text, "ttatop_read_errors_total{reason=\"corrupt\"} 1");
	free(text);
	snapshot_free(s);
	sample_delete(b);
}

Test(metrics, strings_of_strangers_stay_inside_their_quotes)
{
	struct sample_builder *b = sample_new();
	struct snapshot *s;
	char *text;

	strcpy(sample_process(b, 10)->comm, "a\"b\\c\nd\x1b[1m\xff");
	sample_type(b, TTA_TYPE_FIRST_NAMED, "x\"} 9\n");
	sample_buffer(b, 0, TTA_TYPE_FIRST_NAMED, 0x1000, 5);
	s = sample_snapshot(b);
	text = written(s, METRICS_PROM, true);
	expect_line(text,
		    "ttatop_device_used_bytes{device=\"0\",type=\"x\\\"} 9\\n\"} 5");
	cr_assert(strstr(text, "comm=\"a\\\"b\\\\c\\nd?[1m?\""), "%s", text);
	free(text);
	snapshot_free(s);
	sample_delete(b);
}

Test(metrics, names_that_look_the_same_have_one_line)
{
	struct sample_builder *b = sample_new();
	struct snapshot *s;
	char *text;

	sample_process(b, 10);
	sample_type(b, TTA_TYPE_FIRST_NAMED, "x\x01");
	sample_type(b, TTA_TYPE_FIRST_NAMED + 1, "x\x02");
	sample_buffer(b, 0, TTA_TYPE_FIRST_NAMED, 0x1000, 5);
	sample_buffer(b, 0, TTA_TYPE_FIRST_NAMED + 1, 0x2000, 6);
	s = sample_snapshot(b);
	text = written(s, METRICS_PROM, true);
	expect_line(text, "ttatop_device_used_bytes{device=\"0\",type=\"x?\"} 11");
	expect_line(text, "ttatop_allocations_total{device=\"0\",type=\"x?\"} 2");
	expect_line(text, "ttatop_process_used_bytes{pid=\"10\",comm=\"python\",user="
			  "\"root\",device=\"0\",type=\"x?\"} 11");
	expect_none(text, "} 5\n");
	free(text);
	snapshot_free(s);
	sample_delete(b);
}

Test(metrics, processes_are_told_when_asked_for_and_vanish_when_dead)
{
	struct snapshot *s = machine();
	char *text = written(s, METRICS_PROM, true);

	expect_line(text,
		    "ttatop_process_used_bytes{pid=\"10\",comm=\"python\",user="
		    "\"root\",device=\"tenstorrent:0\",type=\"DRAM\",uid=\"0xabc\"} 100");
	expect_none(text, "pid=\"20\"");
	free(text);
	snapshot_free(s);
}

Test(metrics, devices_of_one_number_are_told_apart)
{
	struct sample_builder *b = sample_new();
	struct snapshot *s;
	char *text;

	sample_process(b, 10);
	sample_device(b, 0, "tenstorrent", "0xa");
	sample_buffer(b, 0, TTA_DRAM, 0x1000, 1);
	sample_process(b, 11);
	sample_device(b, 0, "tenstorrent", "0xb");
	sample_buffer(b, 0, TTA_DRAM, 0x1000, 2);
	sample_process(b, 12);
	sample_device(b, 0, "opencl", "");
	sample_buffer(b, 0, TTA_DRAM, 0x1000, 3);
	s = sample_snapshot(b);
	text = written(s, METRICS_PROM, false);
	expect_line(text, "ttatop_device_used_bytes{device=\"tenstorrent:0\",type="
			  "\"DRAM\",uid=\"0xa\"} 1");
	expect_line(text, "ttatop_device_used_bytes{device=\"tenstorrent:0\",type="
			  "\"DRAM\",uid=\"0xb\"} 2");
	expect_line(text,
		    "ttatop_device_used_bytes{device=\"opencl:0\",type=\"DRAM\"} 3");
	free(text);
	snapshot_free(s);
	sample_delete(b);
}
