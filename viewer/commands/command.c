/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "options.h"

static const struct command commands[] = {
	{COMMAND_LIVE, "live", "[OPTION...]", "watch; without a terminal one plain table",
	 "Shows who holds device memory, per process, device and buffer. Without a\n"
	 "terminal, with -1 or with -b it prints tables and exits.\n",
	 0, 0},
	{COMMAND_SNAPSHOT, "snapshot", "[OPTION...]", "everything, once, as JSON",
	 "Prints one document of schema ttatop.snapshot; see ttatop-snapshot(5).\n", 0,
	 0},
	{COMMAND_DIFF, "diff", "[OPTION...] A [B]", "what changed between two snapshots",
	 "A and B are a FILE, a baseline @NAME, live, or - for standard input; B is "
	 "live\n"
	 "when it is not given. Exit status: 0 same, 1 different, 2 trouble.\n",
	 1, 2},
	{COMMAND_BASELINE, "baseline", "[OPTION...] set|show|rm NAME | list",
	 "named snapshots to compare with",
	 "set saves what is held now, show prints it, rm removes it, list lists all.\n"
	 "Names are made of letters, digits and . _ - and do not begin with a dot.\n",
	 1, 2},
	{COMMAND_REAP, "reap", "[OPTION...] [SEGMENT...]",
	 "what dead processes left behind",
	 "Lists orphan, exited and dead segments and removes them when told so: on a\n"
	 "terminal by an answer, else by -y. What a segment held is saved before. Files\n"
	 "that cannot be read are removed only when named. Exit status: 0 nothing is "
	 "left,\n"
	 "1 something remains, 2 trouble.\n",
	 0, 4096},
	{COMMAND_LEAKS, "leaks", "[OPTION...]", "live buffers that are old, grouped",
	 "Buffers older than --older (10 s), in groups (--by label,type,size), the "
	 "largest\n"
	 "first, and whether the groups grow while it looks for -d (1 s; 0 looks once).\n"
	 "Exit status: 0; 1 when --fail says so; 2 trouble.\n",
	 0, 0},
	{COMMAND_CHECK, "check", "[OPTION...] -- CMD [ARG...]",
	 "run CMD again and again; fail when residue grows",
	 "Runs CMD, with TTA_RUN_ID set, and compares what all its processes hold after\n"
	 "each run, those that ended included. CMD's input is /dev/null, its output\n"
	 "goes through. Exit status: 0 nothing grows, 1 something does (or is constant,\n"
	 "with --strict), 125 it cannot be judged, 126 and 127 CMD cannot be run; fit\n"
	 "for git bisect run.\n",
	 1, 1 << 20},
	{COMMAND_COMPLETION, "completion", "bash|zsh|fish", "a script for the shell",
	 "Prints what makes the shell complete ttatop's commands and options; in bash\n"
	 "eval \"$(ttatop completion bash)\" does it at once.\n",
	 1, 1},
	{COMMAND_EVENTS, "events", "[OPTION...]", "the event rings, merged by time",
	 "Prints what the rings of all processes still hold, merged by time: the last\n"
	 "10 events unless -n says otherwise; with -f it goes on. Events that were\n"
	 "overwritten before they were read are rows of their own. Exit status: 0, with\n"
	 "--strict 1 when events were lost, 2 trouble.\n",
	 0, 0},
	{COMMAND_EXPORT, "export", "[OPTION...] FORMAT", "the same, in formats of others",
	 "FORMAT is prom or openmetrics (metrics: written once, with --interval again "
	 "and\n"
	 "again, or answered at --listen), trace (a timeline of what happens --for some\n"
	 "seconds, for Perfetto or Chrome), folded (stacks for flame graphs), csv (all\n"
	 "buffers) or jsonl (all there is, an object per line).\n",
	 1, 1},
	{COMMAND_DOCTOR, "doctor", "[OPTION...]",
	 "why nothing is seen, and whether figures hold",
	 "Checks the shared memory, the publishers, what cannot be seen from here, and\n"
	 "whether tables, counters and rings agree. Changes nothing and needs no\n"
	 "privilege. Exit status: 0 fine, 1 warnings, 2 failures.\n",
	 0, 0},
	{COMMAND_CONFIG, "config", "[OPTION...] show|path|check",
	 "the settings of the live view",
	 "show prints the settings in effect, path where they are kept, check what is "
	 "wrong\n"
	 "with the files. Settings are written by W in the live view; see "
	 "ttatop.conf(5).\n"
	 "Exit status: 0; 1 when check found something; 2 trouble.\n",
	 1, 1},
	{COMMAND_HELP, "help", "[COMMAND]", "how to use it", "", 0, 1},
};

const struct command *command_list(size_t *ret_count)
{
	*ret_count = sizeof(commands) / sizeof(commands[0]);
	return commands;
}

const struct command *command_find(const char *name)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}
