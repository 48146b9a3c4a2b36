// %% [markdown]
// # What is predictable at all?
//
// Before anything clever is tried: how much of the next hours can a plain regression know? It gets the ranges of the
// last hours, days and weeks (HAR, Corsi 2009) and the hour of the week, and is judged as everything here must be: trained
// on the past alone, year by year, beside the mean and beside "it goes on as it was". And then the same regression, on
// the same days, is asked about the _direction_.
//
// With RHYME_DATA set this runs on hours of seven currency pairs, without it on days of the S&P 500, which come along.

// %% tags=["parameters"]
const pairs = "AUDUSD,EURGBP,EURJPY,GBPUSD,USDCAD,USDCHF,USDJPY"; // of fx/*-1h.points.csv.gz in RHYME_DATA
const firstYear = 0; // tested, each trained on all before it; 0: 2017, of days 2005
const lastYear = 0; // 0: 2021, of days 2019
const walks = 0; // random walks with the same volatility that direction is held against; 0: 2, of days 40
const cost = 0.00015; // of a round trip, as a share of the price: 1.5 basis points

// %% [raw] tags=["ci-parameters"]
// { "pairs": "GBPUSD,USDJPY", "walks": 1 }

// %%
import { calendarByName, createRng, readCandles, scoreboard, type CandleSeries, type Rng } from "rhyme";
import { meanWithError } from "rhyme/math/scores/mean-with-error";
import { holdPositions, type Held } from "rhyme/evaluation/backtest/hold-positions";
import { judgeDirections, type DirectionScore } from "rhyme/evaluation/protocol/judge-directions";
import { judgeRanges } from "rhyme/evaluation/protocol/judge-ranges";
import { harRange, persistence, trainingMean, type RangeModel } from "rhyme/evaluation/protocol/range-models";
import { rangePanel, returnPanel, type RangePanel } from "rhyme/evaluation/protocol/range-panel";
import { calendarYears, walkForwardSplit, type Fold } from "rhyme/evaluation/protocol/walk-forward-split";
import {
  dataFile,
  exampleFile,
  interruptSignal,
  markdown,
  plot,
  progress,
  show,
  table,
} from "rhyme/notebook";

const BROKER = "Europe/Athens"; // whose clock the stamps of these files are, written as if it were UTC
const names = pairs.split(",").map((name) => name.trim());
const files = names.map((name) => dataFile(`fx/${name}-1h.points.csv.gz`));
const isHourly = files.every((file) => file !== null);

async function readPair(file: string, symbol: string): Promise<CandleSeries> {
  const scale = symbol.endsWith("JPY") ? 1000 : 100_000; // prices are in points
  const how = { timeframe: "1h", calendar: calendarByName("fx"), zone: BROKER, wall: true, scale };
  return (await readCandles([file], { ...how, symbol, now: Date.now(), signal: interruptSignal() })).series;
}

async function readDays(): Promise<CandleSeries> {
  const how = { symbol: "SP500", calendar: calendarByName("us-equities"), now: Date.now() };
  return (await readCandles([exampleFile()], how)).series;
}

const series: CandleSeries[] = [];
const bar = progress("reading", isHourly ? names.length : 1);
if (isHourly)
  for (const [i, file] of files.entries()) {
    bar.update(i, names[i]);
    series.push(await readPair(file, names[i]!));
  }
else series.push(await readDays());
bar.end();
if (!isHourly)
  await show(
    markdown(
      process.env["RHYME_DATA"]
        ? `**Of ${pairs} not all are in RHYME_DATA: days of the S&P 500 instead.**`
        : "**RHYME_DATA is not set: days of the S&P 500 instead of hours of currency pairs.**",
    ),
  );

/** All that differs between hours and days. */
const setting = isHourly
  ? {
      clock: BROKER,
      lags: [1, 4, 24, 120, 480],
      stays: 24,
      horizons: [4, 24],
      unit: "h",
      years: [2017, 2021],
    }
  : {
      clock: "America/New_York",
      lags: [1, 5, 22, 66],
      stays: 5,
      horizons: [5, 21],
      unit: "d",
      years: [2005, 2019],
    };
