# SPDX-License-Identifier: BSD-2-Clause
"""Every key of keymap.def, pressed in a terminal of 80x24, does what the help says.

A row for each action: keys pressed before, and what must be on the screen afterwards and
was not there, or the other way round. An action without a row fails.
"""
import os
import re
import sys
import unittest

from terminal import TMUX, TTATOP, TerminalCase, Tmux

KEYMAP = os.path.join(os.environ["TTA_SOURCE"], "viewer", "screens", "keymap.def")

NAMES = {"KC_TAB": "Tab", "KC_ENTER": "Enter", "KC_ESCAPE": "Escape", "KC_UP": "Up",
         "KC_DOWN": "Down", "KC_LEFT": "Left", "KC_RIGHT": "Right",
         "KC_PAGE_UP": "PPage", "KC_PAGE_DOWN": "NPage", "KC_HOME": "Home",
         "KC_END": "End", "KC_F15": "S-F3", "' '": "Space", "'\\\\'": "\\"}


def shows(pattern, *before):
    return before, pattern, True


def hides(pattern, *before):
    return before, pattern, False


# The line above the key bar is about the selected row.
ORPHAN = r"\d+ is DEAD"

ROWS = {
    "HELP": shows("this help"),
    "PROCESSES": shows(r"\[1 Processes\]", "3"),
    "DEVICES": shows(r"\[2 Devices\]"),
    "BUFFERS": shows(r"\[3 Buffers\]"),
    "EVENTS": shows(r"\[4 Events\]"),
    "EVENTS_OF": shows(r"\[4 Events\].*Filter: pid \d+"),
    "ONLY_PROCESS": shows(r"\[1 Processes\].*Filter: pid \d+"),
    "DELTA_VIEW": shows(r"\[5 Delta\]"),
    "NEXT_VIEW": shows(r"\[2 Devices\]"),
    "ENTER": shows(r"Filter: pid \d+"),
    "MAP": shows("Left/Right span"),
    "BACK": shows(r"\[1 Processes\]", "Enter"),
    "SETUP": shows("Setup: shows at once"),
    "FIND": shows("Find: _"),
    "FIND_NEXT": shows(ORPHAN, "Home"),
    "FIND_PREVIOUS": shows(ORPHAN, "Home"),
    "FILTER": shows("Filter: _"),
    "TREE": shows("├"),
    "SORT_NEXT": shows("L1▽"),
    "SORT_PREVIOUS": shows("DEV△"),
    "SORT_INVERT": shows("DRAM△"),
    "SORT_TOTAL": hides("DRAM▽"),
    "SORT_L1": shows("L1▽"),
    "SORT_PID": shows("PID△"),
    "SORT_AGE": shows("AGE▽"),
    "BASELINE": shows("ΔBASE"),
    "DELTA": hides("ΔBASE", "b"),
    "BASE_NAMED": shows("Baseline: @_"),
    "GROUP": shows("Group: device", "b", "5"),
    "OLDER": shows("Older than: 60s_"),
    "TAG": shows("1 tagged"),
    "UNTAG": hides("tagged", "Space"),
    "KILL": shows("Send a signal to"),
    "CHOOSE_USER": shows("Rows of which user"),
    "CHOOSE_DEVICE": shows("Rows of which device"),
    "CHOOSE_TYPE": shows("Rows of which memory type"),
    "MERGE": shows(r"\d x \d", "3"),
    "WRITE_ROWS": shows("Write rows to: _"),
    "SAVE_SNAPSHOT": shows(r"Save snapshot to: ttatop-\d+-\d+.json_"),
    "WRITE_CONFIG": shows("settings written to"),
    "PAUSE": shows("PAUSE"),
    "UP": hides(ORPHAN, "n"),
    "DOWN": hides(ORPHAN, "n"),
    "PAGE_UP": hides(ORPHAN, "n"),
    "PAGE_DOWN": hides(ORPHAN, "n"),
    "HOME": hides(ORPHAN, "n"),
    "END": hides(ORPHAN, "n"),
    "FASTER": shows("every 0.1 s"),
    "SLOWER": shows("every 0.5 s"),
    "HEADER": hides("all DRAM"),
    "SUSPEND": shows("ENDED 148"),
    "QUIT": shows("ENDED 0"),
}


def tmux_key(word):
    if word in NAMES:
        return NAMES[word]
    control = re.fullmatch(r"KC_CTRL\('(.)'\)", word)
    if control:
        return "C-" + control.group(1).lower()
    function = re.fullmatch(r"KC_(F\d+)", word)
    return function.group(1) if function else word[1:-1]


def bindings():
    """(action, key) for every key of the table."""
    with open(KEYMAP, encoding="utf-8") as file:
        text = file.read()
    line = re.compile(r"^BINDING\((\w+),\s*([^\"]*?),\s*(?:NULL|\"[^\"]*\"),\s*\"", re.M)
    for action, words in line.findall(text):
        for word in re.findall(r"'(?:\\.|[^\\])'|KC_CTRL\('.'\)|KC_\w+", words):
            yield action, tmux_key(word)


class Keys(TerminalCase):
    def setUp(self):
        if not TMUX:
            self.skipTest("tmux is not installed")
        super().setUp()
        self.demo()
        self.tmux = Tmux(self)

    def start(self):
        self.tmux.run(f"{TTATOP} -d 0.2")
        self.tmux.expect(r"\[1 Processes\](.*\n)+F1Help.*F10Quit")

    def press(self, action, key):
        before, pattern, shown = ROWS[action]
        self.start()
        for name in before:
            self.tmux.keys(name)
        if shown:
            self.tmux.expect_gone(pattern)
            self.tmux.keys(key)
            self.tmux.expect(pattern)
        else:
            self.tmux.expect(pattern)
            self.tmux.keys(key)
            self.tmux.expect_gone(pattern)

    def redraw(self, key):
        """Foreign text is wiped off."""
        self.start()
        with open(self.tmux.tty(), "w", encoding="ascii") as tty:
            tty.write("\033[12;30HFOREIGN")
        self.tmux.expect("FOREIGN")
        self.tmux.keys(key)
        self.tmux.expect_gone("FOREIGN")

    def test_every_key_does_what_the_help_says(self):
        pressed = 0
        for action, key in bindings():
            with self.subTest(action=action, key=key):
                if action == "REDRAW":
                    self.redraw(key)
                else:
                    self.assertTrue(action in ROWS, "a new key: add a row for it")
                    self.press(action, key)
                pressed += 1
        self.assertGreater(pressed, len(ROWS))

    def test_every_row_is_a_key(self):
        self.assertEqual(set(ROWS) - {action for action, _ in bindings()}, set())


if __name__ == "__main__":
    unittest.main(argv=sys.argv, verbosity=2)
