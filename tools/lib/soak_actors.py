# SPDX-License-Identifier: BSD-2-Clause
"""Who takes part in a soak: publishers, viewers, and commands that run once."""
import ctypes
import fcntl
import os
import pty
import random
import select
import signal
import struct
import subprocess
import termios
import time

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
ENDINGS = ("empty", "residue", "quit", "segv", "exec", "kill", "kill", "kill")
# Keys that change what is shown; none ends or pauses the viewer.
KEYS = ("1", "2", "3", "\t", "t", ">", "<", "I", "M", "N", "b", "d", "k", "j", "#", "\x0c")
# What is freed goes back to the kernel at once, so that what stays can be seen.
GIVE_BACK = {"MALLOC_TRIM_THRESHOLD_": "65536", "MALLOC_MMAP_THRESHOLD_": "65536"}
libc = ctypes.CDLL(None, use_errno=True)


def adopt_orphans():
    """Children of killed publishers become ours, so that their end can be waited for."""
    libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def die_with_parent():
    """In a child: not even a kill of the soak leaves it running."""
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def memory_of(pid):
    """(anonymous and resident KiB, resident KiB, open descriptors)"""
    values = {}
    with open(f"/proc/{pid}/status", encoding="utf-8") as file:
        for line in file:
            name, _, rest = line.partition(":")
            if name in ("RssAnon", "VmRSS"):
                values[name] = int(rest.split()[0])
    return values["RssAnon"], values["VmRSS"], len(os.listdir(f"/proc/{pid}/fd"))


class Publisher:
    """tta-soak-worker; everything about it follows from the seed and its number."""

    def __init__(self, stage, number, lasting=False):
        chance = random.Random(f"{stage.seed}/{number}")
        self.lasting = lasting
        self.ending = "wait" if lasting else chance.choice(ENDINGS)
        life_ms = int(stage.seconds * 1000) if lasting else chance.randrange(200, 1500)
        places = 6000 if number % 10 == 3 else 256
        threads = chance.randrange(1, 5)
        self.kill_at = None
        if self.ending == "kill":
            self.kill_at = time.monotonic() + life_ms / 1000 + chance.uniform(0, 0.08)
        self.process = subprocess.Popen(
            [stage.program("tta-soak-worker"), stage.truths, str(chance.randrange(2**32)),
             "0", str(life_ms), self.ending, str(threads), str(places)],
            env=stage.env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            preexec_fn=die_with_parent)

    def ended(self, now):
        """Kills it when its time has come; its exit status once it is gone."""
        if self.kill_at is not None and now >= self.kill_at:
            self.process.kill()
            self.kill_at = None
        return self.process.poll()

    def wanted(self):
        """The exit status of its ending."""
        return {"kill": -signal.SIGKILL, "segv": -signal.SIGSEGV}.get(self.ending, 0)


class Viewer:
    """A ttatop that stays; on a terminal of its own, or printing for programs."""

    def __init__(self, stage, name, arguments, terminal=False):
        self.name, self.terminal, self.bytes = name, terminal, 0
        self.master, slave = pty.openpty() if terminal else os.pipe()
        if terminal:
            fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("4H", 30, 110, 0, 0))
        self.process = subprocess.Popen(
            [stage.program("ttatop"), *arguments], env=dict(stage.env, **GIVE_BACK), stdout=slave,
            stdin=slave if terminal else subprocess.DEVNULL, stderr=subprocess.STDOUT,
            start_new_session=terminal, preexec_fn=die_with_parent)
        os.close(slave)
        os.set_blocking(self.master, False)

    def drain(self):
        while select.select([self.master], [], [], 0)[0]:
            try:
                data = os.read(self.master, 1 << 20)
            except OSError:  # a terminal whose program has ended
                return
            if not data:
                return
            self.bytes += len(data)

    def press(self, key):
        if self.terminal:
            os.write(self.master, key.encode())

    def end(self):
        """None, or what was wrong with its end."""
        if self.process.poll() is not None:
            return f"{self.name} ended by itself with {self.process.returncode}"
        wanted = 0 if self.terminal else -signal.SIGTERM
        if self.terminal:
            os.write(self.master, b"q")
        else:
            self.process.terminate()
        limit = time.monotonic() + 10
        while self.process.poll() is None and time.monotonic() < limit:
            self.drain()
            time.sleep(0.02)
        return self.close(wanted)

    def close(self, wanted):
        hangs = self.process.poll() is None
        if hangs:
            self.process.kill()
            self.process.wait()
        os.close(self.master)
        if hangs:
            return f"{self.name} did not end"
        if self.process.returncode != wanted:
            return f"{self.name} ended with {self.process.returncode} instead of {wanted}"
        return None if self.bytes else f"{self.name} showed nothing"


class Job:
    """One command that ends by itself; @then(output, status) judges it."""

    def __init__(self, stage, arguments, then, kill_after=None):
        self.arguments, self.then = arguments, then
        self.kill_at = kill_after and time.monotonic() + kill_after
        self.limit = time.monotonic() + 60
        self.output = open(os.path.join(stage.work, f"job-{id(self)}"), "w+b")
        self.process = subprocess.Popen(
            [stage.program("ttatop"), *arguments], env=stage.env, stdin=subprocess.DEVNULL,
            stdout=self.output, stderr=subprocess.STDOUT, preexec_fn=die_with_parent)

    def done(self, now):
        if self.kill_at and now >= self.kill_at or now >= self.limit:
            self.process.kill()
        return self.process.poll() is not None

    def finish(self):
        self.output.seek(0)
        output = self.output.read()
        self.output.close()
        os.unlink(self.output.name)
        self.then(output, self.process.returncode)
