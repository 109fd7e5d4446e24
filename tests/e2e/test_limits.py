#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Off, full, set-user-id, exec: the host program never notices."""
import os
import shutil
import subprocess
import unittest

from support import SIM, Case, log

LOAD = ("load", "--procs", "2", "--threads", "2", "--devices", "2", "--live", "100",
        "--rate", "1000", "--seconds", "1")


class Limits(Case):
    def test_off_publishes_nothing_and_creates_no_file(self):
        self.env["TTA_LEVEL"] = "off"
        self.hold("log", log("seed-000-double-allocation.log"))
        self.assertEqual(os.listdir(self.dir), [])

    def full_tmpfs(self, *command):
        """Run on a tmpfs of 16 KiB, in a mount namespace of its own."""
        script = f'mount -t tmpfs -o size=16k tmpfs "{self.dir}" && exec "$@"'
        return subprocess.run(["unshare", "--mount", "--propagation", "unchanged", "sh", "-c", script, "sh", *command],
                              env=self.env, text=True, capture_output=True, timeout=60)

    @unittest.skipUnless(os.geteuid() == 0, "needs root to mount a tmpfs")
    def test_a_full_tmpfs_costs_one_line(self):
        done = self.full_tmpfs(SIM, *LOAD)
        self.assertEqual(done.returncode, 0, done.stderr)
        warnings = [line for line in done.stderr.splitlines() if line.startswith("libtta:")]
        # One line in each process that publishes.
        self.assertEqual(len(warnings), 2, done.stderr)
        self.assertIn("TTA_QUIET=1", warnings[0])

    @unittest.skipUnless(os.geteuid() == 0, "needs root to mount a tmpfs")
    def test_the_line_can_be_silenced(self):
        self.env["TTA_QUIET"] = "1"
        done = self.full_tmpfs(SIM, *LOAD)
        self.assertEqual(done.returncode, 0)
        self.assertNotIn("libtta:", done.stderr)

    @unittest.skipUnless(os.geteuid() == 0, "needs root to make a set-user-id program")
    def test_a_set_user_id_program_publishes_nothing(self):
        program = os.path.join(self.state, "suid-sim")
        shutil.copy(SIM, program)
        os.chmod(program, 0o4755)
        os.chmod(self.state, 0o755)
        os.chmod(self.dir, 0o777)
        before = set(os.listdir("/dev/shm"))
        child = subprocess.Popen(
            ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", program, *LOAD],
            env=self.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        seen = set()
        while child.poll() is None:
            seen |= set(os.listdir(self.dir))
            seen |= {n for n in set(os.listdir("/dev/shm")) - before if n.startswith("tta.")}
            try:
                child.wait(0.02)
            except subprocess.TimeoutExpired:
                pass
        self.assertEqual(child.returncode, 0)
        self.assertEqual(seen, set())

    def test_the_same_program_publishes_when_nothing_forbids_it(self):
        """What the tests above look for can be seen."""
        child = subprocess.Popen([SIM, *LOAD], env=self.env, stdout=subprocess.DEVNULL)
        found = self.until(lambda: len(self.segments()) == 2)
        child.wait(30)
        self.assertTrue(found)
        self.assertEqual(child.returncode, 0)


if __name__ == "__main__":
    unittest.main()