const { clock, lags, stays, horizons, unit } = setting;
const years = calendarYears(firstYear || setting.years[0]!, lastYear || setting.years[1]!);
const clockName = isHourly ? "hour of week" : "day of week";
table(
  series.map(({ symbol, timeframe, openTime }) => ({
    series: `${symbol} ${timeframe}`,
    bars: openTime.length,
    from: new Date(openTime[0]!),
    to: new Date(openTime.at(-1)!),
  })),
);

// %% [markdown]
// ## The clock
//
// How large is a bar beside the usual bar of its last weeks? By where it lies in the week (hours) or the year (days), on
// the market's own clock. This is all of history at once, for looking; what is judged below learns it from the past alone.

// %%
const FORMAT = new Intl.DateTimeFormat("en-GB", {
  timeZone: clock,
  hourCycle: "h23",
  weekday: "short",
  hour: "2-digit",
  month: "short",
});
const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri"];
const COLUMNS = isHourly
  ? Array.from({ length: 24 }, (_, hour) => String(hour).padStart(2, "0"))
  : ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sept", "Oct", "Nov", "Dec"];

/** Mean of ln(range of the next bar / its trailing mean) where the bar opens. */
function clockMap(panel: RangePanel): (number | null)[][] {
  const sums = WEEKDAYS.map(() => COLUMNS.map(() => [0, 0] as [number, number]));
  const K = panel.lags.length;
  panel.start.forEach((known, i) => {
    const { openTime } = panel.series[panel.of[i]!]!;
    const when = isHourly ? known : openTime[panel.row[i]! + 1]!;
    const parts = Object.fromEntries(FORMAT.formatToParts(when).map(({ type, value }) => [type, value]));
    const cell =
      sums[WEEKDAYS.indexOf(parts["weekday"]!)]?.[COLUMNS.indexOf(parts[isHourly ? "hour" : "month"]!)];
    if (!cell) return;
    cell[0] += panel.target[i]! - panel.trailing[i * K + K - 1]!;
    cell[1]++;
  });
  return sums.map((row) => row.map(([sum, count]) => (count > 0 ? Math.exp(sum / count) : null)));
}

const map = clockMap(rangePanel(series, 1, { lags }));
const swings = map.flat().filter((value) => value !== null);
const [calmest, wildest] = [Math.min(...swings), Math.max(...swings)];
plot(
  {
    data: [
      {
        type: "heatmap",
        x: COLUMNS,
        y: WEEKDAYS,
        z: map,
        zmid: 1,
        colorscale: [
          [0, "#0a6c74"],
          [0.5, "#f2efe9"],
          [1, "#b4412e"],
        ],
        hovertemplate: "%{y} %{x}: %{z:.2f} of the usual range<extra></extra>",
        colorbar: { thickness: 10 },
      },
    ],
    layout: {
      title: {
        text: `Range of a bar over the usual range, ${clock}`,
        x: 0,
        xref: "paper",
        font: { size: 14 },
      },
      yaxis: { autorange: "reversed" },
      xaxis: { type: "category" },
    },
  },
  { height: 280 },
);

// %% [markdown]
// ## The range
//
// Target: the log of the mean true range over the horizon. Each test year is forecast by what was fitted on all years
// before it; targets with a closed market (or, of days, a missing bar) inside are left out for everybody. R² is against the
// mean of what was trained on, so the mean itself has 0. The error is over years: hours overlap and pairs move together.

// %%
const MODELS: readonly { readonly name: string; readonly isBaseline: boolean; readonly model: RangeModel }[] =
  [
    { name: "training mean", isBaseline: true, model: trainingMean },
    { name: `persistence, ${stays} bars`, isBaseline: true, model: persistence(stays) },
    { name: "HAR", isBaseline: true, model: harRange({ perSeries: true }) },
    { name: `HAR + ${clockName}`, isBaseline: false, model: harRange({ clock, perSeries: true }) },
    ...(series.length > 1
      ? [{ name: `HAR + ${clockName}, one for all pairs`, isBaseline: false, model: harRange({ clock }) }]
      : []),
  ];
const split = (panel: RangePanel): readonly Fold[] =>
  walkForwardSplit(panel, years, { embargoMs: isHourly ? 86_400_000 : 0 });

