# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# What tools/demo and tools/test share: packages, builds, clean-up. Sourced, not run.

# One line on stderr, prefixed with the command's name.
say() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
}

die() {
  say "$*"
  exit 2
}

# missing_packages PACKAGE...: those that are not installed, one per line.
missing_packages() {
  local package
  for package in "$@"; do
    dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed ||
      printf '%s\n' "$package"
  done
}

# install_packages PACKAGE...: installs what is missing, and says which.
install_packages() {
  command -v dpkg-query >/dev/null ||
    die "packages: this is no Debian system: install what stands for: $*"
  local missing=() root=()
  mapfile -t missing < <(missing_packages "$@")
  [ ${#missing[@]} -gt 0 ] || return 0
  [ "$(id -u)" = 0 ] || root=(sudo)
  say "installing: ${missing[*]}"
  { "${root[@]}" apt-get update -q &&
    "${root[@]}" env DEBIAN_FRONTEND=noninteractive \
      apt-get install -q -y --no-install-recommends "${missing[@]}"; } >&2 ||
    die "packages: apt-get failed: install by hand: ${missing[*]}"
}

# install_without_services PACKAGE...: the same for packages that bring a service: it is not
# started, and not at the next boot either.
install_without_services() {
  local policy=/usr/sbin/policy-rc.d root=() new
  mapfile -t new < <(missing_packages "$@")
  [ ${#new[@]} -gt 0 ] || return 0
  [ "$(id -u)" = 0 ] || root=(sudo)
  (
    # What a system has of its own comes back, whatever happens.
    kept=
    if [ -e "$policy" ]; then
      kept=$policy.before-tta
      "${root[@]}" mv "$policy" "$kept" || die "packages: cannot put $policy aside"
    fi
    restore() {
      "${root[@]}" rm -f "$policy"
      [ -z "$kept" ] || "${root[@]}" mv "$kept" "$policy"
    }
    trap restore EXIT
    printf '#!/bin/sh\nexit 101\n' | "${root[@]}" tee "$policy" >/dev/null
    "${root[@]}" chmod 755 "$policy"
    install_packages "$@"
  ) || exit 2
  local package
  for package in "${new[@]}"; do
    # as its own scripts would
    "${root[@]}" env "DPKG_MAINTSCRIPT_PACKAGE=$package" \
      deb-systemd-helper disable "$package.service" >/dev/null ||
      say "packages: could not disable $package.service: try 'systemctl disable $package'"
  done
}

# build PRESET [CMAKE-OPTION...]: configures and builds; output only when it fails.
build() {
  local preset=$1 log
  shift
  mkdir -p "build/$preset"
  log=build/$preset/build.log
  say "building preset $preset"
  if ! { cmake --preset "$preset" "$@" && cmake --build --preset "$preset"; } >"$log" 2>&1; then
    tail -n 60 "$log" >&2
    die "build: preset $preset failed: see $log"
  fi
}

# end_process PID: TERM, then KILL after 10 s; only for a child of this shell.
end_process() {
  local left=100
  kill -TERM "$1" 2>/dev/null
  while [ $((left -= 1)) -gt 0 ] && kill -0 "$1" 2>/dev/null; do
    sleep 0.1
  done
  kill -KILL "$1" 2>/dev/null
  wait "$1" 2>/dev/null
}

# Packages to build everything, to test it, and what the bench compares and counts with;
# never the package pcp, which starts services.
BUILD_PACKAGES=(build-essential cmake ninja-build pkg-config liburcu-dev libncurses-dev
  libjansson-dev libmicrohttpd-dev procps)
TEST_PACKAGES=(libcriterion-dev git spin tmux strace python3 python3-jsonschema util-linux clang-format
  shellcheck mandoc)
BENCH_PACKAGES=(lttng-tools liblttng-ust-dev libpcp3-dev libpcp-mmv1-dev htop valgrind)
# What reads our exports: has a service.
EXPORT_PACKAGES=(prometheus)
export BUILD_PACKAGES TEST_PACKAGES BENCH_PACKAGES EXPORT_PACKAGES
