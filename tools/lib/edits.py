# SPDX-License-Identifier: BSD-2-Clause
"""Copies of the source tree that differ in a few places, which are given as data."""
import contextlib
import os
import shutil


class EditError(Exception):
    """An edit whose text is not there exactly once."""


def copy_tree(source, work, names):
    """Files and folders @names of @source, into the existing folder @work."""
    for name in names:
        path = os.path.join(source, name)
        if os.path.isdir(path):
            shutil.copytree(path, os.path.join(work, name))
        else:
            shutil.copy(path, work)


@contextlib.contextmanager
def edited(root, edits):
    """Makes each edit (file, text, replacement) below @root; afterwards all is as before."""
    before = {}
    try:
        for path, text, replacement in edits:
            path = os.path.join(root, path)
            with open(path, encoding="utf-8") as file:
                whole = file.read()
            if whole.count(text) != 1:
                raise EditError(f"its text occurs {whole.count(text)} times in {path}")
            before.setdefault(path, whole)
            with open(path, "w", encoding="utf-8") as file:
                file.write(whole.replace(text, replacement))
        yield
    finally:
        for path, whole in before.items():
            with open(path, "w", encoding="utf-8") as file:
                file.write(whole)