const ranges = horizons.map((horizon) => {
  const panel = rangePanel(series, horizon, { lags });
  const scores = judgeRanges(
    panel,
    split(panel),
    MODELS.map(({ model }) => model),
  );
  return { horizon, dropped: panel.dropped, scores };
});
table(
  ranges.flatMap(({ horizon, scores }) =>
    scores.map(({ r2, qlike }, m) => ({
      horizon: `${horizon}${unit}`,
      model: MODELS[m]!.name,
      "R²": Number(r2.mean.toFixed(3)),
      "±": Number(r2.error.toFixed(3)),
      QLIKE: Number(qlike.mean.toFixed(4)),
    })),
  ),
  {
    caption: `${series.length > 1 ? `${series.length} pairs together` : series[0]!.symbol}, ${years.length} test years`,
  },
);

// %%
const contenders = ranges.map(({ horizon, scores }) =>
  scoreboard(
    scores.map(({ folds }, m) => ({ ...MODELS[m]!, blocks: folds.map(({ r2 }) => r2) })),
    { measure: `R² of the log range over ${horizon}${unit}`, better: "higher" },
  ),
);
await show(...contenders);

// %% [markdown]
// The same by series, and year by year: whether it is one lucky pair, or one lucky year.

// %%
const shown = ["persistence", "HAR", "HAR + clock"];
const three = [persistence(stays), harRange(), harRange({ clock })];
const bySeries = series.flatMap((one) =>
  horizons.map((horizon) => {
    const panel = rangePanel([one], horizon, { lags });
    const scores = judgeRanges(panel, split(panel), three);
    return { symbol: one.symbol, horizon, scores };
  }),
);
table(
  bySeries.map(({ symbol, horizon, scores }) => ({
    series: symbol,
    horizon: `${horizon}${unit}`,
    ...Object.fromEntries(scores.map(({ r2 }, m) => [`R² ${shown[m]!}`, Number(r2.mean.toFixed(3))])),
    "years in which the clock helps": `${scores[2]!.folds.filter(({ r2 }, f) => r2 > scores[1]!.folds[f]!.r2).length} of ${years.length}`,
  })),
  { rows: 40, caption: "each series judged by itself, against its own mean" },
);

// %%
const COLOURS = ["#c9c5bd", "#8a8f94", "#d19a2a", "#0a6c74", "#6b4c9a"];
plot(
  {
    data: MODELS.slice(1).map(({ name }, m) => ({
      type: "bar",
      name,
      x: ranges[0]!.scores[m + 1]!.folds.map(({ fold }) => fold),
      y: ranges[0]!.scores[m + 1]!.folds.map(({ r2 }) => r2),
      marker: { color: COLOURS[m + 1]! },
    })),
    layout: {
      barmode: "group",
      title: {
        text: `R² of the log range over ${horizons[0]!}${unit}, by test year`,
        x: 0,
        xref: "paper",
        font: { size: 14 },
      },
      xaxis: { type: "category" },
      legend: { orientation: "h", y: -0.2 },
    },
  },
  { height: 320 },
);

// %% [markdown]
// ## The direction
//
// The same rows, the same regression, with returns instead of ranges on both sides. The information coefficient (IC) is
// the rank correlation of forecast and outcome. What nothing looks like is shown twice: by a coin, and by the same guess
// on _walks_: the same candles with the sign of every bar's return tossed, so that volatility stays and direction is gone
// (within a year, guesses that follow past returns do not have an IC of 0 even there). To pay, the boldest tenth of the
// forecasts would have to earn more than a round trip costs.

// %%
const coin: RangeModel = {
  name: "a coin",
  forecast: (_, { test, name }) => {
    const rng = createRng(Number(name)); // one seed a year
    return Float64Array.from(test, () => rng.normal());
  },
};
const reversal = (model: RangeModel): RangeModel => ({
  name: "reversal",
  forecast: (panel, fold) => model.forecast(panel, fold).map((value) => -value),
});
const GUESSES = [
  { name: "a coin", model: coin },
  { name: `momentum, ${stays} bars`, model: persistence(stays) },
  { name: "reversal, 1 bar", model: reversal(persistence(1)) },
  { name: "regression on past returns", model: harRange({ perSeries: true }) },
  { name: `regression + ${clockName}`, model: harRange({ clock, perSeries: true }) },
];
const judged = (of: readonly CandleSeries[], horizon: number): readonly DirectionScore[] => {
  const panel = returnPanel(of, horizon, { lags });
  return judgeDirections(
    panel,
    split(panel),
    GUESSES.map(({ model }) => model),
  );
};

