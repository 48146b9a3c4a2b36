import * as fc from "fast-check";
import { expect } from "vitest";
import { LABELS } from "../context/context.ts";
import { RhymeError } from "../errors.ts";
import type { LabelBatch, Memory, PatternBatch, Query } from "../memory/memory.ts";

// Random courses of calls on a memory, small enough that they meet: few series, anchors, horizons and vectors.

const DIM = 4;
const SERIES = [
  { source: "a", symbol: "X", timeframe: "5m" },
  { source: "b", symbol: "X", timeframe: "5m" },
  { source: "a", symbol: "Y", timeframe: "5m" },
  { source: "a", symbol: "X", timeframe: "1h" },
] as const;
const HORIZONS = ["4h", "1d"] as const;
const LENGTH = { "4h": 3, "1d": 7 } as const;

export type Operation =
  | { readonly kind: "put"; readonly batch: PatternBatch }
  | { readonly kind: "label"; readonly batch: LabelBatch }
  | { readonly kind: "query"; readonly query: Query }
  | { readonly kind: "matured"; readonly of: Parameters<Memory["matured"]>[0] }
  | { readonly kind: "look"; readonly series: number; readonly at: number }
  | { readonly kind: "delete"; readonly series: number; readonly id: boolean; readonly at: number }
  | { readonly kind: "rebuild" }
  | { readonly kind: "reopen" };

const seriesIndex = fc.integer({ min: 0, max: SERIES.length - 1 });
const instant = fc.integer({ min: 0, max: 40 });
const anchor = fc.integer({ min: 0, max: 20 });
const ascending = (list: readonly number[]): Float64Array => Float64Array.from(list).sort();
const few = fc.uniqueArray(anchor, { minLength: 1, maxLength: 4 }).map(ascending);
const many = fc.uniqueArray(anchor, { minLength: 10, maxLength: 21 }).map(ascending);
const all = fc.constant(Float64Array.from({ length: 21 }, (_, i) => i));
const horizon = fc.constantFrom(...HORIZONS);

/** A number that is a function of what it belongs to, so that most repetitions agree; `twist` makes one differ. */
function fixed(a: number, b: number, twist: number): number {
  return ((a * 7 + b * 13 + twist * 5) % 11) - 5;
}

const put = fc
  .record({
    series: seriesIndex,
    anchors: fc.oneof(all, many, few),
    revision: fc.constantFrom(0, 0, 1),
    twist: rarely(),
  })
  .map(({ series, anchors: at, revision, twist }): Operation => ({
    kind: "put",
    batch: {
      series: SERIES[series]!,
      anchors: at,
      vectors: Float32Array.from({ length: at.length * DIM }, (_, i) =>
        i % DIM === 0
          ? 1
          : fixed(at[Math.floor(i / DIM)]! + revision, i % DIM, i === at.length * DIM - 1 ? twist : 0) % 3,
      ),
      atrNow: at.map((t) => (t % 5 === 0 ? NaN : 0.01 * (t + 1))),
      base: {
        "4h": at.map((t) => (t % 4 === 0 ? NaN : fixed(t, 1, 0) + 0.1)),
        ...(series === 0 ? { "1d": at.map((t) => t) } : {}),
      },
      revision,
      lineage: { dataHash: `d${series}`, designHash: "g", encoderVersion: "v1" },
    },
  }));

const label = fc
  .record({
    series: seriesIndex,
    anchors: fc.oneof(all, few, few),
    horizon,
    twist: rarely(),
    pending: instant,
  })
  .map(({ series, anchors: at, horizon: h, twist, pending }): Operation => ({
    kind: "label",
    batch: {
      series: SERIES[series]!,
      anchors: at,
      columns: {
        horizon: h,
        state: Uint8Array.from(at, (t) => (t > pending ? 0 : t % 9 === 8 ? 2 : 1)),
        matureAt: at.map((t) => t + LENGTH[h] + (t % 6 === 0 ? 2 : 0)),
        crossesClose: Uint8Array.from(at, (t) => t % 2),
        values: Object.fromEntries(
          LABELS.map((l, n) => [
            l,
            at.map((t, i) => ((t + n) % 8 === 0 ? NaN : fixed(t, n, i === 0 ? twist : 0) / 7)),
          ]),
        ) as LabelBatch["columns"]["values"],
        atrNow: at,
      },
    },
  }));

