# SPDX-License-Identifier: Apache-2.0
"""Measures of exposure and trade in plain numpy, and random case files of the families
formulas, leontief and gravity.   formula_cases.py FOLDER [SEED [COUNT]]"""
import csv
import math
import os
import sys

import numpy as np

from make_cases import write


def inverse(a):
    return np.linalg.inv(np.eye(len(a)) - a)


# ---- Exposure ----


def ec_cdi(g):
    names = [f"E{k}" for k in range(g.integers(1, 9))]
    imports = {name: float(g.lognormal(2, 2)) for name in names}
    intra, exports = float(g.lognormal(2, 2)), float(g.lognormal(2, 2))
    m = np.array(list(imports.values()))
    first, second = ((m / m.sum()) ** 2).sum(), m.sum() / (m.sum() + intra)
    third = m.sum() / exports
    return ({"extra_EU_imports": imports, "intra_EU_imports": intra, "EU_exports": exports},
            {"CDI1_hhi": first, "CDI2": second, "CDI3": third,
             "dependent": bool(first > 0.4 and second > 0.5 and third > 1)})


def geodep(g):
    hhi, world, ratio = g.uniform(0.2, 0.7, 3), g.uniform(0.2, 0.7, 3), g.uniform(0.5, 3, 3)
    if g.random() < 0.3:
        ratio[g.integers(3)] = 9999
    flags = (hhi > 0.4) & (world > 0.4) & (ratio > 1)
    return ({"import_hhi": hhi, "world_export_hhi": world, "import_export_ratio": ratio},
            {"flags": flags, "dependent": bool(flags.sum() >= 2)})


def nested_power(share, held, sigma, rho):
    if rho == 1:
        return (share / (sigma - 1) * np.log(1 / (1 - held))).sum()
    inside = (share * (1 - held) ** ((rho - 1) / (sigma - 1))).sum()
    return math.log(inside + 1 - share.sum()) / (1 - rho)


def power(g):
    n = int(g.integers(1, 7))
    share = g.dirichlet(np.ones(n))
    held, sigma = g.uniform(0, 0.97, n), g.uniform(1.1, 8, n)
    rho = float(g.choice([0.3, 0.9, 1.5, 3]))
    single = [nested_power(share[[j]], held[[j]], sigma[[j]], rho) for j in range(n)]
    joint = nested_power(share, held, sigma, rho)
    return ({"Omega_sector_share": share, "omega_hegemon_share_in_sector": held,
             "sigma_within": sigma, "rho_across": rho},
            {"power_log_loss": joint,
             "power_cobb_douglas_rho1": nested_power(share, held, sigma, 1),
             "power_single_sector_threats": single, "joint_minus_sum": joint - sum(single)})


def convexity(g):
    held, sigma = g.uniform(0, 0.99, int(g.integers(1, 8))), float(g.uniform(1.2, 9))
    return {"omega": held, "sigma": sigma}, {"log_loss": np.log(1 / (1 - held)) / (sigma - 1)}


class Table:
    def __init__(self, g):
        self.countries, self.sectors = int(g.integers(2, 6)), int(g.integers(1, 5))
        n = self.countries * self.sectors
        self.Z = g.lognormal(1, 1.5, (n, n)) * (g.random((n, n)) < 0.8)
        self.F = g.lognormal(2, 1, (n, self.countries)) * self.Z.sum() / n / n
        # What is sold covers what is bought.
        self.F[:, 0] += np.maximum(0, 1.1 * self.Z.sum(0) - self.Z.sum(1) - self.F.sum(1))
        self.x = self.Z.sum(1) + self.F.sum(1)
        self.A, self.v = self.Z / self.x, 1 - self.Z.sum(0) / self.x
        self.L = inverse(self.A)
        self.at = np.repeat(np.arange(self.countries), self.sectors)

    def inputs(self, named=False):
        extra = {"countries": self.countries, "sectors": self.sectors} if named else {}
        return {"Z": self.Z, "F": self.F, **extra}

    def exports(self, s):
        """What the industries of s sell abroad, for use or as final goods."""
        mine, theirs = self.at == s, self.at != s
        abroad = np.arange(self.countries) != s
        e = np.zeros(len(self.x))
        e[mine] = self.Z[np.ix_(mine, theirs)].sum(1) + self.F[np.ix_(mine, abroad)].sum(1)
        return e


