# SPDX-License-Identifier: Apache-2.0
"""Writes data/routes/routes.csv: what closing a passage does to the sea way between two
economies. Usage: python3 tools/make_routes.py SEA COUNTRIES > data/routes/routes.csv

SEA holds sea_nodes.csv (id, lon, lat), sea_edges.csv (a, b, km, passage) and
ports.geojson of searoute-py (Apache-2.0); COUNTRIES holds CEPII's cepii_dist.csv.gz,
whose column contig says who are neighbours by land. See data/routes/README.md.
"""
import csv
import gzip
import heapq
import json
import math
import sys

KM_A_DAY = 600  # 13.5 knots, what bulk carriers and slow container ships run
LEAST_DAYS = 1
LAND_DAYS = 7  # from a port of a neighbour, where the own one is shut in (our assumption)
OPEN_SEA = ("NLRTM", "SGSIN")  # who reaches neither is shut in

# One to three large ports of each economy, one for each coast; who has no coast uses the
# ports of neighbours.
PORTS = {
    "ARE": "AEJEA AEFJR", "ARG": "ARBUE", "AUS": "AUPHE AUBNE AUMEL", "AUT": "SIKOP NLRTM",
    "BEL": "BEANR", "BGD": "BDCGP", "BGR": "BGVAR", "BHR": "BHMSN", "BOL": "CLARI",
    "BRA": "BRSSZ", "BRN": "BNMUA", "CAN": "CAVAN CAMTR", "CHE": "NLRTM ITGOA",
    "CHL": "CLSAI", "CHN": "CNSHA CNNGB CNTAO", "CIV": "CIABJ", "CMR": "CMDLA",
    "COD": "AOLOB TZDAR", "COL": "COCTG COBUN", "CRI": "CRLIO", "CUB": "CUHAV",
    "CYP": "CYLMS", "CZE": "DEHAM", "DEU": "DEHAM", "DNK": "DKAAR", "EGY": "EGALY EGSOK",
    "ESP": "ESVLC ESBIO", "EST": "EETLL", "FIN": "FIHEL", "FRA": "FRLEH FRFOS",
    "GAB": "GALBV", "GBR": "GBFXT GBSOU", "GIN": "GNCKY", "GRC": "GRPIR", "HKG": "HKHKG",
    "HRV": "HRRJK", "HUN": "SIKOP", "IDN": "IDJKT IDSUB", "IND": "INBOM INMAA",
    "IRL": "IEDUB", "IRN": "IRBND", "IRQ": "IQUQR", "ISL": "ISREY", "ISR": "ILASH",
    "ITA": "ITGOA ITTRS", "JOR": "JOAQB", "JPN": "JPYOK JPUKB", "KAZ": "RUNVS",
    "KEN": "KEMBA", "KHM": "KHKOS", "KOR": "KRPUS", "KWT": "KWSWK", "LAO": "THLCH",
    "LKA": "LKCMB", "LTU": "LTKLJ", "LUX": "BEANR", "LVA": "LVRIX", "MAR": "MACAS",
    "MDG": "MGTOA", "MEX": "MXVER MXZLO", "MLT": "MTMLA", "MMR": "MMRGN",
    "MOZ": "MZMPM MZMNC", "MYS": "MYPKG", "NAM": "NAWVB", "NGA": "NGLOS", "NLD": "NLRTM",
    "NOR": "NOOSL", "NZL": "NZAKL", "OMN": "OMSLL OMSOH", "PAK": "PKKHI", "PAN": "PAONX",
    "PER": "PECLL", "PHL": "PHMNL", "POL": "PLGDN", "PRT": "PTLIS", "QAT": "QAMES",
    "ROU": "ROCND", "RUS": "RULED RUNVS RUVVO", "SAU": "SADMN SAJED", "SEN": "SNDKR",
    "SGP": "SGSIN", "SVK": "SIKOP", "SVN": "SIKOP", "SWE": "SEGOT", "THA": "THLCH",
    "TUN": "TNRAD", "TUR": "TRIST TRMER", "TWN": "TWKHH TWKEL", "TZA": "TZDAR",
    "UKR": "UAODS", "USA": "USLAX USNYC USHOU", "VNM": "VNSGN VNHPH", "YEM": "YEADE",
    "ZAF": "ZADUR ZARCB", "ZMB": "TZDAR ZADUR", "ZWE": "MZBEW ZADUR",
}

# Goods among these go by road and rail, whether or not they touch.
EUROPE = set(
    "AUT BEL BGR CHE CZE DEU DNK ESP EST FIN FRA GBR GRC HRV HUN IRL ITA LTU LUX LVA NLD "
    "NOR POL PRT ROU SVK SVN SWE".split())
LAND = [EUROPE, {"USA", "CAN", "MEX"}]

# Passages the graph labels, under our names; Arctic ways stay closed.
LABELS = {"babalmandab": "bab-el-mandeb", "bosporus": "bosporus",
          "dardanelles": "bosporus", "gibraltar": "gibraltar",
          "south_africa": "good-hope", "ormuz": "hormuz", "chili": "magellan",
          "malacca": "malacca", "panama": "panama", "suez": "suez", "sunda": "sunda"}
ARCTIC = {"bering", "northwest"}

