import { byTimeframe } from "../candles/resample.ts";
import { rowsOf, type CandleSeries } from "../candles/candle-series.ts";
import type { ContextColumns } from "../context/context.ts";
import { labelHorizon } from "../context/label.ts";
import type { Embeddings, EncodeOptions, Encoder } from "../encoder/encoder.ts";
import { featureSetByName } from "../features/feature-sets.ts";
import type { FeatureTables } from "../features/feature.ts";
import { featureTables } from "../features/feature-table.ts";
import { harForecast } from "../forecast/har.ts";
import type { Horizon } from "../time/horizon.ts";

/** What is said about the rows of one series beside embeddings, as columns over all N base rows. */
export interface MomentColumns {
  readonly tables: FeatureTables;
  readonly contexts: Readonly<Record<Horizon, ContextColumns>>;
  /** Base forecast of logAtrRatio. */
  readonly base: Readonly<Record<Horizon, Float64Array>>;
}

/** Everything that is said about the anchors of one series: the arrow up to memory. Row of anchor a: embeddings.rows[a]. */
export interface Moments extends Pick<MomentColumns, "contexts" | "base"> {
  readonly embeddings: Embeddings; // A anchors
}

export interface MomentsOptions {
  readonly horizons: readonly Horizon[];
  /** Embeds in place of the encoder's own `encodeHistory`: a faster backend. */
  readonly embed?: (encoder: Encoder, tables: FeatureTables, options: EncodeOptions) => Promise<Embeddings>;
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
  const { tables, contexts, base } = await momentColumns(candles, encoder, options);
  const { signal, embed } = options;
  const range = signal ? { signal } : {};
  const embeddings = await stage("embeddings", options, () =>
    embed ? embed(encoder, tables, range) : encoder.encodeHistory(tables, range),
  );
  return { embeddings, contexts, base };
}

/** The same without embeddings, which can then be made in parts. */
export async function momentColumns(
  candles: CandleSeries,
  encoder: Encoder,
  options: MomentsOptions,
): Promise<MomentColumns> {
  const tables = await stage(`features of ${rowsOf(candles).toLocaleString("en")} candles`, options, () =>
    featureTables(featureSetByName(encoder.featureSet), byTimeframe(candles, encoder.design.timeframes)),
  );
  const contexts: Record<Horizon, ContextColumns> = {};
  const base: Record<Horizon, Float64Array> = {};
  for (const horizon of options.horizons) {
    const followed = (): ContextColumns => labelHorizon(candles, horizon);
    const columns = await stage(`what followed within ${horizon}`, options, followed);
    contexts[horizon] = columns;
    base[horizon] = await stage(`base forecast for ${horizon}`, options, () => harForecast(candles, columns));
  }
  return { tables, contexts, base };
}

async function stage<T>(
  name: string,
  { signal, onStage }: MomentsOptions,
  work: () => T | Promise<T>,
): Promise<T> {
  await onStage?.(name);
  signal?.throwIfAborted();
  return work();
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