def gvc(g):
    t = Table(g)
    out = {}
    for s in range(t.countries):
        e, mine = t.exports(s), t.at == s
        total = e.sum()
        home = inverse(t.A[np.ix_(mine, mine)])
        cut = t.A.copy()  # s sells no inputs abroad
        cut[np.ix_(mine, ~mine)] = 0
        content = t.v @ t.L * e
        by = t.v[:, None] * t.L * e[None, :]
        by_cut = t.v[:, None] * inverse(cut) * e[None, :]
        dc, fc = by[mine].sum(), by[~mine].sum()
        dva, fva = t.v[mine] @ home @ e[mine], by_cut[~mine].sum()
        assert abs(content.sum() - dc - fc) < 1e-9 * abs(dc + fc)
        abroad = np.arange(t.countries) != s
        vax = (t.v[:, None] * t.L)[mine] @ t.F[:, abroad].sum(1)
        vax, davax = vax.sum(), 0
        for r in range(t.countries):
            if r == s:
                continue
            his = t.at == r
            inner = inverse(t.A[np.ix_(his, his)]) @ t.F[his, r]
            davax += t.v[mine] @ home @ (t.F[mine, r] + t.A[np.ix_(mine, his)] @ inner)
        out[f"country{s + 1}"] = {
            "exports": total, "DC": dc, "DVA": dva, "VAX": vax, "REF": dva - vax,
            "DDC": dc - dva, "FC": fc, "FVA": fva, "FDC": fc - fva, "DAVAX": davax,
            "GVC": total - davax, "GVC_backward": total - dva, "GVC_forward": dva - davax,
            "GVC_participation": (total - davax) / total}
    return t.inputs(named=True), out


def tiva(g):
    t = Table(g)
    content, rows = t.v[:, None] * t.L, {"VAX_ratio": [], "backward_FC_share": [],
                                         "forward_DVX_share": []}
    for s in range(t.countries):
        e, mine = t.exports(s), t.at == s
        abroad = np.arange(t.countries) != s
        others = sum((content[mine] @ t.exports(r)).sum() for r in range(t.countries) if r != s)
        rows["VAX_ratio"].append(content[mine].sum(0) @ t.F[:, abroad].sum(1) / e.sum())
        rows["backward_FC_share"].append((content[~mine] @ e).sum() / e.sum())
        rows["forward_DVX_share"].append(others / e.sum())
    return t.inputs(), rows


def fpem(g):
    t = Table(g)
    by = np.array([[c == k for k in t.at] for c in range(t.countries)], float)
    deep = by @ (t.L / t.L.sum(0))
    face = by @ ((np.eye(len(t.x)) + t.A) / t.L.sum(0))
    return t.inputs(), {"FPEM_by_source_country_x_buyer": deep, "FPEM_face_value": face,
                        "hidden_exposure": deep - face,
                        "FPEX_row_shares_to_country": t.L * t.F.sum(1) @ by.T / t.x[:, None]}


def streams(g):
    t = Table(g)
    one = np.ones(len(t.x))
    return t.inputs(), {"upstreamness_U": inverse(t.Z / t.x[:, None]) @ one,
                        "downstreamness_D": inverse(t.A.T) @ one}


def complexity(g):
    while True:
        n, p = int(g.integers(4, 8)), int(g.integers(5, 10))
        X = g.lognormal(2, 1, (n, p))
        rca = X / X.sum(1)[:, None] / (X.sum(0) / X.sum())
        M = (rca >= 1).astype(float)
        kc, kp = M.sum(1), M.sum(0)
        if kc.min() == 0 or kp.min() == 0 or kc.std() == 0:
            continue
        values, vectors = np.linalg.eig((M / kp) @ M.T / kc[:, None])
        order = np.argsort(-values.real)
        second, third = values.real[order[1]], values.real[order[2]]
        eci = vectors[:, order[1]].real
        if second > 0.97 or second - third < 0.03 or abs(np.corrcoef(eci, kc)[0, 1]) < 0.1:
            continue
        break
    eci = (eci - eci.mean()) / eci.std() * np.sign(np.corrcoef(eci, kc)[0, 1])
    pci = M.T @ eci / kp
    pci = (pci - pci.mean()) / pci.std()
    F, Q = np.ones(n), np.ones(p)
    for _ in range(200):
        newF, newQ = M @ Q, 1 / (M.T @ (1 / F))
        F, Q = newF / newF.mean(), newQ / newQ.mean()
    return ({"exports_country_x_product": X},
            {"RCA": rca, "M": M, "diversity": kc, "ubiquity": kp, "second_eigenvalue": second,
             "ECI": eci, "PCI": pci, "fitness_200it": F})


