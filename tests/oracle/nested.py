# SPDX-License-Identifier: Apache-2.0
"""The nested CES network in plain numpy, as an oracle: a made-up balanced table of four
economies and three sectors is given to kaname and solved here by Newton's method with a
Jacobian of differences, from the equations alone. Prints the largest deviation of real
income and fails above 1e-9.

    python tests/oracle/nested.py KANAME"""
import csv
import io
import os
import subprocess
import sys
import tempfile

import numpy as np

CODES = ["JPN", "CHN", "USA", "DEU"]
N, J = len(CODES), 3
ORIGIN = np.array([3.0, 1.5, 9.0])  # trade elasticities: sigma_s - 1


def table(rng):
    """Z and Y of a balanced table: output is what is sold, value added what is left."""
    z = rng.uniform(0.1, 1, (N * J, N * J))
    y = rng.uniform(2, 9, (N * J, N))
    for n in range(N):
        z[n * J:(n + 1) * J, n * J:(n + 1) * J] *= 4
        y[n * J:(n + 1) * J, n] *= 5
    return z, y, z.sum(1) + y.sum(1)


def write_table(path, z, y, x):
    names = [f"{c}_c{j + 1}" for c in CODES for j in range(J)]
    with open(path, "w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["row", *names, *(f"{c}_F1" for c in CODES), "output"])
        for k, name in enumerate(names):
            out.writerow([name, *map(repr, map(float, (*z[k], *y[k], x[k])))])


def model(z, y, x):
    flows = z.reshape(N, J, N, J)
    bought = flows.sum(3) + y.reshape(N, J, N)  # origin, sector, buyer
    m = {"pi": bought / bought.sum(0)}
    m["gamma"] = flows.sum(0) / x.reshape(N, J)  # sector of input, buyer, user
    m["beta"] = 1 - m["gamma"].sum(0)
    m["factor"] = m["beta"] * x.reshape(N, J)
    final = y.reshape(N, J, N).sum(0)
    m["alpha"] = final / final.sum(0)
    m["deficit"] = final.sum(0) - m["factor"].sum(1)
    m["spent"] = final.sum(0)
    return m


def ces(weights, prices, elasticity, axis):
    if elasticity == 1:
        return np.exp((weights * np.log(prices)).sum(axis))
    e = 1 - elasticity
    return (weights * prices ** e).sum(axis) ** (1 / e)


def solve_prices(m, w, kappa, s):
    p = np.ones((J, N))
    inputs = m["gamma"] / (1 - m["beta"])
    while True:
        pm = ces(inputs, p[:, :, None], s["input"], 0)
        c = ces(np.stack([m["beta"], 1 - m["beta"]]), np.stack([w, pm]), s["value"], 0)
        pull = m["pi"] * (kappa * c[:, :, None]) ** -ORIGIN[:, None]
        new = pull.sum(0) ** (-1 / ORIGIN[:, None])
        if np.abs(new / p - 1).max() < 1e-15:
            return p, pm, c, pull / pull.sum(0)
        p = new


def state(m, u, shock, s):
    """Residuals and real income at log factor prices u: N × J, or N where they move."""
    w = np.exp(u) if u.ndim == 2 else np.exp(u)[:, None] * np.ones((N, J))
    w = w * m["factor"].sum() / (w * m["factor"] * shock["supply"]).sum()
    p, pm, c, share = solve_prices(m, w, shock["kappa"], s)
    value_part = m["beta"] * (w / c) ** (1 - s["value"])
    input_part = m["gamma"] * (p[:, :, None] / pm) ** (1 - s["input"]) * \
        (pm / c) ** (1 - s["value"])
    index = ces(m["alpha"], p, s["final"], 0)
    alpha = m["alpha"] * (p / index) ** (1 - s["final"])
    net = share / (1 + shock["tariff"])
    rate = 1 - net.sum(0)
    owned = w * m["factor"] * shock["supply"]

    def sales(revenue):
        inputs = np.einsum("knj,nj->kn", input_part, revenue)
        income = owned.sum(1) + m["deficit"] + (rate * inputs).sum(0)
        income = income / (1 - (rate * alpha).sum(0))
        return np.einsum("ijn,jn->ij", net, inputs + alpha * income), income

    if u.ndim == 2:
        revenue = owned / value_part
        sold, income = sales(revenue)
        return np.log(sold / revenue), income / m["spent"] / index
    revenue = owned / value_part
    for _ in range(2000):
        revenue, income = sales(revenue)
    paid = (value_part * revenue).sum(1)
    return np.log(paid / owned.sum(1)), income / m["spent"] / index


def solve(m, shock, s, mobile):
    u = np.zeros(N) if mobile else np.zeros((N, J))
    for _ in range(60):
        f, real = state(m, u, shock, s)
        if np.abs(f).max() < 1e-13:
            break
        jacobian = np.zeros((u.size, u.size))
        for k in range(u.size):
            h = np.zeros(u.size)
            h[k] = 1e-6
            up = state(m, u + h.reshape(u.shape), shock, s)[0]
            down = state(m, u - h.reshape(u.shape), shock, s)[0]
            jacobian[:, k] = (up - down).ravel() / 2e-6
        step = np.linalg.lstsq(jacobian, -f.ravel(), rcond=1e-9)[0].reshape(u.shape)
        u = u + step * min(1, 0.5 / np.abs(step).max())
    return real - 1


def shocks():
    """Name, measures, and what they are here; cells are origin, sector, buyer."""
    tariff, cost, supply = np.zeros((N, J, N)), np.ones((N, J, N)), np.ones((N, J))
    dear = tariff.copy()
    dear[1, :, 0] = 0.3
    dear[0, :, 2] = 0.1
    yield ("tariffs", ["{op: tariff, from: CHN, to: JPN, rate: 0.3}",
                       "{op: tariff, from: JPN, to: USA, rate: 0.1}"],
           {"tariff": dear, "kappa": 1 + dear, "supply": supply})
    far = cost.copy()
    far[3, :, 0] = far[0, 1, 3] = far[2, 1, 3] = np.inf
    yield ("ban", ["{op: export_ban, from: DEU, to: JPN}",
                   "{op: export_ban, from: [JPN, USA], to: DEU, product: c2}"],
           {"tariff": tariff, "kappa": far, "supply": supply})
    less = supply.copy()
    less[2, 1] = 0.6
    yield ("capacity", ["{op: capacity_loss, economy: USA, product: c2, lose: 0.4}"],
           {"tariff": tariff, "kappa": cost, "supply": less})


def kaname(program, folder, measures, s, mobile):
    path = os.path.join(folder, "shock.yaml")
    with open(path, "w", encoding="utf-8") as file:
        file.write("kaname: scenario/1\nmeasures:\n")
        file.writelines(f"  - {m}\n" for m in measures)
    out = subprocess.run(
        [program, "trade", os.path.join(folder, "t.kaname"), path, "--model", "network",
         "--deficits", "keep", "--elasticities", os.path.join(folder, "theta.csv"),
         "--value-elasticity", str(s["value"]), "--input-elasticity", str(s["input"]),
         "--final-elasticity", str(s["final"]), "--factors",
         "mobile" if mobile else "specific", "--table", "economies", "--format", "csv",
         "--quiet"], check=True, capture_output=True, text=True).stdout
    found = {row["economy"]: float(row["real_income_exact"])
             for row in csv.DictReader(io.StringIO(out))}
    return np.array([found[c] for c in CODES])


def main():
    program, worst = sys.argv[1], 0.0
    z, y, x = table(np.random.default_rng(7))
    m = model(z, y, x)
    with tempfile.TemporaryDirectory() as folder:
        write_table(os.path.join(folder, "t.csv"), z, y, x)
        with open(os.path.join(folder, "theta.csv"), "w", encoding="utf-8") as file:
            file.write("product,theta\n")
            file.writelines(f"c{j + 1},{t}\n" for j, t in enumerate(ORIGIN))
        subprocess.run([program, "import", "wiod", os.path.join(folder, "t.csv"), "-o",
                        os.path.join(folder, "t.kaname"), "--quiet"], check=True)
        for name, measures, shock in shocks():
            for s in ({"value": 0.05, "input": 0.05, "final": 0.9},
                      {"value": 1, "input": 1, "final": 1},
                      {"value": 0.6, "input": 2.5, "final": 1.4}):
                for mobile in (False, True):
                    if name == "capacity" and mobile:
                        continue
                    ours = kaname(program, folder, measures, s, mobile)
                    off = np.abs(ours - solve(m, shock, s, mobile)).max()
                    worst = max(worst, off)
                    print(f"{name} {s} {'mobile' if mobile else 'specific'}: {off:.1e}")
    print(f"largest deviation of real income: {worst:.1e}")
    sys.exit(1 if worst > 1e-9 else 0)


main()
