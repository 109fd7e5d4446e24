#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""ttatop events on real processes: order, what is suspicious, what is lost."""
import collections
import csv
import io
import json
import os
import re
import signal
import subprocess
import sys
import time
import unittest

try:
    import jsonschema
except ImportError:
    print("skipped: the Python package jsonschema is not installed")
    sys.exit(77)

from support import SIM, SOURCE, TTATOP, Case, log

with open(os.path.join(SOURCE, "viewer/schemas/ttatop.event.v1.json"), encoding="utf-8") as file:
    SCHEMA = json.load(file)
jsonschema.Draft7Validator.check_schema(SCHEMA)
VALIDATOR = jsonschema.Draft7Validator(SCHEMA)
SEED_0 = ("log", log("seed-000-double-allocation.log"))
SEED_2 = ("log", log("seed-002-l1-control-buffers.log"))

# 12 K in three buffers, one of them allocated twice, with another size.
THREE_BUFFERS = ("process p\nalloc p 0 L1 0x1000 4K x 3\n"
                 "alloc p 0 L1 0x3000 2K\n")


def text_has(follow, part):
    return part in follow.text()


class Follow:
    """ttatop events -f ... in the background, until it is ended."""

    def __init__(self, case, *args):
        self.case = case
        self.out = open(os.path.join(case.state, "follow.out"), "w+", encoding="utf-8")
        self.err = open(os.path.join(case.state, "follow.err"), "w+", encoding="utf-8")
        self.child = subprocess.Popen([TTATOP, "events", "-f", *args], env=case.env,
                                      stdin=subprocess.DEVNULL, stdout=self.out, stderr=self.err)
        case.addCleanup(self.clean)
        # It follows once it waits for signals.
        case.assertTrue(case.until(self.is_ready), "ttatop does not follow")

    def is_ready(self):
        folder = f"/proc/{self.child.pid}/fd"
        try:
            links = [os.readlink(os.path.join(folder, n)) for n in os.listdir(folder)]
        except OSError:
            return False
        return any("signalfd" in link for link in links)

    def text(self):
        with open(self.out.name, encoding="utf-8") as stream:
            return stream.read()

    def end(self, number=signal.SIGINT):
        """Its exit status, rows and remarks."""
        if self.child.poll() is None:
            self.child.send_signal(number)
        code = self.child.wait(30)
        self.err.seek(0)
        return code, self.text(), self.err.read()

    def clean(self):
        if self.child.poll() is None:
            self.child.kill()
        self.child.wait()
        self.out.close()
        self.err.close()