/** The same drift and the same size of every step, its sign tossed. */
function tossed(one: CandleSeries, rng: Rng): CandleSeries {
  const { close } = one;
  const drift = Math.log(close.at(-1)! / close[0]!) / (close.length - 1);
  const walk = Float64Array.from(close);
  for (let i = 1; i < walk.length; i++) {
    const step = Math.log(close[i]! / close[i - 1]!) - drift;
    walk[i] = walk[i - 1]! * Math.exp(drift + (rng.next() < 0.5 ? -step : step));
  }
  return { ...one, close: walk };
}

const draws = walks || (isHourly ? 2 : 40);
const nothing: (readonly (readonly DirectionScore[])[])[] = [];
const walking = progress("walks", draws);
for (let draw = 0; draw < draws; draw++) {
  walking.update(draw);
  await new Promise((done) => setImmediate(done)); // lets the stop button through
  interruptSignal().throwIfAborted();
  const walk = series.map((one, s) => tossed(one, createRng(1000 * draw + s)));
  nothing.push(horizons.map((horizon) => judged(walk, horizon)));
}
walking.end();

const directions = horizons.flatMap((horizon, h) =>
  judged(series, horizon).map(({ ic, hit, gross }, m) => {
    const ics = nothing.map((draw) => draw[h]![m]!.ic.mean);
    const earned = nothing.map((draw) => draw[h]![m]!.gross.mean);
    const [none, nil] = [meanWithError(ics), meanWithError(earned)];
    const spread = none.error * Math.sqrt(draws); // of single walks
    const error = draws < 10 ? ic.error : spread; // too few walks tell no spread: then that over the years
    const away = (ic.mean - none.mean) / error;
    return { horizon: `${horizon}${unit}`, guess: GUESSES[m]!.name, ic, hit, gross, none, nil, away };
  }),
);
const points = (share: number): number => Number((1e4 * share).toFixed(2));
const rounded = (value: number): number => Number(value.toFixed(3));
table(
  directions.map(({ horizon, guess, ic, hit, gross, none, nil, away }) => ({
    horizon,
    guess,
    IC: rounded(ic.mean),
    "±": rounded(ic.error),
    "IC on walks": rounded(none.mean),
    "errors away": Number(away.toFixed(1)),
    "right sign": `${(100 * hit.mean).toFixed(1)} %`,
    "boldest tenth earns, bp": points(gross.mean),
    "± bp": points(gross.error),
    "on walks, bp": points(nil.mean),
  })),
  {
    caption: `the same years, the same rows; ${draws} walks; a round trip costs ${points(cost)} bp`,
    rows: 40,
  },
);

// %% [markdown]
// A rank correlation is no money. So hold it: against the last bar, from one close to the next, in the test years, with
// its costs; as decided, and decided one bar earlier, since nobody trades at the very close that he decides on.

// %%
function heldBy(rule: string, position: (close: Float64Array, i: number) => number, delay = 0) {
  const held = series.map(({ close, closeTime }) => {
    const from = Math.max(
      1,
      closeTime.findIndex((t) => t >= years[0]!.from),
    );
    const past = closeTime.findIndex((t) => t >= years.at(-1)!.to);
    const to = past < 0 ? closeTime.length : past;
    const positions = Float64Array.from({ length: to - from }, (_, i) => position(close, from + i));
    return holdPositions(close.slice(from, to), closeTime.slice(from, to), positions, {
      cost: cost / 2,
      delay,
    });
  });
  const mean = (pick: (one: Held) => number): number =>
    held.reduce((sum, one) => sum + pick(one) / held.length, 0);
  return {
    rule,
    "Sharpe, net": rounded(mean(({ sharpe }) => sharpe)),
    "± chance": rounded(1 / Math.sqrt(years.length)), // standard error of one Sharpe ratio of about 0
    "turned over a year": Math.round(mean(({ turnover }) => turnover)),
    "a year": `${(100 * mean(({ yearly }) => yearly)).toFixed(1)} %`.replace("-", "−"),
  };
}

const reversed = (close: Float64Array, i: number): number => Math.sign(close[i - 1]! - close[i]!);
const heldRules = [
  heldBy("against the last bar", reversed),
  heldBy("the same, decided a bar earlier", reversed, 1),
  heldBy("holding the market", () => 1),
];
table(heldRules, {
  caption: `${years[0]!.name} to ${years.at(-1)!.name}${series.length > 1 ? `, mean of ${series.length} pairs` : ""}, half a round trip for every position opened or closed`,
});

