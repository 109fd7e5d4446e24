# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# What the checks share. Sourced from a check that runs in the root of the sources.

failures=0

# One finding.
finding() {
  printf '%s\n' "$*" >&2
  failures=$((failures + 1))
}

# sources [PATTERN...]: the project's files: tracked ones, and new ones that git does not
# ignore; everything but build/ where git or its data is missing.
sources() {
  if git rev-parse --git-dir >/dev/null 2>&1; then
    git ls-files --cached --others --exclude-standard -- "$@" | while read -r file; do
      [ ! -f "$file" ] || printf '%s\n' "$file"
    done
  else
    local names=() pattern
    for pattern in "$@"; do
      names+=(-o -path "./$pattern")
    done
    find . \( -path ./build -o -path ./.git \) -prune -o -type f \
      \( "${names[@]:1}" \) -print | sed 's|^\./||'
  fi
}

# only_in ALLOWED PATTERN WHAT: every line that matches PATTERN (extended, in .c and .h)
# lies in a file whose path matches ALLOWED.
only_in() {
  local allowed=$1 pattern=$2 what=$3 hit
  while IFS= read -r hit; do
    finding "$hit: $what"
  done < <(sources '*.c' '*.h' | grep -Ev "$allowed" | xargs -r grep -nHE "$pattern")
  sources '*.c' '*.h' | grep -E "$allowed" | xargs -r grep -qE "$pattern" ||
    finding "no file matches: the rule '$what' checks nothing"
}

# The last line of a check: its status.
conclude() {
  if [ "$failures" != 0 ]; then
    printf '%s: %d findings\n' "${0##*/}" "$failures" >&2
    exit 1
  fi
}
