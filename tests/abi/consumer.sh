#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# consumer.sh BUILD SOURCE CC: install to a scratch prefix; C and C++ programs find the
# libraries by pkg-config, see each other, and only public symbols are exported.
set -eu
build=$1 source=$2 cc=$3
work=$(mktemp -d)
segments=$(mktemp -d -p /dev/shm tta-test-XXXXXX)
trap 'rm -rf "$work" "$segments"' EXIT

cmake --install "$build" --prefix "$work/usr" >"$work/install.log"
PKG_CONFIG_PATH=$(find "$work/usr" -type d -name pkgconfig | head -n 1)
export PKG_CONFIG_PATH
lib=$(dirname "$PKG_CONFIG_PATH")
sanitizers=$(sed -n 's/^TTA_SANITIZE:STRING=//p' "$build/CMakeCache.txt" | tr ';' ',')
flags="-Wall -Wextra -Wpedantic -Werror ${sanitizers:+-fsanitize=$sanitizers}"

# shellcheck disable=SC2046,SC2086
"$cc" -std=c11 $flags "$source/publish.c" -o "$work/publish-c" \
  $(pkg-config --cflags --libs tta) -Wl,-rpath,"$lib"
# shellcheck disable=SC2046,SC2086
"$cc" -std=c11 $flags "$source/read.c" -o "$work/read" \
  $(pkg-config --cflags --libs tta-reader) -Wl,-rpath,"$lib"
programs=$work/publish-c
if command -v c++ >/dev/null; then
  # shellcheck disable=SC2046,SC2086
  c++ -std=c++17 $flags -x c++ "$source/publish.c" -x none -o "$work/publish-cxx" \
    $(pkg-config --cflags --libs tta) -Wl,-rpath,"$lib"
  programs="$programs $work/publish-cxx"
  # The header for tt-metal as installed, against the least of tt-metal's interface.
  # shellcheck disable=SC2046,SC2086
  c++ -std=c++17 $flags -I "$source/../ttmetal" "$source/ttmetal.cpp" \
    -o "$work/ttmetal" $(pkg-config --cflags --libs tta) -Wl,-rpath,"$lib"
  programs="$programs $work/ttmetal"
fi

TTA_DIR=$segments
TTA_ATTACH=early
export TTA_DIR TTA_ATTACH
for program in $programs; do
  "$program" "$work/read"
done
[ -z "$(ls "$segments")" ] || { echo 'a segment was left' >&2; exit 1; }

for library in "$lib/libtta.so" "$lib/libtta-reader.so"; do
  strange=$(nm -D --defined-only "$library" | awk '$2 != "A" { print $3 }' |
    sed 's/@.*//' | grep -v '^tta_[a-z]' | grep -v '^__\|^_init$\|^_fini$' || true)
  [ -z "$strange" ] || { echo "$library exports: $strange" >&2; exit 1; }
done
readelf -d "$lib/libtta.so" | grep -q NODELETE || { echo 'libtta.so may be unloaded' >&2; exit 1; }
echo "abi.consumer: C, C++ and a reader of the installed package agree"
