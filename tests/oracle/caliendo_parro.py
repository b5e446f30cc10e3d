# SPDX-License-Identifier: Apache-2.0
"""Caliendo and Parro (2015) from their replication data in plain numpy, as an oracle: the
baseline and the counterfactuals of the paper and of its appendices, each written as a case
file for run-case. Nothing here comes from kaname; shares, variants and welfare follow the
paper's text and equations 2 to 7, 16 to 18 and section 5.

    python tests/oracle/caliendo_parro.py DATA_FOLDER OUT_FOLDER [VARIANT...]"""
import json
import os
import sys

import numpy as np

NAMES = ("ARG AUS AUT BRA CAN CHL CHN DNK FIN FRA DEU GRC HUN IND IDN IRL ITA JPN KOR MEX "
         "NLD NZL NOR PRT ZAF ESP SWE TUR GBR USA ROW").split()
N, TRADED, SECTORS = 31, 20, 40
NAFTA = [NAMES.index(c) for c in ("CAN", "MEX", "USA")]


def load(folder):
    def table(name):
        return np.loadtxt(os.path.join(folder, name))

    zeros = np.zeros((SECTORS - TRADED, N, N))
    raw = {
        "trade": np.concatenate([table("xbilat1993.txt").reshape(TRADED, N, N) / 1e3, zeros]),
        "1993": np.concatenate([table("tariffs1993.txt").reshape(TRADED, N, N) / 100, zeros]),
        "2005": np.concatenate([table("tariffs2005.txt").reshape(TRADED, N, N) / 100, zeros]),
        "io": table("IO.txt").reshape(N, SECTORS, SECTORS),
        "beta": table("B.txt"), "output": table("GO.txt") / 1e6,
        "theta": np.concatenate([table("T.txt"), np.full(SECTORS - TRADED, 8.22)]),
    }
    for key in ("trade", "1993", "2005"):
        for j in range(SECTORS):
            np.fill_diagonal(raw[key][j], 0)
    raw["output"] = np.maximum(raw["output"], raw["trade"].sum(1))
    return raw


def restrict(raw, variant):
    """The paper's other models: value added is all of output; materials of the own sector
    only; one traded and one other sector with medians and means of what they replace."""
    d = dict(raw)
    if variant == "no-materials":
        d["beta"] = np.ones_like(d["beta"])
    if variant == "no-io":
        own = np.array([np.diag(d["io"][n]) for n in range(N)])
        d["beta"] = 1 - own.T
        d["io"] = np.stack([np.eye(SECTORS)] * N)
    if variant == "one-sector":
        for key in ("1993", "2005"):
            d[key] = np.stack([np.median(d[key][:TRADED], axis=0), np.zeros((N, N))])
        d["trade"] = np.stack([d["trade"].sum(0), np.zeros((N, N))])
        blocks = d["io"].reshape(N, 2, TRADED, 2, TRADED).mean((2, 4))
        d["io"] = blocks / blocks.sum(1, keepdims=True)
        d["beta"] = np.stack([np.median(d["beta"][:TRADED], 0), np.median(d["beta"][TRADED:], 0)])
        d["output"] = np.stack([d["output"][:TRADED].sum(0), d["output"][TRADED:].sum(0)])
        d["theta"] = np.full(2, 4.55)
    return d


def calibrate(d, keep_deficits):
    m = {"theta": d["theta"], "beta": d["beta"], "tau": d["1993"]}
    flows = d["trade"].copy()
    output = d["output"]
    for j, flow in enumerate(flows):
        flow[np.diag_indices(N)] = output[j] - flow.sum(0)
    spend = flows * (1 + m["tau"])
    total = spend.sum(2)
    m["pi"] = spend / total[:, :, None]
    m["gamma"] = d["io"] * (1 - d["beta"]).T[:, None, :]  # n, k, j
    need = total - np.einsum("nkj,jn->kn", m["gamma"], output)
    m["alpha"] = np.maximum(need, 0)
    m["alpha"] /= m["alpha"].sum(0)
    m["va"] = (d["beta"] * output).sum(0)
    deficit = flows.sum((0, 2)) - flows.sum((0, 1))
    m["deficit"] = deficit if keep_deficits else np.zeros(N)
    return m


