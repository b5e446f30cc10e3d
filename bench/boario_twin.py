# SPDX-License-Identifier: Apache-2.0
"""BoARIO on a table of raw doubles, for bench/boario.c: prints the seconds of its fastest
step and its memory in MB, and writes production by step.
   boario_twin.py MAKE_TABLE REGIONS SECTORS SEED STEPS PREFIX"""
import resource
import subprocess
import sys
import tempfile
import time
import warnings

import numpy as np
import pandas as pd
import pymrio
from boario.event import from_series
from boario.extended_models import ARIOPsiModel
from boario.simulation import Simulation


def table(prefix, regions, sectors):
    n = regions * sectors
    industries = pd.MultiIndex.from_product(
        [[f"r{k:03d}" for k in range(regions)], [f"s{k:03d}" for k in range(sectors)]],
        names=["region", "sector"])
    finals = pd.MultiIndex.from_product(
        [industries.levels[0], ["final"]], names=["region", "category"])
    flows = np.fromfile(prefix + ".Z.f64").reshape(n, n)
    final = np.fromfile(prefix + ".Y.f64").reshape(n, regions)
    io = pymrio.IOSystem(Z=pd.DataFrame(flows, industries, industries),
                         Y=pd.DataFrame(final, industries, finals))
    io.x = pymrio.calc_x(io.Z, io.Y)
    io.A = pymrio.calc_A(io.Z, io.x)
    return io


def simulation(io, steps, folder):
    """Every 50th industry loses half its capital on day 1; it comes back from day 6 on."""
    model = ARIOPsiModel(io)
    capital = pd.Series(model.productive_capital, io.Z.index)
    sim = Simulation(model, n_temporal_units_to_sim=steps, boario_output_dir=folder)
    sim.add_event(from_series(0.5 * capital.iloc[::50], event_type="recovery", occurrence=1,
                              duration=5, recovery_tau=30,
                              event_monetary_factor=model.monetary_factor))
    return sim


def main(make_table, regions, sectors, seed, steps, prefix):
    warnings.filterwarnings("ignore")
    subprocess.run([sys.executable, make_table, regions, sectors, seed, prefix], check=True,
                   stdout=subprocess.DEVNULL)
    regions, sectors, steps = int(regions), int(sectors), int(steps)
    seconds, path = [], []
    with tempfile.TemporaryDirectory() as folder:
        sim = simulation(table(prefix, regions, sectors), steps, folder)
        for _ in range(steps):
            start = time.perf_counter()
            sim.next_step()
            seconds.append(time.perf_counter() - start)
            path.append(sim.model.production.copy())
    np.array(path).tofile(prefix + ".production.f64")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(min(seconds), memory)


if __name__ == "__main__":
    main(*sys.argv[1:])
