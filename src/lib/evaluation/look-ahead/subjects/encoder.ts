import type { CandlesByTimeframe } from "../../../candles/candle-series.ts";
import { knownBy } from "../../../candles/slice.ts";
import type { Encoder } from "../../../encoder/encoder.ts";
import { sageFamily } from "../../../encoder/gnn/gnn-family.ts";
import { encodeArtefact } from "../../../encoder/load-encoder.ts";
import type { GnnEncoder } from "../../../encoder/gnn/gnn-encoder.ts";
import { LAYER_KINDS, type LayerKind } from "../../../encoder/gnn/gnn-model.ts";
import { READOUT_KINDS } from "../../../encoder/gnn/readout.ts";
import { windowForm } from "../../../encoder/gnn/window-form.ts";
import type { FeatureRow, FeatureTables } from "../../../features/feature.ts";
import { featureTables } from "../../../features/feature-table.ts";
import type { EpochMs } from "../../../time/units.ts";
import type { Stated } from "../stated.ts";
import type { CandlesSubject, Setting, Subject } from "../subject.ts";
import { drawnEncoder, featuresOf } from "./drawn-encoder.ts";
import { drawnDesign, SMALL_SET } from "./graph.ts";
import { askedAt, atLeast, baseOf, digestOfAll, MANY, statedWhenAsked, unlessTooLittle } from "./stating.ts";

function encoderFor(setting: Setting, layer?: LayerKind): GnnEncoder {
  return drawnEncoder({
    ...(layer && { layer }),
    seed: setting.seed,
    design: drawnDesign(setting),
    features: featuresOf(SMALL_SET),
    readout: READOUT_KINDS,
    first: setting.seed % 3,
  });
}

function statedVectors(anchors: Float64Array, vectors: Float32Array): Stated {
  return [{ name: "embedding", key: anchors, knownAt: anchors, values: vectors }];
}

const history: CandlesSubject = {
  name: "encoder/history",
  covers: [
    ...["Encoder.encodeHistory", "Encoder.anchorRows"],
    ...["GnnEncoder.encodeHistory", "GnnEncoder.anchorRows"],
    ...["Encoder.stream", "EncoderStream.push", "EncoderStream.embed"],
  ],
  takes: "candles",
  every: 40,
  instants: MANY,
  run(candles, setting) {
    const encoder = encoderFor(setting);
    const tables = featureTables(SMALL_SET, candles);
    const rows = encoder.anchorRows(tables);
    const half = rows[rows.length >> 1] ?? 0;
    const parts = [{ to: half }, { from: half }].map((part) => encoder.encodeHistory(tables, part));
    return statedVectors(
      Float64Array.from(parts.flatMap(({ anchors }) => [...anchors])),
      Float32Array.from(parts.flatMap(({ vectors }) => [...vectors])),
    );
  },
  stream(candles, setting) {
    const { anchors, vectors } = streamed(encoderFor(setting), candles, setting);
    return statedVectors(anchors, vectors);
  },
};

/** Every other kind of layer, and the graph of the window alone. */
const kinds: CandlesSubject = {
  name: "encoder/kinds",
  covers: ["gnnFamily", "windowForm"],
  takes: "candles",
  every: 80,
  instants: 24,
  run(candles, setting) {
    const tables = featureTables(SMALL_SET, candles);
    return otherKinds(setting).map(([name, encoder]) => {
      const { anchors, vectors } = encoder.encodeHistory(tables);
      return { name, key: anchors, knownAt: anchors, values: vectors };
    });
  },
  stream(candles, setting) {
    return otherKinds(setting).map(([name, encoder]) => {
      const { anchors, vectors } = streamed(encoder, candles, setting);
      return { name, key: anchors, knownAt: anchors, values: vectors };
    });
  },
};

function otherKinds(setting: Setting): (readonly [string, Encoder])[] {
  const [first, ...others] = LAYER_KINDS;
  return [
    ...others.map((layer) => [layer, encoderFor(setting, layer)] as const),
    ["window", windowForm(encoderFor(setting, first))],
  ];
}

