import type { Mutant } from "./mutant.ts";

// One-line changes that look like a leak and are none: whoever reports one of them cries wolf.

/** In what is made of candles. */
export const CANDLE_LOOK_ALIKES: readonly Mutant[] = [
  {
    name: "shorter-trailing-window",
    what: "the trailing window of the volume surprise is one bar shorter",
    file: "features/volume-surprise.ts",
    line: "const volumes = new Ring(period);",
    becomes: "const volumes = new Ring(period - 1);",
  },
  {
    name: "trailing-median",
    what: "the mean of a trailing window becomes its median",
    file: "features/kernels/ring.ts",
    line: "return this.meanOfLast(this.size);",
    becomes: "return this.values.slice(0, this.count).sort()[this.count >> 1] ?? NaN;",
  },
  {
    name: "expanding-mean",
    what: "Wilder's smoothing becomes the mean of everything so far",
    file: "features/kernels/wilder-mean.ts",
    line: "this.value = (this.value * (this.period - 1) + value) / this.period;",
    becomes: "this.value += (value - this.value) / ++this.count;",
  },
  {
    name: "expanding-z-score",
    what: "the distance to the EMA is centred on its mean over everything so far",
    file: "features/ema-distance.ts",
    line: "const distance = close - ema.push(close);",
    becomes:
      "const gap = close - ema.push(close), past = (this.past ??= { sum: 0, n: 0 }), distance = Number.isNaN(gap) ? NaN : gap - (past.sum += gap) / ++past.n;",
  },
  {
    name: "slower-ema",
    what: "the EMA forgets half as fast",
    file: "features/kernels/ema.ts",
    line: "this.alpha = 2 / (period + 1);",
    becomes: "this.alpha = 1 / (period + 1);",
  },
  {
    name: "forward-fill",
    what: "a bar without volume takes that of the bar before it",
    file: "features/volume-surprise.ts",
    line: "volumes.push(inputs[0]!);",
    becomes: "volumes.push(inputs[0]! || volumes.at(0) || 0);",
  },
  {
    name: "stricter-asof",
    what: "what was known by t leaves out what became known right then",
    file: "candles/slice.ts",
    line: "for (let i = 0; i < series.knownAt.length; i++) if (series.knownAt[i]! <= t) rows.push(i);",
    becomes: "for (let i = 0; i < series.knownAt.length; i++) if (series.knownAt[i]! < t) rows.push(i);",
  },
  {
    name: "resample-closes-late",
    what: "a higher bar waits for the row after it, even where its last row proves it over",
    file: "candles/resample.ts",
    line: "proof[m] = closeTime[end - 1]! >= grid.close[g]! ? end - 1 : end;",
    becomes: "proof[m] = end;",
  },
  {
    name: "close-of-the-proof",
    what: "a higher bar whose last row is missing closes at the row that proves it over, which is known with it",
    file: "candles/resample.ts",
    line: "close: valuesAt(close, to, -1),",
    becomes: "close: valuesAt(close, proof),",
  },
  {
    name: "lagged-label",
    what: "the scale at an anchor is the label of an earlier one, mature right then",
    file: "context/label.ts",
    line: "const atrNow = past.atr.map((atr, t) => atr / candles.close[t]!);",
    becomes:
      "const atrNow = past.atr.map((atr, t) => (end.includes(t) ? values.atr[end.indexOf(t)]! : atr / candles.close[t]!));",
  },
  {
    name: "order-that-cannot-matter",
    what: "rows that name the same bar are sorted the other way before the best of them is chosen",
    file: "candles/assemble-candles.ts",
    line: "return sorted ? rows : rows.sort((a, b) => openTime[a]! - openTime[b]! || a - b);",
    becomes: "return sorted ? rows : rows.sort((a, b) => openTime[a]! - openTime[b]! || b - a);",
  },
];

/** In what is learned from the past. */
export const LEARNING_LOOK_ALIKES: readonly Mutant[] = [
  {
    name: "neighbours-matured-before",
    what: "a pattern answers only questions after the instant at which it matured",
    file: "memory/exact-index.ts",
    line: "(i) => matureAt[order[i]!]! <= maturedBy",
    becomes: "(i) => matureAt[order[i]!]! < maturedBy",
  },
  {
    name: "longer-purge",
    what: "a fold leaves out a day more before its test",
    file: "evaluation/protocol/walk-forward-split.ts",
    line: "train: rows.filter((i) => start[i]! < block.from && end[i]! <= block.from && !embargoed(start[i]!)),",
    becomes:
      "train: rows.filter((i) => start[i]! < block.from && end[i]! <= block.from - 864e5 && !embargoed(start[i]!)),",
  },
  {
    name: "projection-on-validation-rows",
    what: "an encoder's projection sees its validation rows, which were known by its fit-until",
    file: "encoder/gnn/gnn-family.ts",
    line: "data.training.map((tables) => tablesOf(tables, timeframes, names)),",
    becomes: "data.tables.map((tables) => tablesOf(tables, timeframes, names)),",
  },
  {
    name: "slower-calibration",
    what: "calibration waits for ten past answers more",
    file: "recall/conformal.ts",
    line: "const FEWEST_ROWS = 50;",
    becomes: "const FEWEST_ROWS = 60;",
  },
];
