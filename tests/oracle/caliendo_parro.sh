#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Lets the numpy oracle solve the paper's counterfactuals in all variants and compares them
# with ours to 1e-6 percentage points. Skipped (77) without the data or numpy.
#   tests/oracle/caliendo_parro.sh RUN_CASE [VARIANT...]
set -eu
run_case=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
shift
root=$(cd "$(dirname "$0")/../.." && pwd)
data=$root/../shared/data/caliendo_parro
python=$root/build/venv/bin/python

skip() {
    echo "skipped: $1"
    exit 77
}

[ -r "$data/IO.txt" ] || skip "the replication data are not here"
[ -x "$python" ] || python=python3
"$python" -c 'import numpy' 2>/dev/null || skip "numpy is not installed"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
OPENBLAS_NUM_THREADS=1 "$python" -B "$root/tests/oracle/caliendo_parro.py" "$data" \
    "$work" "$@"
"$run_case" "$work"/*.json
