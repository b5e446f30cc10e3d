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


def event_of(given, model, industries):
    share = pd.Series({industries[i]: part for i, part in given["loss"]})
    share.index.names = ["region", "sector"]
    common = {"occurrence": given["t0"], "duration": given["dur"]}
    if given["type"] == "arbitrary":
        return from_series(share, event_type="arbitrary", recovery_tau=given["tau"],
                           recovery_function=given["recovery_function"], **common)
    capital = pd.Series(model.productive_capital, index=industries)
    common["event_monetary_factor"] = model.monetary_factor
    impact = share * capital[share.index]
    if given["type"] == "rebuild":
        builders = {names("s", model.n_sectors)[s]: part
                    for s, part in given["rebuilding_sectors"]}
        return from_series(impact, event_type="rebuild", rebuild_tau=given["tau"],
                           rebuilding_sectors=builders,
                           rebuilding_factor=given["rebuilding_factor"], **common)
    return from_series(impact, event_type="recovery", recovery_tau=given["tau"],
                       recovery_function=given.get("recovery_function"), **common)


def simulation(case, steps, records):
    io = table(case["Z"], case["Y"], case["regions"], case["sectors"])
    params = dict(case["params"])
    if "productive_capital_vector" in params:
        params["productive_capital_vector"] = np.array(params["productive_capital_vector"])
    model = ARIOPsiModel(io, order_type=case["order"], **params)
    sim = Simulation(model, n_temporal_units_to_sim=steps, register_stocks=False,
                     save_records=[], boario_output_dir=records)
    for given in case["events"] if "events" in case else [case["event"]]:
        sim.add_event(event_of(given, model, io.Z.index))
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
    done, rebuilt = 0, []
    unit = case["params"].get("temporal_units_by_step", 1)
    while done * unit < steps and not (done > 1 and undecided(sim.model)):
        try:
            sim.next_step()
        except RuntimeError:  # it ends where one of several events is rebuilt
            break
        done += 1
        made = sim.model.rebuild_prod_tot
        rebuilt.append(np.zeros(sim.model.X_0.size) if made is None else np.ravel(made))
    # As recorded, in units of the table: the public accessors copy them.
    return {"production": np.array(sim._production_evolution)[:done * unit:unit],
            "capacity": np.array(sim._production_cap_evolution)[:done * unit:unit],
            "final_demand_unmet": np.array(sim._final_demand_unmet_evolution)[:done * unit:unit],
            "rebuild_prod": np.array(rebuilt)}


def builders(g, sectors):
    chosen = g.choice(sectors, size=int(g.integers(1, min(3, sectors) + 1)), replace=False)
    share = g.dirichlet(np.ones(len(chosen)))
    return [[int(s), float(part)] for s, part in zip(chosen, share)]


def random_events(g, number, n, sectors):
    """Capital that recovers, of several events, too; that is rebuilt; capacity that is lost
    alone (the program fails when two such events overlap)."""
    def losses(most):
        lost = g.choice(n, size=int(g.integers(1, n + 1)), replace=False)
        return [[int(i), float(most * g.choice([0.1, 0.5, 1]) * g.uniform(0.5, 1))]
                for i in lost]

    def event(kind, most=1.0, **more):
        return {"type": kind, "t0": int(g.integers(1, 9)), "loss": losses(most),
                "dur": int(g.integers(1, 30)), "tau": int(g.integers(3, 60)), **more}

    shape = str(g.choice(["linear", "convexe", "convexe noscale", "concave"]))
    way = number % 5 if n > 1 else number % 2  # one industry cannot rebuild there
    if way == 1:
        return {"events": [event("recovery", 0.45, recovery_function=shape),
                           event("recovery", 0.45)]}
    if way == 2:
        return {"event": event("rebuild", 0.9, rebuilding_sectors=builders(g, sectors),
                               rebuilding_factor=float(g.choice([1.0, 0.7, 1.3])))}
    if way == 3:
        return {"event": event("arbitrary", recovery_function=shape)}
    if way == 4:
        return {"events": [event("rebuild", 0.3, rebuilding_sectors=builders(g, sectors),
                                 rebuilding_factor=1.0) for _ in range(2)]}
    return {"event": event("recovery")}


def random_case(g, number):
    regions, sectors = int(g.integers(1, 5)), int(g.integers(1, 6))
    n, categories = regions * sectors, int(g.integers(1, 3))
    Z = g.lognormal(0, g.choice([0.5, 2]), (n, n)) * (g.random((n, n)) < 0.8) * 100
    Y = g.lognormal(0, 1, (n, regions * categories))
    Y *= (Z.sum() / Y.sum()) * g.uniform(0.5, 2)
    # Sales that cover what is bought: a positive value added.
    short = np.maximum(0, 1.2 * Z.sum(0) - Z.sum(1) - Y.sum(1))
    Y[:, 0] += short
    events = random_events(g, number, n, sectors)
    lost = {i for e in events.get("events", [events.get("event")]) for i, _ in e["loss"]}
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
    sector_names = names("s", sectors)
    if number % 7 == 3 and sectors > 1:
        params["inventory_dict"] = dict(zip(sector_names, g.integers(2, 60, sectors).tolist()))
        params["inventory_dict"][sector_names[-1]] = "inf"
        params["productive_capital_to_VA_dict"] = dict(
            zip(sector_names, g.uniform(1, 5, sectors).tolist()))
    if number % 7 == 5:  # stocks are restored in a step or more, recoveries end with one
        unit = int(g.choice([2, 3, 7]))
        params["temporal_units_by_step"] = unit
        params["inventory_restoration_tau"] = 20
        for event in [e for e in [events.get("event")] if e and e["type"] == "arbitrary"]:
            event["tau"] *= unit
            event["dur"] = unit * (1 + event["dur"] // unit)
            event["t0"] = unit
        params["iotable_year_to_temporal_unit_factor"] = int(g.choice([365, 360]))
    if number % 7 == 4:
        params["productive_capital_vector"] = (
            (Z.sum(1) + Y.sum(1)) * g.uniform(1, 5, n)).tolist()
    return {"regions": regions, "sectors": sectors, "Z": Z, "Y": Y,
            "model": "ARIOPsiModel",
            "order": "noalt" if number % 3 == 1 else "alt", "params": params, **events}


def main(folder, seed=1, count=10):
    warnings.filterwarnings("ignore")
    for number in range(int(count)):
        g = np.random.default_rng([int(seed), 99, number])
        case = random_case(g, number)
        try:
            case.update(answer(case, int(g.integers(60, 180)), folder))
        except TypeError:  # nobody sells what rebuilds: the program cannot share it out
            continue
        write(folder, f"ario_{seed}_{number}", "ario", case)


if __name__ == "__main__":
    main(*sys.argv[1:])
