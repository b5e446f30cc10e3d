# SPDX-License-Identifier: Apache-2.0
"""The denial loss in plain numpy, written from its equations, and random case files.
   denial_cases.py FOLDER [SEED [COUNT]]"""
import sys

import numpy as np

from make_cases import write

ENDS = {"low": (1.0, 1.5, 1.5), "mid": (None, 1.0, 1.0), "high": (0.0, 0.5, 0.5)}


def ramp(t, tau, step):
    return np.clip((t * step - tau) / step, 0, 1)


class Model:
    """Arrays by product, supplier, user; the suppliers' list begins with the users."""

    def __init__(self, inputs):
        self.inputs = inputs
        self.products, self.suppliers = inputs["products"], inputs["suppliers"]
        self.flow = np.array(inputs["flows_q_s_d"], float)
        self.step, self.slices = inputs["slice_days"], inputs["slices"]
        self.users = len(inputs["economies"])

    def table(self, key):
        return np.array(self.inputs[key], float)

    def weight(self, row, end):
        if end == "mid":
            return row["weight"]
        pair = f"{row['user']}<-{row['input']}"
        return self.inputs["bounds"]["phi_" + end].get(pair, row["weight"])


def output(m, unmet, end):
    """a = max(0, 1 - max(essential, half important, sum of minor))."""
    a = np.ones_like(unmet)
    for p, name in enumerate(m.products):
        most, minor = np.zeros(m.users), np.zeros(m.users)
        for row in m.inputs["recipe"]:
            if row["user"] != name:
                continue
            u = m.weight(row, end) * unmet[m.products.index(row["input"])]
            if row["cls"] == "essential":
                most = np.maximum(most, u)
            elif row["cls"] == "important":
                most = np.maximum(most, u / 2)
            else:
                minor = minor + u
        a[p] = np.maximum(0, 1 - np.maximum(most, minor))
    return a


def baseline(m, denials, end):
    """Purchases; at the high end the unseen supply of denied products is the holder's."""
    flow = m.flow.copy()
    if end == "high" and "ZZU" in m.suppliers:
        unseen = m.suppliers.index("ZZU")
        for h, q, *_ in denials:
            flow[q, h] += flow[q, unseen]
            flow[q, unseen] = 0
    use = flow.sum(1)
    return flow, use, flow / np.where(use > 0, use, 1)[:, None]


def reroutes(m, denials, flow, share, barred, rho_all):
    """What victims get through others, as a share of their use; the volume by denial."""
    part, volume = np.zeros_like(m.table("stock_days_q_d")), np.zeros(len(denials))
    for k, (h, q, victims, delta, mode) in enumerate(denials):
        if mode != "targeted":
            continue
        others = [d for d in range(m.users) if d not in victims]
        held = [s for s in range(len(m.suppliers)) if not barred[q, s]]
        room = flow[q][np.ix_(held, others)].sum()
        denied = sum(step * flow[q, i, whom].sum()
                     for i, p, whom, step, _ in denials if p == q)
        rho = m.table("reroute_share_q")[q] if rho_all is None else rho_all
        passed = rho * delta * (min(1, room / denied) if denied > 0 else 0)
        part[q, victims] += passed * share[q, h, victims]
        volume[k] = passed * flow[q, h, victims].sum()
    return part, volume


def shortages(m, t, a, den, barred, flow_share, use, rerouted, spare):
    """The gap, and what is left of it after other ways, substitutes and spare capacity."""
    gap, after, x = np.zeros_like(use), np.zeros_like(use), m.table("output_q_r")

    def ready(key, q):
        return ramp(t, m.table(key)[q], m.step)

    for q in range(len(m.products)):
        made = np.ones(len(m.suppliers))
        made[:m.users] = a[q]
        gap[q] = (flow_share[q] * (1 - (1 - den[q]) * made[:, None])).sum(0)
        n = gap[q] - ready("reroute_after_days_q", q) * rerouted[q]
        n = n - ready("substitute_after_days_q", q) * m.table("substitute_share_q")[q]
        n = np.maximum(0, n)
        more = sum(x[q, s] * max(0, spare[q, s] - (1 - a[q, s]))
                   for s in range(m.users) if not barred[q, s])
        need = (n * use[q]).sum()
        met = ready("spare_after_days_q", q) * more / need if need > 0 else 0
        after[q] = n * max(0, 1 - met)
    return gap, after


def bites(m, t, a, after, unmet, begin, bite):
    """The day on which the first short input of an economy has run out."""
    inputs = {row["input"] for row in m.inputs["recipe"]}
    for d in range(m.users):
        if np.isnan(bite[d]) and (a[:, d] < 1).any():
            bite[d] = min((t - 1) * m.step + begin[q, d] / after[q, d]
                          for q, name in enumerate(m.products)
                          if name in inputs and unmet[q, d] > 0)