/** What a stream says at each anchor. */
function streamed(
  encoder: Encoder,
  candles: CandlesByTimeframe,
  setting: Setting,
): { readonly anchors: Float64Array; readonly vectors: Float32Array } {
  const stream = encoder.stream();
  const rows = liveRows(featureTables(SMALL_SET, candles), setting);
  const [base] = setting.timeframes;
  const [anchors, vectors]: [number[], number[]] = [[], []];
  rows.forEach((row, i) => {
    stream.push(row);
    if (rows[i + 1]?.knownAt === row.knownAt) return;
    // An anchor is an instant at which a base row became known.
    const isAnchor = rows.some((one) => one.knownAt === row.knownAt && one.timeframe === base);
    const vector = isAnchor ? stream.embed() : null;
    if (!vector) return;
    anchors.push(row.knownAt);
    vectors.push(...vector);
  });
  return { anchors: Float64Array.from(anchors), vectors: Float32Array.from(vectors) };
}

/** All rows in the order in which they became known, at equal times fine to coarse. */
function liveRows(tables: FeatureTables, { timeframes }: Setting): readonly FeatureRow[] {
  const rows = timeframes.flatMap((timeframe) => {
    const { names, values, openTime, knownAt } = tables[timeframe]!;
    const F = names.length;
    return Array.from(knownAt, (known, row) => ({
      ...{
        timeframe,
        values: values.slice(row * F, (row + 1) * F),
        openTime: openTime[row]!,
        knownAt: known,
      },
    }));
  });
  return rows.sort((a, b) => a.knownAt - b.knownAt); // stable
}

const window: CandlesSubject = {
  name: "encoder/window",
  covers: ["Encoder.encodeWindow", "GnnEncoder.encodeWindow"],
  takes: "candles",
  every: 200,
  instants: 24,
  run(candles, setting) {
    const encoder = encoderFor(setting);
    const asked = askedAt(baseOf(candles, setting), 16);
    return [statedWhenAsked("embedding", asked, (at) => embeddingAt(encoder, candles, at))];
  },
};

/** NaN during warm-up. */
function embeddingAt(encoder: Encoder, candles: CandlesByTimeframe, at: EpochMs): readonly number[] {
  const known = Object.entries(candles).map(
    ([timeframe, series]) => [timeframe, knownBy(series, at)] as const,
  );
  const none = Array.from({ length: encoder.dim }, () => NaN);
  return unlessTooLittle(none, () => [
    ...encoder.encodeWindow(featureTables(SMALL_SET, Object.fromEntries(known))),
  ]);
}

/** Fewest rows that anything is fitted on, and some to see that later ones are not. */
const FITTED_FROM = 240;

/** Scaling, projection and what an encoder says of itself, fitted on what was known by then. */
const fitting: CandlesSubject = {
  name: "encoder/fit",
  covers: ["EncoderFamily.untrained", "EncoderFamily.save", "encodeArtefact", "fitScaler", "fitProjection"],
  takes: "candles",
  instants: 4,
  suits: atLeast(FITTED_FROM + 10),
  run(candles, setting) {
    const asked = askedAt(baseOf(candles, setting), FITTED_FROM);
    const tables = [featureTables(SMALL_SET, candles)];
    const [timeframe] = setting.timeframes;
    const design = drawnDesign({ ...setting, timeframes: [timeframe!] });
    const options = { design, featureSet: SMALL_SET, seed: setting.seed, hidden: 4, dim: 4, layers: 1 };
    const fitted = Array.from(asked, (fitUntil) =>
      unlessTooLittle(null, () => sageFamily.untrained(tables, { ...options, fitUntil })),
    );
    const artefact = (of: Encoder): number => digestOfAll(...encodeArtefact(of).map(({ bytes }) => bytes));
    return [
      statedWhenAsked("known at", asked, (_, i) => fitted[i]?.knownAt ?? NaN),
      statedWhenAsked("artefact", asked, (_, i) => (fitted[i] ? artefact(fitted[i]) : NaN)),
    ];
  },
};

export const ENCODER_SUBJECTS: readonly Subject[] = [history, kinds, window, fitting];
