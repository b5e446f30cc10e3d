// SPDX-License-Identifier: Apache-2.0
// Makes data/map/world.txt from the npm package world-atlas (Natural Earth 1:50m, public
// domain). Run once by a developer, never by the build:
//   npm install --prefix /tmp/map world-atlas@2 i18n-iso-countries@7
//   node tools/make_map.mjs /tmp/map/node_modules > data/map/world.txt
import { readFileSync } from "node:fs";

const modules = process.argv[2];
const topology = JSON.parse(readFileSync(`${modules}/world-atlas/countries-50m.json`));
const codes = JSON.parse(readFileSync(`${modules}/i18n-iso-countries/codes.json`));
const alpha3 = new Map(codes.map(([, three, number]) => [number, three]));
const named = { Kosovo: "XKX", Somaliland: "SOM", "N. Cyprus": "CYP" };

const SIMPLIFY = 0.04; // square degrees: smallest triangle a point may make (Visvalingam)
const SMALLEST = 0.12; // square degrees: smaller islands are left out, except the largest
const GRID = 10; // steps a degree

// Arcs are stored as quantised differences.
const { scale, translate } = topology.transform;
const arcs = topology.arcs.map((arc) => {
  let x = 0, y = 0;
  return arc.map(([dx, dy]) => {
    x += dx; y += dy;
    return [x * scale[0] + translate[0], y * scale[1] + translate[1]];
  });
});

const area3 = (a, b, c) =>
  Math.abs((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])) / 2;

// Arcs are shared by neighbours, so simplifying arcs keeps borders together.
function simplify(arc) {
  const points = arc.slice();
  while (points.length > 2) {
    let least = Infinity, at = -1;
    for (let i = 1; i + 1 < points.length; i++) {
      const a = area3(points[i - 1], points[i], points[i + 1]);
      const shrink = Math.cos((points[i][1] * Math.PI) / 180);
      if (a * shrink < least) { least = a * shrink; at = i; }
    }
    if (least > SIMPLIFY) break;
    points.splice(at, 1);
  }
  return points;
}
const closed = (arc) =>
  arc[0][0] === arc[arc.length - 1][0] && arc[0][1] === arc[arc.length - 1][1];
const thin = arcs.map((arc) => {
  const simple = simplify(arc);
  if (!closed(arc) || simple.length >= 4) return simple;
  // an island on an arc of its own keeps a few points
  const step = Math.max(1, Math.floor(arc.length / 5));
  return arc.filter((_, i) => i % step === 0 || i === arc.length - 1);
});

function ring(indexes) {
  const points = [];
  for (const i of indexes) {
    const arc = i < 0 ? thin[~i].slice().reverse() : thin[i];
    points.push(...(points.length ? arc.slice(1) : arc));
  }
  return points;
}
const area = (points) => {
  let sum = 0;
  for (let i = 0; i + 1 < points.length; i++)
    sum += points[i][0] * points[i + 1][1] - points[i + 1][0] * points[i][1];
  return Math.abs(sum) / 2;
};
const centre = (points) => points.reduce(
  (c, p) => [c[0] + p[0] / points.length, c[1] + p[1] / points.length], [0, 0]);
const inside = ([x, y], west, east, south, north) =>
  x >= west && x <= east && y >= south && y <= north;

const shapes = new Map();
for (const g of topology.objects.countries.geometries) {
  const code = alpha3.get(g.id) ?? named[g.properties.name];
  if (!code || code === "ATA") continue;
  const polygons = g.type === "Polygon" ? [g.arcs] : g.arcs;
  for (const [outer] of polygons) {
    const points = ring(outer);
    const c = centre(points);
    // Islands in dispute are not drawn; Crimea as in UN resolution 68/262.
    if (inside(c, 145, 149.2, 43.2, 45.8)) continue;
    const owner = code === "RUS" && inside(c, 32.3, 36.8, 44.2, 46.4) ? "UKR" : code;
    if (!shapes.has(owner)) shapes.set(owner, []);
    shapes.get(owner).push(points);
  }
}

const lines = [];
for (const [code, rings] of [...shapes].sort(([a], [b]) => (a < b ? -1 : 1))) {
  rings.sort((a, b) => area(b) - area(a));
  const kept = rings.filter((r, i) => i === 0 || area(r) >= SMALLEST);
  const texts = kept.map((r) => {
    const text = [];
    let px = 0, py = 0, last = "";
    for (const [lon, lat] of r.slice(0, -1)) {
      const x = Math.round(lon * GRID), y = Math.round(lat * GRID);
      if (`${x} ${y}` === last) continue;
      last = `${x} ${y}`;
      text.push(`${x - px} ${y - py}`);
      px = x; py = y;
    }
    return text.length >= 3 ? text.join(" ") : "";
  }).filter((t) => t);
  if (texts.length) lines.push(`${code} ${texts.join(";")}`);
}
process.stdout.write(lines.join("\n") + "\n");