def sales_lost(m, t, denials, flow, volume):
    """Value added of the holders in what they do not sell, in one slice."""
    lost, x, v = np.zeros(m.users), m.table("output_q_r"), m.table("value_added_q_r")
    for (h, q, victims, delta, _), back in zip(denials, volume):
        gone = delta * flow[q, h, victims].sum()
        gone -= ramp(t, m.table("reroute_after_days_q")[q], m.step) * back
        if x[q, h] > 0:
            lost[h] += m.step / 365 * v[q, h] / x[q, h] * gone
    return lost


def run(m, denials, end="mid"):
    """denials: (holder, product, victims, delta, mode). Losses and sales lost up to each
    slice, bite days, and the path of the run."""
    rho_all, stock_factor, spare_factor = ENDS[end]
    flow, use, share = baseline(m, denials, end)
    den, barred = np.zeros_like(flow), np.zeros((len(flow), len(m.suppliers)), bool)
    for h, q, victims, delta, _ in denials:
        den[q, h, victims] = delta
        barred[q, h] = True
    rerouted, volume = reroutes(m, denials, flow, share, barred, rho_all)
    spare = m.table("spare_q_r") * spare_factor
    stock = m.table("stock_days_q_d") * stock_factor
    a, bite = np.ones_like(use), np.full(m.users, np.nan)
    losses, sales, path = [], [], []
    for t in range(1, m.slices + 1):
        begin = stock
        gap, after = shortages(m, t, a, den, barred, share, use, rerouted, spare)
        draw = np.minimum(after * m.step, stock)
        stock, unmet = stock - draw, after - draw / m.step
        a = output(m, unmet, end)
        bites(m, t, a, after, unmet, begin, bite)
        losses.append(m.step / 365 * (m.table("value_added_q_r") * (1 - a)).sum(0))
        sales.append(sales_lost(m, t, denials, flow, volume))
        path.append({"slice": t, "gap": gap, "after_flows": after, "stock_end": stock,
                     "unmet": unmet, "a": a})
    return np.cumsum(losses, 0), np.cumsum(sales, 0), bite, path


# ---- Random cases ----


def labels(prefix, count):
    return [f"{prefix}{k}" for k in range(count)]


def recipes(g, products):
    rows = []
    for user in products:
        for put in products:
            if user != put and g.random() < 0.4:
                rows.append({"user": user, "input": put,
                             "cls": str(g.choice(["essential", "important", "minor"])),
                             "weight": float(g.uniform(0, 1))})
    return rows


def random_inputs(g, number):
    users, products = labels("E", int(g.integers(2, 7))), labels("P", int(g.integers(1, 7)))
    q, u = len(products), len(users)
    suppliers = users + (["ZZU"] if number % 3 else [])
    flow = g.lognormal(2, 1.5, (q, len(suppliers), u)) * (g.random((q, len(suppliers), u)) < 0.6)
    flow[:, :, g.integers(u)] *= g.random() < 0.5  # an economy that may use nothing
    sold = flow[:, :u].sum(2)
    recipe = recipes(g, products)
    low = {f"{r['user']}<-{r['input']}": r["weight"] * g.random() for r in recipe}
    high = {f"{r['user']}<-{r['input']}": r["weight"] + (1 - r["weight"]) * g.random()
            for r in recipe if g.random() < 0.8}
    made = sold * (g.random((q, u)) < 0.9)
    step = float(g.choice([30, 30, 10, 15, 7.5]))
    return {
        "unit": "MUSD a year", "economies": users, "products": products,
        "suppliers": suppliers, "flows_q_s_d": flow, "output_q_r": made,
        "value_added_q_r": made * g.random((q, u)), "recipe": recipe,
        "stock_days_q_d": g.choice([0, 5, 30, 90], (q, u)) * g.random((q, u)),
        "spare_q_r": g.choice([0, 0.05, 0.3], (q, u)),
        "spare_after_days_q": g.choice([0, 30, 45, 90], q),
        "substitute_share_q": g.choice([0, 0.1, 0.6], q),
        "substitute_after_days_q": g.choice([0, 20, 180], q),
        "reroute_share_q": g.choice([0, 0.5, 1], q),
        "reroute_after_days_q": g.choice([0, 30, 75], q),
        "slice_days": step, "slices": int(g.integers(int(360 / step), int(800 / step))),
        "depth": float(g.choice([1, 1, 0.4])),
        "bounds": {"low": "reroute 1, stocks x1.5, spare x1.5, phi_low, unseen ZZU keeps "
                          "delivering",
                   "high": "reroute 0, stocks x0.5, spare x0.5, phi_high, ZZU supply of "
                           "the denied product given to the holder (in every pool)",
                   "phi_low": low, "phi_high": high}}


