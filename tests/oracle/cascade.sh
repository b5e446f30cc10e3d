#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The cascade and denial models, measures and trade against plain numpy, and the preset of
# BoARIO against BoARIO itself, on random networks and parameters. Skipped (77) without
# numpy; BoARIO is left out where build/venv-boario is not there.
#   tests/oracle/cascade.sh RUN_CASE [SEED [COUNT]]
set -eu
run_case=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
seed=${2:-1}
count=${3:-6}
root=$(cd "$(dirname "$0")/../.." && pwd)
oracle=$root/tests/oracle
python=$root/build/venv/bin/python

skip() {
    echo "skipped: $1"
    exit 77
}

[ -x "$python" ] || python=python3
"$python" -c 'import numpy' 2>/dev/null || skip "numpy is not installed"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export OPENBLAS_NUM_THREADS=1
for make in make denial formula; do
    "$python" -B "$oracle/${make}_cases.py" "$work" "$seed" "$count"
done
python=$root/build/venv-boario/bin/python
if "$python" -c 'import boario, pymrio' 2>/dev/null; then
    "$python" -B "$oracle/boario_cases.py" "$work" "$seed" "$count"
else
    echo "BoARIO is not installed: left out"
fi
"$run_case" "$work"/*.json
python3 -B "$oracle/refuse_cases.py" "$run_case" "$work/refused"
python3 -B "$oracle/damage_cases.py" "$run_case" "$work/damaged" "$seed" 10 \
    "$work"/*_0.json "$work"/*_1.json