def fragility(g):
    n = int(g.integers(3, 9))
    X = g.lognormal(2, 2, (n, n)) * (g.random((n, n)) < 0.5)
    np.fill_diagonal(X, 0)
    X[0, 1] = 5
    share = X.sum(1) / X.sum()
    A = ((X + X.T) > 0).astype(int)
    degree, corners = A.sum(1), np.diag(A @ A @ A)
    near = [corners[i] / (degree[i] * (degree[i] - 1)) if degree[i] > 1 else 0
            for i in range(n)]
    return ({"product_trade_matrix": X},
            {"outdegree_share": share, "sd_outdegree_share": share.std(),
             "world_export_hhi": (share ** 2).sum(), "avg_clustering": np.mean(near)})


# ---- Trade ----


def ces(alpha, amount, sigma):
    if sigma == 1:
        return amount ** alpha
    r = (sigma - 1) / sigma
    return (alpha * amount ** r + 1 - alpha) ** (1 / r)


def bachmann(g):
    def one():
        return {"alpha": float(g.uniform(0.01, 0.3)), "e_hat": float(g.uniform(0.5, 1)),
                "sigma": float(g.choice([0.04, 0.2, 0.7, 1, 1.5]))}
    inputs = {"energy": one(), "gas": one(),
              "suffstat": {"share": float(g.uniform(0, 0.2)), "dshare": float(g.uniform(0, 0.1)),
                           "dlogE": float(-g.uniform(0, 1))}}
    s = inputs["suffstat"]
    return inputs, {
        "energy_dY": ces(*inputs["energy"].values()) - 1,
        "gas_dY": ces(*inputs["gas"].values()) - 1,
        "suffstat_A8": s["share"] * s["dlogE"] + 0.5 * s["dshare"] * s["dlogE"]}


def gains(g):
    own, theta, inputs = g.uniform(0.3, 1), g.uniform(1, 9), g.uniform(0, 0.8)
    autarky = own ** (1 / theta)
    return ({"lambda_nn": float(own), "theta": float(theta), "interm_share": float(inputs)},
            {"GT_pct": 100 * (1 / autarky - 1), "loss_from_autarky_pct": 100 * (1 - autarky),
             "loss_with_intermediates_pct":
                 100 * (1 - own ** (1 / (theta * (1 - inputs))))})


def solve_cp(pi, kappa, tariff, beta, gamma, alpha, theta, VA, step=0.1, rounds=60000):
    """Caliendo and Parro with VA in world units; pi[j, n, i], gamma[n, k, j], alpha[j, n].
    Wages by damped steps, prices and spending to the end at each of them."""
    J, N = alpha.shape
    w, net = np.ones(N), 1 / (1 + tariff)
    P = np.ones((J, N))
    X = np.ones((J, N))
    for _ in range(rounds):
        for _ in range(3):
            c = w ** beta * np.exp(np.einsum("nkj,kn->jn", gamma, np.log(P)) * (1 - beta))
            terms = pi * (kappa * c[:, None, :]) ** (-theta[:, None, None])
            newP = terms.sum(2) ** (-1 / theta[:, None])
            moved = np.abs(np.log(newP / P)).max()
            P = newP
        share = terms / terms.sum(2)[:, :, None]
        for _ in range(3):
            revenue = ((1 - net) * share * X[:, :, None]).sum((0, 2))
            sold = (share * net * X[:, :, None]).sum(1)
            X = (np.einsum("nkj,jn->kn", gamma, (1 - beta) * sold) + alpha * (w * VA + revenue))
        sold = (share * net * X[:, :, None]).sum(1)
        gap = (beta * sold).sum(0) / (w * VA) - 1
        w = w * (1 + step * gap)
        w = w * VA.sum() / (w * VA).sum()
        if max(np.abs(gap).max(), moved) < 2e-15:
            break
    assert np.abs(gap).max() < 1e-12
    revenue = ((1 - net) * share * X[:, :, None]).sum((0, 2))
    return w, P, share, w * VA + revenue


