#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Compares the nested network with its numpy oracle. Skipped (77) without numpy.
#   tests/oracle/nested.sh PROGRAM
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
python=$root/build/venv/bin/python
[ -x "$python" ] || python=python3
if ! "$python" -c 'import numpy' 2>/dev/null; then
    echo "skipped: numpy is not installed"
    exit 77
fi
OPENBLAS_NUM_THREADS=1 exec "$python" -B "$root/tests/oracle/nested.py" "$1"
