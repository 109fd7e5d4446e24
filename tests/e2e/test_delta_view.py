#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The delta view without a terminal: what grew since a baseline, on real publishers."""
import csv
import io
import json
import os
import subprocess
import unittest

from support import SOURCE, TTATOP, Case, log

MIB = 1 << 20


def validate(document):
    try:
        import jsonschema
    except ImportError:
        return
    path = os.path.join(SOURCE, "viewer", "schemas", "ttatop.diff.v1.json")
    with open(path, encoding="utf-8") as file:
        jsonschema.validate(document, json.load(file))


class DeltaView(Case):
    def setUp(self):
        super().setUp()
        self.hold("run", "seed-000")
        self.run_top("baseline", "set", "before", "-q")
        self.hold("run", "seed-004")

    def delta(self, *args, **options):
        return self.run_top("-1", "--view", "delta", "-B", "@before", *args, **options)

    def test_the_table_says_what_is_new_and_what_is_the_same(self):
        text = self.delta()
        self.assertRegex(text, r"base 'before' +\S+ \(\S+ ago\) .* net \+50\.0M \+22 buf")
        self.assertRegex(text, r"\n0 +\+50\.0M +\+50\.0M +\+22\n1-7 each +0 +0 +0\n")
        self.assertRegex(text, r"python \d+ +0 +DRAM +0 +50\.0M +\+50\.0M +22 .* new\n")
        self.assertRegex(text, r"python \d+ +0-7 +DRAM +288K +288K +0 .* same x8 dev\n")
        self.assertEqual(len(self.delta("-F", "size>1M").splitlines()), 6)

    def test_csv_is_exact(self):
        rows = list(csv.DictReader(io.StringIO(self.delta("--csv"))))
        self.assertEqual([(r["dev"], r["type"], r["base"], r["now"], r["bytes"], r["dbuf"])
                          for r in rows],
                         [("0", "DRAM", "0", str(50 * MIB), str(50 * MIB), "22"),
                          ("0-7", "DRAM", "294912", "294912", "0", "0")])
        rows = list(csv.DictReader(io.StringIO(
            self.delta("--csv", "-c", "group,drefs,age", "-s", "age"))))
        self.assertEqual([r["drefs"] for r in rows], ["0", "22"])

    def test_json_is_the_document_of_diff(self):
        document = json.loads(self.delta("--json"))
        validate(document)
        self.assertEqual(document["schema"], "ttatop.diff")
        self.assertEqual(document["base"]["name"], "@before")
        self.assertEqual(document["bytes"]["change"], 50 * MIB)
        self.assertEqual([row["change"] for row in document["rows"]], ["new"])
        lines = self.run_top("-b", "-n", "2", "-d", "0.1", "--view", "delta", "-B", "@before",
                             "--json").splitlines()
        self.assertEqual(len(lines), 2, "an object per line and update")
        for line in lines:
            validate(json.loads(line))

    def test_what_is_selected_is_selected_on_both_sides(self):
        text = self.delta("-D", "3")
        self.assertRegex(text, r"net 0 0 buf")
        self.assertNotIn("gone", text)

    def test_a_base_that_is_missing_is_said(self):
        text = self.run_top("-1", "--view", "delta")
        self.assertIn("No baseline: there is nothing to compare with.", text)
        for args, words in ((("-B", "@nosuch"), "no baseline 'nosuch'"),
                            (("-B", "/nonexistent"), "/nonexistent: No such file"),
                            (("-B", log("seed-000-double-allocation.log")), "1:"),
                            (("--json",), "-B FILE or -B @NAME")):
            done = subprocess.run([TTATOP, "-1", "--view", "delta", *args], env=self.env,
                                  text=True, capture_output=True, check=False)
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn(words, done.stderr)
            self.assertEqual(done.stdout, "")


if __name__ == "__main__":
    unittest.main()