def tariff_war(g):
    N, theta = int(g.integers(2, 6)), float(g.uniform(2, 7))
    S = g.dirichlet(np.ones(N), N) * 0.4 + 0.6 * np.eye(N)
    income = g.lognormal(4, 1, N)
    before = g.uniform(0, 0.2, (N, N)) * (1 - np.eye(N)) * (g.random() < 0.5)
    after = before + g.uniform(0, 0.6, (N, N)) * (1 - np.eye(N)) * (g.random((N, N)) < 0.5)
    one = np.ones((1, N))
    rest = (one, np.zeros((N, 1, 1)), one, np.array([theta]), income)
    w0, P0, share, I0 = solve_cp(S[None], np.ones((1, N, N)), before[None], *rest)
    rest = (one, np.zeros((N, 1, 1)), one, np.array([theta]), w0 * income)
    kappa = ((1 + after) / (1 + before))[None]
    w, P, share, I = solve_cp(share, kappa, after[None], *rest)
    return ({"S_importer_rows": S, "wage_income": income, "tariff0": before,
             "tariff1": after, "theta": theta},
            {"w_hat": w, "P_hat": P[0], "real_income_hat": I / I0 / P[0],
             "new_shares": share[0]})


def cp_toy(g):
    N, J = int(g.integers(2, 5)), int(g.integers(1, 4))
    pi = np.array([g.dirichlet(np.ones(N), N) * 0.4 + 0.6 * np.eye(N) for _ in range(J)])
    beta, gamma = g.uniform(0.3, 0.8, (J, N)), g.dirichlet(np.ones(J), (N, J))
    gamma = gamma.transpose(0, 2, 1)  # [n, input, output]
    alpha = g.dirichlet(np.ones(J), N).T
    theta, VA = g.uniform(2, 8, J), g.lognormal(4, 0.5, N)
    off = (1 - np.eye(N))[None]
    before = g.uniform(0, 0.15, (J, N, N)) * off
    after = before + g.uniform(0, 0.5, (J, N, N)) * off
    rest = (beta, gamma, alpha, theta)
    w0, P0, share, I0 = solve_cp(pi, np.ones_like(pi), before, *rest, VA)
    w, P, _, I = solve_cp(share, (1 + after) / (1 + before), after, *rest, w0 * VA)
    index = np.exp((alpha * np.log(P)).sum(0))
    return ({"pi_sector_importer_exporter": pi, "beta_VA_sector_country": beta,
             "gamma_country_input_output": gamma, "alpha_sector_country": alpha,
             "theta": theta, "VA": VA, "tau0": before, "tau1": after},
            {"baseline_w": w0 / w0[0], "w_hat_rel_country1": w / w[0],
             "P_hat_rel": index / w[0], "real_income_hat": I / I0 / index,
             "real_wage_hat": w / index})


def friends(g):
    N, theta = int(g.integers(2, 7)), float(g.uniform(2, 9))
    X = g.lognormal(2, 1, (N, N)) + 40 * np.eye(N)
    for _ in range(3000):  # balance: what is sold is what is spent
        scale = np.sqrt(X.sum(1) / X.sum(0))
        X = X / scale[:, None] * scale[None, :]
    Y = X.sum(1)
    S, T = (X / X.sum(0)).T, X / Y[:, None]
    M = T @ S - np.eye(N)
    V = (T + theta * T @ S) / (theta + 1) - np.tile(Y / Y.sum(), (N, 1))
    W = -theta / (theta + 1) * np.linalg.inv(np.eye(N) - V) @ M
    U = (np.eye(N) - S) @ W + S
    cheaper, who, percent = np.ones((1, N, N)), int(g.integers(N)), int(g.integers(1, 31))
    cheaper[:, :, who] = 1 / (1 + percent / 100)
    one = np.ones((1, N))
    w, P, _, _ = solve_cp(S[None], cheaper, np.zeros((1, N, N)), one, np.zeros((N, 1, 1)),
                          one, np.array([theta]), Y, step=0.03)
    return ({"trade_matrix_exporter_rows_balanced": X, "theta": theta},
            {"S": S, "T": T, "M": M, "V": V, "W_income": W, "U_welfare": U,
             f"exact_{percent}pct_prod_country{who + 1}_dlnu": np.log(w / P[0]),
             f"linear_{percent}pct": U[:, who] * math.log(1 + percent / 100)})


MEASURES = {"ec_cdi": ec_cdi, "cepii_geodep": geodep, "cms_power_nested_ces": power,
            "power_convexity": convexity, "gvc_borin_mancini": gvc, "tiva_basic": tiva,
            "fpem_fpex": fpem, "upstreamness": streams, "economic_complexity": complexity,
            "trade_network_fragility_components": fragility,
            "klr_friend_enemy": friends, "bachmann_ces": bachmann, "acr_gains": gains,
            "dek_tariff_war": tariff_war, "cp_toy_3x2": cp_toy}


# ---- Input-output systems ----


