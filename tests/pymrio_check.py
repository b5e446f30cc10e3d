# SPDX-License-Identifier: Apache-2.0
"""Compares what pymrio calculates from an export with what kaname says.

FOLDER holds the csv export, streams.csv (kaname info --producers), gvc.csv (exposure
--measure gvc), the folder pymrio, and perhaps all.zip.
"""
import csv
import json
import sys
import zipfile
from io import BytesIO
from pathlib import Path

import numpy as np
import openpyxl
import pymrio

TOLERANCE = 1e-9
folder = Path(sys.argv[1])
failures = 0


def rows(name):
    with open(folder / name, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def compare(what, seen, wanted, tolerance=TOLERANCE):
    """Largest difference, relative to the largest number."""
    global failures
    seen, wanted = np.asarray(seen, float), np.asarray(wanted, float)
    scale = np.abs(wanted).max() or 1.0
    worst = np.abs(seen - wanted).max() / scale if seen.shape == wanted.shape else np.inf
    good = worst <= tolerance
    failures += not good
    print(f"{'ok' if good else 'FAIL'} {folder.name} {what}: {worst:.2g}")


def label(row, prefix=""):
    firm = row[prefix + "firm"]
    sector = row[prefix + "product"] + (f" / {firm}" if firm else "")
    return row[prefix + "economy"], sector


def cells(name, index, header):
    """The numbers of a pymrio text file as Python reads them: to the last bit."""
    with open(folder / "pymrio" / name, encoding="utf-8", newline="") as file:
        lines = list(csv.reader(file, delimiter="\t"))[header:]
    return np.array([[float(cell) for cell in line[index:]] for line in lines])


def dense(at, buyers):
    z = np.zeros((len(at), len(at)))
    for row in rows("flows.csv"):
        z[at[label(row, "from_")], at[label(row, "to_")]] = float(row["value_musd"])
    y = np.zeros((len(at), len(buyers)))
    for row in rows("final.csv"):
        buyer = row["to_economy"], row["category"] or "final demand"
        y[at[label(row)], buyers[buyer]] += float(row["value_musd"])
    return z, y


def check_numbers(io):
    at = {tuple(key): k for k, key in enumerate(io.Z.index)}
    buyers = {tuple(key): k for k, key in enumerate(io.Y.columns)}
    z, y = dense(at, buyers)
    compare("Z, bit for bit", cells("Z.txt", 2, 3), z, 0)
    compare("Y, bit for bit", cells("Y.txt", 2, 3), y, 0)
    x, v = np.zeros((len(at), 1)), np.zeros((1, len(at)))
    for row in rows("producers.csv"):
        x[at[label(row)]] = float(row["output_musd"] or 0)
        v[0, at[label(row)]] = float(row["value_added_musd"] or 0)
    compare("x, bit for bit", cells("x.txt", 2, 1), x, 0)
    compare("value added, bit for bit", cells("value_added/F.txt", 1, 3), v, 0)


def check_results(io):
    streams = rows("streams.csv")
    order = np.argsort([list(io.Z.index.get_level_values(0).unique()).index(r["economy"])
                        for r in streams], kind="stable")
    streams = [streams[k] for k in order]
    made = [k for k, row in enumerate(streams) if row["downstreamness"]]
    compare("column sums of L", io.L.to_numpy().sum(axis=0)[made],
            [streams[k]["downstreamness"] for k in made])
    compare("row sums of the Ghosh inverse", io.G.to_numpy().sum(axis=1)[made],
            [streams[k]["upstreamness"] for k in made])
    vax = {row["economy"]: row["vax"] for row in rows("gvc.csv") if row["partner"] == "*"}
    abroad = io.value_added.D_exp.T.groupby(level="region", sort=False).sum()
    regions = [region for region in abroad.index if vax.get(region)]
    compare(f"value added used abroad, {len(regions)} economies",
            abroad.loc[regions].to_numpy().ravel(), [vax[region] for region in regions])


def check_zip(io):
    zipped = pymrio.load_all(folder / "all.zip")
    compare("Z of the zip", zipped.Z.to_numpy(), io.Z.to_numpy(), 0)
    compare("F of the zip", zipped.value_added.F.to_numpy(), io.value_added.F.to_numpy(), 0)


def check_workbook():
    data = zipfile.ZipFile(folder / "all.zip").read("network.xlsx")
    book = openpyxl.load_workbook(BytesIO(data), read_only=True)
    for sheet in ["economies", "products", "producers", "flows", "final", "recipes"]:
        table = rows(sheet + ".csv")
        seen = list(book[sheet].iter_rows(min_row=2, values_only=True))
        compare(f"rows of sheet {sheet}", [len(seen)], [len(table)], 0)
        if sheet == "flows":
            compare("numbers of sheet flows", [row[-1] for row in seen],
                    [row["value_musd"] for row in table], 1e-15)


io = pymrio.load_all(folder / "pymrio")
check_numbers(io)
io.calc_all(include_ghosh=True)
check_results(io)
if (folder / "all.zip").exists():
    check_zip(io)
    check_workbook()
meta = json.loads((folder / "pymrio" / "metadata.json").read_text(encoding="utf-8"))
if io.meta.name != meta["name"] or len(meta["network"]["sha256"]) != 64:
    failures += 1
    print("FAIL metadata.json")
sys.exit(failures != 0)
