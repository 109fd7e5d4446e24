# SPDX-License-Identifier: BSD-2-Clause
"""What the Python programs share: how they complain, and how they end."""
import argparse
import os
import signal
import sys


def complain(message):
    """One line on stderr, prefixed with the program's name; the exit status for it."""
    print(f"{os.path.basename(sys.argv[0])}: {message}", file=sys.stderr)
    return 2


class Parser(argparse.ArgumentParser):
    """Help as the program wrote it; a usage error says what to try."""

    def __init__(self, description, exits):
        super().__init__(prog=os.path.basename(sys.argv[0]), description=description,
                         epilog=exits, formatter_class=argparse.RawDescriptionHelpFormatter)

    def error(self, message):
        sys.exit(complain(f"{message}: try '{self.prog} --help'"))


def exit_on_signals():
    """Signals that end a program become an exception: what it holds is cleaned up."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(2))
