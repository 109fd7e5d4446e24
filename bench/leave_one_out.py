#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""What each part of an event costs: build tta-bench without it, and measure the difference.

The parts are edits of the sources (PARTS below), made in a copy one at a time. All builds
run in turns, round after round; what disturbs a machine only adds, so the cost of a part
is the difference of the fastest batches of calls. A part may cost less than nothing: its absence
moves code, and what waits for what.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
SOURCE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(SOURCE, "tools", "lib"))
from edits import EditError, copy_tree, edited
from program import Parser, complain, exit_on_signals

FAST = "lib/publisher/fast.c"
STEPS = "lib/publisher/steps.h"

# name: edits (file, text, replacement); what is left must still pass the bench's own check
PARTS = {
    "time stamp": [
        (FAST, "*ret_time = tta__clock_ticks();", "*ret_time = 1;"),
        (FAST, "\ttime = tta__clock_ticks();", "\ttime = 1;")],
    "deciding CAS": [
        (FAST, "!tta_cas_seq_cst64(hole, &empty, tta__index_entry(hash, index))",
         "(tta_store_relaxed64(hole, tta__index_entry(hash, index)), empty)"),
        (FAST, "return tta_cas_acq_rel64(&slot->word, &word, ended);",
         "tta_store_relaxed64(&slot->word, ended);\n\treturn true;")],
    "live word": [
        (FAST, "tta__live_raise(hot->live, hot->line, size);", ""),
        (FAST, "tta_add_relaxed64(&hot->live->bytes, 0 - size);", "")],
    "latch": [
        (FAST, "tta_latch_add(hot->line, TTA_COLUMN_ALLOC, size, 1);", ""),
        (FAST, "tta_latch_add(hot->line, TTA_COLUMN_FREE, size, 1);", "")],
    "ring record": [
        (STEPS, "\ttta_store_pair_relaxed64(&r->sequence, TTA_PAIR(head, time));\n"
                "\ttta_store_pair_relaxed64(&r->address, TTA_PAIR(address, size));\n"
                "\ttta_store_pair_relaxed64(tta__halves_at(&r->what), middle);\n"
                "\ttta_store_pair_relaxed64(&r->site, end);\n",
         "\t(void)r, (void)address, (void)size, (void)time, (void)middle, (void)end;\n")],
    "in-flight record": [
        (STEPS, "\ttta_store_pair_relaxed64(&shared->in_flight.address, "
                "TTA_PAIR(address, size));\n"
                "\ttta_store_relaxed32(&shared->in_flight.what, what);\n",
         "\t(void)what, (void)address, (void)size;\n")],
    "RCU section": [
        (FAST, "\t\trcu_read_lock();\n", "\t\t;\n"),
        (FAST, "\t\trcu_read_unlock();\n", "\t\t;\n")],
    "busy mark": [
        (FAST, "\ttta_store_relaxed64(&mark->magic, (uintptr_t)mark ^ TTA_BUSY_MAGIC);\n",
         "\t(void)mark;\n"),
        (FAST, "\tt->busy = (uintptr_t)mark;\n", ""),
        (FAST, "\tt->busy = 0;\n", "")],
    "pair stores": [
        ("include/tta/atomic.h", "#if defined(__SSE2__) && !defined(TTA_NO_SIMD)", "#if 0")],
}
ROWS = ("alloc_hot", "free_hot", "live_hot")
WHOLE = "whole"
EXITS = """\
Exit: 0 done; 1 an edit does not apply, or a build or a run failed; 2 usage."""


class Failed(Exception):
    """What failed, and why."""


def check_edits():
    """Every edit applies to this source, each text exactly once: in a copy."""
    failed = 0
    with tempfile.TemporaryDirectory(prefix="tta-leave-one-out-") as work:
        copy_tree(SOURCE, work, ("lib", "include"))
        for name, edits in PARTS.items():
            try:
                with edited(work, edits):
                    print(f"applies  {name}")
            except (EditError, OSError) as error:
                failed += 1
                print(f"FAILED   {name}: {error}")
    return 1 if failed else 0