const query = fc
  .record({
    vector: fc.array(fc.integer({ min: -2, max: 2 }), { minLength: DIM - 1, maxLength: DIM - 1 }),
    ...{ asOf: instant, horizon, k: fc.integer({ min: 1, max: 12 }), distinctEpisodes: fc.boolean() },
    among: fc.constantFrom<Query["among"]>(
      "all",
      "all",
      { symbols: ["X"] },
      { symbols: ["Y", "Z"] },
      { symbols: [] },
    ),
    timeframe: fc.constantFrom("5m", "5m", "1h"),
  })
  .map(({ vector, ...rest }): Operation => ({
    kind: "query",
    query: { ...rest, vector: Float32Array.of(1, ...vector) },
  }));

const matured = fc
  .record({ series: seriesIndex, horizon, asOf: instant, limit: fc.integer({ min: 1, max: 9 }) })
  .map(({ series, ...rest }): Operation => ({ kind: "matured", of: { ...rest, series: SERIES[series]! } }));

function rarely(): fc.Arbitrary<number> {
  return fc.constantFrom(0, 0, 0, 0, 0, 0, 0, 1);
}

/** Courses of up to 40 calls. */
export function operations(): fc.Arbitrary<Operation[]> {
  const look = fc.record({ kind: fc.constant("look" as const), series: seriesIndex, at: instant });
  const remove = fc.record({
    kind: fc.constant("delete" as const),
    series: seriesIndex,
    id: fc.boolean(),
    at: instant,
  });
  const rebuild = fc.constant({ kind: "rebuild" } as const);
  const reopen = fc.constant({ kind: "reopen" } as const);
  const weights = [
    ...[
      { arbitrary: put, weight: 6 },
      { arbitrary: label, weight: 6 },
      { arbitrary: query, weight: 8 },
    ],
    ...[
      { arbitrary: matured, weight: 2 },
      { arbitrary: look, weight: 3 },
      { arbitrary: remove, weight: 2 },
    ],
    ...[
      { arbitrary: rebuild, weight: 1 },
      { arbitrary: reopen, weight: 1 },
    ],
  ] as { arbitrary: fc.Arbitrary<Operation>; weight: number }[];
  return fc.array(fc.oneof(...weights), { minLength: 5, maxLength: 40, size: "max" });
}

/** Does it and returns all that a caller could see of it; a refusal as its kind. */
export async function perform(
  memory: Memory,
  operation: Exclude<Operation, { kind: "reopen" }>,
): Promise<unknown> {
  try {
    return await call(memory, operation);
  } catch (error) {
    if (error instanceof RhymeError) return { refused: error.kind };
    throw error;
  }
}

async function call(memory: Memory, operation: Exclude<Operation, { kind: "reopen" }>): Promise<unknown> {
  switch (operation.kind) {
    case "put":
      return memory.put(operation.batch);
    case "label":
      return memory.label(operation.batch);
    case "query":
      return [
        await memory.query(operation.query),
        await memory.queryColumns(operation.query),
        await memory.countMatured(operation.query),
      ];
    case "matured":
      return memory.matured(operation.of);
    case "look": {
      const pattern = await memory.at(SERIES[operation.series]!, operation.at);
      return [
        pattern,
        pattern && (await memory.get(pattern.id)),
        await memory.anchors(SERIES[operation.series]!),
        await memory.count(),
      ];
    }
    case "delete": {
      const series = SERIES[operation.series]!;
      if (!operation.id) return memory.delete({ series });
      const pattern = await memory.at(series, operation.at);
      return memory.delete({
        ids: pattern ? [pattern.id, pattern.id] : ["no id", "00000000-0000-0000-0000-000000000000"],
      });
    }
    case "rebuild":
      return memory.rebuild();
    default:
      return operation satisfies never;
  }
}

/** Equal in everything a caller can see; −0 is 0. */
export function expectSame(actual: unknown, expected: unknown): void {
  expect(positiveZeros(actual)).toEqual(positiveZeros(expected));
}

function positiveZeros(value: unknown): unknown {
  if (typeof value === "number") return value + 0;
  if (value === null || typeof value !== "object") return value;
  if (ArrayBuffer.isView(value)) return Array.from(value as Float64Array, (x) => x + 0);
  if (Array.isArray(value)) return value.map(positiveZeros);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, positiveZeros(inner)]));
}
