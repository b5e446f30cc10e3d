# SPDX-License-Identifier: Apache-2.0
"""The published cascade models in plain numpy: slow, one line an equation, nothing shared
with the C code. Each function returns what a case file of its family states."""
import numpy as np


def ratio(a, b, otherwise=0.0):
    """a / b, and `otherwise` where b is 0."""
    a, b = np.broadcast_arrays(np.asarray(a, float), np.asarray(b, float))
    return np.where(b > 0, a / np.where(b > 0, b, 1), otherwise)


# ---- Inoue and Todo ----


def water(order, initial, supply):
    """Everybody gets min(order, level x initial order), so that supply is given out."""
    if order.sum() <= supply:
        return order
    have = order > 0
    full = np.zeros_like(have)
    while (have & ~full).any():
        level = (supply - order[full].sum()) / initial[have & ~full].sum()
        met = have & ~full & (order <= level * initial)
        if not met.any():
            return np.where(full, order, np.where(have, level * initial, 0))
        full |= met
    return order


def in_rounds(order, initial, supply):
    """What the published program does instead; final demand, the last, is charged in each
    round, and the first round gives to firms that ordered nothing, too."""
    have = initial > 0
    wish = np.where(have, order / np.where(have, initial, 1), 0)
    got, among = np.zeros_like(wish), have.copy()
    while (wish[have] > 1e-14).any():
        least = wish[have & (wish > 1e-14)].min()
        charge = least * (initial[:-1][among[:-1]].sum() + initial[-1])
        if supply <= charge * (1 + 1e-13):
            wants = have & (wish > 1e-14)
            got[wants] += supply / initial[wants].sum()
            break
        among[-1] = have[-1] and wish[-1] > 1e-14
        got[among] += least
        wish = np.where(among, wish - least, wish)
        among &= wish > 1e-14
        supply -= charge
    return got * initial


def inoue_todo(A, C, sector, delta, n, tau, rationing, steps, program=False):
    """A[i, j]: what i buys from j. Rows of production, value added, final consumption,
    the first of them before the shock."""
    share_out = in_rounds if program else water
    A, C, sector = np.array(A, float), np.array(C, float), np.array(sector)
    P0 = C + A.sum(0)
    added = np.where(P0 > 0, 1 - ratio(A.sum(1), P0), 0)
    same = (sector[:, None] == sector[None, :]).astype(float)
    pooled = A @ same  # [i, j]: what i buys of j's sector
    S, Oadj, P = n * A, A.copy(), P0.copy()
    rows = [[P0.sum(), (added * P0).sum(), C.sum()]]
    for _ in range(steps):
        run = ratio(P, P0)[:, None]
        used = ratio(S, S @ same) * run * pooled
        idle = (P0 <= 0)[:, None]  # makes nothing: its stocks stay, it orders as ever
        S = np.where(idle, S, np.maximum(0, S + Oadj - used))
        O = np.maximum(0, A * run + (n * A * run - S) / tau)
        O = np.where(idle, A, O)
        D = C + O.sum(0)
        cover = np.where(pooled > 0, ratio(S @ same, pooled) * P0[:, None], np.inf)
        P = np.minimum(np.minimum(P0 * (1 - np.array(delta)), cover.min(1)), D)
        Cadj = np.zeros_like(C)
        for j in range(len(C)):
            order, initial = np.append(O[:, j], C[j]), np.append(A[:, j], C[j])
            if rationing == 0:
                got = order * ratio(P[j], D[j])
            elif rationing == 1:
                clients = min(O[:, j].sum(), P[j])
                got = np.append(O[:, j] * ratio(clients, O[:, j].sum()), P[j] - clients)
            else:
                got = share_out(order, initial, P[j])
            Oadj[:, j], Cadj[j] = got[:-1], got[-1]
        rows.append([P.sum(), (added * P).sum(), Cadj.sum()])
    return rows


# ---- Guan and others ----


def guan(Z, F, index, key, labour, steps):
    """index[i, j]: class of supplier i for buyer j, from 1; key[class, j]: does it bind.
    labour[t, i]: multiplier of capacity."""
    Z, F, index, key = (np.array(v, float) for v in (Z, F, index, key))
    count = len(Z)
    x0 = Z.sum(1) + F.sum(1)
    classes = int(index.max())

    def merge(m):
        return np.array([np.where(index == c + 1, m, 0).sum(0) for c in range(classes)])

    Zc = merge(Z)
    a = ratio(Zc, x0[None, :])
    stock, goal, order = 4 * Zc, 5 * Zc, np.hstack([Z, F])
    path = []
    for t in range(steps):
        D = order.sum(1)
        x = np.minimum(labour[t] * x0, D)
        for j in range(count):
            for c in range(classes):
                if key[c][j] and a[c, j] > 0:
                    x[j] = min(x[j], stock[c, j] / a[c, j])
        sent = order * ratio(x, D)[:, None]
        stock = stock - a * x + merge(sent[:, :count])
        gap = np.maximum(0, goal - stock)
        for i in range(count):
            for j in range(count):
                c = int(index[i, j]) - 1
                order[i, j] = gap[c, j] * ratio(Z[i, j], Zc[c, j])
        path.append(x)
    return np.array(path)


