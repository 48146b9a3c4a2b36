import type { CandleSeries } from "../../../candles/candle-series.ts";
import type { CandleStore } from "../../../candles/candle-store.ts";
import { byTimeframe } from "../../../candles/resample.ts";
import type { Encoder } from "../../../encoder/encoder.ts";
import { sageFamily } from "../../../encoder/gnn/gnn-family.ts";
import { featureSetByName } from "../../../features/feature-sets.ts";
import { featureTables } from "../../../features/feature-table.ts";
import { RhymeError } from "../../../errors.ts";
import { defaultDesign } from "../../../graph/design.ts";
import type { RecallRecord } from "../../../recall/record-type.ts";
import type { Horizon } from "../../../time/horizon.ts";
import type { EpochMs } from "../../../time/units.ts";
import { seriesBaselines } from "../../trust/series-baselines.ts";
import { makeTrustReport } from "../../trust/make-trust-report.ts";
import { TRUST_LABELS, TRUST_METHODS } from "../../trust/trust-report.ts";
import { trustRows, type TrustRows } from "../../trust/trust-rows.ts";
import { walkForward } from "../../trust/walk-forward.ts";
import type { Stated } from "../stated.ts";
import type { Setting, StoreSubject, Subject } from "../subject.ts";
import { anchorsOf, emptyMemory, encoderOf, TENANT, withBase } from "./remembered.ts";
import { recordOf, statedRecord } from "./recall.ts";
import { atLeast, barsAhead, between, digestOfData, everyNth, statedWhenAsked } from "./stating.ts";

const BARS = 2;

function horizonOf({ series }: Setting): Horizon {
  return barsAhead(series[0]!.timeframe, BARS);
}

/** Rows of the replay; outcomes are known when they first matured. */
function statedRows(rows: TrustRows): Stated {
  const { anchor, matureAt, abstained, outcomes, quantiles } = rows;
  const about = { key: anchor, knownAt: anchor };
  return [
    { name: "abstained", ...about, values: abstained },
    ...TRUST_LABELS.flatMap((label) => [
      { name: `${label} that came`, key: anchor, knownAt: matureAt, values: outcomes[label] },
      ...TRUST_METHODS.map((method) => ({
        name: `${label} of ${method}`,
        ...about,
        values: quantiles[label][method],
      })),
    ]),
  ];
}

/** A report on a few instants, each about what had matured by then. */
async function reportAt(store: CandleStore, record: RecallRecord, at: EpochMs): Promise<number> {
  const rows = await trustRows(store, [record], { from: -Infinity, to: Infinity, asOf: at });
  const { tenant, horizon } = record;
  const options = { tenant, horizon, refit: "never", folds: [], calendars: ["any"], resamples: 20 } as const;
  try {
    return digestOfData(makeTrustReport(rows, options));
  } catch (error) {
    if (error instanceof RhymeError && error.kind === "input") return NaN; // nothing to score yet
    throw error;
  }
}

const report: StoreSubject = {
  name: "trust/report",
  covers: ["trustRows", "makeTrustReport", "seriesBaselines", "lossesOf", "stepsOf"],
  takes: "store",
  every: 100,
  instants: 3,
  suits: between(310, 600),
  async run(store, setting) {
    const record = await recordOf(store, setting, withBase(emptyMemory(encoderOf(setting))), null);
    const asked = everyNth(
      Float64Array.from(record.moments.anchor, (t) => t!),
      100,
    );
    const reports: number[] = [];
    for (const at of asked) reports.push(await reportAt(store, record, at));
    const all = await trustRows(store, [record], { from: -Infinity, to: Infinity, asOf: Infinity });
    return [...statedRows(all), statedWhenAsked("report", asked, (_, i) => reports[i]!)];
  },
};

/** The plain baselines as of anchors of a store: a correction reaches only later ones. */
const baselines: StoreSubject = {
  name: "trust/series-baselines",
  covers: ["seriesBaselines"],
  takes: "store",
  every: 4,
  instants: 6,
  suits: atLeast(90),
  async run(store, setting) {
    const [own] = setting.series;
    const asked = everyNth(anchorsOf(store, own!), 9);
    const said = seriesBaselines(store, own!, horizonOf(setting), asked);
    return TRUST_LABELS.flatMap((label) =>
      (["persistence", "climatology"] as const).map((method) => ({
        name: `${label} of ${method}`,
        ...{ key: asked, knownAt: asked, values: said[method][label] },
      })),
    );
  },
};

/** Rows that an encoder is fitted on before the first fold, and rows of a fold. */
const [FITTED, FOLD] = [250, 40];

const walking: StoreSubject = {
  name: "trust/walk-forward",
  covers: ["walkForward"],
  takes: "store",
  every: 100,
  instants: 3,
  suits: atLeast(FITTED + 2 * FOLD),
  async run(store, setting) {
    const known = anchorsOf(store, setting.series[0]!);
    const [first, second] = [known[FITTED], known[FITTED + FOLD]];
    const spans = [
      { from: first ?? Infinity, to: second ?? Infinity },
      { from: second ?? Infinity, to: Infinity },
    ].filter(({ from }) => from < Infinity);
    if (spans.length === 0) return [];
    const { records, folds } = await walkForward(store, {
      tenant: TENANT,
      horizon: horizonOf(setting),
      folds: spans,
      members: setting.series,
      asked: setting.series.slice(0, 1),
      fit: async (candles, until) => fitted(candles, until, setting),
    });
    const begins = Float64Array.from(folds, ({ from }) => from);
    const encoders = statedWhenAsked("encoder", begins, (_, f) => digestOfData(folds[f]!.encoder));
    // A distance belongs to one encoder: those of earlier folds are taken out on purpose (trust/walk-forward.ts).
    const rows = records.flatMap(statedRecord).filter(({ name }) => name !== "distance");
    return [...rows, encoders];
  },
};

/** The base timeframe alone: an encoder that has anchors from the first rows on. */
function fitted(candles: readonly CandleSeries[], fitUntil: EpochMs, setting: Setting): Encoder {
  const timeframes = setting.timeframes.slice(0, 1);
  const featureSet = featureSetByName("close12");
  const tables = candles.map((series) => featureTables(featureSet, byTimeframe(series, timeframes)));
  const design = defaultDesign(timeframes, { dilations: [1, 2] });
  return sageFamily.untrained(tables, { design, featureSet, hidden: 4, dim: 4, layers: 1, fitUntil });
}

export const TRUST_SUBJECTS: readonly Subject[] = [report, baselines, walking];
