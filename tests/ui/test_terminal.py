# SPDX-License-Identifier: BSD-2-Clause
"""Terminals of every kind, and every way to be ended; tests/README.md has the list."""
import os
import re
import resource
import select
import signal
import subprocess
import sys
import time
import unittest

from terminal import TMUX, TTATOP, Pty, TerminalCase, Tmux

SHOWN = b"Quit"
MOUSE_ON = b"\x1b[?1006;1000h"
COLOUR = re.compile(rb"\x1b\[(?:[0-9;]*;)?(?:3[0-7]|9[0-7]|38;5;\d+)(?:;[0-9]+)*m")
KEYS = (b"", b"?", b"k", b"u", b"/x", b"\\x", b"S", b"\x1bOQ")  # the last one is F2

# xterm with 16 colours, which is in a package of its own.
XTERM_16 = """xterm-16x|xterm with 16 colours,
	colors#16, pairs#256,
	setab=\\E[%?%p1%{8}%<%t%p1%{40}%+%e%p1%{92}%+%;%dm,
	setaf=\\E[%?%p1%{8}%<%t%p1%{30}%+%e%p1%{82}%+%;%dm,
	use=xterm,
"""


class Terminal(TerminalCase):
    def setUp(self):
        super().setUp()
        self.hold("run", "seed-000")

    def start(self, *args, until=SHOWN, **env):
        options = {name: env.pop(name) for name in ("cols", "rows", "stdin") if name in env}
        command = [TTATOP, "-d", "0.2", *args]
        pty = Pty(self, command, env=dict(self.env, **env), **options)
        pty.expect(until)
        return pty

    def quits(self, pty, key=b"q"):
        pty.send(key)
        self.assertTrue(pty.wait(), "does not end")
        self.assertEqual(pty.status, 0)
        self.restored(pty)

    def restored(self, pty):
        """Modes as before; alternate screen and mouse are off, the cursor is on."""
        self.assertEqual(pty.modes(), pty.before)
        modes = {}
        for numbers, letter in re.findall(rb"\x1b\[\?([0-9;]+)([hl])", pty.output):
            modes.update({number: letter for number in numbers.split(b";")})
        for number, letter in ((b"1049", b"l"), (b"25", b"h"), (b"1000", b"l"),
                               (b"1002", b"l"), (b"1003", b"l"), (b"1006", b"l")):
            self.assertEqual(modes.get(number, letter), letter, number)


class Kinds(Terminal):
    """What kinds of terminals there are."""

    def test_every_usual_terminal_shows_a_screen(self):
        for name in ("vt100", "vt220", "linux", "xterm", "xterm-mono", "xterm-256color",
                     "screen", "screen-256color", "tmux", "tmux-256color", "ansi",
                     "rxvt", "cygwin"):
            with self.subTest(TERM=name):
                self.quits(self.start(TERM=name, **self.without_leaks(name)))

    def without_leaks(self, name):
        """On a Linux console curses loads libgpm, which AddressSanitizer sees leaking."""
        options = os.environ.get("ASAN_OPTIONS", "")
        return {"ASAN_OPTIONS": options + ":detect_leaks=0"} if name == "linux" else {}

    def test_what_cannot_show_a_screen_gets_text_and_a_note(self):
        for name in ("dumb", "unknown", "no-such-terminal", ""):
            with self.subTest(TERM=name):
                pty = self.start(TERM=name, until=b"cannot show one")
                self.assertTrue(pty.wait())
                self.assertEqual(pty.status, 0)
                self.assertIn(b"verify_cleanup.py", pty.output)
                self.assertNotIn(b"\x1b", pty.output)

    def test_without_term_there_is_text(self):
        env = dict(self.env)
        del env["TERM"]
        pty = Pty(self, [TTATOP], env=env)
        pty.expect(b"cannot show one")
        self.assertTrue(pty.wait())
        self.assertEqual(pty.status, 0)
        self.assertNotIn(b"\x1b", pty.output)

    def test_no_terminal_gets_text_once(self):
        text = self.run_top()
        self.assertNotIn("\x1b", text)
        self.assertEqual(text.count("PID"), 1)

    def test_keys_come_from_the_controlling_terminal(self):
        pty = self.start(stdin="/dev/null")
        self.quits(pty)

    def test_without_any_keys_it_runs_until_a_signal(self):
        """stdout is a terminal that controls nobody."""
        master, slave = os.openpty()
        self.addCleanup(os.close, master)
        child = subprocess.Popen([TTATOP], env=self.env, stdin=subprocess.DEVNULL,
                                 stdout=slave, stderr=slave, start_new_session=True)
        os.close(slave)
        shown = b""
        while SHOWN not in shown and select.select([master], [], [], 15)[0]:
            shown += os.read(master, 65536)
        child.send_signal(signal.SIGTERM)
        self.assertEqual(child.wait(15), -signal.SIGTERM)
        self.assertIn(SHOWN, shown)

    def test_a_terminal_without_a_size_is_80x24(self):
        pty = self.start(cols=0, rows=0)
        self.assertIn(b"\x1b[24;", pty.output.replace(b"\x1b[24d", b"\x1b[24;"))
        self.quits(pty)