# ---- Pichler and others ----


def input_limit(name, S, A, x0, critical):
    limit = np.full(len(x0), np.inf)
    for j in range(len(x0)):
        q = [(S[i, j] / A[i, j], critical[i][j]) for i in range(len(x0)) if A[i, j] > 0]
        if name == "linear":
            if q:
                limit[j] = S[:, j].sum() / A[:, j].sum()
            continue
        for value, e in q:
            if name == "leontief" or e == 1 or (e == 0.5 and name == "strongly_critical"):
                limit[j] = min(limit[j], value)
            elif e == 0.5 and name == "half_critical":
                limit[j] = min(limit[j], (value + x0[j]) / 2)
    return limit


def pichler(name, Z, c0, f0, l0, essential, days, labour_shock, household_shock, steps):
    Z, c0, f0, l0 = (np.array(v, float) for v in (Z, c0, f0, l0))
    days, shock, kappa = (np.array(v, float) for v in (days, labour_shock, household_shock))
    x0 = Z.sum(1) + c0 + f0
    A = ratio(Z, x0[None, :])
    target = Z * days[None, :]
    S, d, l = target.copy(), x0.copy(), l0.copy()
    theta0 = c0 / c0.sum() if c0.sum() > 0 else c0
    kept = ((1 - kappa) * theta0).sum()
    theta = (1 - kappa) * theta0 / kept if kept > 0 else 0 * theta0
    c = (1 - 0.75 * (1 - kept)) * theta * c0.sum()
    rows = {"x": [x0], "labour": [l0], "demand": [x0]}
    for _ in range(steps):
        x_cap = ratio(l, l0) * x0
        x_inp = input_limit(name, S, A, x0, essential)
        O = A * d + (target - S) / 14
        d = O.sum(1) + c + f0
        x = np.minimum(np.minimum(x_cap, x_inp), d)
        r = np.where(d != 0, x / np.where(d != 0, d, 1), 0)
        S = np.maximum(0, S + O * np.minimum(r, 1)[:, None] - A * x)
        l = l + ratio(l0, x0) * (np.minimum(x_inp, d) - x_cap) / 7
        l = np.minimum(l, (1 - shock) * l0)
        for key, value in (("x", x), ("labour", l), ("demand", d)):
            rows[key].append(value)
    return {key: np.array(value) for key, value in rows.items()}


# ---- Economic systemic risk ----


def esri(W, sector, ess, psi, market_on, eps, market=None, revenue=None, costs=None,
         start_full=False, most=300):
    """psi[i, s]. Jacobi. None when it does not stop within `most` steps."""
    W, ess, psi = np.array(W, float), np.array(ess), np.array(psi, float)
    sector = np.array(sector)
    present = sorted(set(sector.tolist()))
    market = sector if market is None else np.array(market)
    n, out = len(W), W.sum(1)
    kind = np.where(W > 0, ess[np.ix_(sector, sector)], 0)
    by_sector = np.array([W[sector == sector[i]].sum(0) for i in range(n)])
    bought = np.tile(W.sum(0) if costs is None else np.array(costs, float), (n, 1))
    down = np.where(kind == 2, ratio(W, by_sector), np.where(kind == 1, ratio(W, bought), 0))
    up = ratio(W, (out if revenue is None else np.array(revenue, float))[:, None])
    result = {"ESRI": [], "ESRI_down": [], "ESRI_up": [], "iterations": [],
              "loss_down_per_firm": [], "loss_up_per_firm": []}
    for s in range(psi.shape[1]):
        top = 1 - psi[:, s]
        hd, hu = (np.ones(n), np.ones(n)) if start_full else (top.copy(), top.copy())
        for step in range(1, most + 1):
            sigma = np.ones(n)
            if market_on:
                for i in range(n):
                    left = (hd * out)[market == market[i]].sum()
                    sigma[i] = min(1, out[i] / (left if left > 1e-10 else 1))
            lost = sigma[:, None] * down * (1 - hd)[:, None]
            new_d = top.copy()
            for j in range(n):
                for k in present:
                    new_d[j] = min(new_d[j], 1 - lost[(sector == k) & (kind[:, j] == 2), j].sum())
                new_d[j] = max(0, min(new_d[j], 1 - lost[kind[:, j] == 1, j].sum()))
            new_u = np.maximum(0, np.minimum(top, 1 - up @ (1 - hu)))
            drop = max((hd - new_d).max(), (hu - new_u).max())
            hd, hu = new_d, new_u
            if drop <= eps:
                break
        else:
            return None
        all_out = out.sum() if out.sum() > 0 else 1
        result["ESRI"].append((out * (1 - np.minimum(hd, hu))).sum() / all_out)
        result["ESRI_down"].append((out * (1 - hd)).sum() / all_out)
        result["ESRI_up"].append((out * (1 - hu)).sum() / all_out)
        result["iterations"].append(step)
        result["loss_down_per_firm"].append(1 - hd)
        result["loss_up_per_firm"].append(1 - hu)
    return {key: np.array(value) for key, value in result.items()}
