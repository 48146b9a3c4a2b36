import type { CandlesByTimeframe, SeriesKey } from "../candles/candle-series.ts";
import { LABELS, MATURE, type Context, type ContextColumns, type Label } from "../context/context.ts";
import type { Encoder } from "../encoder/encoder.ts";
import { RhymeError } from "../errors.ts";
import { featureSetByName } from "../features/feature-sets.ts";
import { featureTables } from "../features/feature-table.ts";
import { designHash } from "../graph/design.ts";
import type { Among, Memory, Neighbour } from "../memory/memory.ts";
import type { EpochMs } from "../time/units.ts";
import type { Horizon } from "../time/horizon.ts";
import { patternId } from "../memory/pattern-id.ts";

/** What followed, per horizon; `"pending"` registers a horizon whose outcome is not known yet. */
export type ContextsByHorizon = Readonly<Record<Horizon, Context | "pending">>;

export interface PatternMetadata extends SeriesKey {
  /** When the moment was known. */
  readonly anchor: EpochMs;
  /** Must be the memory's own tenant; there to make a mix-up loud. */
  readonly tenant?: string;
  /** Wilder ATR14 / close at the anchor, where the outcomes shall be standardised by it. */
  readonly atrNow?: number;
  readonly dataHash?: string;
}

export interface SimilarityQuestion {
  readonly k: number;
  /** Only what had been known by then is seen. */
  readonly asOf: EpochMs;
  readonly horizon: Horizon;
  readonly among?: Among;
  /** Base timeframe of the patterns that may answer; the encoder's own unless told otherwise. */
  readonly timeframe?: string;
}

/**
 * Encoder and memory behind three calls, for agents and models: market state → embedding, embedding and what
 * followed → memory, embedding → what rhymes. Works over any Encoder and any Memory of the same version.
 */
export class MultiTimeframeGNNMemoryEncoder {
  readonly encoder: Encoder;
  readonly memory: Memory;

  /** Throws RhymeError "mismatch" when the memory belongs to another encoder or holds another vector size. */
  constructor(parts: { readonly encoder: Encoder; readonly memory: Memory }) {
    const { encoder, memory } = parts;
    const expected = `${encoder.version} (${encoder.dim} values)`;
    const received = `${memory.encoderVersion} (${memory.dim} values)`;
    if (expected !== received)
      throw new RhymeError("mismatch", {
        place: "MultiTimeframeGNNMemoryEncoder",
        expected: `a memory of encoder ${expected}`,
        received,
        remedy: "Open the memory with this encoder's version; two versions never share one memory.",
      });
    this.encoder = encoder;
    this.memory = memory;
  }

  /** Unit vector [D] of the newest base bar. The candles must reach back `encoder.receptiveField` bars each. */
  encodeMarketState(candlesByTimeframe: CandlesByTimeframe): Float32Array {
    return this.encoder.encodeWindow(
      featureTables(featureSetByName(this.encoder.featureSet), candlesByTimeframe),
    );
  }

  /** Stores one moment with what followed, as far as it is known; returns the pattern's id. Idempotent. */
  async storeEmbeddingWithContext(
    embedding: Float32Array,
    context: ContextsByHorizon,
    metadata: PatternMetadata,
  ): Promise<string> {
    const { source, symbol, timeframe, anchor } = metadata;
    if (metadata.tenant !== undefined && metadata.tenant !== this.memory.tenant)
      throw new RhymeError("mismatch", {
        place: "metadata.tenant",
        expected: `the memory's tenant ${JSON.stringify(this.memory.tenant)}`,
        received: JSON.stringify(metadata.tenant),
        remedy: "Open a memory for that tenant; tenants never meet.",
      });
    const series: SeriesKey = { source, symbol, timeframe };
    const atrNow = Float64Array.of(metadata.atrNow ?? NaN);
    const anchors = Float64Array.of(anchor);
    const horizons = Object.keys(context);
    await this.memory.put({
      series,
      anchors,
      vectors: embedding,
      atrNow,
      base: Object.fromEntries(horizons.map((horizon) => [horizon, Float64Array.of(NaN)])),
      revision: 0,
      lineage: {
        dataHash: metadata.dataHash ?? "",
        designHash: designHash(this.encoder.design),
        encoderVersion: this.encoder.version,
      },
    });
    for (const horizon of horizons) {
      const known = context[horizon]!;
      if (known !== "pending")
        await this.memory.label({ series, anchors, columns: oneRow(horizon, known, atrNow) });
    }
    return patternId({
      tenant: this.memory.tenant,
      series,
      anchor,
      encoderVersion: this.encoder.version,
      revision: 0,
    });
  }

  /** The k nearest moments whose outcome over `horizon` was known by `asOf`, one per episode, nearest first. */
  async querySimilarPatterns(
    embedding: Float32Array,
    question: SimilarityQuestion,
  ): Promise<readonly Neighbour[]> {
    const { k, asOf, horizon } = question;
    return this.memory.query({
      vector: embedding,
      asOf,
      horizon,
      k,
      among: question.among ?? "all",
      timeframe: question.timeframe ?? this.encoder.design.timeframes[0]!,
      distinctEpisodes: true,
    });
  }
}

function oneRow(horizon: Horizon, context: Context, atrNow: Float64Array): ContextColumns {
  const values = Object.fromEntries(
    LABELS.map((label) => [label, Float64Array.of(context[label] ?? NaN)]),
  ) as Record<Label, Float64Array>;
  return {
    horizon,
    state: Uint8Array.of(MATURE),
    matureAt: Float64Array.of(context.matureAt),
    crossesClose: Uint8Array.of(context.crossesClose ? 1 : 0),
    values,
    atrNow,
  };
}
