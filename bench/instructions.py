#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Count the instructions of the hot calls below callgrind, and keep them.

PROGRAM is tta-instructions of the build to count. Only the calls themselves are counted,
each with the few instructions that lead to it; the counts are the same in every run.
--check compares with the kept file and fails when a call grew by more than 5 %; --update
writes the file anew. Without either the counts are printed.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../tools/lib"))
from program import Parser, complain, exit_on_signals

KEPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "instructions.json")
MOST = 0.05
BUILD_KEYS = ("compiler", "machine", "build")
SKIPPED = 77
EXITS = """\
Exit: 0 nothing grew; 1 a call grew by more than 5 %, or is counted and not kept; 2 usage,
or counting failed; 77 skipped: the kept counts are of another compiler, machine or build,
or there is no valgrind."""


class Failed(Exception):
    """What failed, why, and what to try."""


class Skipped(Exception):
    """Why nothing was counted."""


def run(command, directory):
    """Runs @command with a segment directory of its own; its standard output."""
    env = dict(os.environ, TTA_DIR=directory, TTA_ATTACH="lazy")
    try:
        done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=120)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Failed(f"{command[0]}: {error}: try to build tta-instructions") from error
    if done.returncode:
        raise Failed(f"{' '.join(command)}: exit {done.returncode}: {done.stderr[-500:]}"
                     ": try it by hand")
    return done.stdout


def costs_in(path):
    """What was collected between the dump before this one and this one."""
    with open(path, encoding="utf-8") as file:
        total = re.search(r"^totals: (\d+)$", file.read(), re.M)
    return int(total.group(1)) if total else 0


def count(program, directory):
    """What the program says about its build, and the instructions of each call."""
    dumps = os.path.join(directory, "callgrind")
    out = run(["valgrind", "--tool=callgrind", "--toggle-collect=collected",
               "--dump-after=counted", f"--callgrind-out-file={dumps}", program], directory)
    try:
        build = json.loads(out)
        names = build["names"]
        costs = [costs_in(f"{dumps}.{i + 1}") for i in range(len(names))]
    except (ValueError, KeyError, OSError) as error:
        raise Failed(f"{program}: {error!r}: try tta-instructions of this source") from error
    if not all(costs):
        raise Failed(f"callgrind: nothing was collected: {costs}: try another valgrind")
    return build, {name: cost / build["calls"] for name, cost in zip(names, costs)}


def measure(program):
    """The build, and its counts: what the kept file holds."""
    if not shutil.which("valgrind"):
        raise Skipped("valgrind is not installed")
    with tempfile.TemporaryDirectory(prefix="tta-instructions-", dir="/dev/shm") as directory:
        build, counts = count(os.path.abspath(program), directory)
    return {"schema": "tta.instructions", "schema_version": 1,
            **{key: build[key] for key in BUILD_KEYS}, "instructions": counts}


def load(path):
    try:
        with open(path, encoding="utf-8") as file:
            kept = json.load(file)
        if kept["schema"] != "tta.instructions" or kept["schema_version"] != 1:
            raise ValueError("its schema is not tta.instructions, version 1")
        if not all(count > 0 for count in kept["instructions"].values()):
            raise ValueError("a count is not above zero")
        return dict(kept, **{key: str(kept[key]) for key in BUILD_KEYS})
    except OSError as error:
        raise Failed(f"{path}: {error.strerror}: try --update") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Failed(f"{path}: {error!r}: try --update") from error


def check(kept, now):
    """Prints the comparison; the number of calls that grew or are not kept."""
    for key in BUILD_KEYS:
        if kept[key] != now[key]:
            raise Skipped(f"the kept counts are of {key} {kept[key]}, this is {now[key]}")
    bad = fell = 0
    print(f"{'CALL':14} {'KEPT':>9} {'NOW':>9} {'CHANGE':>8}")
    before, after = kept["instructions"], now["instructions"]
    for name in dict.fromkeys([*before, *after]):
        if name not in before or name not in after:
            bad += 1
            print(f"{name:14} {before.get(name, '-'):>9} {after.get(name, '-'):>9} "
                  f"{'-':>8}  in one of them only")
            continue
        change = after[name] / before[name] - 1
        bad += change > MOST
        fell += change < -MOST
        word = "GREW" if change > MOST else "fell" if change < -MOST else ""
        print(f"{name:14} {before[name]:9.2f} {after[name]:9.2f} {change:+8.1%}  {word}".rstrip())
    if fell or bad:
        print(f"{bad} grew or not kept, {fell} fell: if that is meant, keep the new counts "
              "with --update")
    return bad


def write(path, counts):
    fresh = path + ".new"
    with open(fresh, "w", encoding="utf-8") as file:
        json.dump(counts, file, indent=1)
        file.write("\n")
    os.replace(fresh, path)


def read_options():
    parser = Parser(__doc__, EXITS)
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--check", action="store_true", help="compare with the kept counts")
    what.add_argument("--update", action="store_true", help="keep the counts of this build")
    parser.add_argument("--kept", metavar="FILE", default=KEPT,
                        help="instead of instructions.json beside this program")
    parser.add_argument("program", metavar="PROGRAM", help="tta-instructions")
    return parser.parse_args()


def main():
    options = read_options()
    exit_on_signals()
    try:
        kept = load(options.kept) if options.check else None
        now = measure(options.program)
        if options.check:
            return 1 if check(kept, now) else 0
        if options.update:
            write(options.kept, now)
        print(json.dumps(now, indent=1))
    except Skipped as why:
        complain(f"skipped: {why}: try --update there")
        return SKIPPED
    except Failed as why:
        return complain(why)
    return 0


if __name__ == "__main__":
    sys.exit(main())
