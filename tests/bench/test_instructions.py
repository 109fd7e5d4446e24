#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""bench/instructions.py: its counts repeat, and a doctored file makes it fail."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

TOOL = os.path.join(os.environ["TTA_SOURCE"], "bench", "instructions.py")
PROGRAM = os.path.join(os.environ["TTA_BIN"], "tta-instructions")
if not shutil.which("valgrind"):
    print("skipped: valgrind is not installed")
    sys.exit(77)


class Instructions(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="tta-kept-")
        self.addCleanup(scratch.cleanup)
        self.kept = os.path.join(scratch.name, "kept.json")

    def run_tool(self, *args, code=0, **options):
        done = subprocess.run([TOOL, "--kept", self.kept, *args], capture_output=True,
                              text=True, timeout=120, **options)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done

    def keep(self, **changes):
        """Keeps this build's counts, changed; a function changes the counts."""
        self.run_tool("--update", PROGRAM)
        with open(self.kept, encoding="utf-8") as file:
            kept = json.load(file)
        for key, value in changes.items():
            kept[key] = value(kept[key]) if callable(value) else value
        with open(self.kept, "w", encoding="utf-8") as file:
            json.dump(kept, file)

    def check(self, code):
        return self.run_tool("--check", PROGRAM, code=code)

    def test_three_runs_count_the_same(self):
        runs = {self.run_tool(PROGRAM).stdout for _ in range(3)}
        self.assertEqual(len(runs), 1, runs)
        counts = json.loads(runs.pop())["instructions"]
        self.assertGreater(counts["alloc_events"], counts["off"])
        self.assertGreater(counts["twin_events"], counts["off"])

    def test_what_was_kept_passes(self):
        self.keep()
        self.assertNotIn("--update", self.check(0).stdout)

    def test_growth_beyond_5_per_cent_fails(self):
        self.keep(instructions=lambda counts: dict(counts, add=counts["add"] * 0.94))
        out = self.check(1).stdout
        self.assertRegex(out, r"(?m)^add .*GREW$")
        self.assertEqual(out.count("GREW"), 1)

    def test_growth_within_5_per_cent_passes(self):
        self.keep(instructions=lambda counts: dict(counts, alloc_events=counts["alloc_events"]
                                                   * 0.96))
        self.check(0)

    def test_a_fall_passes_and_asks_for_an_update(self):
        self.keep(instructions=lambda counts: dict(counts, add=counts["add"] * 1.2))
        out = self.check(0).stdout
        self.assertRegex(out, r"(?m)^add .*fell$")
        self.assertIn("--update", out)

    def test_a_call_that_is_not_kept_fails(self):
        self.keep(instructions=lambda counts: {"off": counts["off"]})
        self.assertIn("in one of them only", self.check(1).stdout)

    def test_counts_of_another_build_are_skipped_aloud(self):
        for key in ("compiler", "machine", "build"):
            self.keep(**{key: "another"})
            self.assertIn(f"skipped: the kept counts are of {key} another", self.check(77).stderr)

    def test_without_valgrind_it_is_skipped_aloud(self):
        self.keep()
        done = self.run_tool("--check", PROGRAM, code=77, env=dict(os.environ, PATH="/nowhere"))
        self.assertIn("skipped: valgrind is not installed", done.stderr)

    def test_a_broken_or_missing_file_is_named(self):
        self.assertIn(f"{self.kept}: No such file", self.check(2).stderr)
        for broken in ("{", "[]", "{}", '{"schema":"tta.bench","schema_version":1}'):
            with open(self.kept, "w", encoding="utf-8") as file:
                file.write(broken)
            self.assertIn(f"instructions.py: {self.kept}: ", self.check(2).stderr)
        self.keep(instructions={"off": 0})
        self.assertIn("not above zero", self.check(2).stderr)

    def test_a_program_that_counts_nothing_is_a_failure(self):
        self.keep()
        for program in ("/bin/true", "/no/such/program"):
            self.run_tool("--check", program, code=2)

    def test_usage(self):
        for args in ((), ("--fast", PROGRAM), ("--check", "--update", PROGRAM)):
            self.assertIn("try 'instructions.py --help'", self.run_tool(*args, code=2).stderr)
        self.run_tool("--help")


if __name__ == "__main__":
    unittest.main(verbosity=2)