// %% [markdown]
// ## Answer, evidence, doubts, next

// %%
const text = (value: number, digits = 3): string => value.toFixed(digits).replace("-", "−");
const lines = ranges.map(({ horizon, scores }) => {
  const [, stay, har, timed] = scores.map(({ r2 }) => r2);
  return `${horizon}${unit}: R² ${text(timed!.mean)} ± ${text(timed!.error)} with the clock, ${text(har!.mean)} HAR, ${text(stay!.mean)} persistence, 0 mean`;
});
const guesses = directions.filter(({ guess }) => guess !== "a coin");
const boldest = guesses.reduce((a, b) => (Math.abs(b.away) > Math.abs(a.away) ? b : a));
const odd = guesses.filter(({ away }) => Math.abs(away) > 2).length;
table(
  [
    {
      "": "Answer",
      says: `how far prices move, to a good part (R² ${ranges.map(({ horizon, scores }) => `${text(Math.max(...scores.map(({ r2 }) => r2.mean)), 2)} at ${horizon}${unit}`).join(", ")}); where to, ${odd} of ${guesses.length} guesses are more than two errors away from nothing, and going against the last bar, held after costs, ${heldRules[0]!["Sharpe, net"] > heldRules[2]!["Sharpe, net"] + 2 * heldRules[0]!["± chance"] ? "beats" : "does not beat"} holding the market`,
    },
    {
      "": "",
      says: `the clock: bars are between ${text(calmest, 2)} and ${text(wildest, 2)} times as wide as usual, by ${isHourly ? "hour of the week" : "weekday and month"}`,
    },
    ...lines.map((says, i) => ({ "": i === 0 ? "Evidence" : "", says })),
    {
      "": "",
      says: `farthest from nothing of ${guesses.length} guesses: IC ${text(boldest.ic.mean)} ± ${text(boldest.ic.error)}, on walks ${text(boldest.none.mean)} (${boldest.guess}, ${boldest.horizon}); its boldest tenth earns ${text(points(boldest.gross.mean), 1)} ± ${text(points(boldest.gross.error), 1)} bp, costs ${points(cost)}`,
    },
    {
      "": "",
      says: `held against the last bar after costs: Sharpe ${text(heldRules[0]!["Sharpe, net"], 2)}, decided a bar earlier ${text(heldRules[1]!["Sharpe, net"], 2)}, holding the market ${text(heldRules[2]!["Sharpe, net"], 2)}, ± ${text(heldRules[0]!["± chance"], 2)}`,
    },
    {
      "": "Doubts",
      says: `${years.length} years are few; ${(100 * ranges.at(-1)!.dropped).toFixed(1)} % of the decisions for ${horizons.at(-1)!}${unit} are left out; one vendor`,
    },
    { "": "Next", says: "04-graph-designs: which moments does a graph connect?" },
  ],
  { caption: "what this run found" },
);

// %% [markdown]
// *With the parameters as they stand:*
//
// - **Answer.** How far prices move, to a good part. Where to: nothing that pays.
// - **Evidence.** Seven currency pairs, hours, test years 2017 to 2021: R² 0.690 ± 0.032 of the log range over 4 h with
//   HAR and the hour of the week, per pair; 0.426 for HAR, 0.289 for persistence. Over 24 h 0.685, 0.660 and 0.533. It
//   holds for every pair. Days of the S&P 500, 2005 to 2019: 0.650 over 5 d and 0.545 over 21 d, and the day of the week adds
//   nothing (0.650 and 0.544 without). Direction, hours: the largest IC is 0.024 ± 0.004 at 4 h, and the boldest tenth
//   earns 0.6 ± 0.3 bp where a round trip costs 1.5. Days: going against the last day has an IC of 0.071 ± 0.014 at 5 d
//   (0.004 on walks); held after costs a Sharpe ratio of 0.62 ± 0.26 beside 0.45 for the market, and 0.10 when it is
//   decided a day earlier.
// - **Doubts.** Eight guesses were made, so one of them looks good by chance. Half of the momentum "found" at 21 d is there
//   on walks without any direction too: within a year such a correlation is not 0 by itself. An index cannot be traded at
//   its close. Bid prices fake reversals when the trading day rolls over. One vendor.
// - **Next.** `04-graph-designs`: which moments does a graph connect?
