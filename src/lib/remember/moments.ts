import { byTimeframe } from "../candles/resample.ts";
import { rowsOf, type CandleSeries } from "../candles/candle-series.ts";
import type { ContextColumns } from "../context/context.ts";
import { labelHorizon } from "../context/label.ts";
import type { Embeddings, Encoder } from "../encoder/encoder.ts";
import { featureSetByName } from "../features/feature-sets.ts";
import { featureTables } from "../features/feature-table.ts";
import { harForecast } from "../forecast/har.ts";
import type { Horizon } from "../time/horizon.ts";

/** Everything that is said about the anchors of one series: the arrow up to memory, as columns. */
export interface Moments {
  readonly embeddings: Embeddings; // A anchors
  /** Over all N base rows; row of anchor a is embeddings.rows[a]. */
  readonly contexts: Readonly<Record<Horizon, ContextColumns>>;
  /** Base forecast of logAtrRatio, over all N base rows. */
  readonly base: Readonly<Record<Horizon, Float64Array>>;
}

export interface MomentsOptions {
  readonly horizons: readonly Horizon[];
  readonly signal?: AbortSignal;
  /** Awaited before each stage, so that a caller may let other work run. */
  readonly onStage?: (stage: string) => void | Promise<void>;
}

/** candles → features → embeddings, contexts and base forecasts; pure, causal, one pass over the history. */
export async function momentsOf(
  candles: CandleSeries,
  encoder: Encoder,
  options: MomentsOptions,
): Promise<Moments> {
  const { horizons, signal, onStage } = options;
  const stage = async <T>(name: string, work: () => T): Promise<T> => {
    await onStage?.(name);
    signal?.throwIfAborted();
    return work();
  };
  const tables = await stage(`features of ${rowsOf(candles).toLocaleString("en")} candles`, () =>
    featureTables(featureSetByName(encoder.featureSet), byTimeframe(candles, encoder.design.timeframes)),
  );
  const embeddings = await stage("embeddings", () => encoder.encodeHistory(tables, signal ? { signal } : {}));
  const contexts: Record<Horizon, ContextColumns> = {};
  const base: Record<Horizon, Float64Array> = {};
  for (const horizon of horizons) {
    const columns = await stage(`what followed within ${horizon}`, () => labelHorizon(candles, horizon));
    contexts[horizon] = columns;
    base[horizon] = await stage(`base forecast for ${horizon}`, () => harForecast(candles, columns));
  }
  return { embeddings, contexts, base };
}

/** `values` at `rows`. */
export function pick(values: Float64Array, rows: Int32Array): Float64Array {
  return Float64Array.from(rows, (row) => values[row]!);
}

/** Context columns at `rows`. */
export function pickContexts(columns: ContextColumns, rows: Int32Array): ContextColumns {
  const bytes = (xs: Uint8Array): Uint8Array => Uint8Array.from(rows, (row) => xs[row]!);
  return {
    horizon: columns.horizon,
    state: bytes(columns.state),
    crossesClose: bytes(columns.crossesClose),
    matureAt: pick(columns.matureAt, rows),
    atrNow: pick(columns.atrNow, rows),
    values: Object.fromEntries(
      Object.entries(columns.values).map(([label, xs]) => [label, pick(xs, rows)]),
    ) as ContextColumns["values"],
  };
}
