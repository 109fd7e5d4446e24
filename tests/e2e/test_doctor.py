#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""ttatop doctor on machines with one thing wrong."""
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import unittest

try:
    import jsonschema
except ImportError:
    print("skipped: the Python package jsonschema is not installed")
    sys.exit(77)

from support import BIN, SIM, SOURCE, TTATOP, Case, log

with open(os.path.join(SOURCE, "viewer/schemas/ttatop.doctor.v1.json"), encoding="utf-8") as file:
    SCHEMA = json.load(file)
jsonschema.Draft7Validator.check_schema(SCHEMA)
VALIDATOR = jsonschema.Draft7Validator(SCHEMA)
LIBRARY = os.path.join(os.path.dirname(BIN), "lib", "libtta.so")
NOBODY = "65534"


class Doctor(Case):
    def doctor(self, *args, code=0):
        """Checks by name. What other programs of the machine do is left out."""
        document = json.loads(self.run_top("doctor", "-j", *args, code=code))
        VALIDATOR.validate(document)
        self.assertEqual(document["warnings"],
                         sum(c["status"] == "warn" for c in document["checks"]))
        self.assertEqual(document["failures"],
                         sum(c["status"] == "fail" for c in document["checks"]))
        return {check["name"]: check for check in document["checks"]}

    OURS = ("--skip", "ns,perm,device,ttmetal,term,publisher.disabled,publisher.library")

    def play(self, text):
        path = os.path.join(self.state, "test.scn")
        with open(path, "w", encoding="utf-8") as stream:
            stream.write(text)
        return self.hold("run", path)

    def expect(self, checks, name, status, part, command=""):
        check = checks[name]
        self.assertEqual(check["status"], status, check)
        self.assertIn(part, check["text"])
        self.assertIn(command, check["try"] or "")

    def test_a_healthy_machine(self):
        self.play("process p\nalloc p 0-3 DRAM 0x1000 4K x 50\nfree p 1 DRAM 0x1000\n"
                  "alloc p 0 DRAM 0x1000 4K\nview p 2 DRAM 0x1000 4K\n")
        checks = self.doctor(*self.OURS)
        self.assertTrue(all(c["status"] == "ok" for c in checks.values()), checks)
        self.expect(checks, "publisher.live", "ok", "1 process is publishing")
        self.expect(checks, "self.consistency", "ok", "1 segment at rest, 200 addresses")
        text = self.run_top("doctor", *self.OURS)
        self.assertRegex(text, r"(?m)^ok    shm\.segments {8}1 segment: 1 live$")
        self.assertTrue(text.endswith("doctor: 0 failures, 0 warnings\n"))

    def test_all_checks_within_three_seconds(self):
        begun = time.monotonic()
        done = subprocess.run([TTATOP, "doctor"], env=self.env, text=True, capture_output=True,
                              timeout=60)
        self.assertLess(time.monotonic() - begun, 3.0)
        self.assertIn(done.returncode, (0, 1))
        self.assertEqual(sum(line[:4].strip() in ("ok", "warn", "FAIL")
                             for line in done.stdout.splitlines()), 21)

    def test_nobody_publishes(self):
        checks = self.doctor("--only", "publisher.live,shm", code=1)
        self.assertEqual(sorted(checks), ["publisher.live", "shm.dir", "shm.segments", "shm.stale"])
        self.expect(checks, "publisher.live", "warn", "nobody", "tta-sim run demo")
        self.run_top("doctor", "--only", "nosuch", code=2)
        self.run_top("doctor", "--skip", "shm,nosuch", code=2)

    def test_no_directory(self):
        self.env["TTA_DIR"] = "/nonexistent"
        checks = self.doctor(*self.OURS, code=2)
        self.expect(checks, "shm.dir", "fail", "No such file", "ls -ld /nonexistent")
        self.env["TTA_DIR"] = "/proc"
        self.expect(self.doctor("--only", "shm.dir", code=2), "shm.dir", "fail", "no tmpfs")

    def test_an_orphan(self):
        parent = self.hold("log", log("seed-000-double-allocation.log"))
        os.kill(self.snapshot()["processes"][0]["pid"], signal.SIGKILL)
        parent.terminate()
        checks = self.doctor(*self.OURS, code=1)
        self.expect(checks, "shm.segments", "ok", "1 orphan")
        self.expect(checks, "shm.stale", "warn", "1 ended process left", "ttatop reap")
        self.expect(checks, "self.consistency", "ok", "1 segment at rest, 16 addresses")

    def test_a_file_that_is_no_segment(self):
        name = "tta.1.0.4711.1.00000000000000aa"
        with open(os.path.join(self.dir, name), "wb") as stream:
            stream.write(b"x" * 8192)
        checks = self.doctor("--only", "shm.segments", code=1)
        self.expect(checks, "shm.segments", "warn", name, f"ttatop reap {name}")

    @unittest.skipUnless(os.geteuid() == 0, "needs root to become another user")
    def test_an_unreadable_segment_is_named_with_its_owner(self):
        self.env["TTA_MODE"] = "0600"
        self.hold("log", log("seed-000-double-allocation.log"))
        os.chmod(self.dir, 0o755)
        tool = os.path.join(self.dir, "ttatop")
        shutil.copy(TTATOP, tool)
        done = subprocess.run(["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}",
                               "--clear-groups", tool, "doctor", "--only", "shm.segments,ns.shm"],
                              env=self.env, text=True, capture_output=True, cwd="/", timeout=60)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertRegex(done.stdout, r"warn  shm\.segments +1 segment cannot be read: "
                                      r"tta\.1\.0\.\S+ of uid 0: permission denied")
        self.assertIn("try: sudo -u '#0' ttatop", done.stdout)
        self.assertRegex(done.stdout, r"ns\.shm .*could not be looked at")

    def test_dropped_detail(self):
        self.env["TTA_MAX_BYTES"] = "262144"
        self.play("process p\nalloc p 0 DRAM 0x1000 64 x 100000 step 64\n")
        checks = self.doctor(*self.OURS, code=1)
        self.expect(checks, "publisher.rejects", "warn", "detail dropped: no", "df -h")
        self.assertIn("incomplete for", checks["publisher.rejects"]["text"])
        self.expect(checks, "self.consistency", "ok", "1 without a whole table, not judged")

    def with_library(self, **more):
        """A process that maps libtta.so and does nothing else."""
        child = subprocess.Popen(
            ["/usr/bin/python3", "-c", "import ctypes, sys, time; ctypes.CDLL(sys.argv[1]); "
             "print('ready', flush=True); time.sleep(60)", LIBRARY],
            env=dict(self.env, TTA_ATTACH="lazy", **more), text=True, stdout=subprocess.PIPE)
        self.children.append(child)
        if child.stdout.readline() != "ready\n":
            self.skipTest("libtta.so cannot be loaded into Python here (sanitizers)")
        return child.pid

    @unittest.skipUnless(os.path.exists(LIBRARY), "libtta.so is not built")
    def test_switched_off_by_the_environment(self):
        pid = self.with_library(TTA_LEVEL="off")
        self.expect(self.doctor("--only", "publisher.disabled", code=1), "publisher.disabled",
                    "warn", f"pid {pid} (python3) has TTA_LEVEL=off", "unset TTA_LEVEL")

    @unittest.skipUnless(os.path.exists(LIBRARY), "libtta.so is not built")
    def test_a_library_without_a_segment(self):
        pid = self.with_library()
        checks = self.doctor("--only", "publisher.library", code=1)
        # The first is named; others of the machine may publish elsewhere.
        only = checks["publisher.library"]["text"].startswith("1 process ")
        self.expect(checks, "publisher.library", "warn",
                    f"pid {pid}, python3" if only else "mapped libtta", "environ")

    def test_a_stranger_with_a_read_lock_is_named(self):
        self.hold("log", log("seed-000-double-allocation.log"))
        child = self.snapshot()["processes"][0]["pid"]
        self.expect(self.doctor("--only", "lock", code=0), "lock.ofd", "ok", "1 segment")
        # Its owner's write lock must be gone for that.
        os.kill(child, signal.SIGKILL)
        with open(os.path.join(self.dir, self.segments()[0]), "rb") as stream:
            self.until(lambda: self.lock(stream))
            self.expect(self.doctor("--only", "lock", code=1), "lock.ofd", "warn",
                        f"pid {os.getpid()} holds a read lock", f"ps -fp {os.getpid()}")

    @staticmethod
    def lock(stream):
        try:
            fcntl.lockf(stream, fcntl.LOCK_SH | fcntl.LOCK_NB, 1, 0)
        except OSError:
            return False
        return True

    @unittest.skipUnless(os.geteuid() == 0, "needs root to mount a tmpfs")
    def test_a_shared_memory_of_its_own(self):
        script = (f'mount -t tmpfs tmpfs "{self.dir}" && exec "$@"')
        child = subprocess.Popen(["unshare", "--mount", "--propagation", "private", "sh", "-c",
                                  script, "sh", SIM, "log",
                                  log("seed-000-double-allocation.log"), "--hold"],
                                 env=self.env, text=True, stdout=subprocess.PIPE,
                                 stderr=subprocess.DEVNULL)
        self.children.append(child)
        if child.stdout.readline() != "ready\n":
            self.skipTest("mounting is not permitted here")
        checks = self.doctor("--only", "ns.shm,publisher.live", code=1)
        self.expect(checks, "ns.shm", "warn", "with 1 segment",
                    f"ttatop --containers --shm-dir {self.dir}")


if __name__ == "__main__":
    unittest.main()
