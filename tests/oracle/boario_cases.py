# SPDX-License-Identifier: Apache-2.0
"""Random case files of family ario, with the answers of BoARIO 0.6.4 itself.
   boario_cases.py FOLDER [SEED [COUNT]]"""
import sys
import warnings

import numpy as np
import pandas as pd
import pymrio
from boario.event import from_series
from boario.extended_models import ARIOPsiModel
from boario.simulation import Simulation

from make_cases import write


def names(prefix, count):
    return [f"{prefix}{k:03d}" for k in range(count)]


def table(Z, Y, regions, sectors):
    """A pymrio system; its order of labels is that of the matrices."""
    industries = pd.MultiIndex.from_product(
        [names("r", regions), names("s", sectors)], names=["region", "sector"])
    finals = pd.MultiIndex.from_product(
        [names("r", regions), names("f", Y.shape[1] // regions)],
        names=["region", "category"])
    io = pymrio.IOSystem(Z=pd.DataFrame(Z, index=industries, columns=industries),
                         Y=pd.DataFrame(Y, index=industries, columns=finals))
    io.x = pymrio.calc_x(io.Z, io.Y)
    io.A = pymrio.calc_A(io.Z, io.x)
    return io


def simulation(case, steps, records):
    io = table(case["Z"], case["Y"], case["regions"], case["sectors"])
    model = ARIOPsiModel(io, order_type=case["order"], **case["params"])
    event = case["event"]
    industries = io.Z.index
    capital = pd.Series(model.productive_capital, index=industries)
    impact = pd.Series({industries[i]: share * capital.iloc[i] for i, share in event["loss"]})
    impact.index.names = ["region", "sector"]
    sim = Simulation(model, n_temporal_units_to_sim=steps, register_stocks=False,
                     save_records=[], boario_output_dir=records)
    sim.add_event(from_series(
        impact, event_type="recovery", occurrence=event["t0"], duration=event["dur"],
        recovery_tau=event["tau"], event_monetary_factor=model.monetary_factor))
    return sim


def undecided(model):
    """Demand is met but for rounding, and capacity is not at its base: whether it returns
    hangs on a test for equality."""
    demand, made = model.entire_demand_tot, model.production
    unmet = np.divide(demand - made, demand, out=np.ones_like(made), where=demand != 0)
    return ((np.abs(unmet) < 1e-12) & (model.overprod != model.overprod_base)).any()


def answer(case, steps, records):
    """The path, as far as it is decided."""
    sim = simulation(case, steps, records)
    done = 0
    while done < steps and not (done > 1 and undecided(sim.model)):
        sim.next_step()
        done += 1
    # As recorded, in units of the table: the public accessors copy them.
    return {"production": np.array(sim._production_evolution)[:done],
            "capacity": np.array(sim._production_cap_evolution)[:done],
            "final_demand_unmet": np.array(sim._final_demand_unmet_evolution)[:done]}


def random_case(g, number):
    regions, sectors = int(g.integers(1, 5)), int(g.integers(1, 6))
    n, categories = regions * sectors, int(g.integers(1, 3))
    Z = g.lognormal(0, g.choice([0.5, 2]), (n, n)) * (g.random((n, n)) < 0.8) * 100
    Y = g.lognormal(0, 1, (n, regions * categories))
    Y *= (Z.sum() / Y.sum()) * g.uniform(0.5, 2)
    # Sales that cover what is bought: a positive value added.
    short = np.maximum(0, 1.2 * Z.sum(0) - Z.sum(1) - Y.sum(1))
    Y[:, 0] += short
    lost = g.choice(n, size=int(g.integers(1, n + 1)), replace=False)
    if number % 6 == 5 and n > 1:  # an industry that buys and makes nothing
        idle = [i for i in range(n) if i not in lost][:1]
        Z[idle, :] = Y[idle, :] = 0
    params = {}
    if number % 4:
        params = {"main_inv_dur": int(g.choice([1, 2, 5, 10, 30, 90])),
                  "alpha_max": float(g.choice([1.0, 1.1, 1.25, 1.5])),
                  "alpha_tau": int(g.choice([30, 365])),
                  "alpha_base": float(g.choice([1.0, 1.0, 1.05]))}
    # Where the whole stock must be there (psi 1, and the base model) or is restored within
    # a day, tests for equality decide at every step.
    if number % 4:
        params["psi_param"] = float(g.choice([0.5, 0.8, 0.9]))
        params["inventory_restoration_tau"] = int(g.choice([5, 20, 60]))
    return {"regions": regions, "sectors": sectors, "Z": Z, "Y": Y,
            "model": "ARIOPsiModel",
            "order": "noalt" if number % 3 == 1 else "alt", "params": params,
            "event": {"type": "recovery", "t0": int(g.integers(1, 9)),
                      "loss": [[int(i), float(g.choice([0.1, 0.5, 1]) * g.uniform(0.5, 1))]
                               for i in lost],
                      "dur": int(g.integers(1, 30)), "tau": int(g.integers(1, 60))}}


def main(folder, seed=1, count=10):
    warnings.filterwarnings("ignore")
    for number in range(int(count)):
        g = np.random.default_rng([int(seed), 99, number])
        case = random_case(g, number)
        case.update(answer(case, int(g.integers(60, 180)), folder))
        write(folder, f"ario_{seed}_{number}", "ario", case)


if __name__ == "__main__":
    main(*sys.argv[1:])
