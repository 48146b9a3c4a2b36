import type { Mutant } from "./mutant.ts";

const MATURE_AT = "matureAt[t] = knownAt[window.end]!;";
const MATURED = "(i) => matureAt[order[i]!]! <= maturedBy";
const PAST = "if (!(matureAt[r]! <= asOf)) continue;";

/** Bugs in what is learned from the past: encoders, labels, memory, forecasts, calibration, folds. */
export const PLANTED_LEARNING: readonly Mutant[] = [
  {
    name: "embedding-of-an-open-bar",
    what: "an embedding reads higher bars that have opened",
    file: "encoder/graph-sage/anchors.ts",
    line: "const all = columns.map((table) => knownRows(table.knownAt, base));",
    becomes:
      "const all = columns.map((table, t) => knownRows(t > 0 ? table.openTime : table.knownAt, base));",
  },
  {
    name: "readout-one-row-too-far",
    what: "the window of an embedding's readout ends one row too late",
    file: "encoder/graph-sage/readout.ts",
    line: "const end = rows * H;",
    becomes: "const end = Math.min(rows + 1, this.#rows) * H;",
  },
  {
    name: "scaler-over-all-rows",
    what: "the scaler of an encoder is fitted on all rows, those after its training too",
    file: "encoder/graph-sage/sage-family.ts",
    line: "const scaler = fitScaler(data.training, design.timeframes);",
    becomes: "const scaler = fitScaler(series, design.timeframes);",
  },
  {
    name: "encoder-on-later-data",
    what: "an encoder is fitted on rows that became known after its fit-until",
    file: "encoder/graph-sage/training/prepare.ts",
    line: "const tables = series.map((each) => knownBy(each, timeframes, fitUntil));",
    becomes: "const tables = series.map((each) => knownBy(each, timeframes, Infinity));",
  },
  {
    name: "label-before-it-matures",
    what: "a label is said to be known at its anchor",
    file: "context/label.ts",
    line: MATURE_AT,
    becomes: "matureAt[t] = knownAt[t]!;",
  },
  {
    name: "label-one-bar-early",
    what: "a label is said to be known one bar before its last one",
    file: "context/label.ts",
    line: MATURE_AT,
    becomes: "matureAt[t] = knownAt[window.end - 1]!;",
  },
  {
    name: "label-at-the-calendars-end",
    what: "a label is said to be known when its horizon ends, though the source lags or a bar came late",
    file: "context/label.ts",
    line: MATURE_AT,
    becomes: "matureAt[t] = candles.closeTime[window.end]!;",
  },
  {
    name: "label-window-off-by-one",
    what: "the true ranges of a label reach one bar beyond its horizon",
    file: "context/label.ts",
    line: "for (let row = t + 1; row <= end; row++) {",
    becomes: "for (let row = t + 1; row <= end + 1; row++) {",
  },
  {
    name: "label-among-the-features",
    what: "the scale at an anchor is the mean true range of what followed",
    file: "context/label.ts",
    line: "const atrNow = past.atr.map((atr, t) => atr / candles.close[t]!);",
    becomes:
      "const atrNow = past.atr.map((atr, t) => (end[t]! < 0 ? atr / candles.close[t]! : values.atr[t]!));",
  },
  {
    name: "label-as-forecast",
    what: "a pattern is stored with its own outcome as its base forecast",
    file: "remember/put-moments.ts",
    line: "base: Object.fromEntries(Object.entries(base).map(([h, values]) => [h, pick(values, at)])),",
    becomes:
      "base: Object.fromEntries(Object.keys(base).map((h) => [h, pick(contexts[h]!.values.logAtrRatio, at)])),",
  },
  {
    name: "lineage-of-the-whole-file",
    what: "the data hash of a moment covers the candles after it",
    file: "remember/data-hash.ts",
    line: "return hashes;",
    becomes: "return hashes.map((own) => hashParts(own, candles.close).slice(0, 32));",
  },
  {
    name: "future-neighbour",
    what: "patterns answer whenever they and their outcomes become known",
    file: "memory/exact-index.ts",
    line: MATURED,
    becomes: "() => true",
  },
  {
    name: "overlapping-neighbour",
    what: "patterns answer from their anchor on, while their horizon still runs into the question's",
    file: "memory/exact-index.ts",
    line: MATURED,
    becomes: "(i) => table.anchors[order[i]!]! <= maturedBy",
  },
  {
    name: "outcome-told-while-pending",
    what: "a pattern tells its outcome before it has matured",
    file: "memory/outcomes.ts",
    line: "if (!(matureAt <= asOf)) return null;",
    becomes: "if (Number.isNaN(matureAt)) return null;",
  },
  {
    name: "revised-label-early",
    what: "a label is told as the newest correction made it, whenever that arrived",
    file: "memory/outcomes.ts",
    line: "return outcomes.revisions.get(row)?.findLast(({ matureAt }) => matureAt <= asOf) ?? null;",
    becomes: "return outcomes.revisions.get(row)?.at(-1) ?? null;",
  },
  {
    name: "quantile-edges-of-all-outcomes",
    what: "the tables of outcomes are made from the whole sample",
    file: "memory/table-queries.ts",
    line: "matureAt[row]! <= maturedBy &&",
    becomes: "matureAt[row]! < Infinity &&",
  },
  {
    name: "thinned-by-the-total",
    what: "how many outcomes are left out depends on how many there will be",
    file: "memory/table-queries.ts",
    line: "while (Math.ceil(count / stride) > limit) stride *= 2;",
    becomes: "while (Math.ceil(rows.length / stride) > limit) stride *= 2;",
  },
  {
    name: "forecast-learns-too-early",
    what: "HAR learns from a row at its close, before its outcome has matured",
    file: "forecast/har.ts",
    line: "return usable && !Number.isNaN(x[i * width]!) ? Math.max(known, matureAt[i]!) : NaN;",
    becomes: "return usable && !Number.isNaN(x[i * width]!) ? known : NaN;",
  },
  {
    name: "trailing-range-of-the-next-bar",
    what: "HAR's trailing windows end one bar too late",
    file: "forecast/har-regressors.ts",
    line: "sums[s]! += range[i]! - (gone > 0 ? range[gone]! : 0);",
    becomes: "sums[s]! += (range[i + 1] ?? 0) - (gone > 0 ? range[gone]! : 0);",
  },
  {
    name: "unmatured-conformal-scores",
    what: "answers are calibrated on past answers whose outcome is not known yet",
    file: "recall/past.ts",
    line: PAST,
    becomes: "if (Number.isNaN(matureAt[r]!)) continue;",
  },
  {
    name: "record-of-unmatured-answers",
    what: "a record asks each anchor with all outcomes that it knows by now",
    file: "evaluation/record.ts",
    line: "const past = pastOf(ledger, anchor);",
    becomes: "const past = pastOf(ledger, Infinity);",
  },
  {
    name: "outcome-as-corrected-later",
    what: "a record keeps the newest outcome of its answers, whenever a correction made it",
    file: "recall/outcome.ts",
    line: "const by = Math.max(asOf, first);",
    becomes: "const by = Infinity;",
  },
  {
    name: "question-of-today",
    what: "tables are asked as of now instead of as of the question",
    file: "recall/estimate.ts",
    line: "const wanted = { series: seriesOf(pattern), horizon, ...known, limit: TABLE_ROWS };",
    becomes:
      "const wanted = { series: seriesOf(pattern), horizon, ...known, asOf: 8.64e15, limit: TABLE_ROWS };",
  },
  {
    name: "quantile-edges-of-the-whole-sample",
    what: "the plain baselines take their quantiles from all misses, later ones too",
    file: "evaluation/trust/plain-baselines.ts",
    line: "for (; next < due.length && entry[due[next]!]! <= knownAt[row]!; next++) {",
    becomes: "for (; next < due.length && entry[due[next]!]! < Infinity; next++) {",
  },
  {
    name: "misses-before-they-mature",
    what: "the plain baselines learn from a row at its close, before its outcome has matured",
    file: "evaluation/trust/plain-baselines.ts",
    line: "contexts.state[i] === MATURE ? Math.max(known, contexts.matureAt[i]!) : NaN,",
    becomes: "contexts.state[i] === MATURE ? known : NaN,",
  },
  {
    name: "folds-without-purge",
    what: "a fold trains on samples whose outcome falls into its test",
    file: "evaluation/protocol/walk-forward-split.ts",
    line: "train: rows.filter((i) => start[i]! < block.from && end[i]! <= block.from && !embargoed(start[i]!)),",
    becomes: "train: rows.filter((i) => start[i]! < block.from && !embargoed(start[i]!)),",
  },
  {
    name: "fold-fitted-on-its-own-year",
    what: "the encoder of a fold is fitted on what was known by the fold's end",
    file: "evaluation/trust/walk-forward.ts",
    line: "encoder = await options.fit(knownThen(store, options.members, fold.from), fold.from - 1);",
    becomes: "encoder = await options.fit(knownThen(store, options.members, fold.to), fold.to - 1);",
  },
];
