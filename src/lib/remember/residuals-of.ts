import { MaskedReconstruction, type Residual } from "../anomaly/masked-reconstruction.ts";
import { fillMoment, momentColumns, type MomentColumns } from "../anomaly/moment-rows.ts";
import { residualColumns, type ResidualColumns } from "../anomaly/residual-columns.ts";
import type { CandleSeries, SeriesKey } from "../candles/candle-series.ts";
import type { CandleStore } from "../candles/candle-store.ts";
import { byTimeframe } from "../candles/resample.ts";
import type { Encoder } from "../encoder/encoder.ts";
import { featureSetByName } from "../features/feature-sets.ts";
import type { FeatureTables } from "../features/feature.ts";
import { featureTables } from "../features/feature-table.ts";
import type { EpochMs } from "../time/units.ts";
import { views, type View } from "./views.ts";

export interface ResidualsOptions {
  /** Moments of the series before it speaks. */
  readonly firstFit?: number; // 500
  readonly signal?: AbortSignal;
}

/**
 * How each moment of a stored series differs from what the rest of it led to expect, by what was known at its anchor:
 * one causal pass over the features that the encoder reads, which learns from every moment after it has spoken of it.
 */
export function residualsOf(
  store: CandleStore,
  key: SeriesKey,
  encoder: Pick<Encoder, "featureSet" | "design">,
  options: ResidualsOptions = {},
): ResidualColumns {
  return residualsAsTheyGrow(store, key, encoder, options)();
}

/** The same whenever it is called, of the moments that are stored by then: what has been said is kept and gone on from. */
export function residualsAsTheyGrow(
  store: CandleStore,
  key: SeriesKey,
  encoder: Pick<Encoder, "featureSet" | "design">,
  options: ResidualsOptions = {},
): () => ResidualColumns {
  let pass = new ResidualPass(encoder, options);
  return () => {
    if (!pass.extend(views(store, key))) {
      pass = new ResidualPass(encoder, options);
      pass.extend(views(store, key));
    }
    return pass.said();
  };
}

/** What has been said of the moments of one series so far, and what says it of the next. */
class ResidualPass {
  readonly #encoder: Pick<Encoder, "featureSet" | "design">;
  readonly #options: ResidualsOptions;
  readonly #anchors: EpochMs[] = [];
  readonly #residuals: Residual[] = [];
  #columns: MomentColumns | null = null;
  #model: MaskedReconstruction | null = null;

  constructor(encoder: Pick<Encoder, "featureSet" | "design">, options: ResidualsOptions) {
    this.#encoder = encoder;
    this.#options = options;
  }

  said(): ResidualColumns {
    return residualColumns(this.#anchors, this.#residuals, this.#columns);
  }

  /** Speaks of all moments behind those it has spoken of. false: those are no longer what the series begins with. */
  extend(all: Iterable<View>): boolean {
    let next = 0;
    for (const { series, isAnchor } of all) {
      let tables: FeatureTables | null = null;
      for (let row = 0; row < isAnchor.length; row++) {
        if (isAnchor[row] === 0) continue;
        if (row % 4_096 === 0) this.#options.signal?.throwIfAborted();
        const anchor = series.knownAt[row]!;
        const at = next++;
        if (at >= this.#anchors.length) this.#add(anchor, (tables ??= this.#tablesOf(series)));
        else if (this.#anchors[at] !== anchor) return false;
      }
    }
    return next === this.#anchors.length;
  }

  #tablesOf(series: CandleSeries): FeatureTables {
    const { featureSet, design } = this.#encoder;
    return featureTables(featureSetByName(featureSet), byTimeframe(series, design.timeframes));
  }

  #add(anchor: EpochMs, tables: FeatureTables): void {
    const columns = (this.#columns ??= momentColumns(tables, this.#encoder.design.timeframes));
    this.#model ??= new MaskedReconstruction(columns, this.#options.firstFit);
    const moment = new Float64Array(columns.width);
    fillMoment(tables, columns, anchor, moment);
    this.#anchors.push(anchor);
    this.#residuals.push(this.#model.next(moment));
  }
}
