# SPDX-License-Identifier: Apache-2.0
"""Damaged copies of a case file: run-case must say FAIL or ok, never crash.
   damage_cases.py RUN_CASE FOLDER SEED COUNT FILE..."""
import copy
import json
import os
import random
import subprocess
import sys

JUNK = (None, True, -1, 0, 0.5, 2, 1e300, -1e300, 1e-320, 3000000000, "", "word", "1e3",
        "9" * 400, [], [[]], [1, [2, [3]]], {}, {"a": 1}, [None], ["x"], [1e308, 1e308])


def places(value, path=()):
    """Where something stands in a JSON value; a few of each list."""
    yield path
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, list):
        items = [(k, value[k]) for k in sorted({0, len(value) // 2, len(value) - 1})
                 if 0 <= k < len(value)]
    else:
        items = []
    for key, inner in items:
        yield from places(inner, path + (key,))


def damage(case, g):
    case = copy.deepcopy(case)
    for _ in range(g.choice((1, 1, 1, 2, 3))):
        path = g.choice([p for p in places(case) if p and p != ("family",)])
        at = case
        for key in path[:-1]:
            at = at[key]
        how = g.randrange(4)
        if how == 0:
            del at[path[-1]]
        elif how == 1 and isinstance(at, list):
            at.append(copy.deepcopy(at[path[-1]]))
        elif how == 2 and isinstance(at[path[-1]], list):
            at[path[-1]] = at[path[-1]][:-1]
        else:
            at[path[-1]] = copy.deepcopy(g.choice(JUNK))
    return case


def judge(program, files, say=False):
    """True when the program did not end as it should with a line for each file."""
    run = subprocess.run([program, *files], capture_output=True, text=True, timeout=300)
    lines = [line.split() for line in run.stdout.splitlines()]
    said = {line[0] for line in lines if line[-1] in ("ok", "FAIL")}
    wrong = run.returncode not in (0, 1) or said != set(files)
    if wrong and say:
        print(f"{files[0]}: exit {run.returncode}\n{run.stderr[-1500:]}")
    return wrong


def main(program, folder, seed, count, *files):
    g = random.Random(int(seed))
    os.makedirs(folder, exist_ok=True)
    bad = 0
    for file in files:
        with open(file) as source:
            case = json.load(source)
        made = []
        for number in range(int(count)):
            made.append(os.path.join(folder, f"{number}_{os.path.basename(file)}"))
            with open(made[-1], "w") as target:
                json.dump(damage(case, g), target)
        if judge(program, made):
            bad += sum(judge(program, [name], say=True) for name in made)
    print(f"{len(files) * int(count)} damaged case files, {bad} crashes")
    return bad > 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
