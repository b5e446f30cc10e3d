# SPDX-License-Identifier: Apache-2.0
"""What run-case must say of files that state little, too much or something else.
   refuse_cases.py RUN_CASE FOLDER"""
import copy
import json
import os
import subprocess
import sys

# Two producers, no shock: everything stays as it is.
REST = {"family": "guan", "tolerance": 1e-6, "Z": [[1, 2], [3, 4]], "F": [[7], [3]],
        "index": [[1, 1], [2, 2]], "key": [[1, 1], [1, 1]], "x": [[10, 10]] * 3}
PERCENT = {"family": "formulas", "acr_gains": {
    "formula": "-", "inputs": {"lambda_nn": 0.25, "theta": 2.0, "interm_share": 0.5},
    "outputs": {"GT_pct": 100.0}}}


def changed(case, path, value):
    case = copy.deepcopy(case)
    at = case
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    return case


def without(case, key):
    return {name: value for name, value in case.items() if name != key}


def run(program, *files):
    done = subprocess.run([program, *files], capture_output=True, text=True, timeout=60)
    lines = [line.split() for line in done.stdout.splitlines()]
    return done.returncode, {line[0]: line[-1] for line in lines}, done.stderr


def main(program, folder):
    os.makedirs(folder, exist_ok=True)
    within = [[10, 10], [10, 10 + 9e-6], [10, 10]]
    beyond = [[10, 10], [10, 10 + 2e-5], [10, 10]]
    percent = {**PERCENT, "tolerance_pp": 0.01}
    wanted = {  # name: (text or case, verdict, what stderr says)
        "plain": (REST, "ok", ""),
        "within": (changed(REST, ["x"], within), "ok", ""),
        "beyond": (changed(REST, ["x"], beyond), "FAIL", "expected"),
        "no_tolerance": (without(REST, "tolerance"), "ok", ""),
        "tolerance_1e-9": (without(changed(REST, ["x"], within), "tolerance"), "FAIL",
                           "expected"),
        "null_tolerance": ({**REST, "tolerance": None}, "ok", ""),
        "word_tolerance": ({**REST, "tolerance": "small"}, "FAIL", "tolerance"),
        "points": (changed(percent, ["acr_gains", "outputs", "GT_pct"], 100.009), "ok", ""),
        "many_points": (changed(percent, ["acr_gains", "outputs", "GT_pct"], 100.011),
                        "FAIL", "expected"),
        "remark": ({**REST, "origin": "made up here", "nothing": None}, "ok", ""),
        "setting": ({**REST, "restore": 3}, "FAIL", "restore"),
        "word": ({**REST, "closure": "other"}, "FAIL", "closure"),
        "labour": ({**REST, "labour": {"producer": 5, "path": [1, 1, 1]}}, "FAIL", "producer"),
        "family": ({**REST, "family": "goan"}, "FAIL", "goan"),
        "no_family": (without(REST, "family"), "FAIL", "family"),
        "nothing": (without(REST, "x"), "FAIL", "x"),
        "empty_path": ({**REST, "x": []}, "FAIL", ""),
        "null_path": ({**REST, "x": [[None, None]]}, "FAIL", "expected"),
        "output": (changed(PERCENT, ["acr_gains", "outputs", "other"], 1), "FAIL", "other"),
        "measure": ({"family": "formulas", "unheard": {"inputs": {}}}, "FAIL", ""),
        "list": ("[]", "FAIL", ""), "torn": ('{"family": "guan"', "FAIL", ""),
        "blank": ("", "FAIL", "")}
    names, bad = {}, 0
    for name, (case, verdict, reason) in wanted.items():
        names[name] = os.path.join(folder, name + ".json")
        with open(names[name], "w") as file:
            file.write(case if isinstance(case, str) else json.dumps(case))
        code, said, why = run(program, names[name])
        if (code, said.get(names[name])) != (int(verdict != "ok"), verdict) or reason not in why:
            print(f"{name}: exit {code}, {said}, {why[:300]}")
            bad += 1
    absent = os.path.join(folder, "absent.json")
    code, said, _ = run(program, names["plain"], absent, folder, names["remark"])
    if code != 1 or list(said.values()) != ["ok", "FAIL", "FAIL", "ok"]:
        print(f"several files: exit {code}, {said}")
        bad += 1
    print(f"{len(wanted) + 1} files that are no plain cases, {bad} misjudged")
    return bad > 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
