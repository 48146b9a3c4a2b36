import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRng, type Rng } from "../math/rng.ts";
import { cosineDistance, dot, inverseNorm } from "./distance.ts";
import { compareIds, countInScope, nearest, nearestEpisodes, type Scope } from "./exact-index.ts";
import { addLabel } from "./outcomes.ts";
import { PatternTable } from "./pattern-table.ts";
import { contextRow } from "../testing/context-row.ts";

interface World {
  readonly table: PatternTable;
  readonly rng: Rng;
}

/** Patterns of three symbols; few distinct instants and vectors, so that everything ties somewhere. */
function world(seed: number, rows: number, dim: number, coarse: boolean): World {
  const rng = createRng(seed);
  const table = new PatternTable(dim);
  for (let i = 0; i < rows; i++) add(table, rng, i, coarse, rng.int(60));
  return { table, rng };
}

function add(table: PatternTable, rng: Rng, i: number, coarse: boolean, anchor: number): void {
  const vector = Float32Array.from({ length: table.dim }, () => (coarse ? rng.int(3) - 1 : rng.normal()));
  vector[0] = 1;
  const id = Uint8Array.from({ length: 16 }, () => rng.int(2));
  const series = { source: "s", symbol: `S${rng.int(3)}`, timeframe: "5m" };
  const lineage = { dataHash: "", designHash: "", encoderVersion: "v1" };
  const row = table.add({ series, anchor, revision: i, id, vector, atrNow: NaN, lineage });
  if (rng.next() < 0.8) addLabel(table.outcomesOf("h"), row, contextRow("h", anchor + 1 + rng.int(12)), 0);
}

const scopes = fc.record({
  horizon: fc.constant("h"),
  maturedBy: fc.integer({ min: -1, max: 75 }),
  allowed: fc.constantFrom(null, Uint8Array.of(1, 0, 1), Uint8Array.of(0, 1, 0)),
  apart: fc.constantFrom(null, null, { from: 20, to: 33 }, { from: 59, to: 60 }),
});

/** Every row in scope with its distance, sorted: what the index must equal. */
function bruteForce(
  table: PatternTable,
  scope: Scope,
  vector: Float32Array,
): { row: number; distance: number }[] {
  const { matureAt } = table.outcomesOf("h");
  const { from, to } = scope.apart ?? { from: Infinity, to: Infinity };
  return [...Array(table.size).keys()]
    .filter((row) => table.anchors[row]! >= to || matureAt[row]! <= from)
    .filter((row) => matureAt[row]! <= scope.maturedBy && (scope.allowed?.[table.seriesOf[row]!] ?? 1) === 1)
    .map((row) => {
      const mine = table.vectors.view(row);
      const lengths = [inverseNorm(mine, 0, table.dim), inverseNorm(vector, 0, table.dim)] as const;
      return { row, distance: cosineDistance(dot(mine, 0, vector, 0, table.dim), ...lengths) };
    })
    .sort((a, b) => a.distance - b.distance || compareIds(table.ids, a.row, b.row));
}

function asPairs(table: PatternTable, hits: ReturnType<typeof nearest>): unknown[] {
  return Array.from(hits.rows, (row, i) => [hits.distances[i], idText(table, row)]);
}

function idText(table: PatternTable, row: number): string {
  return table.ids.slice(row * 16, row * 16 + 16).join("");
}

const inputs = fc.record({
  ...{ seed: fc.nat(), rows: fc.integer({ min: 0, max: 80 }), dim: fc.integer({ min: 1, max: 9 }) },
  ...{ coarse: fc.boolean(), scope: scopes, k: fc.integer({ min: 1, max: 90 }) },
});

describe("exact search", () => {
  it("finds what sorting everything finds, to the bit", () => {
    fc.assert(
      fc.property(inputs, ({ seed, rows, dim, coarse, scope, k }) => {
        const { table, rng } = world(seed, rows, dim, coarse);
        const vector = Float32Array.from({ length: dim }, () => rng.int(3) + 1);
        const all = bruteForce(table, scope, vector);
        const expected = all.slice(0, k).map(({ row, distance }) => [distance, idText(table, row)]);
        expect(asPairs(table, nearest(table, scope, vector, k))).toEqual(expected);
        expect(countInScope(table, scope)).toBe(all.length);
      }),
      { seed: 1, numRuns: 400 },
    );
  });

  it("takes the nearest of every episode, greedily over all candidates, open and closed ends exact", () => {
    fc.assert(
      fc.property(inputs, ({ seed, rows, dim, coarse, scope, k }) => {
        const { table, rng } = world(seed, rows, dim, coarse);
        const vector = Float32Array.from({ length: dim }, () => rng.int(3) + 1);
        const chosen: { row: number; distance: number }[] = [];
        // (a, b] and (c, d] share an instant of this grid of whole numbers
        const instants = (row: number): number[] => {
          const from = table.anchors[row]!;
          return Array.from({ length: table.outcomesOf("h").matureAt[row]! - from }, (_, i) => from + 1 + i);
        };
        for (const hit of bruteForce(table, scope, vector)) {
          const taken = new Set(chosen.flatMap(({ row }) => instants(row)));
          if (!instants(hit.row).some((t) => taken.has(t))) chosen.push(hit);
        }
        const expected = chosen.slice(0, k).map(({ row, distance }) => [distance, idText(table, row)]);
        expect(asPairs(table, nearestEpisodes(table, scope, vector, k))).toEqual(expected);
      }),
      { seed: 2, numRuns: 400 },
    );
  });

  it("never returns what was not known, and garbage in the future never changes an answer", () => {
    fc.assert(
      fc.property(inputs, ({ seed, rows, dim, coarse, scope, k }) => {
        const { table, rng } = world(seed, rows, dim, coarse);
        const vector = Float32Array.from({ length: dim }, () => rng.int(3) + 1);
        const answers = (): unknown => {
          const many = nearest(table, scope, vector, k);
          const few = nearestEpisodes(table, scope, vector, k);
          const { matureAt } = table.outcomesOf("h");
          expect([...many.rows, ...few.rows].every((row) => matureAt[row]! <= scope.maturedBy)).toBe(true);
          return [asPairs(table, many), asPairs(table, few), countInScope(table, scope)];
        };
        const before = answers();
        for (let i = 0; i < 40; i++) add(table, rng, rows + i, coarse, scope.maturedBy + rng.int(50));
        expect(answers()).toEqual(before);
      }),
      { seed: 3, numRuns: 200 },
    );
  });

  it("gives the cosine distance to the last digits", () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 130 }), (seed, dim) => {
        const rng = createRng(seed);
        const [a, b] = [0, 1].map(() => Float32Array.from({ length: dim }, () => rng.normal() + 0.1)) as [
          Float32Array,
          Float32Array,
        ];
        const products = (x: Float32Array, y: Float32Array): number =>
          x.reduce((sum, v, i) => sum + v * y[i]!, 0);
        const plain = 1 - products(a, b) / Math.sqrt(products(a, a) * products(b, b));
        const got = cosineDistance(dot(a, 0, b, 0, dim), inverseNorm(a, 0, dim), inverseNorm(b, 0, dim));
        expect(Math.abs(got - plain)).toBeLessThan(1e-13);
      }),
      { seed: 4, numRuns: 200 },
    );
  });
});
