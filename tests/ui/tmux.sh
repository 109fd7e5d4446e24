#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# tmux.sh - a terminal of a test's own; source it with TMUX TTATOP TTA-SIM. A server, a
# directory and processes of its own.
tmux_program=$1 ttatop=$2 sim=$3
work=$(mktemp -d)
TTA_DIR=$(mktemp -d -p /dev/shm)
export TTA_DIR LC_ALL=C.UTF-8
unset TMUX NO_COLOR
socket=tta-ui-$$
sim_pid=

tm() {
	"$tmux_program" -L "$socket" -f /dev/null "$@"
}

finish() {
	tm kill-server 2>/dev/null
	if [ -n "$sim_pid" ]; then
		kill "$sim_pid" 2>/dev/null
		wait "$sim_pid" 2>/dev/null
	fi
	rm -rf "$work" "$TTA_DIR"
}
trap finish EXIT

screen() {
	tm capture-pane -p -t live
}

fail() {
	echo "FAIL: $*"
	echo "the terminal shows:"
	screen
	exit 1
}

# until_shown WHAT... : each text is on the screen within ten seconds.
until_shown() {
	local text try

	for text in "$@"; do
		for try in $(seq 100); do
			screen | grep -qF -- "$text" && continue 2
			sleep 0.1
		done
		fail "'$text' is not shown after $try tries"
	done
}

until_gone() {
	local try

	for try in $(seq 100); do
		screen | grep -qF -- "$1" || return 0
		sleep 0.1
	done
	fail "'$1' is still shown after $try tries"
}

keys() {
	tm send-keys -t live "$@"
}

# Type a command line for the shell in the terminal.
shell() {
	keys -l "$1"
	keys Enter
}

until_file() {
	local try

	for try in $(seq 100); do
		[ -s "$1" ] && return 0
		sleep 0.1
	done
	fail "$1 did not appear after $try tries"
}

# play SCENARIO [ARG...]: tta-sim in the background.
play() {
	"$sim" run "$@" >"$work/sim" 2>&1 &
	sim_pid=$!
}

# A shell in a terminal of WIDTH x HEIGHT.
open_terminal() {
	tm new-session -d -s live -x "$1" -y "$2" \
		'PS1="ready> " exec bash --norc --noprofile -i' ||
		{ echo "FAIL: tmux does not start"; exit 1; }
	until_shown 'ready>'
}

start_ttatop() {
	rm -f "$work/pid"
	shell "clear; sh -c 'echo \$\$ > $work/pid; exec $ttatop -d 0.2'"
	until_file "$work/pid"
	until_shown 'F10Quit' '[1 Processes]'
}
