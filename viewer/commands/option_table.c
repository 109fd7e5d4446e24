/* SPDX-License-Identifier: BSD-2-Clause */
/* Every option of every command, once. */
#include "option_values.h"

#define LIVE	 COMMAND_LIVE
#define SNAPSHOT COMMAND_SNAPSHOT
#define DIFF	 COMMAND_DIFF
#define BASELINE COMMAND_BASELINE
#define REAP	 COMMAND_REAP
#define READS	 (LIVE | SNAPSHOT | DIFF | BASELINE) /* snapshots, from wherever */
#define ALL	 (READS | REAP | COMMAND_HELP)

#define FLAG(field)    OPTION_FLAG, offsetof(struct options, field), NULL
#define TEXT(field)    OPTION_TEXT, offsetof(struct options, field), NULL
#define SECONDS(field) OPTION_SECONDS, offsetof(struct options, field), NULL
#define VALUE(setter)  OPTION_VALUE, 0, setter
#define ASK	       OPTION_ASK, 0, NULL

/* clang-format off */
static const struct option_spec table[] = {
	{'d', "delay", "SECS", LIVE,
	 "seconds between updates: 0.5, 500ms, 2s; at least 0.1, default 1",
	 VALUE(option_set_delay)},
	{'n', "count", "N", LIVE, "end after N updates", VALUE(option_set_count)},
	{'b', "batch", NULL, LIVE, "plain text, one block per update", FLAG(batch)},
	{'1', "once", NULL, LIVE, "one update and exit", FLAG(once)},
	{0, "view", "NAME", LIVE, "processes, devices or buffers", VALUE(option_set_view)},
	{'p', "pid", "PIDS", READS | REAP, "these processes: 12,15", VALUE(option_set_pids)},
	{'u', "user", "USERS", READS | REAP, "of these users, by name or number",
	 VALUE(option_set_users)},
	{'D', "device", "DEVICES", READS, "these devices: 0,2-5", VALUE(option_set_devices)},
	{'T', "type", "TYPES", READS, "these memory types: dram,l1",
	 VALUE(option_set_types)},
	{'F', "filter", "EXPR", LIVE, "text: words that all match, | is or",
	 VALUE(option_set_filter)},
	{'s', "sort", "KEY", LIVE, "sort by KEY, -KEY turns the order around", TEXT(sort)},
	{'c', "columns", "LIST", LIVE, "columns to show", TEXT(columns)},
	{'t', "tree", NULL, LIVE, "devices below their processes", FLAG(tree)},
	{'j', "json", NULL, LIVE | DIFF | BASELINE, "JSON instead of text", FLAG(json)},
	{0, "csv", NULL, LIVE, "comma-separated values instead of text", FLAG(csv)},
	{0, "bytes", NULL, LIVE | DIFF | BASELINE | REAP, "exact bytes, no K, M, G",
	 FLAG(bytes)},
	{0, "no-header", NULL, LIVE | DIFF | BASELINE | REAP, "no line of column titles",
	 FLAG(no_header)},
	{'B', "base", "BASE", LIVE, "show changes since BASE: FILE or @NAME", TEXT(base)},
	{0, "color", "WHEN", LIVE, "auto, always or never; NO_COLOR means never",
	 VALUE(option_set_color)},
	{'U', "ascii", NULL, LIVE, "ASCII characters alone", FLAG(ascii)},
	{0, "readonly", NULL, LIVE, "no key may change anything", FLAG(readonly)},
	{'o', "output", "FILE", SNAPSHOT, "write to FILE, which must not exist", TEXT(output)},
	{0, "force", NULL, SNAPSHOT, "replace FILE", FLAG(force)},
	{0, "no-buffers", NULL, SNAPSHOT, "totals alone", FLAG(no_buffers)},
	{0, "redact", NULL, SNAPSHOT, "no command lines, no user names", FLAG(redact)},
	{'y', "yes", NULL, REAP, "remove without asking", FLAG(yes)},
	{0, "keep", "DIR", REAP, "save evidence in DIR, not in the state directory",
	 TEXT(keep)},
	{0, "no-keep", NULL, REAP, "save no evidence", FLAG(no_keep)},
	{0, "older", "SECS", REAP, "without an event for SECS: 90, 10m, 1d", SECONDS(older)},
	{0, "shm-dir", "DIR", READS | REAP, "where segments are; else TTA_DIR, else /dev/shm",
	 TEXT(directory)},
	{'q', "quiet", NULL, READS | REAP, "no remarks on standard error", FLAG(quiet)},
	{'h', "help", NULL, ALL, "this text", ASK},
	{'V', "version", NULL, ALL, "version", ASK},
};
/* clang-format on */

const struct option_spec *option_table(size_t *ret_count)
{
	*ret_count = sizeof(table) / sizeof(table[0]);
	return table;
}
