#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""tools/bench-compare: every verdict, and what it says about broken input."""
import copy
import json
import os
import subprocess
import tempfile
import unittest

from support import SOURCE

TOOL = os.path.join(SOURCE, "tools", "bench-compare")


def row(name, value, limit, unit="ns", spread=0.02, **more):
    """A row as tta-bench writes it; @spread is p90 - p10, by the value."""
    return dict({
        "name": name, "unit": unit, "value": value, "limit": limit,
        "ratio": limit and value / limit, "budget": "", "ok": True, "peers": {},
        "peer_reasons": {}, "details": {},
        "spread": {"p10": value * (1 - spread / 2), "p90": value * (1 + spread / 2)}}, **more)


def document(*rows, quick=False, cpu="one", load=0.0):
    return {"schema": "tta.bench", "schema_version": 1, "tool": "tta-bench 0", "quick": quick,
            "host": {"cpu": cpu, "cpus": 2, "kernel": "6", "time": "", "load": load},
            "rows": list(rows)}


class BenchCompare(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="tta-compare-")
        self.addCleanup(scratch.cleanup)
        self.dir = scratch.name

    def write(self, name, content):
        path = os.path.join(self.dir, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(content if isinstance(content, str) else json.dumps(content))
        return path

    def run_tool(self, *args, code):
        done = subprocess.run([TOOL, *args], capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done

    def compare(self, base, new, code):
        return self.run_tool(self.write("base", base), self.write("new", new),
                             code=code).stdout

    def verdict(self, base, new, code, **settings):
        """What is said about one row beside one that is always the same."""
        same = row("steady", 10, 5)
        out = self.compare(document(same, base), document(same, new, **settings), code)
        line = next(line for line in out.splitlines() if line.startswith(base["name"]))
        return line

    def test_same(self):
        line = self.verdict(row("a", 100, 50), row("a", 103, 50), 0)
        self.assertTrue(line.endswith("  same"), line)

    def test_slower_beyond_the_noise(self):
        line = self.verdict(row("a", 100, 50), row("a", 120, 50), 1)
        self.assertTrue(line.endswith("  slower"), line)
        self.assertIn("+20.0%", line)

    def test_faster(self):
        line = self.verdict(row("a", 100, 50), row("a", 80, 50), 0)
        self.assertTrue(line.endswith("  faster"), line)

    def test_within_the_noise_of_either_document(self):
        for wide in ((0.5, 0.02), (0.02, 0.5)):
            line = self.verdict(row("a", 100, 50, spread=wide[0]),
                                row("a", 120, 50, spread=wide[1]), 0)
            self.assertTrue(line.endswith("  same"), line)

    def test_a_restless_limit_is_noise(self):
        restless = row("a", 120, 50, details={"limit_median": 65})
        self.assertTrue(self.verdict(row("a", 100, 50), restless, 0).endswith("  same"))

    def test_good_rounds_that_did_not_change_mean_a_neighbour(self):
        disturbed = row("a", 130, 50)
        for good in (99.5, 90):
            disturbed["spread"] = {"p10": good, "p90": good + 20}
            line = self.verdict(row("a", 100, 50), disturbed, 0)
            self.assertTrue(line.endswith("  same"), line)

    def test_a_slower_machine_is_no_regression(self):
        line = self.verdict(row("a", 100, 50), row("a", 200, 100), 0, cpu="two")
        self.assertTrue(line.endswith("  same"), line)

    def test_more_is_better_in_rates(self):
        unit = "M events/s"
        slower = self.verdict(row("a", 10, 5, unit), row("a", 8, 5, unit), 1)
        faster = self.verdict(row("a", 10, 5, unit), row("a", 12, 5, unit), 0)
        self.assertTrue(slower.endswith("  slower") and faster.endswith("  faster"))

    def test_per_cent_are_compared_as_points_beyond_the_limit(self):
        same = self.verdict(row("a", 1, 1, "% lost"), row("a", 4, 3, "% lost"), 0)
        slower = self.verdict(row("a", 1, 1, "% lost"), row("a", 9, 1, "% lost"), 1)
        self.assertTrue(same.endswith("  same") and slower.endswith("  slower"))

    def test_without_a_limit_only_on_the_same_cpu(self):
        slow = self.verdict(row("a", 10, None, "ms"), row("a", 20, None, "ms"), 1)
        other = self.verdict(row("a", 10, None, "ms"), row("a", 20, None, "ms"), 0, cpu="two")
        self.assertTrue(slow.endswith("  slower"), slow)
        self.assertIn("not comparable: no limit, and different CPUs", other)

    def test_not_comparable_with_the_reason(self):
        good = row("a", 100, 50)
        unknown = row("a", 100, 50, spread=0)
        unknown["spread"] = {"p10": None, "p90": None}
        failed = row("a", 100, 50, failure="no segment")
        failed["value"] = failed["ratio"] = None
        for other, reason in (
                (failed, "failed in NEW: no segment"),
                (row("a", 100, 50, "us"), "different units: ns, us"),
                (row("a", 100, None), "a limit in one of them only"),
                (unknown, "no spread"),
                (row("a", 0, 50), "not above zero"),
                (row("a", 110, 50, spread=1.5), "too noisy")):
            self.assertIn(f"not comparable: {reason}", self.verdict(good, other, 0))

    def test_a_row_in_one_document_only(self):
        both = document(row("a", 1, 1), row("b", 1, 1))
        one = document(row("a", 1, 1))
        self.assertIn("missing in NEW", self.compare(both, one, 0))
        self.assertIn("missing in BASE", self.compare(one, both, 0))

    def test_quick_and_full_are_not_compared(self):
        full, quick = document(row("a", 1, 1)), document(row("a", 9, 1), quick=True)
        self.assertIn("not comparable: quick and full", self.compare(full, quick, 2))

    def test_nothing_that_could_be_compared_is_no_success(self):
        self.compare(document(row("a", 1, 1)), document(row("b", 1, 1)), 2)
        self.compare(document(), document(), 2)

    def test_other_machines_and_busy_ones_are_named(self):
        rows = [row("a", 1, 1)]
        out = self.compare(document(*rows), document(*rows, cpu="two", load=3.0), 0)
        self.assertIn("note: different cpu: one, two", out)
        self.assertIn("note: NEW: a busy machine, load 3.0", out)

    def test_a_broken_document_is_named_with_the_reason(self):
        good = document(row("a", 1, 1))
        bad_row = copy.deepcopy(good)
        bad_row["rows"][0]["value"] = "fast"
        nameless = copy.deepcopy(good)
        del nameless["rows"][0]["name"]
        for broken, reason in (
                ("{", "no JSON"), ("\udcff", "no JSON"), ("[]", "schema"),
                (dict(good, schema="ttatop.check"), "schema is not tta.bench"),
                (dict(good, schema_version=2), "schema version 2"),
                (dict(good, rows=None), "rows is missing"),
                (dict(good, rows=good["rows"] * 2), "a row is there twice"),
                (bad_row, "row a: a number"), (nameless, "a row has no name")):
            path = os.path.join(self.dir, "broken")
            with open(path, "wb") as file:
                text = broken if isinstance(broken, str) else json.dumps(broken)
                file.write(text.encode("utf-8", "surrogateescape"))
            done = self.run_tool(self.write("good", good), path, code=2)
            self.assertIn(f"bench-compare: {path}: ", done.stderr)
            self.assertIn(reason, done.stderr)
            self.assertIn(": try ", done.stderr)

    def test_a_missing_file(self):
        done = self.run_tool(self.write("good", document(row("a", 1, 1))), "/no/such/file",
                             code=2)
        self.assertIn("bench-compare: /no/such/file: No such file or directory: try ",
                      done.stderr)

    def test_usage(self):
        for args in ((), ("one",), ("a", "b", "c"), ("--fast", "a", "b")):
            self.assertIn("try 'bench-compare --help'", self.run_tool(*args, code=2).stderr)
        self.assertIn("BASE.json", self.run_tool("--help", code=0).stdout)


if __name__ == "__main__":
    unittest.main(verbosity=2)
