/* SPDX-License-Identifier: BSD-2-Clause */
/* Every option of every command, once. */
#include "option_values.h"

#define LIVE	 COMMAND_LIVE
#define SNAPSHOT COMMAND_SNAPSHOT
#define DIFF	 COMMAND_DIFF
#define BASELINE COMMAND_BASELINE
#define REAP	 COMMAND_REAP
#define EVENTS	 COMMAND_EVENTS
#define DOCTOR	 COMMAND_DOCTOR
#define LEAKS	 COMMAND_LEAKS
#define CHECK	 COMMAND_CHECK
#define CONFIG	 COMMAND_CONFIG
#define EXPORT	 COMMAND_EXPORT
/* Those with snapshots, from wherever. */
#define READS (LIVE | SNAPSHOT | DIFF | BASELINE | LEAKS | EXPORT)
#define ALL                                                                              \
	(READS | REAP | EVENTS | DOCTOR | CHECK | COMMAND_HELP | COMMAND_COMPLETION |    \
	 CONFIG)

#define FIELD(field) offsetof(struct options, field)

#define FLAG(field)		 OPTION_FLAG, FIELD(field), NULL, NULL
#define TEXT(field)		 OPTION_TEXT, FIELD(field), NULL, NULL
#define TEXT_OF(field, values)	 OPTION_TEXT, FIELD(field), NULL, values
#define SECONDS(field)		 OPTION_SECONDS, FIELD(field), NULL, NULL
#define BYTES(field)		 OPTION_BYTES, FIELD(field), NULL, NULL
#define VALUE(setter)		 OPTION_VALUE, 0, setter, NULL
#define VALUE_OF(setter, values) OPTION_VALUE, 0, setter, values
#define FILTER			 OPTION_FILTER, 0, NULL, NULL
#define MAYBE(setter)		 OPTION_MAYBE, 0, setter, VALUES_FILES
#define ASK			 OPTION_ASK, 0, NULL, NULL