# Others are boxes: west, south, east, north.
BOXES = {"danish-straits": (9.5, 54.2, 13.2, 57.9), "dover": (1.0, 50.6, 2.2, 51.3),
         "korea-strait": (128.3, 33.2, 131.2, 35.6), "lombok": (115.3, -9.3, 116.3, -8.0),
         "luzon-strait": (119.6, 18.7, 122.4, 21.8),
         "taiwan-strait": (118.0, 22.8, 121.3, 25.9),
         "torres": (141.3, -11.4, 143.6, -9.1), "tsugaru": (139.9, 41.0, 141.6, 41.9)}


def passages_of(a, b, km, label):
    """Passages an edge leads through: its label, and boxes its points lie in."""
    found = {LABELS[label]} if label in LABELS else set()
    steps = int(km / 10) + 2
    for k in range(steps + 1):
        lon = a[0] + (b[0] - a[0]) * k / steps
        lat = a[1] + (b[1] - a[1]) * k / steps
        lon = (lon + 180) % 360 - 180
        for name, (west, south, east, north) in BOXES.items():
            if west <= lon <= east and south <= lat <= north:
                found.add(name)
    return found


def read_graph(folder):
    nodes = {}
    for row in csv.DictReader(open(folder + "/sea_nodes.csv")):
        nodes[int(row["id"])] = (float(row["lon"]), float(row["lat"]))
    edges = {n: [] for n in nodes}
    for row in csv.DictReader(open(folder + "/sea_edges.csv")):
        if row["passage"] in ARCTIC:
            continue
        a, b, km = int(row["a"]), int(row["b"]), float(row["km"])
        through = passages_of(nodes[a], nodes[b], km, row["passage"])
        edges[a].append((b, km, through))
        edges[b].append((a, km, through))
    return nodes, edges


def km_between(a, b):
    (x, y), (u, v) = [(math.radians(p[0]), math.radians(p[1])) for p in (a, b)]
    half = math.sin((v - y) / 2) ** 2 + math.cos(y) * math.cos(v) * math.sin((u - x) / 2) ** 2
    return 12742 * math.asin(math.sqrt(half))


def ways(edges, start, closed):
    """Shortest km from a node to each, and the passages on the way."""
    best, through, heap = {start: 0.0}, {start: frozenset()}, [(0.0, start)]
    done = set()
    while heap:
        km, at = heapq.heappop(heap)
        if at in done:
            continue
        done.add(at)
        for to, more, by in edges[at]:
            if not closed.isdisjoint(by) or km + more >= best.get(to, math.inf):
                continue
            best[to] = km + more
            through[to] = through[at] | by if by else through[at]
            heapq.heappush(heap, (km + more, to))
    return best, through


def neighbours(folder):
    with gzip.open(folder + "/cepii_dist.csv.gz", "rt") as file:
        return {(r["iso_o"].replace("ROM", "ROU").replace("ZAR", "COD"),
                 r["iso_d"].replace("ROM", "ROU").replace("ZAR", "COD"))
                for r in csv.DictReader(file) if r["contig"] == "1"}


def by_land(near, a, b):
    return (a, b) in near or any(a in block and b in block for block in LAND)


def snap(folder, nodes):
    """The node of the graph nearest to each port."""
    wanted = {code for list in PORTS.values() for code in list.split()}
    place = {}
    for port in json.load(open(folder + "/ports.geojson"))["features"]:
        code = port["properties"]["port"]
        if code in wanted:
            at = port["geometry"]["coordinates"]
            place[code] = min(nodes, key=lambda n: km_between(at, nodes[n]))
            if km_between(at, nodes[place[code]]) > 250:
                sys.exit(f"{code} lies far from the network")
    if wanted - set(place):
        sys.exit("no such port: " + " ".join(sorted(wanted - set(place))))
    return place


def by_neighbour(reached, place, economy, start):
    """Whether goods of a port that is shut in come through a neighbour's."""
    shut = all(place[code] not in reached[start] for code in OPEN_SEA)
    return shut and economy in EUROPE


def main():
    sea, countries = sys.argv[1:3]
    nodes, edges = read_graph(sea)
    place, near = snap(sea, nodes), neighbours(countries)
    names = sorted(set(LABELS.values()) | set(BOXES))
    base = {n: ways(edges, n, frozenset()) for n in set(place.values())}
    print("passage,a,b,extra_days,cut")
    for passage in names:
        # The canal of Panama has no room for ships that did not use it before.
        narrow = {passage, "panama"}
        open_way = {n: ways(edges, n, {passage})[0] for n in base}
        no_canal = {n: ways(edges, n, narrow)[0] for n in base}
        for a in sorted(PORTS):
            for b in sorted(PORTS):
                if a >= b or by_land(near, a, b):
                    continue
                extra, cut, count = 0.0, 0, 0
                for p in PORTS[a].split():
                    for q in PORTS[b].split():
                        x, y = place[p], place[q]
                        count += 1
                        if passage not in base[x][1].get(y, ()):
                            continue
                        canal = "panama" in base[x][1][y]
                        km = (open_way if canal else no_canal)[x].get(y)
                        if km is None and (by_neighbour(open_way, place, a, x) or
                                           by_neighbour(open_way, place, b, y)):
                            extra += LAND_DAYS
                        elif km is None:
                            cut += 1
                        else:
                            extra += (km - base[x][0][y]) / KM_A_DAY
                extra = extra / (count - cut) if count > cut else 0
                if extra >= LEAST_DAYS or cut:
                    print(f"{passage},{a},{b},{extra:.1f},{cut / count:.4g}")


main()