class Colours(Terminal):
    def colours(self, *args, **env):
        pty = self.start(*args, **env)
        time.sleep(0.3)
        self.quits(pty)
        return set(COLOUR.findall(pty.output))

    def test_none_where_there_are_none(self):
        for name in ("vt100", "xterm-mono"):
            self.assertEqual(self.colours(TERM=name), set(), name)

    def test_none_where_none_are_wanted(self):
        self.assertEqual(self.colours(NO_COLOR="1"), set())
        self.assertEqual(self.colours("--color=never"), set())
        self.assertEqual(self.colours("-C"), set())

    def test_options_win_over_the_environment(self):
        self.assertTrue(self.colours("--color=always", NO_COLOR="1"))
        self.assertTrue(self.colours(NO_COLOR=""))

    def test_as_many_as_there_are(self):
        folder = os.path.join(self.state, "terminfo")
        made = subprocess.run(["tic", "-x", "-o", folder, "-"], input=XTERM_16, text=True,
                              capture_output=True, check=False)
        self.assertEqual(made.returncode, 0, made.stderr)
        safe = os.path.join(self.state, "safe")
        with open(safe, "w", encoding="ascii") as file:
            file.write("palette = safe\n")
        for name, high in (("xterm", rb"\x1b\[[0-9;]*3[0-7]"), ("xterm-16x", rb"\x1b\[[0-9;]*9[0-7]"),
                           ("xterm-256color", rb"38;5;33")):
            with self.subTest(TERM=name):
                found = self.colours("--config", safe, TERM=name, TERMINFO_DIRS=folder + ":")
                self.assertTrue(any(re.match(rb".*" + high, each) for each in found), found)

    def test_the_safe_palette_sends_neither_red_nor_green(self):
        safe = os.path.join(self.state, "safe")
        with open(safe, "w", encoding="ascii") as file:
            file.write("palette = safe\n")
        plain = self.colours(TERM="xterm")
        self.assertTrue(any(b"31" in each or b"32" in each for each in plain), plain)
        found = self.colours("--config", safe, TERM="xterm")
        self.assertFalse(any(b"31" in each or b"32" in each for each in found), found)


class Text(Terminal):
    def test_without_utf_8_there_is_ascii_alone(self):
        for locale in ("C", "POSIX"):
            pty = self.start(LC_ALL=locale)
            pty.send(b"t3?")
            pty.expect(b"this help")
            self.quits(pty)
            self.assertFalse([byte for byte in pty.output if byte >= 0x80])

    def test_hostile_names_do_nothing_to_the_terminal(self):
        path = os.path.join(self.state, "hostile.scn")
        name = "wide-\u65e5\u672c\u8a9e comb-e\u0301\u0302 esc-\x1b[2J\x1b]0;gotcha\x07 csi-\x9b31m"
        with open(path, "w", encoding="utf-8") as file:
            file.write(f'process p cmdline "{name}" comm "\x1bc"\n'
                       f'alloc p 0 DRAM 0x1000 4096 label "{name}"\n')
        self.hold("run", path)
        pty = self.start("-p", str(self.pid_of("hostile")), cols=120)
        pty.expect("wide-日本語".encode())
        pty.send(b"3")
        pty.expect(b"LABEL")
        self.quits(pty)
        for evil in (b"\x1b[2J\x1b]0", b"gotcha\x07", b"\x1bc", "\x9b".encode(), b"\x9b31m"):
            self.assertNotIn(evil, pty.output)

    def pid_of(self, _):
        newest = max(self.snapshot()["processes"], key=lambda each: each["start_time"])
        return newest["pid"]


