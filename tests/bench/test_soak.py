#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""tta-bench --soak: ten seconds at full speed without one mismatch."""
import glob
import os
import re
import signal
import subprocess
import time
import unittest

BENCH = os.path.join(os.environ["TTA_BIN"], "tta-bench")
SECONDS = 10


class Soak(unittest.TestCase):
    def run_bench(self, *args, code):
        done = subprocess.run([BENCH, *args], capture_output=True, text=True, timeout=90)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done

    def test_every_checkpoint_shows_the_truth(self):
        out = self.run_bench("--soak", str(SECONDS), code=0).stdout
        print(out)
        count = {name: int(value) for name, value in re.findall(r"(?m)^(\w+) +(\d+)", out)}
        self.assertEqual(count["mismatches"], 0)
        self.assertGreaterEqual(count["checkpoints"], SECONDS // 2)
        self.assertGreaterEqual(count["snapshots"], SECONDS)
        self.assertGreater(count["events"], 1000 * SECONDS)
        self.assertGreater(count["records"], 0)

    def test_a_signal_ends_it_and_leaves_nothing(self):
        with subprocess.Popen([BENCH, "--soak", "60"], stdout=subprocess.DEVNULL) as bench:
            time.sleep(0.5)
            bench.send_signal(signal.SIGTERM)
            self.assertEqual(bench.wait(30), -signal.SIGTERM)
        self.assertEqual(glob.glob(f"/dev/shm/tta-bench.{bench.pid}.*"), [])

    def test_usage(self):
        for args in (("--soak",), ("--soak", "0"), ("--soak", "-1"), ("--soak", "1s"),
                     ("--soak", "1", "--json"), ("--soak", "1", "--quick"),
                     ("--soak", "1", "--scaling"), ("--rows", "off", "--soak", "1")):
            self.assertIn("usage:", self.run_bench(*args, code=2).stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
