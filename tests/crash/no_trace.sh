#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# no_trace.sh PROGRAM LIBRARY...: no library knows a named point of PROGRAM.
set -u
program=$1
shift
mapfile -t names < <("$program" --list)
[ ${#names[@]} -ge 30 ] || {
  echo "only ${#names[@]} points are named"
  exit 1
}

# traces FILE: how many of the names, and the function behind them, it contains.
traces() {
  { strings -n 4 "$1" && nm -a "$1"; } 2>/dev/null |
    grep -cFf <(printf '%s\n' "${names[@]}" testpoint)
}

# The look must find what is there.
[ "$(traces "$program")" -gt ${#names[@]} ] || {
  echo "the points of $program are not found: this checks nothing"
  exit 1
}
for library in "$@"; do
  [ -s "$library" ] && [ "$(traces "$library")" = 0 ] || {
    echo "$library contains a trace of the named points"
    exit 1
  }
done
echo "${#names[@]} named points, no trace in $# libraries"
