# SPDX-License-Identifier: BSD-2-Clause
"""ttatop in a real terminal: in tmux, whose screen can be read, and on a bare
pseudo-terminal, whose bytes can."""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time

sys.path.insert(0, os.path.join(os.environ["TTA_SOURCE"], "tests", "e2e"))
from support import SIM, TTATOP, Case  # noqa: E402,F401

TMUX = os.environ.get("TTA_TMUX", "")
DEADLINE = 15.0


class TerminalCase(Case):
    """Case with settings of its own."""

    def setUp(self):
        super().setUp()
        self.addCleanup(super().tearDown)  # also when the rest of a setUp() fails
        self.env.update(XDG_CONFIG_HOME=os.path.join(self.state, "config"),
                        HOME=self.state, TERM="xterm-256color")
        for name in ("TMUX", "NO_COLOR", "TTATOP_CONFIG", "COLUMNS", "LINES"):
            self.env.pop(name, None)

    def tearDown(self):
        pass

    def demo(self):
        """tta-sim run demo, and five publishers of it."""
        child = subprocess.Popen([SIM, "run", "demo"], env=self.env, text=True,
                                 stdout=subprocess.PIPE)
        self.children.append(child)
        self.assertTrue(self.until(lambda: len(self.segments()) >= 5, DEADLINE))
        self.assertTrue(self.until(
            lambda: self.snapshot()["totals"]["orphans"] == 1, DEADLINE))


class Tmux:
    """One tmux server with one window."""

    servers = 0

    def __init__(self, case, cols=80, rows=24):
        self.case = case
        Tmux.servers += 1
        self.socket = f"tta-ui-{os.getpid()}-{Tmux.servers}"
        self.call("new-session", "-d", "-s", "live", "-x", str(cols), "-y", str(rows),
                  "sleep 1000", ";", "set", "-g", "remain-on-exit", "on",
                  ";", "set", "-g", "default-terminal", "tmux-256color")
        case.addCleanup(self.call, "kill-server", check=False)

    def call(self, *words, check=True):
        return subprocess.run([TMUX, "-L", self.socket, "-f", "/dev/null", *words],
                              env=self.case.env, text=True, check=check,
                              capture_output=True).stdout

    def run(self, command):
        """@command in the window, as a job of a shell that says how it ended."""
        line = f"set -m; {command}; echo ENDED $?; exec sleep 1000"
        self.call("respawn-pane", "-k", "-t", "live", f"exec bash -c '{line}'")

    def keys(self, *names):
        self.call("send-keys", "-t", "live", *names)

    def type(self, text):
        self.call("send-keys", "-t", "live", "-l", text)

    def screen(self):
        return self.call("capture-pane", "-p", "-t", "live")

    def tty(self):
        return self.call("display-message", "-p", "-t", "live", "#{pane_tty}").strip()

    def resize(self, cols, rows):
        self.call("resize-window", "-t", "live", "-x", str(cols), "-y", str(rows))

    def expect(self, pattern, seconds=DEADLINE):
        """The screen once @pattern (a regular expression) is on it."""
        found = self.case.until(lambda: re.search(pattern, self.screen()), seconds)
        if not found:
            self.case.fail(f"'{pattern}' is not shown:\n{self.screen()}")
        return found

    def expect_gone(self, pattern):
        if not self.case.until(lambda: not re.search(pattern, self.screen()), DEADLINE):
            self.case.fail(f"'{pattern}' is still shown:\n{self.screen()}")


class Pty:
    """A program on a pseudo-terminal of its own, as leader of a session."""

    def __init__(self, case, argv, cols=80, rows=24, stdin=None, env=None):
        self.output = b""
        self.status = None
        self.master, self.slave = pty.openpty()
        self.resize(cols, rows)
        self.before = termios.tcgetattr(self.slave)
        self.pid = os.fork()
        if self.pid == 0:
            self.become(argv, stdin, env or case.env)
        case.addCleanup(self.close)

    def become(self, argv, stdin, env):
        try:
            os.setsid()
            fcntl.ioctl(self.slave, termios.TIOCSCTTY, 0)
            source = os.open(stdin, os.O_RDONLY) if stdin else self.slave
            for descriptor, here in ((source, 0), (self.slave, 1), (self.slave, 2)):
                os.dup2(descriptor, here)
            os.execve(argv[0], argv, env)
        finally:
            os._exit(127)

    def resize(self, cols, rows):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))

    def read(self, seconds):
        """What comes within @seconds, at once when something does."""
        if not select.select([self.master], [], [], seconds)[0]:
            return b""
        try:
            data = os.read(self.master, 65536)
        except OSError:
            data = b""
        self.output += data
        return data

    def send(self, data):
        os.write(self.master, data)

    def expect(self, text, start=0, seconds=DEADLINE):
        """The position behind @text in the output, from @start on."""
        end = time.monotonic() + seconds
        while self.output.find(text, start) < 0:
            if time.monotonic() > end or self.wait(0):
                self.read(0.1)
                if self.output.find(text, start) < 0:
                    raise AssertionError(f"{text!r} does not come: {self.output[-2000:]!r}")
            self.read(0.05)
        return self.output.find(text, start) + len(text)

    def wait(self, seconds=DEADLINE):
        """Has it ended? Its output is read meanwhile."""
        end = time.monotonic() + seconds
        while self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = status
                while self.read(0):
                    pass
            elif time.monotonic() >= end:
                return False
            else:
                self.read(0.02)
        return True

    def kill(self, number):
        os.kill(self.pid, number)

    def close(self):
        if self.status is None and not self.wait(0):
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
            self.status = -1
        for descriptor in (self.master, self.slave):
            if descriptor is not None:
                os.close(descriptor)
        self.master = self.slave = None

    def modes(self):
        return termios.tcgetattr(self.slave)