/* clang-format off */
static const struct option_spec table[] = {
	{'d', "delay", "SECS", LIVE | LEAKS,
	 "seconds between updates: 0.5, 500ms, 2s; at least 0.1, default 1",
	 VALUE(option_set_delay)},
	{'n', "count", "N", LIVE, "end after N updates", VALUE(option_set_count)},
	{'n', "lines", "N", EVENTS, "the last N events there are, or all; default 10",
	 VALUE(option_set_lines)},
	{'f', "follow", NULL, EVENTS, "go on with what happens", FLAG(follow)},
	{0, "since", "WHEN", EVENTS, "from a time or mark on: '10m ago', 14:32, @EPOCH, NAME",
	 TEXT(since)},
	{0, "until", "WHEN", EVENTS, "up to a time or mark", TEXT(until)},
	{0, "suspicious", NULL, EVENTS, "only what looks wrong", FLAG(suspicious)},
	{0, "strict", NULL, EVENTS, "exit status 1 when events were lost", FLAG(strict)},
	{0, "pid-exit", NULL, EVENTS, "end when the selected processes are gone",
	 FLAG(pid_exit)},
	{0, "only", "NAMES", DOCTOR, "these checks: shm.dir,ns.pid", TEXT(only)},
	{0, "skip", "NAMES", DOCTOR, "all but these checks", TEXT(skip)},
	{'n', "runs", "RUNS", CHECK, "measured runs, default 5; with --marks so many marks",
	 VALUE(option_set_count)},
	{'w', "warmup", "RUNS", CHECK, "runs or marks before those, default 1",
	 VALUE(option_set_warmup)},
	{0, "settle", "WHEN", CHECK,
	 "when to measure: auto (the numbers stand still) or after SECS",
	 VALUE_OF(option_set_settle, "auto")},
	{0, "marks", "NAME", CHECK, "one run, measured at each mark NAME inside it; 'round *' too",
	 TEXT(check.marks)},
	{'l', "limit", "LIMIT", CHECK,
	 "growth allowed per run and class: 64K, dram=64K,refs=2; default 0",
	 TEXT(check.limit)},
	{0, "strict", NULL, CHECK, "residue that is constant fails as well", FLAG(strict)},
	{0, "setup", "CMD", CHECK, "line of shell before all runs", TEXT(check.setup)},
	{0, "prepare", "CMD", CHECK, "line of shell before each run", TEXT(check.prepare)},
	{0, "conclude", "CMD", CHECK, "line of shell after each run, before it is measured",
	 TEXT(check.conclude)},
	{0, "cleanup", "CMD", CHECK, "line of shell at the end, whatever happened",
	 TEXT(check.cleanup)},
	{0, "timeout", "SECS", CHECK, "end a run that takes longer; nothing is judged then",
	 SECONDS(check.timeout)},
	{'i', "ignore-failure", NULL, CHECK, "go on when CMD fails",
	 FLAG(check.ignore_failure)},
	{0, "suppress", "FILE", CHECK, "classes to leave out: leak:label=cq_* size<=24K",
	 TEXT_OF(check.suppress, VALUES_FILES)},
	{0, "gen-suppressions", NULL, CHECK, "print such lines for what was found",
	 FLAG(check.gen_suppressions)},
	{0, "keep", "DIR", CHECK, "a snapshot after each run: DIR/run-0.json ...",
	 TEXT_OF(keep, VALUES_FOLDERS)},
	{0, "all", NULL, CHECK, "count all processes of the machine", FLAG(check.all)},
	{'j', "json", NULL, CHECK,
	 "JSON instead of text, CMD's output on stderr; --json=FILE: as well",
	 MAYBE(option_set_json)},
	{0, "junit", "FILE", CHECK, "JUnit XML as well", TEXT_OF(check.junit, VALUES_FILES)},
	{0, "keep-segments", NULL, CHECK, "leave the segments of the runs where they are",
	 FLAG(check.keep_segments)},
	{'b', "batch", NULL, LIVE, "plain text, one block per update", FLAG(batch)},
	{'1', "once", NULL, LIVE, "one update and exit", FLAG(once)},
	{0, "view", "NAME", LIVE, "processes, devices, buffers, events or delta",
	 VALUE_OF(option_set_view, "processes devices buffers events delta")},
	{'p', "pid", "PIDS", READS | REAP | EVENTS, "these processes: 12,15", VALUE(option_set_pids)},
	{'u', "user", "USERS", READS | REAP | EVENTS, "of these users, by name or number",
	 VALUE(option_set_users)},
	{'D', "device", "DEVICES", READS | EVENTS, "these devices: 0,2-5", VALUE(option_set_devices)},
	{'T', "type", "TYPES", READS | EVENTS, "these memory types: dram,l1",
	 VALUE_OF(option_set_types, ",dram l1 system l1_small trace cb kernel host")},
	{0, "source", "SOURCES", READS,
	 "native (segments), tt-metal (its regions: totals alone); default both",
	 VALUE_OF(option_set_sources, ",native tt-metal")},
	{'F', "filter", "EXPR", READS | REAP | EVENTS,
	 "words, | is or, terms: size>1M dev=0,2-5 label=kv* flag=dup", FILTER},
	{'s', "sort", "KEY", LIVE, "sort by KEY, -KEY turns the order around", TEXT(sort)},
	{'c', "columns", "LIST", LIVE | EVENTS, "columns to show", TEXT(columns)},
	{'t', "tree", NULL, LIVE, "devices below their processes", FLAG(tree)},
	{'j', "json", NULL, LIVE | DIFF | BASELINE | LEAKS | EVENTS | DOCTOR, "JSON instead of text", FLAG(json)},
	{0, "csv", NULL, LIVE | LEAKS | EVENTS, "comma-separated values instead of text", FLAG(csv)},
	{0, "bytes", NULL, LIVE | DIFF | BASELINE | REAP | LEAKS | EVENTS | CHECK, "exact bytes, no K, M, G",
	 FLAG(bytes)},
	{0, "no-header", NULL, LIVE | DIFF | BASELINE | REAP | LEAKS | EVENTS | EXPORT,
	 "no line of column titles",
	 FLAG(no_header)},
	{'B', "base", "BASE", LIVE, "show changes since BASE: FILE or @NAME",
	 TEXT_OF(base, VALUES_BASELINES)},
	{0, "color", "WHEN", LIVE, "auto, always or never; NO_COLOR means never",
	 VALUE_OF(option_set_color, "auto always never")},
	{'C', "no-color", NULL, LIVE, "the same as --color=never", VALUE(option_set_no_color)},
	{'M', "no-mouse", NULL, LIVE, "leave the mouse to the terminal", FLAG(no_mouse)},
	{0, "config", "FILE", LIVE | CONFIG,
	 "settings, instead of ~/.config/ttatop/config", TEXT_OF(config, VALUES_FILES)},
	{'U', "ascii", NULL, LIVE, "ASCII characters alone", FLAG(ascii)},
	{0, "readonly", NULL, LIVE, "no key changes anything outside of the view", FLAG(readonly)},
	{'o', "output", "FILE", SNAPSHOT, "write to FILE, which must not exist",
	 TEXT_OF(output, VALUES_FILES)},
	{'o', "output", "FILE", EXPORT,
	 "write to FILE; metrics replace it, others want it not to exist",
	 TEXT_OF(output, VALUES_FILES)},
	{0, "force", NULL, SNAPSHOT | EXPORT, "replace FILE", FLAG(force)},
	{0, "interval", "SECS", EXPORT, "metrics: write FILE again and again, until a signal",
	 VALUE(option_set_interval)},
	{0, "listen", "ADDR:PORT", EXPORT,
	 "metrics: answer GET /metrics there: 127.0.0.1:9464", TEXT(listen)},
	{0, "listen-any", NULL, EXPORT, "ADDR may be one that other machines reach",
	 FLAG(listen_any)},
	{0, "per-process", NULL, EXPORT, "metrics: also what each process holds",
	 FLAG(per_process)},
	{0, "for", "SECS", EXPORT, "trace: so long, default 10", SECONDS(duration)},
	{0, "from", "FILE", EXPORT, "a snapshot or @BASELINE instead of what is now",
	 TEXT_OF(from, VALUES_BASELINES)},
	{0, "no-buffers", NULL, SNAPSHOT, "totals alone", FLAG(no_buffers)},
	{0, "redact", NULL, SNAPSHOT, "no command lines, no user names", FLAG(redact)},
	{'y', "yes", NULL, REAP, "remove without asking", FLAG(yes)},
	{0, "keep", "DIR", REAP, "save evidence in DIR, not in the state directory",
	 TEXT_OF(keep, VALUES_FOLDERS)},
	{0, "no-keep", NULL, REAP, "save no evidence", FLAG(no_keep)},
	{0, "older", "SECS", REAP | LEAKS,
	 "only what is older than SECS: 90, 10m, 1d", SECONDS(older)},
	{0, "by", "KEYS", DIFF | LEAKS, "one row for each of these: dev,type,label,size",
	 TEXT_OF(by, ",proc user dev type size label addr group site process")},
	{0, "since", "WHEN", LEAKS, "allocated after: @NAME, a mark, 10m ago, 14:32, @epoch",
	 TEXT_OF(since, VALUES_BASELINES)},
	{0, "fail", "SIZE", LEAKS, "exit 1 when it is more than SIZE: 0, 64K, 1.5M",
	 BYTES(fail)},
	{'k', "top", "N", LEAKS, "the N largest alone", VALUE(option_set_top)},
	{'a', "addresses", NULL, LEAKS, "every buffer as well", FLAG(addresses)},
	{0, "match", "HOW", DIFF, "auto, address (same run) or class (other run)",
	 TEXT_OF(match, "auto address class")},
	{0, "only", "CHANGE", DIFF, "rows that are new, gone, grown, shrunk or same",
	 TEXT_OF(only, "new gone grown shrunk same")},
	{0, "min", "SIZE", DIFF, "rows that changed by SIZE or more: 64K", BYTES(min)},
	{0, "devices-merged", NULL, DIFF, "one row for devices that changed alike",
	 FLAG(devices_merged)},
	{0, "folded", NULL, DIFF, "stacks with two numbers, for flame graphs", FLAG(folded)},
	{0, "shm-dir", "DIR", READS | REAP | EVENTS | DOCTOR | CHECK, "where segments are; else TTA_DIR, else /dev/shm",
	 TEXT_OF(directory, VALUES_FOLDERS)},
	{0, "containers", NULL, READS | EVENTS,
	 "containers with a /dev/shm of their own, too, where permitted",
	 FLAG(containers)},
	{'q', "quiet", NULL, READS | REAP | EVENTS | CHECK, "no remarks on standard error", FLAG(quiet)},
	{'h', "help", NULL, ALL, "this text", ASK},
	{'V', "version", NULL, ALL, "version", ASK},
};
/* clang-format on */

const struct option_spec *option_table(size_t *ret_count)
{
	*ret_count = sizeof(table) / sizeof(table[0]);
	return table;
}
