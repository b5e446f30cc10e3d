# SPDX-License-Identifier: Apache-2.0
"""Random case files of the cascade families, with the answers of models.py.
   make_cases.py FOLDER [SEED [COUNT]]"""
import json
import os
import sys

import numpy as np

import models

RATIONING = (0, 1, 2)
MAKES = ("leontief", "strongly_critical", "half_critical", "weakly_critical", "linear")


def network(g, n, density):
    """A table with zero flows; some producers buy nothing, sell nothing to others, or do
    not trade at all; sizes over many orders of magnitude."""
    flow = g.lognormal(0, g.choice([0.5, 2.5]), (n, n)) * (g.random((n, n)) < density)
    if n > 3:
        flow[:, g.integers(n)] = 0
        flow[g.integers(n), :] = 0
        alone = g.integers(n)
        flow[alone, :] = flow[:, alone] = 0
    return flow * 10.0 ** g.integers(-6, 7)


def shock(g, n, full):
    lost = g.random(n) * (g.random(n) < 0.3)
    lost[g.integers(n)] = 1 if full else g.random()
    return lost


def steps_of(g, number):
    return 1000 if number == 0 else int(g.integers(5, 60))


def inoue(g, number):
    n = int(g.integers(2, 16))
    A = network(g, n, g.uniform(0.1, 0.9))
    C = g.lognormal(0, 1, n) * max(A.mean(), 1e-9) * (g.random(n) < 0.7)
    if number % 5 == 1:  # what sells to nobody makes nothing, but may buy
        C[A.sum(0) == 0] = 0
    if number % 7 == 2:
        C[:] = 0
    # Restored in n / 3 steps or more: faster, the model amplifies rounding without end.
    days = float(g.choice([2, 5, 9.5, 15, 30]))
    case = {"rationing": RATIONING[number % 3], "n": days,
            "tau": max(1, days * float(g.choice([0.4, 1, 2]))), "A": A, "C": C,
            "sector": g.integers(0, max(1, n // 2), n),
            "delta": shock(g, n, number % 4 == 0)}
    # The second rationing is either the textbook's or the program's.
    case["trajectory"] = models.inoue_todo(steps=steps_of(g, number), **case,
                                           program=number % 6 == 5)
    return case


def guan(g, number):
    n = int(g.integers(2, 13))
    Z = network(g, n, g.uniform(0.2, 1))
    F = g.lognormal(0, 1, (n, int(g.integers(1, 4)))) * max(Z.mean(), 1e-9)
    F *= g.random(F.shape) < 0.8
    classes = int(g.integers(1, n + 1))
    index = np.tile(g.integers(1, classes + 1, n)[:, None], (1, n))
    for _ in range(3):  # the class of a supplier may differ by buyer
        index[g.integers(n), g.integers(n)] = g.integers(1, classes + 1)
    key = (g.random((n, n)) < 0.7).astype(float)
    steps = steps_of(g, number)
    producer, path = int(g.integers(n)), np.ones(steps)
    path[2:steps // 2] = 0 if number % 3 == 0 else g.random()
    labour = np.ones((steps, n))
    labour[:, producer] = path
    return {"Z": Z, "F": F, "VA": Z.sum(1) + F.sum(1) - Z.sum(0), "index": index,
            "key": key, "labour": {"producer": producer, "path": path},
            "x": models.guan(Z, F, index, key, labour, steps)}


def pichler(g, number):
    n = int(g.integers(2, 11))
    Z = network(g, n, g.uniform(0.2, 1))
    size = max(Z.mean(), 1e-9)
    case = {"Z": Z, "c0": g.lognormal(0, 1, n) * size * (g.random(n) < 0.8),
            "f0": g.lognormal(0, 1, n) * size,
            "l0": g.lognormal(0, 1, n), "essential": g.choice([0, 0.5, 1], (n, n)),
            "target_days_by_buyer": g.uniform(1, 40, n),
            "labour_shock": shock(g, n, number % 3 == 0),
            "household_shock": shock(g, n, number % 4 == 0)}
    steps = steps_of(g, number)
    values = {key.replace("target_days_by_buyer", "days"): case[key] for key in case}
    case["results"] = {make: models.pichler(make, steps=steps, **values) for make in MAKES}
    return case


def esri(g, number):
    n = int(g.integers(2, 16))
    W = network(g, n, g.uniform(0.1, 0.9))
    np.fill_diagonal(W, 0)
    sectors = int(g.integers(1, n + 1))
    psi = np.hstack([np.eye(n), g.random((n, 2)) * (g.random((n, 2)) < 0.5)])
    case = {"W": W, "sector": g.integers(0, sectors, n),
            "ess": g.integers(0, 3, (sectors, sectors)), "psi": psi}
    if number % 3 == 1:
        case["market"] = g.integers(0, 3 * sectors, n)
    if number % 3 == 2:
        case["revenue"] = W.sum(1) * g.uniform(1, 2, n)
        case["costs"] = W.sum(0) * g.uniform(1, 2, n)
    case["results"] = []
    for on in (False, True):
        for eps in (1e-2, 1e-4, 1e-12):
            given = {key: value for key, value in case.items() if key != "results"}
            answer = models.esri(market_on=on, eps=eps, **given)
            if answer and eps < 1e-9:  # rounding decides when it stops
                del answer["iterations"]
            if answer:
                case["results"].append(
                    {"market_share_replaceability": on, "eps": eps, **answer})
    return case


FAMILIES = {"inoue-todo": inoue, "guan": guan, "pichler": pichler, "esri": esri}


def plain(value):
    if isinstance(value, dict):
        return {key: plain(v) for key, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    return value.tolist() if isinstance(value, (np.ndarray, np.generic)) else value


def write(folder, name, family, case, tolerance=1e-9):
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name + ".json"), "w") as file:
        json.dump({"family": family, "tolerance": tolerance, **plain(case)}, file)


def main(folder, seed=1, count=12):
    for at, (family, make) in enumerate(FAMILIES.items()):
        for number in range(int(count)):
            g = np.random.default_rng([int(seed), at, number])
            write(folder, f"{family}_{seed}_{number}", family, make(g, number))


if __name__ == "__main__":
    main(*sys.argv[1:])