def leontief(g):
    regions, sectors, e = int(g.integers(1, 4)), int(g.integers(1, 5)), int(g.integers(1, 4))
    n = regions * sectors
    Z = g.lognormal(1, 1, (n, n)) * (g.random((n, n)) < 0.8)
    Y = g.lognormal(3, 1, (n, regions)) * n / regions
    x = Z.sum(1) + Y.sum(1)
    A, B = Z / x, Z / x[:, None]
    L, G = inverse(A), inverse(B)
    F, F_Y = g.lognormal(2, 1, (e, n)), g.lognormal(2, 1, (e, regions))
    S = F / x
    demand, labour = g.lognormal(2, 1, n), g.random(n)
    case = {"Z": Z, "Y": Y, "x": x, "A": A, "L": L, "B": B, "G": G, "F": F, "F_Y": F_Y,
            "S": S, "S_Y": F_Y / Y.sum(0), "M": S @ L, "M_down": S @ G.T - S,
            "new_demand": demand, "new_x": L @ demand, "labour_coef": labour,
            "labour_total": labour * (L @ demand)}
    if regions > 1:
        at = np.repeat(np.arange(regions), sectors)
        cba, imp, exp, pba = (np.zeros((e, n)) for _ in range(4))
        for r in range(regions):
            for p in range(sectors):
                only = np.zeros(n)
                only[p::sectors] = Y[p::sectors, r]
                amount = S * (L @ only)
                cba[:, r * sectors + p] = amount.sum(1)
                imp[:, r * sectors + p] = amount[:, at != r].sum(1)
                pba += amount
                exp += np.where(at != r, amount, 0)
        case.update({"D_cba": cba, "D_imp": imp, "D_exp": exp, "D_pba": pba})
    return case


# ---- One-sector gravity ----


def solve_gravity(X, B, theta, multiplicative):
    Y, E = X.sum(1), X.sum(0)
    pi, D, w = X / E, X.sum(0) - X.sum(1), np.ones(len(X))
    for _ in range(200000):
        P = (pi * B * (w ** -theta)[:, None]).sum(0)
        spend = (Y + D) * w if multiplicative else Y * w + D
        new = ((pi * B * (spend / P)).sum(1) / Y) ** (1 / (1 + theta))
        new = new * Y.sum() / (Y * new).sum()
        if np.abs(new / w - 1).max() < 1e-15:
            break
        w = np.sqrt(w * new)
    spend = (Y + D) * w if multiplicative else Y * w + D
    P = (pi * B * (w ** -theta)[:, None]).sum(0)
    return spend / E / P ** (-1 / theta), pi * B * (w ** -theta)[:, None] * spend / P


def gravity(g, folder, name):
    N, theta = int(g.integers(2, 8)), float(g.choice([2.5, 4, 7]))
    X = g.lognormal(3, 1, (N, N)) + np.diag(g.lognormal(6, 0.3, N))
    effect = g.normal(0, 0.4, (N, N)) * (g.random((N, N)) < 0.5)
    np.fill_diagonal(effect, 0)
    answers = [solve_gravity(X, np.exp(effect), theta, way) for way in (False, True)]
    with open(os.path.join(folder, name + ".csv"), "w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["exporter", "importer", "year", "trade", "eu_effect", "w_eu", "X_eu",
                       "w_mult", "X_mult"])
        for i in range(N):
            for j in range(N):
                values = [f(v) for way in answers for f, v in
                          ((repr, float(way[0][i])), (repr, float(way[1][i, j])))]
                kept = "" if effect[i, j] == 0 and g.random() < 0.5 else repr(float(effect[i, j]))
                rows.writerow([f"E{i}", f"E{j}", 2001, repr(float(X[i, j])), kept, *values])
                rows.writerow([f"E{i}", f"E{j}", 2002, 1, "NA", "NA", "NA", "NA", "NA"])
    return {"file": name + ".csv", "year": 2001, "theta": theta,
            "tolerance_welfare": 1e-9, "tolerance_trade": 1e-9}


def main(folder, seed=1, count=6):
    for number in range(int(count)):
        g = np.random.default_rng([int(seed), 55, number])
        measures = {}
        for key, make in MEASURES.items():
            inputs, outputs = make(g)
            measures[key] = {"formula": "as in EQUATIONS", "inputs": inputs,
                             "outputs": outputs, "cross_check": "-"}
        write(folder, f"formulas_{seed}_{number}", "formulas", measures)
        write(folder, f"leontief_{seed}_{number}", "leontief", leontief(g))
        name = f"gravity_{seed}_{number}"
        write(folder, name, "gravity", gravity(g, folder, name))


if __name__ == "__main__":
    main(*sys.argv[1:])
