#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The seed logs and scenarios, end to end, with the figures of their documents."""
import json
import os
import subprocess
import unittest

from support import SIM, SOURCE, Case, log, memory_of


class Seeds(Case):
    def check_seed_000(self, document):
        self.assertTrue(document["exact"])
        self.assertEqual(len(document["processes"]), 1)
        process = document["processes"][0]
        self.assertTrue(process["exact"], process["inexact_reasons"])
        self.assertEqual(len(document["buffers"]), 16)
        for buffer in document["buffers"]:
            self.assertEqual((buffer["refs"], buffer["allocs"], buffer["frees"]), (1, 2, 1))
            self.assertEqual(buffer["flags"], ["dup"])
        for device in range(8):
            row = memory_of(document, process, device, "DRAM")
            self.assertEqual(row["used"], 36864)
            self.assertEqual(row["buffers"], 2)
        self.assertEqual(document["totals"]["used"], 294912)
        return process

    def test_seed_000_from_the_log(self):
        self.hold("log", log("seed-000-double-allocation.log"))
        process = self.check_seed_000(self.snapshot())
        self.assertIn("tta-sim: log pid 1906544", process["cmdline"])
        self.assertIn(process["state"], ("live", "idle"))

    def test_seed_000_as_a_scenario(self):
        self.hold("run", "seed-000")
        self.check_seed_000(self.snapshot())

    def check_seed_002(self):
        document = self.snapshot()
        process = document["processes"][0]
        self.assertEqual(process["state"], "orphan")
        row = memory_of(document, process, 0, "L1")
        self.assertEqual((row["used"], row["buffers"], row["refs"]), (12288, 3, 6))
        for buffer in document["buffers"]:
            self.assertEqual((buffer["refs"], buffer["allocs"]), (2, 2))
            self.assertIn("dup", buffer["flags"])
            self.assertIn("orphan", buffer["flags"])
        self.assertEqual(sum("size" in b["flags"] for b in document["buffers"]), 1)
        totals = document["totals"]
        self.assertEqual((totals["used"], totals["buffers"], totals["processes"]), (0, 0, 0))
        self.assertEqual((totals["orphans"], totals["orphan_bytes"]), (1, 12288))
        return process

    def test_seed_002_is_an_orphan_while_its_zombie_waits(self):
        self.hold("log", log("seed-002-l1-control-buffers.log"))
        process = self.check_seed_002()
        with open(f"/proc/{process['pid']}/stat", encoding="ascii") as file:
            self.assertIn(") Z ", file.read())

    def test_seed_002_is_reaped_with_evidence(self):
        sim = self.hold("log", log("seed-002-l1-control-buffers.log"))
        listed = self.run_top("reap", code=1)
        self.assertIn("12.0K", listed)
        self.assertEqual(len(self.segments()), 1, "listing removed something")
        removed = self.run_top("reap", "-y")
        self.assertIn("12.0K", removed)
        self.assertEqual(self.segments(), [])
        evidence = []
        for root, _, names in os.walk(self.state):
            evidence += [os.path.join(root, name) for name in names]
        self.assertEqual(len(evidence), 1)
        with open(evidence[0], encoding="utf-8") as file:
            self.assertEqual(json.load(file)["totals"]["orphan_bytes"], 12288)
        self.run_top("reap")
        self.assertIsNone(sim.poll())

    def test_seed_002_as_a_scenario(self):
        self.hold("run", "seed-002")
        self.check_seed_002()

    def run_seed_001(self, run):
        subprocess.run([SIM, "log", log(f"seed-001-accumulation-run{run}.log")],
                       env=self.env, check=True, capture_output=True)

    def test_seed_001_accumulates_run_by_run(self):
        files = []
        for run in range(1, 4):
            self.run_seed_001(run)
            files.append(os.path.join(self.state, f"run{run}.json"))
            self.run_top("snapshot", "-o", files[-1])
        document = self.snapshot()
        self.assertEqual([p["state"] for p in document["processes"]], ["exited"] * 3)
        self.assertEqual(document["totals"]["exited"], 3)
        self.run_top("diff", files[0], files[0])
        for before, after in zip(files, files[1:]):
            delta = json.loads(self.run_top("diff", "-j", before, after, code=1))
            self.check_one_run(delta)
            self.run_top("diff", before, after, code=1)

    def check_one_run(self, delta):
        """+36,864 bytes, +2 buffers, +2 refs DRAM a device; +12,288 L1 on device 0."""
        totals = {(t["device"]["number"], t["type"]): t for t in delta["totals"]}
        change = {key: tuple(t[m]["change"] for m in ("bytes", "buffers", "refs"))
                  for key, t in totals.items()}
        expected = {(device, "DRAM"): (36864, 2, 2) for device in range(8)}
        expected[(0, "L1")] = (12288, 3, 3)
        self.assertEqual(change, expected)

    def test_an_existing_file_is_not_overwritten(self):
        path = os.path.join(self.state, "kept.json")
        self.run_top("snapshot", "-o", path)
        self.run_top("snapshot", "-o", path, code=2)
        self.run_top("snapshot", "-o", path, "--force")

    def test_seed_003_counts_circular_and_system_buffers(self):
        self.hold("run", "seed-003")
        document = self.snapshot()
        process = document["processes"][0]
        self.assertEqual(memory_of(document, process, 0, "L1")["used"], 10240)
        dram = [m for m in process["memory"] if m["type"] == "DRAM"]
        self.assertEqual([m["used"] for m in dram], [24576] * 18)
        l1 = [b for b in document["buffers"] if b["type"] == "L1"]
        self.assertEqual(len({b["group"] for b in l1}), 1)
        self.assertIsNotNone(l1[0]["group"])

    def test_seed_004_grows_14_mib_a_round(self):
        self.hold("run", "seed-004")
        document = self.snapshot()
        marks = [sum(m["bytes"] for m in mark["memory"] if m["type"] == "DRAM")
                 for mark in document["marks"]]
        self.assertEqual(len(marks), 4, document["marks"])
        self.assertEqual([m - marks[0] for m in marks[1:]],
                         [n * 14 << 20 for n in (1, 2, 3)])

    def test_mesh_leaves_nothing(self):
        subprocess.run([SIM, "run", "mesh"], env=self.env, check=True, capture_output=True)
        self.assertEqual(self.segments(), [])

    def test_documents_follow_their_schema(self):
        try:
            import jsonschema
        except ImportError:
            self.skipTest("python3-jsonschema is not installed")
        self.hold("log", log("seed-000-double-allocation.log"))
        path = os.path.join(self.state, "a.json")
        self.run_top("snapshot", "-o", path)
        schemas = os.path.join(SOURCE, "viewer", "schemas")
        with open(os.path.join(schemas, "ttatop.snapshot.v1.json"), encoding="utf-8") as file:
            schema = json.load(file)
        jsonschema.validate(self.snapshot(), schema)
        jsonschema.validate(self.snapshot("--no-buffers"), schema)
        jsonschema.validate(json.loads(self.run_top("-1", "--json")), schema)
        with open(os.path.join(schemas, "ttatop.diff.v1.json"), encoding="utf-8") as file:
            schema = json.load(file)
        jsonschema.validate(json.loads(self.run_top("diff", "-j", path, path)), schema)


if __name__ == "__main__":
    unittest.main()
