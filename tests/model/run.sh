#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# run.sh MODEL MUTANT...: the model holds in a complete search, and each mutant fails.
set -eu
model=$1
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$model" "$work/model.pml"
cd "$work"

# search [-DMUTANT]: prints pan's verdict; spin and pan exit 0 with errors too.
search() {
  rm -f pan.* model.pml.trail
  spin -a "$@" model.pml >spin.log 2>&1 || { cat spin.log; exit 2; }
  cc -O2 -w -DSAFETY -DNOCLAIM -o pan pan.c
  ./pan -m200000 >pan.log 2>&1 || { cat pan.log; exit 2; }
  ! grep -qE 'Search not completed|max search depth too small|out of memory|aborting' pan.log ||
    [ -n "${1:-}" ] || { cat pan.log; exit 2; }
  grep -o 'errors: [0-9]*' pan.log
}

found=$(search)
states=$(sed -n 's/ *\([0-9.e+]*\) states, stored.*/\1/p' pan.log)
[ "$found" = 'errors: 0' ] || { cat pan.log; echo "model: $model: $found"; exit 1; }
echo "model: $(basename "$model"): holds in $states states"
for mutant; do
  found=$(search "-D$mutant")
  [ "$found" != 'errors: 0' ] || { echo "model: $model: mutant $mutant was not noticed"; exit 1; }
  echo "model: $(basename "$model"): mutant $mutant fails, as it must"
done
