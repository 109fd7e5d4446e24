#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Shells really complete what the tables know."""
import os
import re
import shutil
import subprocess
import unittest

from support import BIN, Case

BASH = r'''
eval "$(ttatop completion bash)"
complete -p ttatop >/dev/null || exit 3
COMP_LINE=$1 COMP_POINT=${#1}
_ttatop
printf '%s\n' "${COMPREPLY[@]}"
'''
FISH = 'ttatop completion fish | source; complete -C $argv[1]'


class Completion(Case):
    def setUp(self):
        super().setUp()
        self.env["PATH"] = BIN + os.pathsep + self.env["PATH"]

    def bash(self, line):
        done = subprocess.run(["bash", "--norc", "-c", BASH, "bash", line], env=self.env,
                              text=True, capture_output=True, cwd=self.state)
        self.assertEqual((done.returncode, done.stderr), (0, ""), line)
        return done.stdout.split()

    def options(self, command):
        """Those that `ttatop help COMMAND` lists."""
        text = self.run_top("help", command)
        return re.findall(r"^ +(?:-.|  ),? +(--[a-z-]+)", text, re.M)

    def commands(self):
        text = self.run_top("help").split("\nCommands:\n")[1]
        return re.findall(r"^  ([a-z]+) ", text, re.M)

    def test_commands_and_all_their_options(self):
        commands = self.commands()
        self.assertEqual(sorted(self.bash("ttatop ")), sorted(commands))
        self.assertEqual(self.bash("ttatop sna"), ["snapshot"])
        for command in commands:
            listed = self.options(command)
            self.assertIn("--help", listed)
            offered = [o for o in self.bash(f"ttatop {command} -") if o.startswith("--")]
            self.assertEqual(sorted(offered), sorted(listed), command)
        self.assertIn("--view", self.bash("ttatop --"))

    def test_values(self):
        self.run_top("baseline", "set", "before")
        self.run_top("baseline", "set", "between")
        with open(os.path.join(self.state, "file.json"), "w", encoding="ascii"):
            pass
        for line, replies in {
                "ttatop --view ": ["processes", "devices", "buffers", "events"],
                "ttatop --color=al": ["always"],
                "ttatop diff --match ": ["auto", "address", "class"],
                "ttatop diff --only g": ["gone", "grown"],
                "ttatop -T dram,l1": ["dram,l1", "dram,l1_small"],
                "ttatop leaks --by type,la": ["type,label"],
                "ttatop diff @bet": ["@between"],
                "ttatop diff @": ["@before", "@between"],
                "ttatop diff --json @bef": ["@before"],
                "ttatop diff li": ["live"],
                "ttatop diff fil": ["file.json"],
                "ttatop -B @befo": ["@before"],
                "ttatop baseline ": ["set", "list", "show", "rm"],
                "ttatop baseline rm bef": ["before"],
                "ttatop help le": ["leaks"],
                "ttatop completion z": ["zsh"],
                "ttatop -p ": [],
                "ttatop snapshot -o file": ["file.json"],
        }.items():
            self.assertEqual(sorted(self.bash(line)), sorted(replies), line)

    def test_fish(self):
        if not shutil.which("fish"):
            self.skipTest("fish is not installed")
        for line, reply in {"ttatop sna": "snapshot", "ttatop diff --match cl": "class",
                            "ttatop leaks --fai": "--fail", "ttatop help le": "leaks"}.items():
            done = subprocess.run(["fish", "--no-config", "-c", FISH, line], env=self.env,
                                  text=True, capture_output=True)
            self.assertEqual([l.split("\t")[0] for l in done.stdout.splitlines()], [reply],
                             done.stderr)

    def test_zsh_reads_its_script(self):
        if not shutil.which("zsh"):
            self.skipTest("zsh is not installed")
        script = self.run_top("completion", "zsh")
        done = subprocess.run(["zsh", "-f", "-n"], input=script, text=True,
                              capture_output=True)
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_other_shells_are_refused(self):
        self.run_top("completion", "csh", code=2)


if __name__ == "__main__":
    unittest.main()
