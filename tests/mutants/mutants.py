#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Break one rule at a time in a copy of the library; the rule's test must fail.

Usage: mutants.py SOURCE_DIR [NAME...]

A mutant whose text is not found, that does not compile, or that no test notices is a
failure of this program. The unbroken library must pass first.
"""
import os
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../tools/lib"))
from edits import EditError, copy_tree, edited

TABLE = "lib/publisher/table.c"
GROUP = "lib/publisher/group.c"
EVENT = "lib/publisher/event.c"
HEADER = "lib/publisher/publisher.h"
FAST = "lib/publisher/fast.c"
LEVEL = "lib/publisher/level.c"
GATE = "lib/publisher/gate.c"
STEPS = "lib/publisher/steps.h"
LANE = "lib/publisher/lane.c"
BIRTH = "lib/publisher/birth.c"
SECTION = "lib/publisher/section.c"
CATALOG = "lib/publisher/catalog.c"
LATCH = "include/tta/latch.h"
CREATE = "lib/segment/segment_create.c"
READER = "lib/reader/table.c"

# name, file, text, replacement, test program, test that must fail
MUTANTS = [
    ("entry without its group", TABLE,
     "entry->size,\n\t\tev->group,", "entry->size,\n\t\t0,",
     "test_meaning", "meaning/alloc_of_a_new_address_makes_an_entry"),
    ("dup bytes counted twice", TABLE,
     "out->sums.alloc_count = 1;\n\tif (refs == 0)",
     "out->sums.alloc_count = 1;\n\tout->sums.alloc_bytes = ev->size;\n\tif (refs == 0)",
     "test_meaning", "meaning/alloc_of_a_live_address_counts_bytes_once_and_flags_dup"),
    ("dup without a flag", TABLE,
     "raise_flag(slot, TTA_SLOT_FLAG_DUP);", "",
     "test_meaning", "meaning/alloc_of_a_live_address_counts_bytes_once_and_flags_dup"),
    ("raised size not booked", TABLE,
     "seen == TTA_SIZE_LEAVING ? size : size - seen;", "0;",
     "test_meaning", "meaning/alloc_with_a_larger_size_raises_the_entry"),
    ("size becomes the smaller", TABLE,
     "seen == TTA_SIZE_LEAVING || seen < size",
     "seen == TTA_SIZE_LEAVING || seen > size",
     "test_meaning", "meaning/alloc_with_a_smaller_size_keeps_the_larger"),
    ("size change without a flag", TABLE,
     "raise_flag(slot, TTA_SLOT_FLAG_SIZE);", "",
     "test_meaning", "meaning/alloc_with_a_smaller_size_keeps_the_larger"),
    ("a view owns", TABLE,
     "views + 1, tta_slot_refs(word),", "views + 1, tta_slot_refs(word) + 1,",
     "test_meaning", "meaning/view_adds_no_bytes_and_no_dup"),
    ("a dangling view owns", TABLE,
     ".refs = !view,", ".refs = 1,",
     "test_meaning", "meaning/view_of_an_address_that_is_not_live_holds_no_bytes"),
    ("free takes views first", TABLE,
     "bool view = view_first ? views > 0 : refs == 0;", "bool view = views > 0;",
     "test_meaning", "meaning/free_takes_the_owner_first_and_then_views"),
    ("bytes stay while views are left", TABLE,
     "bool dangles = refs_before && refs == 0 && views;", "bool dangles = false;",
     "test_meaning", "meaning/free_takes_the_owner_first_and_then_views"),
    ("a join keeps the serial", TABLE,
     "tta_slot_generation(spot->word) + (refs == 0)", "tta_slot_generation(spot->word)",
     "test_meaning", "meaning/alloc_on_a_dangling_address_joins_with_a_new_serial"),
    ("free_view ends owners", TABLE,
     "if (view_first && views == 0)\n\t\t\tbreak;", "if (0)\n\t\t\tbreak;",
     "test_meaning", "meaning/free_view_never_ends_an_owner"),
    ("unknown frees called unmatched", TABLE,
     "bool unmatched = tta_load_relaxed32(&p->detail_dropped) != 0;",
     "bool unmatched = true;",
     "test_meaning", "meaning/free_without_an_entry_is_counted_and_takes_nothing"),
    ("free_group ends other groups", GROUP,
     "tta_load_relaxed64(&s->group) == filter->group &&", "true &&",
     "test_meaning", "meaning/free_group_ends_every_member_and_nothing_else"),
    ("free_group ends other devices", GROUP,
     "(tta_load_relaxed32(&s->place) & 0xffffff) == filter->place", "true",
     "test_meaning", "meaning/free_group_ends_every_member_and_nothing_else"),
    ("device_close ends other devices", TABLE,
     "(tta_load_relaxed32(&slot->place) & 0xffff) == device &&", "",
     "test_meaning", "meaning/device_close_ends_every_entry_of_the_device"),
    ("closed not counted", EVENT,
     "tta__count(lane, TTA_COUNT_CLOSED, 1);", "",
     "test_meaning", "meaning/device_close_ends_every_entry_of_the_device"),
    ("size zero not counted", EVENT,
     "tta__count(lane, TTA_COUNT_SIZE_ZERO, 1);", ";",
     "test_meaning", "meaning/size_zero_is_accepted_and_counted"),
    ("address zero has an entry", EVENT,
     "level >= TTA_LIVE && ev->address != 0", "level >= TTA_LIVE",
     "test_meaning", "meaning/address_zero_has_no_entry_and_is_never_dup"),
    ("an unsized free leaves bytes known", EVENT,
     "out->flags |= TTA_RECORD_UNSIZED;\n\t\t\treturn 1;",
     "out->flags |= TTA_RECORD_UNSIZED;\n\t\t\treturn 0;",
     "test_levels", "levels/counters_count_sized_bytes"),
    ("alloc_failed not counted", EVENT,
     "tta__count(lane, TTA_COUNT_ALLOC_FAILED, 1);", ";",
     "test_meaning", "meaning/alloc_failed_is_a_record_and_a_count"),
    ("any size accepted", EVENT,
     "ev->size >= TTA_SIZE_LIMIT", "false",
     "test_meaning", "meaning/what_is_out_of_range_is_rejected_by_cause"),
    ("any type accepted", EVENT,
     "!type_known(p, ev->type))\n\t\tcause", "false)\n\t\tcause",
     "test_meaning", "meaning/what_is_out_of_range_is_rejected_by_cause"),
    ("peak is the newest value", HEADER,
     "if ((int64_t)now > (int64_t)tta_load_relaxed64(&line->peak))", "",
     "test_meaning", "meaning/peak_is_exact_in_the_order_of_events"),
    ("coming back keeps the table", LEVEL,
     "tta__event_reset(p, lane);", "",
     "test_levels", "levels/leaving_live_freezes_and_coming_back_starts_anew"),
    ("what went with an old table is given back", TABLE,
     "if (!tta__counters_disown(p, lane, device, type, bytes, tta_slot_refs(word)))",
     "if (false)",
     "test_levels", "levels/a_new_table_changes_no_count"),
    ("a free after a new table is called unknown", TABLE,
     "\ttta_store_relaxed32(&p->detail_dropped, 1);\n}", "}",
     "test_levels", "levels/a_new_table_changes_no_count"),
    ("a closed table is never looked at again", EVENT,
     "if (out.ended && tta_load_relaxed32(&p->closed))", "if (false)",
     "test_verdicts",
     "verdicts/whoever_empties_a_closed_table_removes_the_segment"),
    ("host residue is kept", GATE,
     "return residue && !(host_only && !p->keep);", "return residue;",
     "test_verdicts", "verdicts/host_residue_is_not_kept"),
    ("short way: any size accepted", FAST,
     "size - 1 >= TTA_SIZE_LIMIT - 1 ||", "",
     "test_meaning", "meaning/what_is_out_of_range_is_rejected_by_cause"),
    ("short way: size zero not counted", FAST,
     "size - 1 >= TTA_SIZE_LIMIT - 1 ||", "size >= TTA_SIZE_LIMIT ||",
     "test_meaning", "meaning/size_zero_is_accepted_and_counted"),
    ("short way: address zero has an entry", FAST,
     "address == 0 ||", "",
     "test_meaning", "meaning/address_zero_has_no_entry_and_is_never_dup"),
    ("short way: a live address gets a second entry", FAST,
     "if (TTA_UNLIKELY(look & LOOK_SAME))\n\t\treturn NULL;\n\thole = ", "hole = ",
     "test_meaning", "meaning/alloc_of_a_live_address_counts_bytes_once_and_flags_dup"),
    ("short way: free ends what others still own", FAST,
     "(*ret_word & deciding) != sole ||", "",
     "test_meaning", "meaning/free_takes_the_owner_first_and_then_views"),
    ("short way: free of another address", FAST,
     "tta_load_relaxed64(&slot->address) != address ||", "",
     "test_meaning", "meaning/addresses_that_share_hole_and_tag_are_told_apart"),
    ("short way: members are not linked", FAST,
     "desc->group != 0 || !alloc(", "!alloc(",
     "test_meaning", "meaning/free_group_ends_every_member_and_nothing_else"),
    ("short way: a table at level counters", FAST,
     ": level == TTA_LIVE;", ": true;",
     "test_levels", "levels/leaving_live_freezes_and_coming_back_starts_anew"),
    ("short way: site and label lost", FAST,
     "extra ? extra->site << 16 | extra->label : 0", "0",
     "test_meaning", "meaning/the_short_way_leaves_what_the_long_way_leaves"),
    ("short way: bank size lost", FAST,
     "if (extra)\n\t\tshape[1]", "if (0)\n\t\tshape[1]",
     "test_meaning", "meaning/the_short_way_leaves_what_the_long_way_leaves"),
    ("an event without its note", STEPS,
     "tta_store_relaxed64(&shared->note, event);", ";",
     "kill_points", "alloc, short way"),
    ("a lane without its mutex", LANE,
     "|| pthread_mutex_trylock(mutex_of(lane->shared))", "",
     "kill_points", "first event"),
    ("no lock on byte 0", CREATE,
     "if (fcntl(fd, F_OFD_SETLK, &lock))\n\t\treturn false;",
     "if (lock.l_len)\n\t\treturn true;",
     "kill_points", "first event"),
    ("named before the header is filled", BIRTH,
     "\tfill_header(p, config, &segment);\n",
     "\ttta__identity_fill(p->header);\n\terr = name_and_publish(p, &segment);\n"
     "\tfill_header(p, config, &segment);\n\tif (!err)\n\t\treturn 0;\n",
     "kill_points", "first event"),
    ("the copy that readers use is written first", LATCH,
     "first = &line->copy[0].alloc_bytes + 2 * column;\n"
     "\ttta_a64 *second = &line->copy[1]",
     "first = &line->copy[1].alloc_bytes + 2 * column;\n"
     "\ttta_a64 *second = &line->copy[0]",
     "kill_points", "add"),
    ("counted before it is backed", SECTION,
     "tta_store_release64(&s->head->count, backed);",
     "tta_store_release64(&s->head->count, backed + 64);",
     "kill_points", "first event"),
    ("a name published before it is written", CATALOG,
     'TTA_TESTPOINT("append: taken");',
     'tta__section_publish(section, *ret_index + 1);\n\tTTA_TESTPOINT("append: taken");',
     "kill_points", "type"),
    ("a restart of the table without a note", LEVEL,
     "tta__event_reset(p, lane);", "tta__table_reset(p, lane);",
     "kill_points", "level rises"),
    ("an entry between two owners is left out", READER,
     "copy->size != TTA_SIZE_LEAVING ? copy->size", "true ? copy->size",
     "kill_points", "owner joins views"),
]

# Tests of the short way: its first event at each (device, type) has passed.
SHORT_WAY = {"TTA_TEST_SHORT_WAY": "1"}

PROGRAMS = ("test_meaning", "test_levels", "test_verdicts", "kill_points")


def build(build_dir):
    return subprocess.run(["ninja", "-C", build_dir, *PROGRAMS], capture_output=True,
                          text=True)


def passes(build_dir, path, program, test):
    env = dict(os.environ, TTA_ATTACH="lazy", **(SHORT_WAY if path == FAST else {}))
    which = ["--filter", test] if program.startswith("test_") else [test]
    run = subprocess.run([os.path.join(build_dir, "bin", program), *which],
                         capture_output=True, text=True, timeout=60, env=env)
    return run.returncode == 0


def copy_library(source, work):
    copy_tree(source, work, ("CMakeLists.txt", "include", "lib", "tests", "tools"))
    for tier in ("model", "mutants", "abi", "e2e", "ui", "style", "ttmetal", "bridge"):
        shutil.rmtree(os.path.join(work, "tests", tier), ignore_errors=True)


def try_mutant(work, build_dir, mutant):
    _, path, text, replacement, program, test = mutant
    try:
        with edited(work, [(path, text, replacement)]):
            built = build(build_dir)
            if built.returncode:
                return "it does not compile:\n" + built.stdout[-2000:]
            if passes(build_dir, path, program, test):
                return f"survived {test}"
            return None
    except EditError as error:
        return str(error)


def main():
    source, wanted = sys.argv[1], sys.argv[2:]
    chosen = [m for m in MUTANTS if not wanted or m[0] in wanted]
    failed = 0
    with tempfile.TemporaryDirectory(prefix="tta-mutants-") as work:
        copy_library(source, work)
        build_dir = os.path.join(work, "build")
        subprocess.run(["cmake", "-S", work, "-B", build_dir, "-G", "Ninja",
                        "-DCMAKE_BUILD_TYPE=Debug", "-DTTA_BUILD_VIEWER=OFF",
                        "-DTTA_BUILD_TOOLS=OFF"], check=True, capture_output=True)
        if build(build_dir).returncode:
            sys.exit("mutants: the unbroken library does not build")
        for path, program, test in sorted({(m[1], m[4], m[5]) for m in chosen}):
            if not passes(build_dir, path, program, test):
                sys.exit(f"mutants: {test} fails on the unbroken library")
        for mutant in chosen:
            problem = try_mutant(work, build_dir, mutant)
            failed += problem is not None
            print(f"{'SURVIVED' if problem else 'killed  '} {mutant[0]}"
                  f"{': ' + problem if problem else ''}", flush=True)
    print(f"mutants: {len(chosen) - failed} of {len(chosen)} killed")
    sys.exit(1 if failed or not chosen else 0)


if __name__ == "__main__":
    main()