def run(command, **options):
    done = subprocess.run(command, capture_output=True, text=True, **options)
    if done.returncode:
        raise Failed(f"{' '.join(command)}: exit {done.returncode}:\n"
                     f"{(done.stdout + done.stderr)[-2000:]}")
    return done.stdout


def build(work, name, edits):
    """tta-bench with @edits; a copy of the program that later builds do not overwrite."""
    print(f"building {name}", file=sys.stderr)
    program = os.path.join(work, "programs", name.replace(" ", "-"))
    with edited(work, edits):
        run(["cmake", "--build", os.path.join(work, "build"), "--target", "tta-bench"])
        os.makedirs(os.path.dirname(program), exist_ok=True)
        shutil.copy(os.path.join(work, "build", "bin", "tta-bench"), program)
    return program


def build_all(work, parts):
    copy_tree(SOURCE, work, ("CMakeLists.txt", "include", "lib", "viewer", "tools", "bench"))
    run(["cmake", "-S", work, "-B", os.path.join(work, "build"), "-G", "Ninja",
         "-DCMAKE_BUILD_TYPE=RelWithDebInfo", "-DTTA_BUILD_BENCH=ON",
         "-DTTA_BUILD_TESTS=OFF"])
    return {WHOLE: build(work, WHOLE, []),
            **{name: build(work, name, PARTS[name]) for name in parts}}


def measure(program):
    """Nanoseconds of the fastest batch, and instructions of an event, by row."""
    document = json.loads(run([program, "--quick", "--json", "--rows", ",".join(ROWS)]))
    return {row["name"]: (row["details"]["batch_fastest"],
                          row["details"]["instructions_event"])
            for row in document["rows"]}


def measure_all(programs, rounds):
    """By program: what each round measured."""
    seen = {name: [] for name in programs}
    for i in range(rounds):
        print(f"round {i + 1} of {rounds}", file=sys.stderr)
        for name, program in programs.items():
            seen[name].append(measure(program))
    return seen


def shown(value, form):
    return "-" if value is None else format(value, form)


def fastest(runs, row):
    """The fastest batch of all runs, and how far the next run's was: what disturbs a
    machine only adds."""
    values = sorted(run[row][0] for run in runs if run[row][0] is not None)
    if not values:
        raise Failed(f"{row}: no run had a whole batch: try a less busy machine")
    return values[0], values[min(1, len(values) - 1)] - values[0]


def instructions(runs, row):
    """The same in every run; None = not counted."""
    return runs[0][row][1]


def print_costs(seen):
    print(f"{'ROW':10} {'PART':18} {'COST ns':>9} {'REPEATS':>8} {'INSTRUCTIONS':>13}")
    for row in ROWS:
        whole, repeats = fastest(seen[WHOLE], row)
        counted = instructions(seen[WHOLE], row)
        print(f"{row:10} {WHOLE:18} {whole:9.2f} {repeats:8.2f} {shown(counted, '13.1f'):>13}")
        for name in seen:
            if name == WHOLE:
                continue
            without, also = fastest(seen[name], row)
            left = instructions(seen[name], row)
            fewer = None if counted is None or left is None else counted - left
            print(f"{'':10} {name:18} {whole - without:9.2f} {repeats + also:8.2f} "
                  f"{shown(fewer, '13.1f'):>13}")


def read_options():
    parser = Parser(__doc__, EXITS)
    parser.add_argument("--check", action="store_true",
                        help="only try whether every edit applies; builds nothing")
    parser.add_argument("--rounds", type=int, default=9, metavar="N",
                        help="how often each program runs (9)")
    parser.add_argument("parts", nargs="*", metavar="PART",
                        help=f"of {', '.join(PARTS)}; all without any")
    options = parser.parse_args()
    unknown = [name for name in options.parts if name not in PARTS]
    if unknown:
        parser.error(f"'{unknown[0]}': no such part")
    if options.rounds < 1:
        parser.error("--rounds: at least 1")
    return options


def main():
    options = read_options()
    exit_on_signals()
    if options.check:
        return check_edits()
    try:
        with tempfile.TemporaryDirectory(prefix="tta-leave-one-out-") as work:
            programs = build_all(work, options.parts or PARTS)
            print_costs(measure_all(programs, options.rounds))
    except (Failed, EditError, OSError) as error:
        complain(error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
