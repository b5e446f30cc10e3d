# SPDX-License-Identifier: Apache-2.0
"""Caliendo and Parro's nested algorithm in plain numpy, written from the equations: the
twin that bench/trade.c measures itself against. Reads the model bench/trade.c wrote,
solves the baseline without deficits and the counterfactual, prints seconds and the real
income changes."""
import sys
import time

import numpy as np


def read(path):
    with open(path, "rb") as file:
        n, j = np.fromfile(file, np.int32, 2)

        def take(*shape):
            return np.fromfile(file, float, int(np.prod(shape))).reshape(shape)

        return {
            "N": n, "J": j,
            "share": take(j, n, n), "tariff": take(j, n, n), "theta": take(j),
            "value": take(n, j), "input": take(n, j, j), "final": take(n, j),
            "va": take(n), "tariff_new": take(j, n, n),
        }


def prices(m, wage, kappa, p):
    theta = m["theta"][:, None]
    while True:
        cost = m["value"].T * np.log(wage) + np.einsum("nkj,kn->jn", m["input"], np.log(p))
        pull = m["share"] * (kappa * np.exp(cost)[:, None, :]) ** -theta[:, :, None]
        new = pull.sum(2) ** (-1 / theta)
        moved = np.abs(new / p - 1).max()
        p = new
        if moved < 1e-13:
            return p, pull / pull.sum(2, keepdims=True)


def spending(m, wage, share, tariff):
    """X = gamma R(X) + alpha I(X), one dense system of N J rows."""
    n, j = m["N"], m["J"]
    net = share / (1 + tariff)
    a = np.einsum("ikl,lmi->kilm", m["input"], net)
    rate = 1 - net.sum(2)
    for i in range(n):
        a[:, i, :, i] += m["final"][i][:, None] * rate[:, i][None, :]
    system = np.eye(n * j) - a.reshape(n * j, n * j)
    own = (m["final"] * (wage * m["va"])[:, None]).T.reshape(-1)
    return np.linalg.solve(system, own).reshape(j, n), net, rate


def solve(m, tariff):
    kappa = (1 + tariff) / (1 + m["tariff"])
    wage, p, steps = np.ones(m["N"]), np.ones((m["J"], m["N"])), 0
    while True:
        p, share = prices(m, wage, kappa, p)
        x, net, rate = spending(m, wage, share, tariff)
        sales = np.einsum("jni,jn->ji", net, x)
        excess = (sales.sum(0) - (x * net.sum(2)).sum(0)) / (wage * m["va"])
        steps += 1
        if np.abs(excess).max() < 1e-10 or steps > 2000:
            break
        wage *= 1 + 0.4 * excess
        wage *= m["va"].sum() / (wage * m["va"]).sum()
    income = wage * m["va"] + (x * rate).sum(0)
    return wage, p, share, income, steps


def main():
    m = read(sys.argv[1])
    start = time.process_time()
    wage, _, share, income, first = solve(m, m["tariff"])
    m["va"], m["share"] = wage * m["va"], share
    _, p, _, after, second = solve(m, m["tariff_new"])
    real = after / income / np.exp((m["final"].T * np.log(p)).sum(0)) - 1
    print(time.process_time() - start, first, second, *real)


main()
