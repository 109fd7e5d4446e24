#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""leaks, the complete diff, and filters, on the seeds' figures."""
import csv
import io
import json
import os
import subprocess
import time
import unittest

from support import SIM, SOURCE, TTATOP, Case, log


def validate(document, name):
    try:
        import jsonschema
    except ImportError:
        return
    path = os.path.join(SOURCE, "viewer", "schemas", name)
    with open(path, encoding="utf-8") as file:
        jsonschema.validate(document, json.load(file))


class Leaks(Case):
    def leaks(self, *args, code=0):
        document = json.loads(self.run_top("leaks", "-j", "-d", "0", *args, code=code))
        validate(document, "ttatop.leaks.v1.json")
        return document

    def test_seed_000_is_two_groups_over_eight_devices(self):
        self.hold("run", "seed-000")
        document = self.leaks("--older", "0")
        groups = [(g["bytes"], g["size"], g["buffers"], g["type"], g["label"], g["devices"])
                  for g in document["groups"]]
        self.assertEqual(groups, [
            (196608, 24576, 8, "DRAM", None, list(range(8))),
            (98304, 12288, 8, "DRAM", None, list(range(8)))])
        self.assertEqual(document["totals"]["buffers"], 16)
        self.assertEqual(sum(a["buffers"] for a in document["ages"]), 16)
        self.assertIsNone(document["groups"][0]["trend"])
        self.assertEqual(self.leaks()["groups"], [], "they are younger than 10 s")

    def test_text_csv_and_addresses(self):
        self.hold("run", "seed-000")
        text = self.run_top("leaks", "--older", "0", "-d", "0.2", "-k", "1")
        self.assertRegex(text, r"192K +8 +8 +0-7 +DRAM +24.0K +\S+ +constant +live")
        self.assertIn("288K bytes in 16 buffers, 2 groups", text)
        self.assertNotIn("96.0K ", text)
        rows = list(csv.DictReader(io.StringIO(
            self.run_top("leaks", "--older", "0", "-d", "0", "--csv"))))
        self.assertEqual([(r["bytes"], r["buf"], r["dev"], r["size"]) for r in rows],
                         [("196608", "8", "0-7", "24576"), ("98304", "8", "0-7", "12288")])
        rows = list(csv.DictReader(io.StringIO(
            self.run_top("leaks", "--older", "0", "-d", "0", "--csv", "-a"))))
        self.assertEqual(len(rows), 16)
        self.assertEqual({r["address"] for r in rows}, {"0x3ffff000", "0x3ffff800"})
        self.assertEqual({(r["alloc"], r["freed"]) for r in rows}, {("2", "1")})
        found = self.leaks("--older", "0", "-a", "-k", "1")["groups"]
        self.assertEqual([b["device"] for b in found[0]["addresses"]], list(range(8)))

    def test_fail_selections_and_filter(self):
        self.hold("run", "seed-000")
        self.leaks("--older", "0", "--fail", "288K")
        self.assertTrue(self.leaks("--older", "0", "--fail", "294911", code=1)["fails"])
        self.leaks("--older", "0", "--fail", "0", "-T", "l1")
        one = self.leaks("--older", "0", "-F", "size>12K dev=0,2-3", "--by", "dev,process")
        self.assertEqual([(g["bytes"], g["devices"]) for g in one["groups"]],
                         [(24576, [d]) for d in (0, 2, 3)])
        self.assertEqual(one["groups"][0]["comm"], "python")
        self.run_top("leaks", "--by", "bank", code=2)
        self.run_top("leaks", "--since", "no-such-mark", code=2)
        self.run_top("leaks", "--since", "@no-such-baseline", code=2)

    def test_since_a_baseline_a_time_and_a_mark(self):
        self.hold("run", "seed-000")
        self.run_top("baseline", "set", "quiet")
        before = time.time()
        self.hold("run", "seed-003")
        since = self.leaks("--older", "0", "--since", "@quiet")
        self.assertEqual(since["totals"]["buffers"], 21)
        self.assertEqual(since["since"], "@quiet")
        self.assertEqual(self.leaks("--older", "0", "--since", f"@{before:.3f}")["totals"],
                         since["totals"])
        self.assertEqual(self.leaks("--older", "0", "--since", "1h ago")["totals"]["buffers"],
                         37)
        self.hold("run", "seed-004")
        marks = self.snapshot()["marks"]
        last = self.leaks("--older", "0", "-F", f"pid={marks[-1]['pid']}",
                          "--since", marks[-2]["name"])
        every = self.leaks("--older", "0", "-F", f"pid={marks[-1]['pid']}")
        self.assertEqual(last["totals"]["bytes"], 14 << 20)
        self.assertGreater(every["totals"]["bytes"], 14 << 20)

    def test_seed_003_groups_circular_buffers(self):
        self.hold("run", "seed-003")
        document = self.leaks("--older", "0", "--by", "group,type")
        self.assertEqual([(g["bytes"], g["buffers"], g["type"]) for g in document["groups"]],
                         [(18 * 24576, 18, "DRAM"), (10240, 3, "L1")])
        self.assertEqual(document["groups"][0]["devices"], list(range(18)))
        self.assertIsNotNone(document["groups"][1]["group"])

    def test_what_the_dead_left_is_included_and_marked(self):
        self.hold("log", log("seed-002-l1-control-buffers.log"))
        subprocess.run([SIM, "log", log("seed-001-accumulation-run1.log")], env=self.env,
                       check=True, capture_output=True)
        totals = self.leaks("--older", "0")["totals"]
        self.assertEqual((totals["orphan_buffers"], totals["exited_buffers"]), (3, 19))
        text = self.run_top("leaks", "--older", "0", "-d", "0", "--by", "process,type")
        self.assertIn("ORPHAN", text)
        self.assertIn("exited", text)

    def test_a_group_that_grows_is_told_from_a_constant_one(self):
        self.hold("run", "seed-000")
        with open(os.path.join(self.state, "grow.scn"), "w", encoding="ascii") as file:
            file.write("process grower\n" + "".join(
                f"alloc grower 0 dram 0x{0x10000 + i * 4096:x} 4096\nsleep 20ms\n"
                for i in range(200)))
        sim = subprocess.Popen([SIM, "run", file.name], env=self.env, text=True,
                               stdout=subprocess.PIPE)
        self.children.append(sim)
        self.assertTrue(self.until(lambda: len(self.segments()) == 2))
        document = json.loads(self.run_top("leaks", "-j", "--older", "0", "-d", "0.5"))
        trends = {g["size"]: g["trend"] for g in document["groups"]}
        self.assertEqual(trends, {24576: "constant", 12288: "constant", 4096: "grows"})


