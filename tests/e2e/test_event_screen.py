#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The event screen of the live view in a real terminal, and the same rows as text."""
import csv
import io
import json
import os
import shutil
import subprocess
import sys
import unittest

from support import SIM, TTATOP, Case

TMUX = shutil.which("tmux")
if not TMUX:
    print("skipped: tmux is not installed")
    sys.exit(77)

TWICE = ("process a\nalloc a 0 DRAM 0x1000 4K\nalloc a 0 DRAM 0x1000 4K\n"
         "alloc a 0 L1 0x2000 2K\nfree a 0 L1 0x2000\n")


class EventScreen(Case):
    def setUp(self):
        super().setUp()
        self.socket = f"tta-events-{os.getpid()}-{self._testMethodName[5:13]}"

    def tearDown(self):
        subprocess.run([TMUX, "-L", self.socket, "kill-server"], check=False,
                       stderr=subprocess.DEVNULL)
        super().tearDown()

    def tmux(self, *args):
        return subprocess.run([TMUX, "-L", self.socket, "-f", "/dev/null", *args], env=self.env,
                              check=True, text=True, capture_output=True, timeout=20).stdout

    def watch(self, cols=100, rows=24):
        self.tmux("new-session", "-d", "-s", "live", "-x", str(cols), "-y", str(rows),
                  f"exec {TTATOP} -d 0.2")
        self.shows("[1 Processes]")

    def keys(self, *keys):
        self.tmux("send-keys", "-t", "live", *keys)

    def screen(self):
        return self.tmux("capture-pane", "-p", "-t", "live")

    def shows(self, *texts):
        for text in texts:
            self.assertTrue(self.until(lambda t=text: t in self.screen(), 10),
                            f"'{text}' is not shown:\n{self.screen()}")

    def gone(self, text):
        self.assertTrue(self.until(lambda: text not in self.screen(), 10),
                        f"'{text}' is still shown:\n{self.screen()}")

    def scenario(self, text, name):
        path = os.path.join(self.state, name + ".scn")
        with open(path, "w", encoding="utf-8") as stream:
            stream.write(text)
        return path

    def test_from_a_process_to_the_events_of_one_address(self):
        self.hold("run", self.scenario(TWICE, "twice"))
        pid = self.snapshot()["processes"][0]["pid"]
        self.watch()
        self.keys("4")
        self.shows("[4 Events]", "[FOLLOW]", "alloc!", "DUP ref 1 -> 2", "1 DUP", "lost 0")
        self.keys("1", "Enter")
        self.shows("[3 Buffers]", f"pid {pid}", "ref 1  pid", "ref 2  DUP ref 1 -> 2")
        self.keys("Enter")
        self.shows(f"Filter: 0x1000 dev 0 pid {pid}", "alloc!")
        self.gone("0x00002000")
        self.keys("Escape")
        self.shows("[3 Buffers]")
        self.keys("Escape")
        self.shows("[1 Processes]", "Filter: (none)")
        self.keys("e")
        self.shows("[4 Events]", "0x00002000", f"Filter: pid {pid}")

    def test_what_comes_is_followed_and_a_pause_loses_nothing(self):
        self.hold("run", self.scenario(TWICE, "twice"))
        self.watch()
        self.keys("4")
        self.shows("[FOLLOW]", "0x00002000")
        self.hold("run", self.scenario("process b\nalloc b 1 L1 0x7000 64\n", "more"))
        self.shows("0x00007000")
        self.keys("Up")
        self.shows("[SCROLL]")
        self.keys("End")
        self.shows("[FOLLOW]")
        # Its ring is known: what is written during the pause is read, and shown after it.
        writer = self.scenario("process c\nalloc c 2 L1 0x8000 64\nsleep 2s\n"
                               "alloc c 2 L1 0x9000 64 x 3000 step 64\n", "writer")
        child = subprocess.Popen([SIM, "run", writer, "--hold"], env=self.env, text=True,
                                 stdout=subprocess.PIPE)
        self.children.append(child)
        self.shows("0x00008000")
        self.keys("Space")
        self.shows("[PAUSE]")
        self.assertEqual(child.stdout.readline().strip(), "ready")
        self.assertIn("[PAUSE]", self.screen())
        self.assertNotIn("0x00009000", self.screen())
        self.keys("Space")
        self.gone("[PAUSE]")
        self.shows("0x00037dc0")

    def test_an_overrun_is_a_gap_and_a_counter(self):
        self.env["TTA_RING"] = "64"
        self.watch()
        self.keys("4")
        self.hold("run", self.scenario("process a\nsleep 500ms\n"
                                       "alloc a 0 DRAM 0x1000 64 x 20000 step 64\n", "burst"))
        self.shows("[FOLLOW]", "0x001397c0")
        self.assertRegex(self.screen(), r"lost [1-9]")
        self.keys("n")
        self.shows("events lost", "its ring was overwritten", "[SCROLL]")
        self.assertRegex(self.screen(), r" gap +- .* \d+ events")

    def test_the_same_rows_as_text(self):
        self.hold("run", self.scenario(TWICE, "twice"))
        rows = [json.loads(line) for line in
                self.run_top("events", "-j", "-n", "all").splitlines()]
        self.assertEqual(len(rows), 4)
        live = [json.loads(line) for line in
                self.run_top("-1", "--json", "--view", "events").splitlines()]
        for row in rows + live:
            del row["time"], row["dt_ns"]  # clocks are compared anew by each program
        self.assertEqual(live, rows)
        table = list(csv.DictReader(io.StringIO(
            self.run_top("-1", "--csv", "--view", "events", "-c", "+tid,+site"))))
        self.assertEqual([(row["op"], int(row["addr"], 16), int(row["size"]), int(row["live"]))
                          for row in table],
                         [(row["op"], int(row["addr"], 16), row["size"], row["live"])
                          for row in rows])
        text = self.run_top("-1", "--view", "events", "--no-header").splitlines()
        self.assertEqual(len(text), 4)
        self.assertIn("alloc!", text[1])
        self.assertIn("DUP", text[1])
        self.run_top("-1", "--view", "events", "-c", "nosuch", code=2)

    def test_batches_tell_each_event_once(self):
        self.hold("run", self.scenario(TWICE, "twice"))
        text = self.run_top("-b", "-n", "3", "-d", "0.2", "--view", "events", "--no-header")
        self.assertEqual(text.count("alloc!"), 1)
        lines = self.run_top("-b", "-n", "3", "-d", "0.2", "--json", "--view", "events")
        self.assertEqual(len(lines.splitlines()), 4)


if __name__ == "__main__":
    unittest.main()
