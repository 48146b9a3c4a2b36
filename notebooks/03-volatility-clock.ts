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
import { calendarByName, createRng, readCandles, scoreboard, type CandleSeries } from "rhyme";
import type { MeanWithError } from "rhyme/math/scores/mean-with-error";
import { equalShares } from "rhyme/evaluation/backtest/equal-shares";
import { holdPositions } from "rhyme/evaluation/backtest/hold-positions";
import { sharpeRatio, type SharpeRatio } from "rhyme/evaluation/backtest/sharpe-ratio";
import { beyondWalks } from "rhyme/evaluation/protocol/beyond-walks";
import { judgeDirections, type DirectionScore } from "rhyme/evaluation/protocol/judge-directions";
import { judgeRanges } from "rhyme/evaluation/protocol/judge-ranges";
import { harRange, persistence, trainingMean, type RangeModel } from "rhyme/evaluation/protocol/range-models";
import { rangePanel, returnPanel, type RangePanel } from "rhyme/evaluation/protocol/range-panel";
import { tossSigns } from "rhyme/evaluation/protocol/toss-signs";
import { calendarYears, walkForwardSplit, type Fold } from "rhyme/evaluation/protocol/walk-forward-split";
import {
  dataFile,
  exampleFile,
  interruptSignal,
  markdown,
  plot,
  progress,
  show,
  conclusion,
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
// A cell is a mean: the title says how far chance moves one, at the least, since calm days come together.

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

/** Mean of ln(range of the next bar / its trailing mean) where the bar opens, and the middle one of the cells' errors. */
function clockMap(panel: RangePanel): { ratio: (number | null)[][]; error: number } {
  const sums = WEEKDAYS.map(() => COLUMNS.map(() => [0, 0, 0] as [number, number, number]));
  const K = panel.lags.length;
  panel.start.forEach((known, i) => {
    const { openTime } = panel.series[panel.of[i]!]!;
    const when = isHourly ? known : openTime[panel.row[i]! + 1]!;
    const parts = Object.fromEntries(FORMAT.formatToParts(when).map(({ type, value }) => [type, value]));
    const cell =
      sums[WEEKDAYS.indexOf(parts["weekday"]!)]?.[COLUMNS.indexOf(parts[isHourly ? "hour" : "month"]!)];
    if (!cell) return;
    const wider = panel.target[i]! - panel.trailing[i * K + K - 1]!;
    cell[0] += wider;
    cell[1]++;
    cell[2] += wider ** 2;
  });
  const errors = sums
    .flat()
    .filter(([, count]) => count > 1)
    .map(([sum, count, squares]) => Math.sqrt((squares - sum ** 2 / count) / (count - 1) / count))
    .sort((a, b) => a - b);
  return {
    ratio: sums.map((row) => row.map(([sum, count]) => (count > 0 ? Math.exp(sum / count) : null))),
    error: errors[Math.floor(errors.length / 2)] ?? NaN,
  };
}

const map = clockMap(rangePanel(series, 1, { lags }));
const swings = map.ratio.flat().filter((value) => value !== null);
const [calmest, wildest] = [Math.min(...swings), Math.max(...swings)];
plot(
  {
    data: [
      {
        type: "heatmap",
        x: COLUMNS,
        y: WEEKDAYS,
        z: map.ratio,
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
        text: `Range of a bar over the usual range, ${clock}; ± ${map.error.toFixed(2)} in a cell`,
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
const rounded = (value: number): number | null =>
  Number.isFinite(value) ? Number(value.toFixed(3)) + 0 : null;
table(
  ranges.flatMap(({ horizon, scores }) =>
    scores.map(({ r2, qlike }, m) => ({
      horizon: `${horizon}${unit}`,
      model: MODELS[m]!.name,
      "R²": Number(r2.mean.toFixed(3)),
      "±": rounded(r2.error),
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
// on _walks_: the same candles with the sign of every bar's return tossed, one toss an instant for all series, so that
// volatility and company stay and direction is gone (within a year, guesses that follow past returns do not have an IC
// of 0 even there). A guess is held against its walks year by year, by Student's t over years, and its p counts every
// guess, and that each is looked at twice. To pay, the boldest forecasts, as bold as a tenth of those in training, would have to earn more than a round
// trip costs.

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

const draws = walks || (isHourly ? 2 : 40);
const nothing: (readonly (readonly DirectionScore[])[])[] = [];
const walking = progress("walks", draws);
for (let draw = 0; draw < draws; draw++) {
  walking.update(draw);
  await new Promise((done) => setImmediate(done)); // lets the stop button through
  interruptSignal().throwIfAborted();
  const walk = tossSigns(series, createRng(draw));
  nothing.push(horizons.map((horizon) => judged(walk, horizon)));
}
walking.end();

const tried = 2 * horizons.length * (GUESSES.length - 1); // all but the coin, by their IC and by what the bold earn
const directions = horizons.flatMap((horizon, h) =>
  judged(series, horizon).map((score, m) => {
    const walked = nothing.map((draw) => draw[h]![m]!);
    const icOf = ({ folds }: DirectionScore): number[] => folds.map(({ ic }) => ic);
    const earnedOf = ({ folds }: DirectionScore): number[] => folds.map(({ gross }) => gross);
    return {
      ...{ horizon: `${horizon}${unit}`, guess: GUESSES[m]!.name, score },
      ic: beyondWalks(icOf(score), walked.map(icOf), tried),
      earned: beyondWalks(earnedOf(score), walked.map(earnedOf), tried),
    };
  }),
);
const points = (share: number): number => Number((1e4 * share).toFixed(2));
table(
  directions.map(({ horizon, guess, score, ic, earned }) => ({
    horizon,
    guess,
    IC: rounded(score.ic.mean),
    "on walks": rounded(ic.walks),
    "beyond them": rounded(ic.beyond.mean),
    "±": rounded(ic.beyond.error),
    p: rounded(ic.p),
    "right sign": `${(100 * score.hit.mean).toFixed(1)} %`,
    "the bold earn, bp": points(score.gross.mean),
    "on walks, bp": points(earned.walks),
    "± bp": rounded(points(earned.beyond.error)),
    "p ": rounded(earned.p),
  })),
  {
    caption: `the same years, the same rows; walks drawn: ${draws}; each p counts all ${tried} looks; a round trip costs ${points(cost)} bp`,
    rows: 40,
  },
);

// %% [markdown]
// A rank correlation is no money. So hold it: against the last bar, from one close to the next, in the test years, with
// its costs; as decided, and decided one bar earlier, since nobody trades at the very close that he decides on. Of several
// pairs an equal share each. Whether a rule beats the market is asked of what it earns _less_ the market, bar by bar.

// %%
function heldBy(position: (close: Float64Array, i: number) => number, delay = 0) {
  const held = series.map(({ close, closeTime }) => {
    const from = Math.max(
      1,
      closeTime.findIndex((t) => t >= years[0]!.from),
    );
    const past = closeTime.findIndex((t) => t >= years.at(-1)!.to);
    const [to, times] = [
      past < 0 ? closeTime.length : past,
      closeTime.slice(from, past < 0 ? undefined : past),
    ];
    const positions = Float64Array.from({ length: to - from }, (_, i) => position(close, from + i));
    const one = holdPositions(close.slice(from, to), times, positions, { cost: cost / 2, delay });
    return { ...one, closeTime: times };
  });
  const turned = held.reduce((sum, { turnover }) => sum + turnover / held.length, 0);
  return { ...equalShares(held), turned };
}

const reversed = (close: Float64Array, i: number): number => Math.sign(close[i - 1]! - close[i]!);
const market = heldBy(() => 1);
const heldRules = [
  { rule: "against the last bar", held: heldBy(reversed) },
  { rule: "the same, decided a bar earlier", held: heldBy(reversed, 1) },
  { rule: "holding the market", held: market },
].map(({ rule, held: { net, closeTime, turned } }) => ({
  ...{ rule, turned, own: sharpeRatio(net, closeTime) },
  less: sharpeRatio(
    net.map((earned, i) => earned - market.net[i]!),
    closeTime,
  ),
}));
table(
  heldRules.map(({ rule, own, less, turned }) => ({
    rule,
    "Sharpe, net": rounded(own.sharpe),
    "±": rounded(own.error),
    "less the market": rule === "holding the market" ? null : rounded(less.sharpe),
    "± ": rounded(less.error),
    p: rounded(less.p),
    "turned over a year": Math.round(turned),
  })),
  {
    caption: `${years[0]!.name} to ${years.at(-1)!.name}${series.length > 1 ? `, an equal share of ${series.length} pairs` : ""}, half a round trip for every position opened or closed`,
  },
);

// %% [markdown]
// ## Answer, evidence, doubts, next

// %%
const text = (value: number, digits = 3): string => value.toFixed(digits).replace("-", "−");
const give = ({ mean, error }: MeanWithError, digits = 3): string =>
  Number.isFinite(error) ? `${text(mean, digits)} ± ${text(error, digits)}` : text(mean, digits);
const ratio = ({ sharpe, error }: SharpeRatio): string => give({ mean: sharpe, error }, 2);
const lines = ranges.map(({ horizon, scores }) => {
  const [, stay, har, timed] = scores.map(({ r2 }) => r2);
  return `${horizon}${unit}: R² ${give(timed!)} with the ${clockName}, ${text(har!.mean)} HAR, ${text(stay!.mean)} persistence, 0 mean`;
});
const guesses = directions.filter(({ guess }) => guess !== "a coin");
const isSure = years.length > 1;
const far = ({ ic }: (typeof guesses)[number]): number =>
  Math.abs(ic.beyond.mean) / (isSure ? ic.beyond.error : 1);
const farthest = guesses.reduce((a, b) => (far(b) > far(a) ? b : a));
const odd = guesses.filter(({ ic }) => ic.p < 0.05).length;
const paying = guesses.filter(({ earned, score }) => earned.p < 0.05 && score.gross.mean > cost).length;
const chance = (p: number): string => (p < 0.001 ? "p < 0.001" : `p = ${p.toPrecision(2)}`);
const [against, earlier, held] = heldRules.map(({ own }) => own);
const { less } = heldRules[0]!;
const beats = less.sharpe > 0 && less.p < 0.05;
const whereTo = isSure
  ? `${odd} of ${guesses.length} guesses ${odd === 1 ? "is" : "are"} farther from nothing than chance goes (p < 0.05, all counted), the bold forecasts of ${paying} earn more than a round trip costs`
  : "one year says nothing of chance";
const clockSays = isHourly
  ? `the clock: bars are between ${text(calmest, 2)} and ${text(wildest, 2)} times as wide as usual, by hour of the week`
  : `the clock: the day of the week adds ${ranges.map(({ horizon, scores }) => `${text(scores[3]!.r2.mean - scores[2]!.r2.mean, 4)} of R² at ${horizon}${unit}`).join(", ")}`;
conclusion({
  answer: [
    `How far prices move, to a good part (R² ${ranges.map(({ horizon, scores }) => `${text(Math.max(...scores.map(({ r2 }) => r2.mean)), 2)} at ${horizon}${unit}`).join(", ")}). Where to: ${whereTo}, and going against the last bar, held after costs, ${beats ? "beats" : "does not beat"} holding the market.`,
    clockSays,
  ],
  evidence: [
    ...lines,
    `farthest from nothing of ${guesses.length} guesses: IC ${text(farthest.score.ic.mean)}, ${give(farthest.ic.beyond)} beyond walks (${farthest.guess}, ${farthest.horizon}${Number.isNaN(farthest.ic.p) ? "" : `, ${chance(farthest.ic.p)}`}); the bold of it earn ${give({ mean: points(farthest.score.gross.mean), error: points(farthest.score.gross.error) }, 1)} bp, on walks ${text(points(farthest.earned.walks), 1)}, costs ${points(cost)}`,
    `held against the last bar after costs: Sharpe ${ratio(against!)}, decided a bar earlier ${ratio(earlier!)}, holding the market ${ratio(held!)}; less the market ${ratio(less)} (${chance(less.p)})`,
  ],
  doubts: `Test years are few: ${years.length}; ${(100 * ranges.at(-1)!.dropped).toFixed(1)} % of the decisions for ${horizons.at(-1)!}${unit} are left out; one vendor.`,
  next: "04-graph-designs: which moments does a graph connect?",
});

// %% [markdown]
// *With the parameters as they stand:*
//
// - **Answer.** How far prices move, to a good part. Where to: hardly, and nothing held here beats the market.
// - **Evidence.** Seven currency pairs, hours, test years 2017 to 2021: R² 0.690 ± 0.032 of the log range over 4 h with
//   HAR and the hour of the week, per pair; 0.426 for HAR, 0.289 for persistence. Over 24 h 0.685, 0.660 and 0.533. It
//   holds for every pair. Days of the S&P 500, 2005 to 2019: 0.650 over 5 d and 0.545 over 21 d, and the day of the week adds
//   nothing (0.650 and 0.544 without). Direction, hours: the largest IC is 0.024 ± 0.003 beyond walks at 4 h (p = 0.024,
//   all sixteen looks counted), and its bold forecasts earn 0.6 ± 0.3 bp where a round trip costs 1.5. Days: going against
//   the last day has an IC of 0.071 at 5 d, 0.058 ± 0.015 beyond walks (p = 0.024); held after costs a Sharpe ratio of
//   0.62 beside 0.45 for the market, of the difference 0.13 ± 0.26 (p = 0.61), and 0.10 when it is decided a day earlier.
//   The bold forecasts of the regression on past returns earn 95 bp over 5 d, 101 ± 20 more than on walks (p = 0.003).
// - **Doubts.** That last figure is per decision, at the very close of the decision, in five days that overlap; as a trade
//   it was not held, and the IC of the same forecasts is no farther from walks than chance goes. Of the momentum "found" at
//   21 d more than half is there on walks without any direction too: within a year such a correlation is not 0 by itself.
//   Five years are few for Student's t. Bid prices fake reversals when the trading day rolls over. One vendor.
// - **Next.** `04-graph-designs`: which moments does a graph connect?