class Diff(Case):
    def diff(self, *args, code=1):
        document = json.loads(self.run_top("diff", "-j", *args, code=code))
        validate(document, "ttatop.diff.v1.json")
        return document

    def run_log(self, run, **env):
        subprocess.run([SIM, "log", log(f"seed-001-accumulation-run{run}.log")],
                       env=dict(self.env, **env), check=True, capture_output=True)

    def save(self, name, **env):
        path = os.path.join(self.state, name)
        subprocess.run([TTATOP, "snapshot", "-o", path], env=dict(self.env, **env), check=True)
        return path

    def accumulate(self):
        paths = []
        for run in (1, 2):
            self.run_log(run)
            paths.append(self.save(f"run{run}.json"))
        return paths

    def test_class_and_devices_merged_on_seed_001(self):
        one, two = self.accumulate()
        self.assertEqual(self.diff(one, two)["match"], "address")
        document = self.diff(one, two, "--match", "class", "--by", "dev,type,size",
                             "--devices-merged")
        rows = [(r["devices"], r["type"], r["size"], r["change"], r["bytes"]["change"],
                 r["buffers"]["change"], r["refs"]["change"]) for r in document["rows"]]
        self.assertEqual(sorted(rows), sorted([
            (list(range(8)), "DRAM", 12288, "grown", 8 * 12288, 8, 8),
            (list(range(8)), "DRAM", 24576, "grown", 8 * 24576, 8, 8),
            ([0], "L1", 4096, "grown", 12288, 3, 3)]))
        text = self.run_top("diff", one, two, "--match", "class", "--devices-merged", "-T",
                            "dram", "--no-header", code=1)
        self.assertRegex(text.splitlines()[0], r"grown +0-7 +DRAM .*\+288K +\+36.0K")
        self.assertEqual(len(text.splitlines()), 3)

    def test_two_runs_that_left_the_same_are_the_same_by_class(self):
        self.run_log(1)
        one = self.save("one.json")
        other = os.path.join(self.dir, "other")
        os.mkdir(other)
        self.run_log(1, TTA_DIR=other)
        two = self.save("two.json", TTA_DIR=other)
        done = subprocess.run([TTATOP, "diff", one, two], env=self.env, text=True,
                              capture_output=True)
        self.assertEqual((done.returncode, done.stdout), (0, ""))
        self.assertIn("matched by class", done.stderr)
        self.assertEqual(self.diff(one, two, "--by", "addr", code=0)["rows"], [])
        gone = self.diff(one, two, "--match", "address", "--only", "gone")
        self.assertEqual({r["change"] for r in gone["rows"]}, {"gone"})
        self.assertEqual(sum(r["bytes"]["change"] for r in gone["rows"]), -8 * 36864 - 12288)

    def test_only_min_and_folded(self):
        one, two = self.accumulate()
        self.assertEqual(self.diff(one, two, "--min", "36K")["rows"][0]["type"], "DRAM")
        self.assertEqual(len(self.diff(one, two, "--min", "36K")["rows"]), 8)
        self.assertEqual(self.diff(one, two, "--min", "1M", code=0)["rows"], [])
        self.assertEqual(len(self.diff(one, two, "--only", "same", code=0)["rows"]), 9)
        self.assertEqual(len(self.diff(one, one, "--only", "same", code=0)["rows"]), 9)
        self.run_top("diff", one, one, "--only", "bigger", code=2)
        self.run_top("diff", one, one, "--by", "bank", code=2)
        folded = self.run_top("diff", one, two, "--folded", "--by", "type,size", code=1)
        self.assertEqual(sorted(folded.splitlines()), [
            "DRAM;12288 98304 196608", "DRAM;24576 196608 393216", "L1;4096 12288 24576"])

    def test_an_expression_compares_the_buffers_it_chooses(self):
        one, two = self.accumulate()
        document = self.diff(one, two, "-F", "size<20K dev=0")
        self.assertEqual({t["type"]: t["bytes"]["change"] for t in document["totals"]},
                         {"DRAM": 12288, "L1": 12288})

    def test_buffers_are_needed_for_their_keys(self):
        path = os.path.join(self.state, "totals.json")
        self.run_top("snapshot", "--no-buffers", "-o", path)
        self.run_top("diff", path, path, "--by", "size", code=2)
        self.run_top("diff", path, path)


class Filter(Case):
    def test_errors_tell_the_column(self):
        for args in (("live", "-1"), ("snapshot",), ("leaks",), ("diff", "live"), ("reap",)):
            done = subprocess.run([TTATOP, *args, "-F", "size>"], env=self.env, text=True,
                                  capture_output=True)
            self.assertEqual(done.returncode, 2)
            self.assertEqual(done.stderr,
                             "ttatop: -F 'size>': column 6: a number is missing\n")

    def test_one_grammar_for_commands_and_views(self):
        self.hold("run", "seed-000")
        self.hold("run", "seed-003")
        found = self.snapshot("-F", "size<5K | type=dram size=12K")
        self.assertEqual(len(found["buffers"]), 3 + 8)
        self.assertEqual(found["totals"]["used"], 10240 + 8 * 12288)
        rows = self.run_top("-1", "--view", "processes", "--no-header", "-F", "size<5K")
        self.assertEqual(len(rows.splitlines()), 1)
        self.assertIn("10.0K", rows)


if __name__ == "__main__":
    unittest.main()
