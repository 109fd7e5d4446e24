# SPDX-License-Identifier: BSD-2-Clause
"""export trace: slices that match, counters that end as the tables do, complete JSON."""
import collections
import json
import os
import signal
import subprocess
import unittest

from support import SOURCE, TTATOP, Case

BUSY = os.path.join(SOURCE, "tests", "e2e", "busy.scn")
DEVICE_PID = (1 << 22) + 1


class Trace(Case):
    def path(self, name):
        return os.path.join(self.state, name)

    def begin(self, *args):
        """A trace that lasts until it is ended; its first look is taken when this returns."""
        self.hold("run", "seed-000")
        child = subprocess.Popen(
            [TTATOP, "export", "trace", "--for", "1h", "-o", self.path("t.json"), *args],
            env=self.env, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.children.append(child)
        self.addCleanup(child.stderr.close)
        self.assertIn("from now on", child.stderr.readline())
        return child

    def end(self, child):
        child.send_signal(signal.SIGTERM)
        self.assertEqual(child.wait(30), -signal.SIGTERM)
        return self.load(self.path("t.json"))

    def load(self, name):
        with open(name, encoding="utf-8") as file:
            events = json.load(file)
        self.check_form(events)
        return events

    def check_form(self, events):
        """What every trace keeps to."""
        open_slices, ended = {}, set()
        last = max((event["ts"] for event in events if event["ph"] != "M"), default=0)
        for event in events:
            self.assertIn(event["ph"], "MCbei")
            if event["ph"] != "M":
                self.assertLessEqual(0, event["ts"])
                self.assertLessEqual(event["ts"], last)
            if event["ph"] == "b":
                self.assertNotIn(event["id"], open_slices)
                self.assertNotIn(event["id"], ended)
                open_slices[event["id"]] = event
            elif event["ph"] == "e":
                begin = open_slices.pop(event["id"])
                ended.add(event["id"])
                for key in "pid", "name", "cat":
                    self.assertEqual(event[key], begin[key])
                self.assertLessEqual(begin["ts"], event["ts"])
        self.assertEqual(open_slices, {})
        named = {event["pid"] for event in events if event["ph"] == "M"}
        self.assertLessEqual({event["pid"] for event in events}, named)

    def counters(self, events):
        """The last value of each (device, type)."""
        names = {e["pid"]: e["args"]["name"] for e in events if e["ph"] == "M"}
        last = {}
        for event in events:
            if event["ph"] == "C":
                self.assertGreaterEqual(event["pid"], DEVICE_PID)
                last[names[event["pid"]], event["name"]] = (event["ts"], event["args"]["bytes"])
        return {key: value for key, (_, value) in last.items()}

    def table(self, document):
        used = {}
        for device in document["devices"]:
            name = f"device {device['kind']}:{device['number']}"
            if device["uid"]:
                name += " " + device["uid"]
            for row in device["memory"]:
                if row["used"] is not None:
                    used[name, row["type"]] = row["used"]
        return used

    def test_what_happens_is_in_it(self):
        child = self.begin()
        self.hold("run", BUSY)
        document = self.snapshot()
        events = self.end(child)
        self.assertEqual(self.counters(events), self.table(document))
        # every alloc that was no dup, and what the first look saw
        allocs = sum(row["allocs"] for p in document["processes"] for row in p["memory"])
        dups = sum(b["allocs"] - 1 for b in document["buffers"])
        self.assertEqual(dups, 16 + 4)
        begins = [e for e in events if e["ph"] == "b"]
        self.assertEqual(len(begins), allocs - dups)
        ends = collections.Counter(e["args"].get("end") for e in events if e["ph"] == "e")
        self.assertEqual(ends["still there"], len(document["buffers"]))
        self.assertEqual(ends["not seen"], 0)
        self.assertGreater(ends[None], 0)
        names = collections.Counter(e["name"] for e in events if e["ph"] == "i")
        self.assertEqual(names["dup"], 4)
        self.assertEqual(names["unknown free"], 1)
        self.assertEqual(names["model loaded"], 1)
        self.assertEqual(names["orphan"], 1)
        self.assertEqual(names["exit"], 1)
        self.assertIn("=kv,cache", {e["name"] for e in begins})
        alive = {(b["pid"], b["addr"], b["type"], b["size"]) for b in document["buffers"]}
        shown = {(e["pid"], e["args"]["addr"], e["args"]["type"], e["args"]["size"])
                 for e in begins}
        self.assertLessEqual(alive, shown)

    def test_it_ends_by_itself_and_goes_to_standard_output(self):
        self.hold("run", "seed-003")
        events = json.loads(self.run_top("export", "trace", "--for", "0.2"))
        self.check_form(events)
        self.assertEqual(self.counters(events), self.table(self.snapshot()))

    def test_an_empty_machine_has_an_empty_trace(self):
        self.assertEqual(json.loads(self.run_top("export", "trace", "--for", "0.1")), [])

    def test_a_selection_is_all_there_is(self):
        child = self.begin("-D", "0")
        self.hold("run", BUSY)
        document = self.snapshot("-D", "0")
        events = self.end(child)
        self.assertEqual({e["args"]["device"] for e in events if e["ph"] == "b"}, {0})
        self.assertEqual(self.counters(events), self.table(document))

    def test_under_load_it_stays_whole(self):
        load = subprocess.Popen([os.path.join(os.environ["TTA_BIN"], "tta-sim"), "load", "--procs",
                                 "2", "--threads", "2", "--devices", "4", "--live", "200",
                                 "--rate", "5000", "--seconds", "60"], env=self.env,
                                stdout=subprocess.PIPE)
        self.children.append(load)
        self.assertTrue(self.until(lambda: len(self.segments()) == 2, 20))
        self.run_top("export", "trace", "--for", "1", "-q", "-o", self.path("l.json"))
        events = self.load(self.path("l.json"))
        self.assertGreater(sum(e["ph"] == "b" for e in events), 2000)

    def test_files_are_not_lost(self):
        for text, args, said in (
                ("x", ["-o", self.path("x")], "--force"),
                ("x", ["--from", self.path("x")], "holds no events"),
                ("x", ["--interval", "1"], "--interval: not with trace")):
            with open(self.path("x"), "w", encoding="ascii") as file:
                file.write(text)
            done = subprocess.run([TTATOP, "export", "trace", "--for", "0.1", *args],
                                  env=self.env, text=True, capture_output=True, check=False)
            self.assertEqual(done.returncode, 2)
            self.assertIn(said, done.stderr)


if __name__ == "__main__":
    unittest.main()
