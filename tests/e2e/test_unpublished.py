#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Who holds a device and publishes nothing: a driver of the test's own below /proc."""
import json
import os
import subprocess
import unittest

from regions import region, slot, write
from support import SOURCE, TTATOP, Case, log

ONE_PROCESS = log("seed-000-double-allocation.log")
# mounts in a namespace of their own, the driver's folder in it
DRIVER = """
mount -t tmpfs tmpfs /proc/driver || exit 77
mkdir -p /proc/driver/tenstorrent
for item in $HOLDS; do
  mkdir -p "/proc/driver/tenstorrent/${item%:*}"
  echo "${item#*:}" >> "/proc/driver/tenstorrent/${item%:*}/pids"
done
exec "$@"
"""


class Unpublished(Case):
    def setUp(self):
        super().setUp()
        self.hold("log", ONE_PROCESS)
        self.publisher = self.snapshot()["processes"][0]["pid"]

    def start(self, **environment):
        """A process that publishes nothing; it ends with the test."""
        child = subprocess.Popen(["sleep", "60"], stdout=subprocess.PIPE,
                                 env=dict(os.environ, **environment))
        self.children.append(child)
        return child.pid

    def see(self, holds, *args, code=0):
        """ttatop where the driver says that each (device, pid) is held."""
        words = " ".join(f"{device}:{pid}" for device, pid in holds)
        done = subprocess.run(
            ["unshare", "--mount", "sh", "-c", DRIVER, "sh", TTATOP, *args], text=True,
            env=dict(self.env, HOLDS=words), capture_output=True, timeout=60, check=False,
            stdin=subprocess.DEVNULL)
        if done.returncode == 77 or "unshare failed" in done.stderr:
            self.skipTest("a mount of one's own below /proc: not permitted here")
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout

    def test_the_document_has_them_and_its_totals_stay(self):
        plain = self.snapshot()
        pid = self.start()
        holds = [(0, pid), (1, pid), (7, pid), (0, self.publisher)]
        document = json.loads(self.see(holds, "snapshot"))
        self.assertEqual(document["totals"], plain["totals"])
        self.assertEqual(document["exact"], plain["exact"])
        rows = [p for p in document["processes"] if p["source"] == "driver"]
        self.assertEqual(len(rows), 1)
        row = rows[0]
        self.assertEqual((row["pid"], row["comm"], row["state"]), (pid, "sleep", "unknown"))
        self.assertEqual(row["held"], [0, 1, 7])
        self.assertEqual(row["memory"], [])
        for key in ("segment", "events", "lost", "uncertain", "closed", "last_event"):
            self.assertIsNone(row[key], key)
        self.assertEqual(row["inexact_reasons"],
                         ["holds device 0-1,7, does not publish: not linked with libtta"])
        self.assertNotIn("held", plain["processes"][0])
        self.check_schema(document)

    def check_schema(self, document):
        try:
            import jsonschema
        except ImportError:
            return
        path = os.path.join(SOURCE, "viewer", "schemas", "ttatop.snapshot.v1.json")
        with open(path, encoding="utf-8") as file:
            jsonschema.validate(document, json.load(file))

    def test_a_saved_document_compares_equal(self):
        path = os.path.join(self.state, "before.json")
        holds = [(3, self.start())]
        self.see(holds, "snapshot", "-o", path)
        self.see(holds, "diff", path)
        self.run_top("diff", path)  # nor is their coming and going a difference

    def test_the_screens_and_selections_show_them(self):
        pid = self.start(TTA_LEVEL="off")
        holds = [(3, pid), (4, 0)]
        rows = self.see(holds, "-1", "--csv", "-c", "pid,dev,dram,buf,state").split("\n")
        self.assertIn(f"{pid},3,,,?", rows)
        self.assertIn("0,4,,,?", rows)
        self.assertIn(f"{pid}?", self.see(holds, "-1", "--view", "devices"))
        selected = json.loads(self.see(holds, "snapshot", "-D", "3"))["processes"]
        self.assertEqual({p["pid"] for p in selected}, {pid, self.publisher})
        reason, = [p["inexact_reasons"] for p in selected if p["pid"] == pid]
        self.assertIn("publishing is off (TTA_LEVEL=off)", reason[0])

    def test_doctor_counts_them_too(self):
        pid = self.start()
        text = self.see([(3, pid), (3, self.publisher)], "doctor", "--only",
                        "device.holders", code=1)
        self.assertIn(f"pid {pid} holds device 3", text)

    def test_who_is_in_a_region_of_tt_metal_is_there_once(self):
        pid, silent = self.start(), self.start()
        write(self.dir, 7, region(3, [slot(pid, dram=5)], {"dram": 5}, device=3))

        def sources(*args):
            rows = json.loads(self.see([(3, pid), (3, silent)], "snapshot", *args))["processes"]
            return sorted((row["pid"], row["source"]) for row in rows)
        native, metal, driver = ((self.publisher, "native"), (pid, "tt-metal"),
                                 (silent, "driver"))
        self.assertEqual(sources(), sorted([native, metal, driver]))
        self.assertEqual(sources("--source", "native"), [native])
        self.assertEqual(sources("--source", "tt-metal"), [metal])
        text = self.see([(3, pid), (3, self.publisher)], "doctor", "--only", "device.holders")
        self.assertIn("all publish", text)

    def test_who_counts_no_events_hides_no_metric(self):
        pid = self.start()
        write(self.dir, 7, region(3, [slot(pid, dram=5)], {"dram": 5}, device=3))
        text = self.see([(3, self.start())], "export", "prom")
        self.assertIn('ttatop_suspicious_total{kind="uncertain"} 0\n', text)
        self.assertNotIn('ttatop_allocations_total{device="tenstorrent:3"', text)
        self.assertIn('ttatop_publishers{source="tt-metal",state="live"} 1\n', text)
        self.assertNotIn('source="driver"', text)


if __name__ == "__main__":
    unittest.main()