class Events(Case):
    def setUp(self):
        super().setUp()
        self.env["TZ"] = "UTC"

    def rows(self, *args, code=0):
        return self.parse(self.run_top("events", "-j", "-n", "all", *args, code=code))

    def parse(self, text):
        rows = [json.loads(line) for line in text.splitlines()]
        for row in rows:
            VALIDATOR.validate(row)
        return rows

    def play(self, text, wait=True, name="test"):
        path = os.path.join(self.state, name + ".scn")
        with open(path, "w", encoding="utf-8") as stream:
            stream.write(text)
        if wait:
            return subprocess.run([SIM, "run", path], env=self.env, check=True, timeout=60,
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return self.hold("run", path)

    def test_nothing_is_no_trouble(self):
        self.assertEqual(self.run_top("events", "--no-header"), "")
        self.assertEqual(self.rows("--strict"), [])

    def test_the_double_allocation(self):
        self.hold(*SEED_0)
        rows = self.rows()
        self.assertEqual(collections.Counter(row["op"] for row in rows), {"alloc": 32, "free": 16})
        self.assertEqual([row["sequence"] for row in rows], list(range(48)))
        self.assertEqual([row["time"] for row in rows], sorted(row["time"] for row in rows))
        dups = [row for row in rows if "dup" in row["flags"]]
        self.assertEqual(len(dups), 16)
        self.assertTrue(all(row["suspicious"] and row["refs"] == 2 for row in dups))
        # Bytes count once: 12 K, then 36 K whatever is allocated again and freed once.
        first = [row["live"] for row in rows if row["device_number"] == 0]
        self.assertEqual(first, [12288] + [36864] * 5)

    def test_a_size_that_changed(self):
        self.hold(*SEED_2)
        odd = [row for row in self.rows() if "size" in row["flags"]]
        self.assertEqual([(row["addr"], row["size"], row["live"]) for row in odd],
                         [("0x1ab20", 2048, 12288)])
        self.assertIn("SZ was 4.00K", odd[0]["note"])
        # The rows before it know their level as well, though the record does not tell it.
        self.assertEqual([row["live"] for row in self.rows()][:3], [4096, 8192, 12288])

    def test_text_columns_and_selection(self):
        self.hold(*SEED_0)
        text = self.run_top("events")
        self.assertEqual(len(text.splitlines()), 11)
        self.assertRegex(text.splitlines()[0], r"^TIME +PID DEV TYPE +OP +ADDRESS +SIZE REF +LIVE NOTE$")
        self.assertRegex(text, r"\d\d:\d\d:\d\d\.\d{6} +\d+ +7 DRAM  free   0x3ffff000 24\.0K   1   36\.0K ref 2 -> 1, still live")
        self.assertEqual(len(self.rows("-D", "3")), 6)
        self.assertEqual(self.rows("-T", "l1"), [])
        self.assertEqual(self.rows("-p", "1"), [])
        self.assertEqual(len(self.rows("-F", "dev=0,1 size>12K")), 6)
        only = self.run_top("events", "-n", "2", "--no-header", "-c", "op,dev,addr")
        self.assertEqual([line.split() for line in only.splitlines()],
                         [["free", "7", "0x3ffff800"], ["free", "7", "0x3ffff000"]])
        self.run_top("events", "-c", "nosuch", code=2)
        table = list(csv.DictReader(io.StringIO(self.run_top("events", "--csv", "-n", "all"))))
        self.assertEqual(len(table), 48)
        self.assertEqual(table[0]["live"], "12288")

    def test_suspicious(self):
        self.play('process a\nalloc a 0 DRAM 0x1000 64\nalloc a 0 DRAM 0x1000 64\n'
                  'free a 0 DRAM 0x9000\nfail a 0 DRAM 1G\nview a 0 DRAM 0x5000 8\n'
                  'alloc a 0 DRAM 0x2000 64\nfree a 0 DRAM 0x2000\n', wait=False)
        rows = self.rows("--suspicious")
        self.assertEqual([(row["op"], row["flags"]) for row in rows],
                         [("alloc", ["dup"]), ("free", ["unknown"]), ("oom", []),
                          ("view", ["dangling"])])
        text = self.run_top("events", "--suspicious")
        for mark in ("alloc!", "free?", "oom!", "view!"):
            self.assertIn(mark, text)

    def test_marks_and_times(self):
        self.play('process a\nalloc a 0 DRAM 0x1000 64 label "kv_cache"\nsleep 20ms\n'
                  'mark a "warm"\nsleep 20ms\nalloc a 0 DRAM 0x2000 64\nmark a "close"\n'
                  'sleep 20ms\nfree a 0 DRAM 0x2000\n', wait=False)
        rows = self.rows()
        self.assertEqual([row["note"] for row in rows if row["op"] == "mark"],
                         ['"warm"', '"close"'])
        self.assertEqual(rows[0]["label"], "kv_cache")
        ops = [row["op"] for row in self.rows("--since", "warm", "--until", "close")]
        self.assertEqual(ops, ["mark", "alloc", "mark"])
        second, nanoseconds = rows[3]["time"][:-1].split(".")
        later = f"{second}.{int(nanoseconds) + 5000000:09}Z"
        if len(later) == len(rows[3]["time"]):
            self.assertEqual(len(self.rows("--since", later)), 1)
            self.assertEqual(len(self.rows("--until", later)), 4)
        self.assertEqual(len(self.rows("--since", "1h ago")), 5)
        self.assertEqual(self.rows("--until", "1h ago"), [])
        self.run_top("events", "--since", "nosuch", code=2)

    def test_a_killed_publisher_is_an_orphan_row(self):
        follow = Follow(self, "-n", "all")
        parent = self.play(THREE_BUFFERS, wait=False)
        pid = self.snapshot()["processes"][0]["pid"]
        self.assertTrue(self.until(lambda: text_has(follow, "alloc!")), follow.text())
        os.kill(pid, signal.SIGKILL)
        self.assertTrue(self.until(lambda: "orphan" in follow.text()), follow.text())
        parent.send_signal(signal.SIGTERM)
        code, text, remarks = follow.end()
        self.assertEqual(code, -signal.SIGINT)
        self.assertRegex(remarks, r"5 rows, 0 events lost")
        self.assertRegex(text.splitlines()[-1], rf"{pid} .*orphan .*12\.0K 3 buffers still live")
        self.assertRegex(text, r"alloc! 0x00003000 2\.00K +2 +12\.0K DUP .*SZ was 4\.00K")
        # Found dead, it has no time of death.
        last = self.rows()[-1]
        self.assertEqual((last["op"], last["time"], last["live"]), ("orphan", None, 12288))
        self.assertTrue(last["suspicious"])

    def test_an_orderly_end_is_a_row(self):
        follow = Follow(self, "-n", "all")
        self.play('process a\nsleep 300ms\nalloc a 0 DRAM 0x1000 64\nfree a 0 DRAM 0x1000\n'
                  'sleep 300ms\nexit a\n')
        self.assertTrue(self.until(lambda: " exit " in follow.text()), follow.text())
        code, text, _ = follow.end(signal.SIGTERM)
        self.assertEqual(code, -signal.SIGTERM)
        rows = [line.split() for line in text.splitlines()[1:]]
        self.assertEqual([row[4] for row in rows], ["alloc", "free", "exit"])
        self.assertEqual(rows[-1][-2:], ["nothing", "left"])
        self.assertEqual([row[8] for row in rows[:2]], ["64", "0"])

    def test_pid_exit_ends_following(self):
        parent = self.play(THREE_BUFFERS, wait=False)
        pid = self.snapshot()["processes"][0]["pid"]
        follow = Follow(self, "-p", str(pid), "--pid-exit")
        time.sleep(0.3)
        self.assertIsNone(follow.child.poll())
        os.kill(pid, signal.SIGKILL)
        self.assertEqual(follow.child.wait(10), 0)
        parent.send_signal(signal.SIGTERM)
        self.assertIn("orphan", follow.text())

    def test_what_was_overwritten_before_is_not_lost(self):
        self.env["TTA_RING"] = "64"
        self.play("process a\nalloc a 0 DRAM 0x1000 64 x 500 step 64\n", wait=False)
        rows = self.rows("--strict")
        self.assertEqual([row["kind"] for row in rows], ["earlier"] + ["event"] * (len(rows) - 1))
        self.assertEqual(rows[0]["lost"] + len(rows) - 1, 500)
        # The table knows the end, so the levels of what is left are known.
        self.assertEqual(rows[-1]["live"], 500 * 64)
        # Somebody who asks for that time is told that some of it is gone.
        rows = self.rows("--strict", "--since", "1h ago", code=1)
        self.assertEqual(rows[0]["kind"], "gap")
        self.assertNotIn("gap", [row["kind"] for row in rows[1:]])

    def test_strict_after_an_overrun(self):
        self.env["TTA_RING"] = "64"
        parent = self.play(THREE_BUFFERS, wait=False)
        pid = self.snapshot()["processes"][0]["pid"]
        follow = Follow(self, "-n", "all", "-j", "--strict", "--pid-exit")
        self.play("process a\nsleep 300ms\nalloc a 0 DRAM 0x1000 64 x 20000 step 64\n"
                  "sleep 300ms\nkill a\n", name="other")
        os.kill(pid, signal.SIGKILL)
        self.assertEqual(follow.child.wait(10), 1)
        parent.send_signal(signal.SIGTERM)
        rows = self.parse(follow.text())
        gaps = [row for row in rows if row["kind"] == "gap"]
        self.assertGreater(len(gaps), 0)
        self.assertTrue(all(row["suspicious"] and row["note"].endswith("lost") for row in gaps))
        where = gaps[0]["segment"]
        got = sum(row["kind"] == "event" and row["segment"] == where for row in rows)
        self.assertEqual(got + sum(row["lost"] for row in gaps), 20000)
        # The row of the gap stands where the events are missing.
        at = rows.index(gaps[0])
        after = next(row for row in rows[at:] if row["segment"] == where and row["kind"] == "event")
        before = [row["sequence"] for row in rows[:at]
                  if row["segment"] == where and row["kind"] == "event"]
        self.assertEqual(after["sequence"], (before[-1] + 1 if before else 0) + gaps[0]["lost"])

    def test_two_publishers_at_full_speed_are_accounted_for(self):
        follow = Follow(self, "-n", "all", "-j")
        self.env["TTA_RUN_ID"] = "kept"  # ended segments stay, with their counts
        done = subprocess.run([SIM, "load", "--procs", "2", "--threads", "1", "--devices", "1",
                               "--live", "100", "--rate", "0", "--seconds", "1"], env=self.env,
                              text=True, capture_output=True, timeout=60, check=True)
        self.assertTrue(self.until(lambda: follow.text().count('"op":"exit"') == 2))
        _, text, remarks = follow.end()
        published = int(re.search(r"(\d+) events in", done.stdout + done.stderr).group(1))
        rows = [json.loads(line) for line in text.splitlines()]
        for row in rows[:200]:
            VALIDATOR.validate(row)
        lanes = collections.defaultdict(int)
        delivered = lost = 0
        for row in rows:
            lane = (row["segment"], row["lane"])
            if row["kind"] == "gap":
                lost += row["lost"]
                lanes[lane] += row["lost"]
            elif row["kind"] == "event":
                delivered += 1
                self.assertEqual(row["sequence"], lanes[lane], "a hole without a gap")
                lanes[lane] += 1
        self.assertEqual(delivered + lost, published)
        self.assertGreater(delivered, 1000)
        self.assertIn(f" {lost} events lost", remarks)
        self.assertEqual(len({segment for segment, _ in lanes}), 2)

    def test_two_slower_publishers_lose_nothing_and_stay_in_order(self):
        follow = Follow(self, "-n", "all", "-j")
        self.env["TTA_RUN_ID"] = "kept"
        done = subprocess.run([SIM, "load", "--procs", "2", "--threads", "2", "--devices", "2",
                               "--live", "100", "--rate", "2000", "--seconds", "1"],
                              env=self.env, text=True, capture_output=True, timeout=60, check=True)
        self.assertTrue(self.until(lambda: follow.text().count('"op":"exit"') == 2))
        _, text, _ = follow.end()
        published = int(re.search(r"(\d+) events in", done.stdout + done.stderr).group(1))
        rows = [json.loads(line) for line in text.splitlines()]
        events = [row for row in rows if row["kind"] == "event"]
        lost = sum(row["lost"] for row in rows if row["kind"] == "gap")
        self.assertEqual(len(events) + lost, published)
        on_time = [row["time"] for row in events if not row["late"]]
        self.assertEqual(on_time, sorted(on_time))
        self.assertTrue(any(row["live"] is not None for row in events))

    def test_a_closed_pipe_ends_it(self):
        self.hold(*SEED_0)
        child = subprocess.Popen([TTATOP, "events", "-f"], env=self.env, stdout=subprocess.PIPE,
                                 stderr=subprocess.DEVNULL)
        child.stdout.readline()
        child.stdout.close()
        self.assertEqual(child.wait(10), -signal.SIGPIPE)


if __name__ == "__main__":
    unittest.main()
