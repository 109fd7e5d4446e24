#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""tools/bench-compare on what tta-bench really wrote: with itself, and with a worse run."""
import json
import os
import subprocess
import tempfile
import unittest

TOOL = os.path.join(os.environ["TTA_SOURCE"], "tools", "bench-compare")
QUICK = os.environ["TTA_QUICK"]


def compare(base, new):
    """Exit status, and the verdict by row."""
    done = subprocess.run([TOOL, base, new], capture_output=True, text=True, timeout=60)
    lines = (line.split() for line in done.stdout.splitlines())
    return done.returncode, {line[0]: line[-1] for line in lines if line}


class Compare(unittest.TestCase):
    def setUp(self):
        with open(QUICK, encoding="utf-8") as file:
            self.document = json.load(file)
        self.names = [row["name"] for row in self.document["rows"]]

    def test_with_itself_nothing_is_slower_or_faster(self):
        status, verdicts = compare(QUICK, QUICK)
        self.assertEqual(status, 0)
        seen = [verdicts[name] for name in self.names]
        self.assertNotIn("slower", seen)
        self.assertNotIn("faster", seen)
        self.assertIn("same", seen)

    def test_a_row_ten_times_as_slow_is_found(self):
        quiet = min((row for row in self.document["rows"] if row["unit"] == "ns"),
                    key=lambda row: row["spread"]["p90"] / row["value"])
        for container, key in ((quiet, "value"), (quiet, "ratio"),
                               (quiet["spread"], "p10"), (quiet["spread"], "p90")):
            container[key] *= 10
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump(self.document, file)
            file.flush()
            status, verdicts = compare(QUICK, file.name)
        self.assertEqual((status, verdicts[quiet["name"]]), (1, "slower"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
