#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""tta-bench --scaling: a short run fills in every cell of its document."""
import glob
import json
import os
import signal
import subprocess
import time
import unittest

BENCH = os.path.join(os.environ["TTA_BIN"], "tta-bench")
NUMBERS = ("seconds", "events_per_second", "viewer_cpu_percent", "tick_ms", "tick_p99_ms",
           "tick_cpu_ms", "ticks", "seen", "exact")


def directories(pid):
    return glob.glob(f"/dev/shm/tta-bench.{pid}.*")


class Scaling(unittest.TestCase):
    def run_bench(self, *args, code=0):
        """Its standard output and standard error; it leaves no directory."""
        with subprocess.Popen([BENCH, *args], stdout=subprocess.PIPE, text=True,
                              stderr=subprocess.PIPE) as bench:
            out, err = bench.communicate(timeout=120)
        self.assertEqual(bench.returncode, code, out + err)
        self.assertEqual(directories(bench.pid), [])
        return out, err

    def check_cell(self, cell):
        self.assertEqual(set(cell), {"processes", "hz", *NUMBERS})
        self.assertGreater(cell["events_per_second"], 0)
        self.assertGreater(cell["seconds"], 0.3)
        self.assertLessEqual(cell["exact"], cell["seen"])
        if cell["hz"] == 0:  # no viewer: unknown is null, not zero
            self.assertEqual((cell["viewer_cpu_percent"], cell["tick_ms"], cell["ticks"]),
                             (None, None, 0))
            return
        self.assertGreater(cell["viewer_cpu_percent"], 0)
        self.assertEqual(cell["seen"], cell["ticks"] * cell["processes"])
        if cell["ticks"]:
            self.assertGreaterEqual(cell["tick_p99_ms"], cell["tick_ms"])
            self.assertGreater(cell["tick_cpu_ms"], 0)

    def test_the_document_has_every_cell(self):
        document = json.loads(self.run_bench("--scaling", "--quick", "--json")[0])
        self.assertEqual((document["schema"], document["schema_version"]),
                         ("tta.bench.scaling", 1))
        self.assertEqual((document["quick"], document["failures"]), (True, []))
        cells = document["cells"]
        self.assertEqual([(cell["processes"], cell["hz"]) for cell in cells],
                         [(size, hz) for size in (1, 10, 100) for hz in (0, 1, 10, 100)])
        for cell in cells:
            self.check_cell(cell)
        self.assertGreater(sum(cell["ticks"] for cell in cells), 20)
        self.assertGreater(sum(cell["exact"] for cell in cells), 0)
        rows = {row["name"]: row for row in document["threads"]}
        self.assertEqual(list(rows), ["threads_2", "same_device", "cross_free"])
        for row in rows.values():
            self.assertGreater(row["value"], 0)

    def test_a_signal_ends_it_and_leaves_nothing(self):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            with subprocess.Popen([BENCH, "--scaling"], stdout=subprocess.DEVNULL,
                                  stderr=subprocess.PIPE, text=True) as bench:
                bench.stderr.readline()  # the first crowd is starting
                time.sleep(0.2)
                self.assertEqual(len(directories(bench.pid)), 1)
                bench.send_signal(number)
                self.assertEqual(bench.wait(30), -number)
            self.assertEqual(directories(bench.pid), [])

    def test_usage(self):
        self.assertIn("--scaling", self.run_bench("--help")[0])
        self.assertIn("usage:", self.run_bench("--scaling", "--rows", "off", code=2)[1])
        self.assertIn("usage:", self.run_bench("--rows", "off", "--scaling", code=2)[1])
        self.assertIn("usage:", self.run_bench("--scale", "1", code=2)[1])


if __name__ == "__main__":
    unittest.main(verbosity=2)
