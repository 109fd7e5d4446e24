#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The commands of ttatop on a simulated machine, and their JSON against the schemas.

test_cli.py BINARIES SCHEMAS
"""
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

try:
    import jsonschema
except ImportError:
    print("skipped: the Python package jsonschema is not installed")
    sys.exit(77)

BINARIES, SCHEMAS = sys.argv[1:3]
TTATOP = os.path.join(BINARIES, "ttatop")
SIM = os.path.join(BINARIES, "tta-sim")
if not os.path.exists(SIM):
    print("skipped: tta-sim is not built")
    sys.exit(77)


def validator(name):
    with open(os.path.join(SCHEMAS, name), encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft7Validator.check_schema(schema)
    return jsonschema.Draft7Validator(schema)


class Cli(unittest.TestCase):
    snapshot_schema = validator("ttatop.snapshot.v1.json")
    diff_schema = validator("ttatop.diff.v1.json")

    def setUp(self):
        self.dir = tempfile.mkdtemp(dir="/dev/shm", prefix="tta-test-")
        self.work = tempfile.mkdtemp(prefix="ttatop-test-")
        self.env = dict(os.environ, TTA_DIR=self.dir, XDG_STATE_HOME=self.work, LC_ALL="C.UTF-8")
        self.sim = None

    def tearDown(self):
        self.end_sim()
        shutil.rmtree(self.dir)
        shutil.rmtree(self.work)

    def start(self, scenario):
        self.sim = subprocess.Popen([SIM, "run", scenario, "--hold"], env=self.env,
                                    stdout=subprocess.PIPE, text=True)
        self.assertEqual(self.sim.stdout.readline(), "ready\n")

    def end_sim(self):
        if self.sim:
            self.sim.terminate()
            self.sim.wait()
            self.sim.stdout.close()
            self.sim = None

    def run_it(self, *args, code=0, **more):
        done = subprocess.run([TTATOP, *args], env=self.env, capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, timeout=60, check=False, **more)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done

    def document(self, *args, code=0):
        document = json.loads(self.run_it(*args, code=code).stdout)
        schema = self.diff_schema if args[0] == "diff" else self.snapshot_schema
        schema.validate(document)
        return document

    def path(self, name):
        return os.path.join(self.work, name)

    def test_an_empty_machine(self):
        document = self.document("snapshot")
        self.assertEqual(document["processes"], [])
        self.assertIs(document["exact"], True)
        self.assertEqual(self.run_it("reap").stdout, "nothing to reap\n")

    def test_double_allocation(self):
        self.start("seed-000")
        document = self.document("snapshot")
        self.assertLessEqual({"devices", "buffers", "marks"}, set(document))
        self.assertEqual(len(document["buffers"]), 16)
        for buffer in document["buffers"]:
            self.assertEqual((buffer["refs"], buffer["allocs"], buffer["frees"]), (1, 2, 1))
            self.assertEqual(buffer["flags"], ["dup"])
        self.assertEqual([d["memory"][0]["used"] for d in document["devices"]], [36864] * 8)
        self.assertEqual(document["totals"]["used"], 294912)
        self.assertIs(document["exact"], True)

    def test_parts_and_selections(self):
        self.start("seed-000")
        self.assertNotIn("buffers", self.document("snapshot", "--no-buffers"))
        one = self.document("snapshot", "-D", "0,2-3", "-T", "dram")
        self.assertEqual([d["number"] for d in one["devices"]], [0, 2, 3])
        self.assertEqual(one["totals"]["used"], 3 * 36864)
        self.assertEqual(self.document("snapshot", "-p", "1")["processes"], [])
        hidden = self.document("snapshot", "--redact")["processes"][0]
        self.assertIsNone(hidden["user"])
        self.assertIsNone(hidden["cmdline"])
        parts = {"processes": set(), "devices": {"devices"}, "buffers": {"buffers"}}
        for view, there in parts.items():
            document = self.document("-1", "--json", "--view", view)
            self.assertEqual(set(document) & {"devices", "buffers", "marks"}, there)

    def test_followed_output_is_one_object_per_line(self):
        self.start("seed-000")
        lines = self.run_it("-b", "-j", "-n", "2", "-d", "0.1").stdout.splitlines()
        self.assertEqual(len(lines), 2)
        for line in lines:
            self.snapshot_schema.validate(json.loads(line))

    def test_output_files(self):
        target = self.path("a.json")
        self.run_it("snapshot", "-o", target)
        done = self.run_it("snapshot", "-o", target, code=2)
        self.assertIn("--force", done.stderr)
        self.run_it("snapshot", "-o", target, "--force")
        self.run_it("snapshot", "-o", self.path("none/a.json"), code=2)
        self.run_it("snapshot", "-o", "/dev/null", "--force", code=2)
        self.assertEqual(os.listdir(self.work), ["a.json"])
        with open("/dev/full", "w", encoding="ascii") as full:
            done = subprocess.run([TTATOP, "snapshot"], env=self.env, stdout=full,
                                  stderr=subprocess.PIPE, text=True, check=False)
        self.assertEqual(done.returncode, 2)
        self.assertIn("No space left", done.stderr)

    def test_a_missing_directory_is_trouble(self):
        done = self.run_it("snapshot", "--shm-dir", self.path("none"), code=2)
        self.assertIn("is --shm-dir right?", done.stderr)

    def test_baselines_and_differences(self):
        self.run_it("baseline", "set", "before")
        self.start("seed-000")
        found = self.document("diff", "@before", "-j", code=1)
        self.assertEqual(len(found["rows"]), 8)
        self.assertTrue(found["rows"][0]["new"])
        self.assertEqual([t["bytes"]["change"] for t in found["totals"]], [36864] * 8)
        self.assertEqual([t["buffers"]["change"] for t in found["totals"]], [2] * 8)
        self.assertEqual([t["refs"]["change"] for t in found["totals"]], [2] * 8)
        text = self.run_it("diff", "@before", code=1).stdout
        self.assertIn("total +288K bytes, +16 buffers, +16 references", text)
        self.run_it("baseline", "set", "after")
        self.assertEqual(self.run_it("diff", "@after", "live").stdout, "")
        self.assertEqual(self.run_it("diff", "@after", "@after").stdout, "")
        listed = self.run_it("baseline", "list", "--no-header").stdout.split("\n")
        self.assertEqual([line.split()[0] for line in listed if line], ["after", "before"])
        self.document("baseline", "show", "after", "-j")
        self.assertIn("288K", self.run_it("baseline", "show", "after").stdout)
        self.run_it("baseline", "rm", "after")
        self.run_it("baseline", "rm", "after", code=2)
        self.run_it("diff", "@after", code=2)
        self.run_it("baseline", "set", "../x", code=2)
        self.run_it("baseline", "set", code=2)
        self.run_it("baseline", "drop", "x", code=2)
        self.run_it("baseline", "list", "-j", code=2)

    def test_a_broken_file_is_trouble(self):
        with open(self.path("bad"), "w", encoding="ascii") as file:
            file.write("{\n\n")
        done = self.run_it("diff", self.path("bad"), code=2)
        self.assertRegex(done.stderr, r"bad: line \d+: ")
        self.run_it("diff", self.path("none"), code=2)

    def kill_publisher(self):
        document = self.document("snapshot")
        os.kill(document["processes"][0]["pid"], signal.SIGKILL)
        return document["processes"][0]

    def orphan(self):
        """Wait for the kernel's mark, which needs no reaped zombie."""
        for _ in range(500):
            document = self.document("snapshot")
            if document["totals"]["orphans"]:
                return document
        self.fail("the killed process is no orphan")
        return None

    def test_orphans_are_listed_and_reaped_with_evidence(self):
        self.start("seed-000")
        self.kill_publisher()
        document = self.orphan()
        self.assertEqual(document["totals"]["used"], 0)
        self.assertEqual(document["totals"]["orphan_bytes"], 294912)
        self.assertEqual(document["processes"][0]["state"], "orphan")
        self.end_sim()
        self.assertIn("orphan", self.run_it("reap", code=1).stdout)
        self.assertEqual(len(os.listdir(self.dir)), 1)
        self.assertEqual(self.run_it("reap", "--older", "1d").stdout, "nothing to reap\n")
        self.assertEqual(self.run_it("reap", "-p", "1").stdout, "nothing to reap\n")
        self.assertIn("288K bytes, 16 buffers, evidence", self.run_it("reap", "-y").stdout)
        self.assertEqual(os.listdir(self.dir), [])
        folder = self.path("ttatop/reaped")
        (name,) = os.listdir(folder)
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            evidence = json.load(file)
        self.snapshot_schema.validate(evidence)
        self.assertEqual(evidence["totals"]["orphan_buffers"], 16)

    def test_without_evidence_nothing_is_removed(self):
        self.start("seed-000")
        self.kill_publisher()
        self.orphan()
        self.end_sim()
        with open(self.path("file"), "w", encoding="ascii"):
            pass
        done = self.run_it("reap", "-y", "--keep", self.path("file/x"), code=1)
        self.assertIn("--no-keep", done.stderr)
        self.assertEqual(len(os.listdir(self.dir)), 1)
        self.run_it("reap", "-y", "--no-keep")
        self.assertEqual(os.listdir(self.dir), [])

    def test_a_living_process_is_not_reaped(self):
        self.start("seed-000")
        (name,) = os.listdir(self.dir)
        self.assertIn("alive", self.run_it("reap", "-y", name, code=1).stderr)
        self.assertEqual(os.listdir(self.dir), [name])
        self.run_it("reap", "-y", "no-such-file", code=2)

    def test_unreadable_segments_are_reaped_by_name_alone(self):
        name = "tta.1.0.1.1.1"
        with open(os.path.join(self.dir, name), "w", encoding="ascii") as file:
            file.write("x" * 8192)
        document = self.document("snapshot")
        self.assertIs(document["exact"], False)
        self.assertEqual(len(document["warnings"]), 1)
        self.assertEqual(self.run_it("reap", "-y").stdout, "nothing to reap\n")
        self.run_it("reap", "-y", "--no-keep", name)
        self.assertEqual(os.listdir(self.dir), [])

    def test_help_and_version(self):
        self.assertRegex(self.run_it("-V").stdout, r"^ttatop \d+\.\d+\.\d+\n$")
        for command in ("live", "snapshot", "diff", "baseline", "reap", "help"):
            self.assertEqual(self.run_it("help", command).stdout,
                             self.run_it(command, "--help").stdout)
            self.assertIn(command, self.run_it("help").stdout)
        self.run_it("help", "nothing", code=2)
        self.run_it("nothing", code=2)
        self.assertIn("'ttatop help snapshot'", self.run_it("snapshot", "--x", code=2).stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
