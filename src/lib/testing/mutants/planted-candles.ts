import type { Mutant } from "./mutant.ts";

const FEATURE_TABLE =
  "return { timeframe, names, values, openTime: series!.openTime, knownAt: firmKnownAt(series!) };";
const FEATURE_INPUT = "inputs[k] = column === null || row < 0 ? NaN : column[row]!;";

/** A feature table whose values go through an expression. */
function tableOf(values: string): string {
  return FEATURE_TABLE.replace("values,", `values: ${values},`);
}

/** Bugs in what is made of candles, before anything is learned from them. */
export const PLANTED_CANDLES: readonly Mutant[] = [
  {
    name: "forming-bar",
    what: "the higher bar that is still forming is given out as closed",
    file: "candles/resample.ts",
    line: "if (proof[m]! >= N) break; // still forming, and so is all after it",
    becomes: "if (proof[m]! >= N) proof[m] = N - 1;",
  },
  {
    name: "higher-bar-at-its-open",
    what: "a resampled bar is said to be known when it opens",
    file: "candles/resample.ts",
    line: "knownAt: knownOf(base, from, to, proof, evidence),",
    becomes: "knownAt: valuesAt(grid.open, bar),",
  },
  {
    name: "early-before-holiday",
    what: "a week or month without a session on the next day is taken to be over",
    file: "time/grid.ts",
    line: "const days = tradingDays(calendar, from - reach, to + reach);",
    becomes: "const days = tradingDays(calendar, from - reach, to + DAY);",
  },
  {
    name: "fixed-width-across-dst",
    what: "a day is over 24 h and a week 168 h after its open, also where the clocks go back in it",
    file: "candles/resample.ts",
    line: "proof[m] = closeTime[end - 1]! >= grid.close[g]! ? end - 1 : end;",
    becomes:
      'proof[m] = closeTime[end - 1]! >= Math.min(grid.close[g]!, grid.open[g]! + ({ "1d": 1, "1w": 7 }[grid.timeframe] ?? Infinity) * DAY) ? end - 1 : end;',
  },
  {
    name: "high-of-the-next-row",
    what: "the window of a higher bar's high is one row too long",
    file: "candles/fold-rows.ts",
    line: "for (let i = from[m]! + 1; i < end; i++) if (values[i]! > highest) highest = values[i]!;",
    becomes: "for (let i = from[m]! + 1; i <= end; i++) if (values[i]! > highest) highest = values[i]!;",
  },
  {
    name: "cut-by-open-time",
    what: "what was known by t is cut where bars open, not where they were known",
    file: "candles/slice.ts",
    line: "for (let i = 0; i < series.knownAt.length; i++) if (series.knownAt[i]! <= t) rows.push(i);",
    becomes: "for (let i = 0; i < series.knownAt.length; i++) if (series.openTime[i]! <= t) rows.push(i);",
  },
  {
    name: "asked-at-the-open",
    what: "the newest bar at an instant is the newest that has opened",
    file: "candles/anchor-at.ts",
    line: "const row = countUpTo(candles.knownAt, at) - 1;",
    becomes: "const row = countUpTo(candles.openTime, at) - 1;",
  },
  {
    name: "revision-before-it-arrived",
    what: "every stretch of time reads the store with all later corrections in it",
    file: "remember/views.ts",
    line: "yield viewOf(store.readFacts(key, { asOf: to - 1 }), from, to);",
    becomes: "yield viewOf(store.readFacts(key, { asOf: Infinity }), from, to);",
  },
  {
    name: "revision-one-instant-early",
    what: "a stretch of time reads the correction that ends it: <= for <",
    file: "remember/views.ts",
    line: "return viewOf(store.readFacts(key, { asOf: to - 1 }), from, to);",
    becomes: "return viewOf(store.readFacts(key, { asOf: to }), from, to);",
  },
  {
    name: "late-bar-on-time",
    what: "a bar that came late counts as if it had come at its close",
    file: "remember/views.ts",
    line: "const to = late.find((t) => t > at) ?? Infinity;",
    becomes: "const to = Infinity;",
  },
  {
    name: "open-bar-asof",
    what: "merge_asof of an open bar: a feature reads the newest higher bar that has opened",
    file: "features/run-feature.ts",
    line: "rows: newestKnown(firmKnownAt(series), firmKnownAt(other)),",
    becomes: "rows: newestKnown(firmKnownAt(series), other.openTime),",
  },
  {
    name: "fixed-width-asof",
    what: "a day is read 24 h and a week 168 h after its open, also where the clocks went back in it",
    file: "features/run-feature.ts",
    line: "rows: newestKnown(firmKnownAt(series), firmKnownAt(other)),",
    becomes:
      'rows: newestKnown(firmKnownAt(series), firmKnownAt(other).map((t, i) => Math.min(t, t + other.openTime[i]! - other.closeTime[i]! + ({ "1d": 1, "1w": 7 }[other.timeframe] ?? Infinity) * 864e5))),',
  },
  {
    name: "backward-fill",
    what: "before the first higher bar is known its values are filled in from it",
    file: "features/run-feature.ts",
    line: FEATURE_INPUT,
    becomes: "inputs[k] = column === null ? NaN : (column[Math.max(row, 0)] ?? NaN);",
  },
  {
    name: "gap-from-the-next-bar",
    what: "a bar without volume is filled in from the bar after it",
    file: "features/run-feature.ts",
    line: FEATURE_INPUT,
    becomes: "inputs[k] = column === null || row < 0 ? NaN : column[row]! || column[row + 1]!;",
  },
  {
    name: "shifted-by-minus-one",
    what: "a feature is handed the bar after the one it speaks about",
    file: "features/run-feature.ts",
    line: "const row = rows === null ? i : rows[i]!;",
    becomes: "const row = rows === null ? Math.min(i + 1, n - 1) : rows[i]!;",
  },
  {
    name: "full-window-normalisation",
    what: "features are centred on their mean over the whole history",
    file: "features/feature-table.ts",
    line: FEATURE_TABLE,
    becomes: tableOf(
      "((all) => values.map((v) => v - all.reduce((a, b) => a + b, 0) / all.length))(values.filter(Number.isFinite))",
    ),
  },
  {
    name: "full-window-clipping",
    what: "features are clipped to the 95 % quantile of the whole history",
    file: "features/feature-table.ts",
    line: FEATURE_TABLE,
    becomes: tableOf(
      "((sorted) => values.map((v) => Math.min(v, sorted[Math.floor(0.95 * sorted.length)] ?? v)))(values.filter(Number.isFinite).sort())",
    ),
  },
  {
    name: "centred-smoothing",
    what: "features are smoothed over the row before, the row itself and the row after",
    file: "features/feature-table.ts",
    line: FEATURE_TABLE,
    becomes: tableOf(
      "values.map((v, i) => ((values[i - names.length] ?? v) + v + (values[i + names.length] ?? v)) / 3)",
    ),
  },
  {
    name: "features-at-the-open",
    what: "a row of features is said to be known when its bar opens",
    file: "features/feature-table.ts",
    line: FEATURE_TABLE,
    becomes: FEATURE_TABLE.replace("firmKnownAt(series!)", "series!.openTime"),
  },
  {
    name: "edge-from-an-open-bar",
    what: "a candle hears the higher candle that is still open",
    file: "graph/cross-links.ts",
    line: "return { down: lastBefore(fine.knownAt, coarse.knownAt), upFirst, upLast };",
    becomes: "return { down: lastBefore(fine.knownAt, coarse.openTime), upFirst, upLast };",
  },
  {
    name: "edge-from-the-next-candle",
    what: "a higher candle hears the candle that opens when it closes",
    file: "graph/cross-links.ts",
    line: "while (end < fine.knownAt.length && fine.knownAt[end]! <= coarse.knownAt[j]!) end++;",
    becomes: "while (end < fine.knownAt.length && fine.openTime[end]! <= coarse.knownAt[j]!) end++;",
  },
  {
    name: "window-graph-at-the-open",
    what: "the window graph shows the bar that is open at its instant",
    file: "graph/window-graph.ts",
    line: "while (end > 0 && series.knownAt[end - 1]! > asOf) end--;",
    becomes: "while (end > 0 && series.openTime[end - 1]! > asOf) end--;",
  },
];
