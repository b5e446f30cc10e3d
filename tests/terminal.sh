#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What a person sees on a terminal: no table behind a line of progress, nothing wider than
# the terminal, long tables cut, colours only where they are wanted.
#   terminal.sh PROGRAM
set -eu
program=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
command -v script >/dev/null || { echo "skipped: no script(1)" && exit 77; }
root=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export XDG_CACHE_HOME="$work/cache" LC_ALL=C
cd "$work"
"$program" import wiod "$root/tests/data/tutorial/wiot-small.csv" -o small.kaname --quiet

screen() { # COLUMNS ARGUMENTS -> what stays on the screen, one line a line
    script -qec "stty cols $1 rows 50; ${3:-} $program $2" /dev/null </dev/null |
        tr -d '\r' | sed 's/.*\x1b\[K//'
}
bad=0
fail() { echo "$1" && bad=1; }

screen 60 "exposure small.kaname" >seen
grep -q '^exposure: who depends' seen ||
    grep -q "^.\[1mof " seen || fail "a table behind a line of progress: $(head -1 seen)"
sed 's/\x1b\[[0-9;]*m//g; s/–/-/g; s/…/./g' seen | awk 'length > 60 { print "wider than 60: " $0; bad = 1 }
    END { exit bad }' || bad=1
grep -q 'No room for: ' seen || fail "nothing is said of columns left out"
grep -q 'more (--table exposure shows all)' seen || fail "a long table is not cut"
screen 60 "exposure small.kaname --table exposure" | grep -q 'shows all' &&
    fail "a table asked for is cut"
screen 100 "info small.kaname" NO_COLOR=1 | grep -q "$(printf '\033')\[1m" &&
    fail "colours although NO_COLOR is set"
screen 100 "info small.kaname" | grep -q "$(printf '\033')\[1m" || fail "no colours"
screen 100 "brief small.kaname --for JPN" | grep -q 'give -o FILE.html' ||
    fail "a page goes to the terminal"
exit $bad
