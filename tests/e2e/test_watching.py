#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Watching changes nothing: another user, without write permission anywhere."""
import os
import re
import shutil
import subprocess
import unittest

from support import TTATOP, Case, log

NOBODY = "65534"


def as_nobody(*command):
    return ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *command]


@unittest.skipUnless(os.geteuid() == 0, "needs root to become another user")
class Watching(Case):
    def setUp(self):
        super().setUp()
        os.chmod(self.dir, 0o755)
        self.env["XDG_STATE_HOME"] = "/nonexistent"
        self.env["HOME"] = "/nonexistent"
        # The build may lie where another user cannot go: the program is copied.
        self.tool = os.path.join(self.dir, "ttatop")
        shutil.copy(TTATOP, self.tool)

    def blocks(self):
        return {name: os.stat(os.path.join(self.dir, name)).st_blocks
                for name in os.listdir(self.dir) if name.startswith("tta.")}

    def run_nobody(self, *args, code=0):
        done = subprocess.run(as_nobody(self.tool, *args), env=self.env, text=True,
                              capture_output=True, stdin=subprocess.DEVNULL, timeout=60,
                              cwd="/")
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout

    def test_every_view_and_command_works(self):
        self.hold("log", log("seed-000-double-allocation.log"))
        self.hold("log", log("seed-002-l1-control-buffers.log"))
        before = self.blocks()
        for view in ("processes", "devices", "buffers"):
            self.assertIn("DRAM", self.run_nobody("-1", "--view", view))
        self.run_nobody("-b", "-n", "2", "-d", "0.1")
        self.run_nobody("-1", "--json")
        self.run_nobody("snapshot")
        self.run_nobody("reap", code=1)
        snapshot = os.path.join(self.dir, "a.json")
        with open(snapshot, "w", encoding="utf-8") as file:
            file.write(self.run_nobody("snapshot"))
        self.run_nobody("diff", snapshot)
        self.assertEqual(self.blocks(), before, "watching allocated memory")

    def test_no_write_capable_open_or_mapping(self):
        self.hold("log", log("seed-000-double-allocation.log"))
        before = self.blocks()
        trace = os.path.join(self.state, "trace")
        subprocess.run(["strace", "-f", "-e", "trace=open,openat,mmap,mprotect", "-o", trace,
                        self.tool, "-b", "-n", "3", "-d", "0.1"],
                       # LeakSanitizer cannot work under a tracer.
                       env=dict(self.env, ASAN_OPTIONS="detect_leaks=0"), check=True,
                       capture_output=True, stdin=subprocess.DEVNULL)
        with open(trace, encoding="utf-8") as file:
            lines = file.read().splitlines()
        opened = [line for line in lines if self.dir in line or '"tta.' in line]
        self.assertTrue(any('"tta.1.' in line for line in opened), "nothing was traced")
        for line in opened:
            if line.find("execve") < 0:
                self.assertNotRegex(line, r"O_(WRONLY|RDWR|CREAT|TRUNC)", line)
        shared = [line for line in lines if "MAP_SHARED" in line]
        self.assertTrue(shared, "no segment was mapped")
        for line in shared:
            self.assertNotIn("PROT_WRITE", line)
        mapped = [re.search(r"= (0x[0-9a-f]+)", line).group(1) for line in shared]
        for line in lines:
            if line.find("mprotect(") >= 0:
                self.assertFalse(any(address in line for address in mapped), line)
        self.assertEqual(self.blocks(), before)

    def test_an_unreadable_segment_is_named(self):
        self.env["TTA_MODE"] = "0600"
        self.hold("log", log("seed-000-double-allocation.log"))
        out = self.run_nobody("snapshot")
        self.assertIn('"exact": false', out)
        self.assertIn("ermission", out)


if __name__ == "__main__":
    unittest.main()