class Signals(Terminal):
    def ends_by(self, number, keys=b""):
        pty = self.start()
        if keys:
            pty.send(keys)
            time.sleep(0.1)
        pty.kill(number)
        self.assertTrue(pty.wait(), f"signal {number} does not end it")
        self.assertTrue(os.WIFSIGNALED(pty.status), pty.status)
        self.assertEqual(os.WTERMSIG(pty.status), number)
        self.restored(pty)
        return pty

    def test_every_fatal_signal_restores_the_terminal_and_ends_it(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT,
                       signal.SIGPIPE, signal.SIGSEGV, signal.SIGBUS, signal.SIGABRT,
                       signal.SIGILL, signal.SIGFPE):
            with self.subTest(signal=number.name):
                self.ends_by(number)

    def test_also_inside_every_panel_and_prompt(self):
        for keys in KEYS:
            with self.subTest(keys=keys):
                self.ends_by(signal.SIGSEGV, keys)
                self.ends_by(signal.SIGTERM, keys)

    def test_a_crash_leaves_its_core(self):
        limit = resource.getrlimit(resource.RLIMIT_CORE)
        if limit[1] == 0:
            self.skipTest("core files are forbidden here")
        resource.setrlimit(resource.RLIMIT_CORE, (limit[1], limit[1]))
        self.addCleanup(resource.setrlimit, resource.RLIMIT_CORE, limit)
        here = os.getcwd()
        os.chdir(self.state)
        self.addCleanup(os.chdir, here)
        pty = self.ends_by(signal.SIGSEGV)
        with open("/proc/sys/kernel/core_pattern", encoding="ascii") as file:
            if file.read().startswith("|"):
                self.skipTest("core files go to a program here")
        self.assertTrue(os.WCOREDUMP(pty.status))

    def test_the_terminal_goes_away(self):
        for keys in KEYS:
            pty = self.start()
            pty.send(keys)
            os.close(pty.master)
            os.close(pty.slave)
            pty.master = pty.slave = None
            end = time.monotonic() + 15
            done = 0
            while not done and time.monotonic() < end:
                done, pty.status = os.waitpid(pty.pid, os.WNOHANG)
                time.sleep(0.02)
            if not done:
                pty.status = None
            self.assertTrue(done, "outlives its terminal")

    def test_stop_and_continue_from_outside_draws_everything_again(self):
        pty = self.start()
        pty.kill(signal.SIGSTOP)
        time.sleep(0.2)
        pty.read(0.1)
        start = len(pty.output)
        pty.kill(signal.SIGCONT)
        pty.expect(b"Quit", start)
        self.quits(pty)


class Sizes(Terminal):
    def test_a_storm_of_sizes_in_every_panel_and_prompt(self):
        for keys in KEYS:
            with self.subTest(keys=keys):
                pty = self.start()
                pty.send(keys)
                for i in range(100):
                    pty.resize(1 + (i * 37) % 200, 1 + (i * 17) % 70)
                    pty.read(0.01)
                pty.resize(100, 30)
                pty.read(0.2)
                start = len(pty.output)
                pty.send(b"\x1b")
                time.sleep(0.1)
                pty.send(b"\x1b")
                time.sleep(0.1)
                pty.send(b"\x0c")
                pty.expect(b"Quit", start)
                self.quits(pty, b"\x03")

    def test_a_signal_without_a_new_size_does_no_harm(self):
        pty = self.start()
        for _ in range(100):
            pty.kill(signal.SIGWINCH)
        self.quits(pty)


