import type { SeriesKey } from "../candles/candle-series.ts";
import { LABELS, type ContextColumns } from "../context/context.ts";
import type { Encoder } from "../encoder/encoder.ts";
import { designHash } from "../graph/design.ts";
import type { LabelBatch, PatternBatch } from "../memory/memory.ts";
import type { Horizon } from "../time/horizon.ts";
import type { LiveMoment } from "./live-followed.ts";

/** What newly stored candles bring into memory: what `remember` would write of them, to the last bit. */
export interface LiveBatch {
  /** New moments, ascending. */
  readonly anchors: Float64Array;
  readonly patterns: readonly PatternBatch[];
  readonly labels: readonly LabelBatch[];
}

type Embedded = LiveMoment & { readonly vector: Float32Array };

/** The moments of one series in their order, as what is put and what is labelled. */
export function liveBatch(series: SeriesKey, encoder: Encoder, moments: readonly LiveMoment[]): LiveBatch {
  const embedded = moments.filter((moment): moment is Embedded => moment.vector !== null);
  const byHash = new Map<string, Embedded[]>();
  for (const moment of embedded) {
    const same = byHash.get(moment.dataHash);
    if (same) same.push(moment);
    else byHash.set(moment.dataHash, [moment]);
  }
  return {
    anchors: Float64Array.from(embedded, ({ anchor }) => anchor),
    patterns: [...byHash.values()].map((some) => patternsOf(series, encoder, some)),
    labels: labelsOf(series, moments),
  };
}

function patternsOf(series: SeriesKey, encoder: Encoder, moments: readonly Embedded[]): PatternBatch {
  const { dataHash, base } = moments[0]!;
  const vectors = new Float32Array(moments.length * encoder.dim);
  moments.forEach(({ vector }, i) => vectors.set(vector, i * encoder.dim));
  const forecasts = Object.keys(base).map((horizon): [Horizon, Float64Array] => [
    horizon,
    Float64Array.from(moments, (moment) => moment.base[horizon]!),
  ]);
  return {
    series,
    anchors: Float64Array.from(moments, ({ anchor }) => anchor),
    vectors,
    atrNow: Float64Array.from(moments, ({ atrNow }) => atrNow),
    base: Object.fromEntries(forecasts),
    revision: 0,
    lineage: { dataHash, designHash: designHash(encoder.design), encoderVersion: encoder.version },
  };
}

/** One batch for each horizon over which something matured. */
function labelsOf(series: SeriesKey, moments: readonly LiveMoment[]): LabelBatch[] {
  const lanes = moments[0]?.matured.length ?? 0;
  return Array.from({ length: lanes }, (_, lane): LabelBatch => {
    const parts = moments.map(({ matured }) => matured[lane]!);
    const anchors = joined(parts.map((part) => part.anchors));
    return { series, anchors, columns: joinedColumns(parts.map(({ columns }) => columns)) };
  }).filter(({ anchors }) => anchors.length > 0);
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function joinedColumns(parts: readonly ContextColumns[]): ContextColumns {
  const numbers = (of: (columns: ContextColumns) => Float64Array): Float64Array => joined(parts.map(of));
  return {
    horizon: parts[0]!.horizon,
    state: Uint8Array.from(parts.flatMap(({ state }) => [...state])),
    crossesClose: Uint8Array.from(parts.flatMap(({ crossesClose }) => [...crossesClose])),
    matureAt: numbers(({ matureAt }) => matureAt),
    atrNow: numbers(({ atrNow }) => atrNow),
    values: Object.fromEntries(
      LABELS.map((label) => [label, numbers(({ values }) => values[label])]),
    ) as ContextColumns["values"],
  };
}
