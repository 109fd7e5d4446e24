#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""What a live view costs: ttatop and htop on terminals that count, beside the same load.

Publishers run as real processes; each viewer gets a pseudo-terminal of its own, one after
the other, in turns. Measured: CPU, bytes written to the terminal per update, the time from
a key to the first byte that answers it, the time to the first frame, memory. The rows
`*_idle` are of a machine with few publishers, which are stopped: the clock alone changes.
"""
import fcntl
import json
import os
import pty
import random
import select
import shutil
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time

sys.dont_write_bytecode = True
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "tools", "lib"))
from program import Parser, complain, exit_on_signals

# (row, unit, budget or None): viewer-side budgets of the design, at 1,000 processes
ROWS = (("cpu", "ms/s", 10), ("cpu_idle", "ms/s", 2), ("bytes", "bytes/update", None),
        ("bytes_idle", "bytes/update", 200), ("first_frame", "ms", 100),
        ("key_p50", "ms", None), ("key_p99", "ms", 16), ("memory", "MiB", 32))
EXITS = """\
Exit: 0 measured, whatever the figures; 1 with --strict when a budget is exceeded; 2 usage,
or it could not be measured."""
QUIET = 0.05        # seconds without a byte: the screen is drawn
SETTLED = 2.0       # seconds for a viewer to get going
IDLE = 61.0         # seconds after which ages are told in minutes, and all are idle
FEW = 8
MOVES = (b"\x1b[B", b"\x1b[A")
MOVES_APPLICATION = (b"\x1bOB", b"\x1bOA")


class Screen:
    """A program on a terminal that counts what it writes."""

    def __init__(self, command, env, rows, cols):
        self.bytes = 0
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("4H", rows, cols, 0, 0))
        self.begun = time.monotonic()
        self.process = subprocess.Popen(command, env=env, stdin=slave, stdout=slave,
                                        stderr=slave, start_new_session=True)
        os.close(slave)
        self.application_keys = False

    def read(self, timeout):
        """The bytes that came within @timeout, b"" for none."""
        if not select.select([self.master], [], [], timeout)[0]:
            return b""
        try:
            data = os.read(self.master, 1 << 16)
        except OSError:
            data = b""
        if not data:
            raise EOFError(f"ended by itself: {self.process.args[0]}")
        self.bytes += len(data)
        if b"\x1b[?1h" in data:
            self.application_keys = True
        return data

    def swallow(self, seconds):
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self.read(left)

    def first_frame(self):
        """Seconds from the start to the end of the first picture."""
        last, seen = time.monotonic(), 0
        while not seen or time.monotonic() - last < QUIET:
            if time.monotonic() - self.begun > 30:
                raise EOFError(f"no picture within 30 s: {self.process.args[0]}")
            seen_now = len(self.read(QUIET))
            if seen_now:
                seen, last = seen + seen_now, time.monotonic()
        return last - self.begun

    def key_time(self, number):
        """Seconds from a key to the first byte that answers it; None: nothing came."""
        while self.read(0):
            pass
        moves = MOVES_APPLICATION if self.application_keys else MOVES
        begun = time.monotonic()
        os.write(self.master, moves[number % 2])
        return time.monotonic() - begun if self.read(0.5) else None

    def cpu(self):
        """Seconds of CPU so far, of all its threads."""
        total = 0
        base = f"/proc/{self.process.pid}/task"
        for task in os.listdir(base):
            with open(f"{base}/{task}/schedstat", encoding="utf-8") as file:
                total += int(file.read().split()[0])
        return total / 1e9

    def memory(self):
        """MiB of its own; pages of segments belong to their publishers."""
        own = 0
        with open(f"/proc/{self.process.pid}/status", encoding="utf-8") as file:
            for line in file:
                if line.startswith(("RssAnon", "RssFile")):
                    own += int(line.split()[1])
        return own / 1024

    def close(self):
        self.process.terminate()
        until = time.monotonic() + 5
        while self.process.poll() is None and time.monotonic() < until:
            try:
                self.read(0.05)
            except EOFError:
                break
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self.master)


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def measure(command, env, options):
    """All figures of one viewer, by name."""
    screen = Screen(command, env, options.rows, options.cols)
    try:
        found = {"first_frame": screen.first_frame() * 1e3}
        screen.swallow(SETTLED)
        cpu, begun, written = screen.cpu(), time.monotonic(), screen.bytes
        screen.swallow(options.seconds)
        passed = time.monotonic() - begun
        found["cpu"] = (screen.cpu() - cpu) / passed * 1e3
        found["bytes"] = (screen.bytes - written) / round(passed)
        found["memory"] = screen.memory()
        chance, keys = random.Random(1), []
        for number in range(options.keys):
            screen.swallow(chance.uniform(0.02, 0.06))
            took = screen.key_time(number)
            if took is not None:
                keys.append(took * 1e3)
        found["answered"] = len(keys)
        found["key_p50"] = statistics.median(keys) if keys else None
        found["key_p99"] = percentile(keys, 0.99) if keys else None
        return found
    finally:
        screen.close()


class Load:
    """tta-sim load in a directory of its own."""

    def __init__(self, programs, processes, live, rate, settle):
        self.settle = settle
        self.directory = tempfile.mkdtemp(prefix="tta-test-terminal-", dir="/dev/shm")
        self.env = dict(os.environ, TTA_DIR=self.directory, TERM="xterm-256color",
                        LC_ALL="C.UTF-8", HTOPRC="/dev/null", TTA_RING="64")
        self.env.pop("TTA_LEVEL", None)
        self.process = subprocess.Popen(
            [os.path.join(programs, "tta-sim"), "load", "--procs", str(processes),
             "--devices", "8", "--live", str(live), "--rate", str(rate),
             "--seconds", "86400"], env=self.env, stdout=subprocess.DEVNULL,
            start_new_session=True)
        self.wanted = processes

    def wait(self):
        until = time.monotonic() + 120
        while len(os.listdir(self.directory)) < self.wanted:
            if self.process.poll() is not None or time.monotonic() > until:
                raise EOFError(f"tta-sim load: {len(os.listdir(self.directory))} of "
                               f"{self.wanted} processes published")
            time.sleep(0.1)

    def stop(self):
        """Nothing happens any more; nobody ends."""
        os.killpg(self.process.pid, signal.SIGSTOP)
        time.sleep(self.settle)

    def close(self):
        os.killpg(self.process.pid, signal.SIGCONT)
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        shutil.rmtree(self.directory, ignore_errors=True)


def in_turns(options, env, viewers):
    """{viewer: [figures of each round]}"""
    found = {name: [] for name in viewers}
    for _ in range(options.rounds):
        for name, command in viewers.items():
            found[name].append(measure(command, env, options))
    return found


def beside(options, viewers, processes, stopped):
    """The same, beside @processes publishers that work or are stopped."""
    live = max(1, options.buffers // options.procs)
    load = Load(options.bin, processes, live, options.rate, 1 if options.quick else IDLE)
    try:
        load.wait()
        time.sleep(SETTLED)
        if stopped:
            load.stop()
        return in_turns(options, load.env, viewers)
    finally:
        load.close()


def median_of(rounds, name):
    values = [figures[name] for figures in rounds if figures.get(name) is not None]
    return statistics.median(values) if values else None


def rows_of(busy, idle):
    """One dictionary per row, as --json prints them."""
    rows = []
    for name, unit, budget in ROWS:
        plain = name.removesuffix("_idle")
        source = idle if plain != name else busy
        value = median_of(source["ttatop"], plain)
        peer = median_of(source["htop"], plain) if "htop" in source else None
        rows.append({"name": name, "unit": unit, "value": value, "budget": budget,
                     "ok": None if budget is None or value is None else value <= budget,
                     "peers": {"htop": peer}})
    return rows


def number(value):
    return "-" if value is None else f"{value:.1f}" if value < 100 else f"{value:.0f}"


def print_rows(rows):
    print(f"{'row':12} {'ttatop':>9} {'htop':>9} {'budget':>9}  unit")
    for row in rows:
        verdict = {True: "", False: "  OVER", None: ""}[row["ok"]]
        print(f"{row['name']:12} {number(row['value']):>9} {number(row['peers']['htop']):>9} "
              f"{number(row['budget']):>9}  {row['unit']}{verdict}")


def parse_options():
    parser = Parser(__doc__, EXITS)
    parser.add_argument("--bin", default=os.path.join(ROOT, "build", "release", "bin"),
                        metavar="DIR", help="folder of the programs (build/release/bin)")
    parser.add_argument("--procs", type=int, default=1000, metavar="N",
                        help="publishing processes (default 1000)")
    parser.add_argument("--buffers", type=int, default=10000, metavar="N",
                        help="live buffers of all of them (default 10000)")
    parser.add_argument("--rate", type=int, default=2, metavar="N",
                        help="events per second of each (default 2)")
    parser.add_argument("--seconds", type=float, default=10, metavar="S",
                        help="how long CPU and bytes are counted (default 10)")
    parser.add_argument("--keys", type=int, default=200, metavar="N",
                        help="keys per round (default 200)")
    parser.add_argument("--rounds", type=int, default=3, metavar="N",
                        help="turns of all viewers; medians count (default 3)")
    parser.add_argument("--rows", type=int, default=40, metavar="N", help="lines (40)")
    parser.add_argument("--cols", type=int, default=120, metavar="N", help="columns (120)")
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.add_argument("--strict", action="store_true", help="over a budget is exit 1")
    parser.add_argument("--quick", action="store_true",
                        help="a short run that measures every row, for tests")
    options = parser.parse_args()
    if options.quick:
        options.procs, options.buffers, options.rounds = 20, 200, 1
        options.seconds, options.keys = 2, 10
    return options


def main():
    options = parse_options()
    exit_on_signals()
    ttatop = os.path.join(options.bin, "ttatop")
    if not os.access(ttatop, os.X_OK):
        return complain(f"{ttatop}: no such program: build preset release, or say --bin")
    viewers = {"ttatop": [ttatop, "-d", "1"]}
    if shutil.which("htop"):
        viewers["htop"] = ["htop", "-d", "10"]
    else:
        print("terminal.py: htop is not installed: no peer", file=sys.stderr)
    try:
        busy = beside(options, viewers, options.procs, stopped=False)
        idle = beside(options, viewers, FEW, stopped=True)
    except EOFError as why:
        return complain(str(why))
    rows = rows_of(busy, idle)
    if options.json:
        json.dump({"schema": "tta.terminal", "schema_version": 1, "processes": options.procs,
                   "buffers": options.buffers, "lines": options.rows,
                   "columns": options.cols, "quick": options.quick, "rows": rows}, sys.stdout, indent=1)
        print()
    else:
        print_rows(rows)
    return 1 if options.strict and any(row["ok"] is False for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