def prices(m, wage, kappa, p):
    theta = m["theta"][:, None]
    while True:
        log_cost = m["beta"] * np.log(wage) + np.einsum("nkj,kn->jn", m["gamma"], np.log(p))
        pull = m["pi"] * (kappa * np.exp(log_cost)[:, None, :]) ** -theta[:, :, None]
        new = pull.sum(2) ** (-1 / theta)
        moved = np.abs(new / p - 1).max()
        p = new
        if moved < 1e-14:
            return p, np.exp(log_cost), pull / pull.sum(2, keepdims=True)


def spending(m, wage, share, tau):
    """One dense linear system in the J N expenditures."""
    size = len(m["theta"])
    net = share / (1 + tau)
    a = np.einsum("ikl,lmi->kilm", m["gamma"], net)
    rate = 1 - net.sum(2)
    for i in range(N):
        a[:, i, :, i] += m["alpha"][:, i][:, None] * rate[:, i][None, :]
    own = m["alpha"] * (wage * m["va"] + m["deficit"])
    x = np.linalg.solve(np.eye(size * N) - a.reshape(size * N, -1), own.reshape(-1))
    return x.reshape(size, N), net


def equilibrium(m, tau):
    kappa = (1 + tau) / (1 + m["tau"])
    state = {"p": np.ones((len(m["theta"]), N))}

    def excess(u):
        wage = np.exp(u)
        wage *= m["va"].sum() / (wage * m["va"]).sum()
        state["p"], state["cost"], state["share"] = prices(m, wage, kappa, state["p"])
        state["x"], net = spending(m, wage, state["share"], tau)
        state["wage"] = wage
        state["flows"] = net * state["x"][:, :, None]
        balance = state["flows"].sum((0, 1)) + m["deficit"] - state["flows"].sum((0, 2))
        return balance / (wage * m["va"])

    u, inverse = np.zeros(N), np.eye(N) * 0.4
    f = excess(u)
    for _ in range(400):  # Broyden's method on log wages
        if np.abs(f).max() < 1e-12:
            break
        step = inverse @ f
        step *= min(1, 0.3 / np.abs(step).max())
        g = excess(u + step)
        d, y = step, -(g - f)
        hy = inverse @ y
        inverse += np.outer(d - hy, d @ inverse) / (d @ hy)
        u, f = u + step, g
    else:
        raise SystemExit("the oracle did not converge")
    state["income"] = (state["wage"] * m["va"] + m["deficit"] +
                       (state["flows"] * tau).sum((0, 2)))
    return state


def rebase(m, state):
    b = dict(m)
    b["pi"], b["va"] = state["share"], state["wage"] * m["va"]
    return b


def effects(m, before, after):
    off = 1 - np.eye(N)
    c = (after["cost"] - 1)[:, None, :]  # of the exporter
    gain = before["flows"] * c
    terms_in = np.einsum("jni,ni->ni", gain, off)
    terms = (terms_in.T - terms_in) / before["income"][:, None]  # my gain less partner's
    volume = (m["tau"] * (after["flows"] - before["flows"] * (1 + c))).sum(0)
    volume = volume * off / before["income"][:, None]
    index = np.exp((m["alpha"] * np.log(after["p"])).sum(0))
    imports = [(s["flows"].sum(0)) * off for s in (before, after)]
    exports = [np.einsum("jni,ni->ji", s["flows"], off) for s in (before, after)]
    share = [e / e.sum(0) for e in exports]
    size = len(m["theta"])
    hhi = [((s ** 2).sum(0) - 1 / size) / (1 - 1 / size) for s in share]
    return {
        "ToT": terms.sum(1), "VoT": volume.sum(1), "W": terms.sum(1) + volume.sum(1),
        "RW": after["wage"] / index - 1, "terms": terms, "volume": volume,
        "exactRI": after["income"] / before["income"] / index - 1,
        "growth": imports[1] / np.where(imports[0] > 0, imports[0], np.nan) - 1,
        "share": share, "hhi": hhi, "flows": (before["flows"], after["flows"]),
    }


def beyond(both, given):
    """What one change adds to another, as the paper compares them: each effect of both
    over that of the other alone, growth of trade by sector on the flows of 1993."""
    e = {k: (1 + both[k]) / (1 + given[k]) - 1 for k in ("ToT", "VoT", "RW", "exactRI")}
    e["W"] = e["ToT"] + e["VoT"]
    base, after, without = both["flows"][0], both["flows"][1], given["flows"][1]
    grown = base * np.divide(after, without, out=np.ones_like(base), where=without > 0)
    total = base.sum(0)
    e["growth"] = grown.sum(0) / np.where(total > 0, total, np.nan) - 1
    return e


