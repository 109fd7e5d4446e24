#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""bench/terminal.py: a short run measures every row; no figure is judged."""
import glob
import json
import os
import subprocess
import tempfile
import unittest

PROGRAM = os.path.join(os.environ["TTA_SOURCE"], "bench", "terminal.py")
BIN = os.environ["TTA_BIN"]
ROWS = ["cpu", "cpu_idle", "bytes", "bytes_idle", "first_frame", "key_p50", "key_p99", "memory"]


def run(*args):
    before = set(glob.glob("/dev/shm/tta-test-terminal-*"))
    done = subprocess.run([PROGRAM, *args], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, check=False, timeout=150)
    left = set(glob.glob("/dev/shm/tta-test-terminal-*")) - before
    return done, left


class Terminal(unittest.TestCase):
    def test_every_row_is_measured(self):
        done, left = run("--quick", "--json", "--bin", BIN)
        self.assertEqual((done.returncode, left), (0, set()), done.stderr)
        rows = {row["name"]: row for row in json.loads(done.stdout)["rows"]}
        self.assertEqual(list(rows), ROWS)
        for name, row in rows.items():
            self.assertGreater(row["value"], 0, name)
            if row["budget"]:
                self.assertEqual(row["ok"], row["value"] <= row["budget"])
        self.assertLessEqual(rows["key_p50"]["value"], rows["key_p99"]["value"])

    def test_what_is_not_there_is_said(self):
        done, _ = run("--bin", "/nowhere")
        self.assertEqual(done.returncode, 2)
        self.assertIn("/nowhere/ttatop", done.stderr)

    def test_a_viewer_that_ends_by_itself_is_no_figure(self):
        with tempfile.TemporaryDirectory() as folder:
            os.symlink(os.path.join(BIN, "tta-sim"), os.path.join(folder, "tta-sim"))
            os.symlink("/bin/true", os.path.join(folder, "ttatop"))
            done, left = run("--quick", "--bin", folder)
        self.assertEqual((done.returncode, left), (2, set()))
        self.assertIn("ended by itself", done.stderr)


if __name__ == "__main__":
    unittest.main()
