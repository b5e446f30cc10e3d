#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Exports networks, lets pymrio itself load and calculate them, and compares its results
# with those of kaname to 1e-9. Skipped (77) where Python or its packages cannot be had.
#   tests/pymrio_check.sh PROGRAM
set -eu
kaname=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
root=$(cd "$(dirname "$0")/.." && pwd)
venv=$root/build/venv

skip() {
    echo "skipped: $1"
    exit 77
}

if ! "$venv/bin/python" -c 'import pymrio, openpyxl' 2>/dev/null; then
    command -v python3 >/dev/null || skip "python3 is not installed"
    python3 -m venv --clear "$venv" >/dev/null 2>&1 || skip "python3 cannot make a venv"
    timeout 240 "$venv/bin/pip" install -q 'pymrio>=0.6' openpyxl >/dev/null 2>&1 ||
        skip "pymrio cannot be installed"
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

check() { # NAME NETWORK
    "$kaname" export "$2" --to csv -o "$work/$1" --quiet
    "$kaname" export "$2" --to pymrio -o "$work/$1/pymrio" --quiet
    "$kaname" info "$2" --producers --format csv -o "$work/$1/streams.csv" --quiet
    "$kaname" exposure "$2" --measure gvc --format csv -o "$work/$1/gvc.csv" --quiet
    "$venv/bin/python" -W ignore "$root/tests/pymrio_check.py" "$work/$1"
}

"$kaname" import wiod "$root/tests/golden/data/wiot-bom.csv" -o "$work/small.kaname" --quiet
mkdir "$work/small"
"$kaname" export "$work/small.kaname" --to zip -o "$work/small/all.zip" --quiet
check small "$work/small.kaname"
check atlas atlas
wiod=$root/../shared/data/wiod2011/wiot_2011.csv.gz
if [ -f "$wiod" ]; then
    "$kaname" import wiod "$wiod" -o "$work/wiod.kaname" --quiet
    check wiod "$work/wiod.kaname"
fi
