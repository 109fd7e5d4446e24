#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The viewer when a disk is full, and while segments change their nature."""
import json
import os
import subprocess
import threading
import unittest

from support import TTATOP, Case, log
from test_reaping import MOUNTS

FULL = "/dev/full"


class Full(Case):
    def setUp(self):
        super().setUp()
        self.full = os.path.join(self.state, "full")
        os.mkdir(self.full)
        self.hold("log", log("seed-000-double-allocation.log"))
        self.mounted = False

    def tearDown(self):
        if self.mounted:
            subprocess.run(["umount", "-l", self.full], check=True)
        super().tearDown()

    def fill(self, pages):
        if not MOUNTS:
            self.skipTest("mounting is not permitted here")
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={4 * (pages + 1)}k", "tmpfs",
                        self.full], check=True)
        self.mounted = True
        with open(os.path.join(self.full, "filler"), "wb") as stream:
            stream.write(bytes(4096))

    def trouble(self, *args):
        done = subprocess.run([TTATOP, *args], env=self.env, text=True, timeout=60,
                              capture_output=True, stdin=subprocess.DEVNULL)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("No space left on device", done.stderr)

    def test_a_snapshot_file_is_whole_or_not_there(self):
        for pages in (0, 1):
            self.fill(pages)
            self.trouble("snapshot", "-o", os.path.join(self.full, "a.json"))
            self.assertEqual(os.listdir(self.full), ["filler"])
            subprocess.run(["umount", "-l", self.full], check=True)
            self.mounted = False

    def test_what_is_there_stays_when_it_cannot_be_replaced(self):
        self.fill(1)
        old = os.path.join(self.full, "a.json")
        with open(old, "w", encoding="utf-8") as stream:
            stream.write("old")
        self.trouble("snapshot", "--force", "-o", old)
        with open(old, encoding="utf-8") as stream:
            self.assertEqual(stream.read(), "old")
        self.assertEqual(sorted(os.listdir(self.full)), ["a.json", "filler"])

    def test_a_baseline_is_whole_or_not_there(self):
        self.fill(1)
        self.env["XDG_STATE_HOME"] = self.full
        self.trouble("baseline", "set", "before")
        files = [name for _, _, names in os.walk(self.full) for name in names]
        self.assertEqual(files, ["filler"])
        self.assertEqual(self.run_top("baseline", "list", "--no-header"), "")

    def test_a_full_standard_output(self):
        commands = (("snapshot",), ("-1",), ("-1", "--json"), ("-1", "--csv"), ("leaks",),
                    ("events",), ("doctor", "--only", "shm"), ("help",), ("reap",),
                    ("baseline", "list"), ("-b", "-n", "2", "-d", "0.1"))
        self.run_top("baseline", "set", "before")
        for command in commands:
            with self.subTest(command=command), open(FULL, "wb") as stream:
                done = subprocess.run([TTATOP, *command], env=self.env, timeout=60, text=True,
                                      stdin=subprocess.DEVNULL, stdout=stream,
                                      stderr=subprocess.PIPE)
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertIn("No space left on device", done.stderr)


class Changing(Case):
    """Copies of a segment that change while ttatop looks."""

    def setUp(self):
        super().setUp()
        self.hold("log", log("seed-000-double-allocation.log"))
        self.source = os.path.join(self.dir, self.segments()[0])
        parts = os.path.basename(self.source).split(".")
        parts[3], parts[5] = "4194301", "00000000000000aa"
        self.victim = os.path.join(self.dir, ".".join(parts))
        self.stop = False
        self.rounds = 0

    def copy(self):
        subprocess.run(["cp", "--sparse=always", self.source, self.victim], check=True)

    def punch(self):
        self.copy()
        subprocess.run(["fallocate", "-p", "-o", "4096", "-l", "67108864", self.victim],
                       check=True)

    def truncate(self, size):
        self.copy()
        os.truncate(self.victim, size)

    def remove(self):
        if os.path.isdir(self.victim) and not os.path.islink(self.victim):
            os.rmdir(self.victim)
        elif os.path.lexists(self.victim):
            os.unlink(self.victim)

    def change(self):
        natures = (self.copy, self.punch, lambda: self.truncate(0), lambda: self.truncate(5000),
                   lambda: os.mkfifo(self.victim), lambda: os.mkdir(self.victim),
                   lambda: os.symlink(self.source, self.victim),
                   lambda: (self.copy(), os.chmod(self.victim, 0)))
        while not self.stop:
            for nature in natures:
                nature()
                self.remove()
            self.rounds += 1

    def test_the_viewer_stays(self):
        used = self.snapshot()["processes"][0]["memory"]
        changer = threading.Thread(target=self.change)
        changer.start()
        try:
            lines = self.run_top("-b", "-n", "30", "-d", "0.1", "--json").splitlines()
        finally:
            self.stop = True
            changer.join()
        self.assertGreater(self.rounds, 1)
        documents = [json.loads(line) for line in lines]
        self.assertEqual(len(documents), 30)
        for document in documents:
            ours = [p for p in document["processes"] if p["pid"] != 4194301]
            self.assertTrue(any(p["memory"] == used for p in ours), document)


if __name__ == "__main__":
    unittest.main()