class Keyboard(Terminal):
    def reaction(self, pty, key, text):
        start = len(pty.output)
        begin = time.monotonic()
        pty.send(key)
        pty.expect(text, start)
        return time.monotonic() - begin

    def test_escape_alone_acts_without_waiting_for_more(self):
        """curses waits a second for the rest of a key when nobody tells it not to."""
        pty = self.start("-d", "60")
        key, escape = [], []
        for _ in range(5):
            key.append(self.reaction(pty, b"?", b"this help"))
            escape.append(self.reaction(pty, b"\x1b", b"Processes"))
        self.assertLess(min(escape) - min(key), 0.5)
        self.quits(pty)

    def test_alt_keys_and_broken_sequences_do_no_harm(self):
        pty = self.start()
        for keys in (b"\x1bx", b"\x1b[", b"\x1b[<0;", b"\x1b[<64;9999;9999M", b"\xff\xfe",
                     "日本".encode(), b"\x1b[200~pasted\x1b[201~", b"\x00\x01\x02"):
            pty.send(keys)
            time.sleep(0.05)
        pty.send(b"\x1b")
        time.sleep(0.1)
        pty.send(b"\x1b")
        time.sleep(0.1)
        start = len(pty.output)
        pty.send(b"\x0c")
        pty.expect(b"Quit", start)
        pty.kill(signal.SIGTERM)
        self.assertTrue(pty.wait())
        self.restored(pty)


class Mouse(Terminal):
    def test_clicks_are_keys(self):
        pty = self.start()
        self.assertIn(MOUSE_ON, pty.output)
        start = len(pty.output)
        pty.send(b"\x1b[<0;3;24M\x1b[<0;3;24m")  # F1Help in the key bar
        pty.expect(b"this help", start)
        self.quits(pty)

    def test_is_left_alone_when_told_so(self):
        settings = os.path.join(self.state, "settings")
        with open(settings, "w", encoding="ascii") as file:
            file.write("mouse = no\n")
        for args in (["-M"], ["--no-mouse"], ["--config", settings]):
            pty = self.start(*args)
            time.sleep(0.3)
            self.quits(pty)
            self.assertNotIn(MOUSE_ON, pty.output)


class Jobs(Terminal):
    """With a shell around it."""

    def setUp(self):
        if not TMUX:
            self.skipTest("tmux is not installed")
        super().setUp()
        self.tmux = Tmux(self)
        self.pid_file = os.path.join(self.state, "pid")
        self.tmux.call("respawn-pane", "-k", "-t", "live",
                       "exec env PS1=ready: HISTFILE= bash --norc --noprofile -i")
        self.tmux.expect("ready:")

    def mouse(self):
        return self.tmux.call("display-message", "-p", "-t", "live",
                              "#{mouse_any_flag}").strip()

    def start_job(self):
        self.tmux.type(f"sh -c 'echo $$ > {self.pid_file}; exec {TTATOP} -d 0.2'")
        self.tmux.keys("Enter")
        self.tmux.expect("F10Quit")
        with open(self.pid_file, encoding="ascii") as file:
            return int(file.read())

    def test_comes_back_with_the_size_of_then(self):
        for keys in ("", "?", "k", "/x", "u"):
            with self.subTest(keys=keys):
                self.start_job()
                self.tmux.type(keys)
                self.tmux.keys("C-z")
                self.tmux.expect("Stopped")
                self.assertEqual(self.mouse(), "0")
                self.tmux.resize(120, 40)
                self.tmux.type("fg")
                self.tmux.keys("Enter")
                self.tmux.expect(r"every 0.2s")
                self.tmux.keys("Escape", "Escape")
                self.tmux.expect(r"(?m)\A(.*\n){39}F1Help.*F10Quit")
                self.assertEqual(self.mouse(), "1", "the mouse is on again")
                self.tmux.keys("C-c")
                self.tmux.expect_gone("F10Quit")
                self.tmux.resize(80, 24)

    def test_a_crash_while_it_is_stopped_writes_nothing(self):
        pid = self.start_job()
        self.tmux.keys("C-z")
        self.tmux.expect("Stopped")
        self.tmux.type("stty -a | grep -c -- ' -icanon'; echo marker")
        self.tmux.keys("Enter")
        self.tmux.expect("(?m)^marker")
        before = self.tmux.screen()
        os.kill(pid, signal.SIGSEGV)
        os.kill(pid, signal.SIGCONT)
        self.assertTrue(self.until(lambda: not os.path.exists(f"/proc/{pid}"), 15))
        time.sleep(0.2)
        after = self.tmux.screen()
        self.assertTrue(after.startswith(before.rstrip()[:200]), after)


if __name__ == "__main__":
    unittest.main(argv=sys.argv, verbosity=2)
