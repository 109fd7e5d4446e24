#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The manual pages are clean; $1 is their folder.
command -v mandoc >/dev/null || { echo "skipped: mandoc is not installed"; exit 77; }
mandoc -Tlint -Wwarning "$1"/*.[15]