def plain_tables(name, e):
    rows = {NAMES[n]: {k: 100 * e[k][n] for k in ("W", "ToT", "VoT", "RW", "exactRI")}
            for n in range(N)}
    growth = {NAMES[n]: {NAMES[i]: 100 * e["growth"][n, i] for i in NAFTA if i != n}
              for n in NAFTA}
    return {name: rows, name + "_impgrowth": growth}


def tables(name, e, group):
    inside = np.isin(np.arange(N), group)
    split = {NAMES[n]: [100 * e[k][n][side].sum() for k in ("terms", "volume")
                        for side in (inside, ~inside)] for n in NAFTA}
    hhi = {NAMES[n]: [e["hhi"][0][n], e["hhi"][1][n]] for n in range(N)}
    shares = {NAMES[n]: [[100 * s for s in e["share"][k][:, n]] for k in (0, 1)]
              for n in NAFTA}
    return plain_tables(name, e) | {name + "_bilat": split, name + "_hhi": hhi,
                                    name + "_export_shares": shares}


CODES = [NAMES[n] for n in NAFTA]
ONLY_NAFTA = {"op": "tariff_schedule", "schedule": "2005", "from": CODES, "to": CODES}
WORLD = {"op": "tariff_schedule", "schedule": "2005", "from": "*", "to": "*"}
UNDO_NAFTA = {"op": "tariff_schedule", "schedule": "1993", "from": CODES, "to": CODES}
FREE_MEXICO = {"op": "tariff", "set": 0, "from": "*", "to": "MEX"}
DEAR_CHINA = {"op": "tariff", "rate": 0.25, "from": "CHN", "to": "USA"}


def scenarios(d, variant):
    """Name, tariffs after, measures, economies that count as inside."""
    cells = np.ix_(range(len(d["1993"])), NAFTA, NAFTA)
    nafta, without, free, dear = (d[k].copy() for k in ("1993", "2005", "1993", "1993"))
    nafta[cells], without[cells] = d["2005"][cells], d["1993"][cells]
    free[:, NAMES.index("MEX"), :] = 0
    traded = 1 if variant == "one-sector" else SECTORS
    dear[:traded, NAMES.index("USA"), NAMES.index("CHN")] += 0.25
    everyone = list(range(N))
    return [("NAFTA", nafta, [ONLY_NAFTA], NAFTA),
            ("WORLD", d["2005"], [WORLD], everyone),
            ("WORLD_WITHOUT_NAFTA", without, [WORLD, UNDO_NAFTA], everyone),
            ("MEXICO_ALONE", free, [FREE_MEXICO], [NAMES.index("MEX")]),
            ("CHINA_25", dear, [DEAR_CHINA], [NAMES.index("USA")])]


def write(out, name, case):
    path = f"{name.lower()}-{case['variant']}-{case['deficits']}.json"
    with open(os.path.join(out, path), "w", encoding="utf-8") as file:
        json.dump(case, file)


def run(raw, variant, deficits, data, out):
    d = restrict(raw, variant)
    m = calibrate(d, deficits == "keep")
    m = rebase(m, equilibrium(m, m["tau"]))
    before = equilibrium(m, m["tau"])
    case = {"family": "caliendo-parro", "tolerance_pp": 1e-6, "data": data,
            "variant": variant, "deficits": deficits}
    known = {}
    for name, tau, measures, group in scenarios(d, variant):
        e = known[name] = effects(m, before, equilibrium(m, tau))
        write(out, name, case | {"measures": measures,
                                 "computed_percent": tables(name, e, group)})
    e = beyond(known["WORLD"], known["WORLD_WITHOUT_NAFTA"])
    write(out, "NAFTA_GIVEN_WORLD", case | {
        "measures": [WORLD], "given": [WORLD, UNDO_NAFTA],
        "computed_percent": plain_tables("NAFTA_GIVEN_WORLD", e)})


def main():
    raw, out = load(sys.argv[1]), sys.argv[2]
    os.makedirs(out, exist_ok=True)
    data = os.path.abspath(sys.argv[1])
    for variant in sys.argv[3:] or ("full", "no-io", "no-materials", "one-sector"):
        for deficits in ("remove", "keep"):
            run(raw, variant, deficits, data, out)


if __name__ == "__main__":
    main()