def rows_of(m, denials, victims, mode, days=(90, 180, 360)):
    """One run; a row for each (denial, victim)."""
    loss = {end: run(m, denials, end) for end in ENDS}
    value, rows = m.table("value_added_q_r").sum(0), []

    def at(end, day, v):
        return loss[end][0][int(day / m.step + 1e-9) - 1][v]

    use = m.flow.sum(1)
    share = m.flow / np.where(use > 0, use, 1)[:, None]
    for h, q, _, delta, _ in denials:
        for v in victims:
            own = v == h
            row = {"mode": mode, "holder": m.suppliers[h], "product": m.products[q],
                   "victim": m.suppliers[v], "role": "sender (blowback)" if own else "victim",
                   "share": None if own or use[q, v] <= 0 else share[q, h, v],
                   "bite_day": loss["mid"][2][v]}
            for day in days:
                row[f"loss_{day}"] = at("mid", day, v)
            base = value[v] * days[-1] / 365
            row[f"loss_share_{days[-1]}"] = at("mid", days[-1], v) / base if base > 0 else None
            row[f"low_{days[-1]}"] = at("low", days[-1], v)
            row[f"high_{days[-1]}"] = at("high", days[-1], v)
            row["crosscheck_denied_purchases_360"] = (
                None if own else delta * 360 / 365 * m.flow[q, h, v])
            rows.append({key: None if isinstance(x, float) and np.isnan(x) else x
                         for key, x in row.items()})
    return rows


def victims_of(m, mode, h):
    return [d for d in range(m.users) if mode == "outage" or d != h]


def expected(g, m):
    depth, single, senders = m.inputs["depth"], [], []
    for h in range(m.users):
        for q in range(len(m.products)):
            for mode in ("targeted", "stop", "outage"):
                whom = victims_of(m, mode, h)
                if mode == "targeted":
                    v = int(g.choice(whom))
                    single += rows_of(m, [(h, q, [v], depth, mode)], [v], mode)
                    whom = [v]
                else:
                    seen = range(m.users)
                    single += rows_of(m, [(h, q, whom, depth, mode)], seen, mode)
                loss, sales, *_ = run(m, [(h, q, whom, depth, mode)])
                at = int(360 / m.step + 1e-9) - 1
                if mode != "outage":
                    senders.append({"mode": mode, "holder": m.suppliers[h],
                                    "product": m.products[q],
                                    "victims": [m.suppliers[v] for v in whom],
                                    "sender_sales_cost_360": sales[at][h],
                                    "total_loss_victims_360": loss[at][whom].sum()})
    h, q = int(g.integers(m.users)), int(g.integers(len(m.products)))
    whom = [int(v) for v in g.choice(victims_of(m, "targeted", h),
                                     size=max(1, m.users - 2), replace=False)]
    v = whom[0]
    name = f"{m.suppliers[h]}_{m.products[q]}"
    # Two holders, of two products where there are two, against the same victim.
    other = [i for i in range(m.users) if i not in (h, v)][:1] or [h]
    both = [(h, q, [v], depth, "targeted"),
            (other[0], (q + 1) % len(m.products), [v], depth, "targeted")]
    both = both[:1] if both[0][:2] == both[1][:2] or len(m.products) == 1 else both
    curve = []
    for delta in (0, 0.25, 0.5, 0.9, 1):
        loss = run(m, [(h, q, [v], delta, "targeted")])[0]
        curve.append({"delta": delta, "loss_360": loss[int(360 / m.step + 1e-9) - 1][v]})
    path = run(m, [(h, q, [v], depth, "targeted")])[3]
    return {"denial": single, "sender": senders,
            "joint_targeted": rows_of(m, [(h, q, whom, depth, "targeted")], whom, "targeted"),
            "joint_of_two": rows_of(m, both, [v], "targeted"),
            f"partial_denial_{name}_{m.suppliers[v]}": curve,
            f"path_{name}_to_{m.suppliers[v]}_targeted": path}


def main(folder, seed=1, count=6):
    for number in range(int(count)):
        g = np.random.default_rng([int(seed), 77, number])
        inputs = random_inputs(g, number)
        case = {"id": f"random_{number}", "inputs": inputs,
                "expected": expected(g, Model(inputs))}
        write(folder, f"denial_{seed}_{number}", "denial", case)


if __name__ == "__main__":
    main(*sys.argv[1:])
