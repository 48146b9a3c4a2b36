// %% [markdown]
// # How does the future leak in, and how do we catch it?
//
// A feature that uses what was not known yet makes a backtest shine and fails live. Nobody writes one on purpose. Here
// we write three features the way they are usually written, look at what a backtest says of them, and then ask the
// checker: it calls a function again and again on candles that end somewhere, and on candles whose future is garbage,
// and whatever it says about the time before may not change by a single bit. Outside of notebooks the same is
// `./rhyme look-ahead my-features.ts --candles FILE`; [docs/look-ahead.md](../docs/look-ahead.md) says all that is checked.
//
// **With candles of your own:** set `file`, `calendar` and two `timeframes`, fine to coarse.

// %% tags=["parameters"]
const file = ""; // CSV, CSV.gz or Parquet; empty: hours of EURUSD where RHYME_DATA is set, else days of the S&P 500
const symbol = ""; // of your file; empty: what its name says
const calendar = ""; // of your file: 24x7 where empty, us-equities, us-futures, fx
const timeframes = ""; // of your file: two, fine to coarse, such as 5m,1h
const bars = 0; // newest bars that are used; 0: as many as the example has
const cost = 0.0001; // of turning a position over, as a share of it: one basis point
const instants = 60; // at which the candles are cut

// %% [raw] tags=["ci-parameters"]
// { "instants": 25, "bars": 5000 }

// %%
import pl from "nodejs-polars";
import {
  candlesToFrame,
  computeFeature,
  createRng,
  lookAhead,
  rsi,
  type CandlesByTimeframe,
  type LookAheadReport,
} from "rhyme";
import { holdPositions, type Held } from "rhyme/evaluation/backtest/hold-positions";
import { chosenMarket, conclusion, interruptSignal, plot, readMarket, show, table } from "rhyme/notebook";

const market = chosenMarket({ file, symbol, calendar, timeframes }, { atLeast: 2 });
const [fine, coarse] = market.timeframes as [string, string];
const { candles } = await readMarket(
  { ...market, timeframes: [fine, coarse], bars: bars > 0 ? bars : market.bars },
  { signal: interruptSignal() },
);
const base = candles[fine]!;
candles;

// %% [markdown]
// ## A feature that everybody has written once
//
// "How far is the price from where the higher bar closes?" Two tables, one join on their time stamps: `merge_asof` in
// pandas, `joinAsof` in polars. Nothing looks wrong.

// %%
type Frames = Readonly<Record<string, pl.DataFrame>>;

/** Each bar beside the higher bar whose time stamp came last. */
function pullOfHigherBar(frames: Frames): pl.DataFrame {
  const higher = frames[coarse]!.select(pl.col("timestamp"), pl.col("close").alias("higherClose"));
  const joined = frames[fine]!.joinAsof(higher, { on: "timestamp" });
  return joined.select(pl.col("higherClose").div(pl.col("close")).sub(1).alias("pull"));
}

// %% [markdown]
// And a rule to go with it: long while the higher close lies above the price, short while below. The backtest pays its
// costs, and stands beside doing nothing clever: holding the market, and tossing a coin at every bar.

// %%
const frames = Object.fromEntries(
  Object.entries(candles).map(([name, series]) => [name, candlesToFrame(series)]),
);

const positionsOf = (frame: pl.DataFrame): Float64Array =>
  Float64Array.from(frame.getColumn("pull").toArray() as (number | null)[], (pull) => Math.sign(pull ?? 0));
const hold = (positions: ArrayLike<number>): Held =>
  holdPositions(base.close, base.closeTime, positions, { cost });

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`.replace("-", "−");
const years = (base.closeTime.at(-1)! - base.closeTime[0]!) / (365.25 * 86_400_000);
const chance = Number((1 / Math.sqrt(years)).toFixed(2)); // standard error of a Sharpe ratio of about 0
const rowOf = (rule: string, { sharpe, yearly, drawdown, won, turnover }: Held) => ({
  rule,
  "Sharpe, net": Number(sharpe.toFixed(2)),
  "± chance": chance,
  "a year": yearly < 10 ? percent(yearly) : `× ${(1 + yearly).toPrecision(2)}`,
  "deepest fall": percent(drawdown),
  "bars won": percent(won),
  "turned over a year": Math.round(turnover),
});

const rng = createRng(1);
const before = {
  market: hold(base.close.map(() => 1)),
  coin: hold(base.close.map(() => (rng.next() < 0.5 ? -1 : 1))),
  joined: hold(positionsOf(pullOfHigherBar(frames))),
};
table(
  [
    rowOf("holding the market", before.market),
    rowOf("a coin", before.coin),
    rowOf("the feature", before.joined),
  ],
  {
    caption: `${base.symbol} ${fine}, ${years.toFixed(1)} years, costs of ${Number((1e4 * cost).toPrecision(3))} basis points taken off`,
  },
);

// %% [markdown]
// With a leak the rule wins like nothing that exists. Who has seen a few of these becomes suspicious of the figure itself; but suspicion is no
// method, and a smaller leak would not look suspicious at all.
//
// ## What the checker says

// %%
const options = { instants, signal: interruptSignal() };
const caught = await lookAhead(pullOfHigherBar, candles, { ...options, takes: "frames" });
caught;

// %% [markdown]
// Where it finds a leak it names the bar. A higher bar stands in its table from the moment it _opens_, with the close that it will have when
// it is over. The repair is one word: join on the time at which a bar is _known_.

// %%
/** Each bar beside the higher bar that was known last. */
function pullOfKnownBar(frames: Frames): pl.DataFrame {
  const higher = frames[coarse]!.select(pl.col("known_at"), pl.col("close").alias("higherClose"));
  const joined = frames[fine]!.joinAsof(higher, { on: "known_at" });
  return joined.select(pl.col("higherClose").div(pl.col("close")).sub(1).alias("pull"));
}

const repaired = await lookAhead(pullOfKnownBar, candles, { ...options, takes: "frames" });
const after = hold(positionsOf(pullOfKnownBar(frames)));
await show(repaired);
table(
  [
    rowOf("joined on its opening", before.joined),
    rowOf("joined on when it is known", after),
    rowOf("holding the market", before.market),
  ],
  {
    caption: "the same rule, before and after",
  },
);

// %%
const step = Math.max(1, Math.floor(base.closeTime.length / 800));
const lineOf = (name: string, { equity }: Held, color: string, dash = "solid") => {
  const rows = Array.from(equity.keys()).filter((i) => i % step === 0);
  return {
    type: "scatter",
    mode: "lines",
    name,
    x: rows.map((i) => new Date(base.closeTime[i]!).toISOString()),
    y: rows.map((i) => equity[i]!),
    line: { color, width: 1.6, dash },
  };
};
plot(
  {
    data: [
      lineOf("joined on its opening", before.joined, "#b4412e"),
      lineOf("joined on when it is known", after, "#0a6c74"),
      lineOf("holding the market", before.market, "#8a8f94", "dot"),
    ],
    layout: {
      title: { text: "What 1 became, logarithmic", x: 0, xref: "paper", font: { size: 14 } },
      yaxis: { type: "log" },
      legend: { orientation: "h", y: -0.15 },
    },
  },
  { height: 340 },
);

// %% [markdown]
// ## A leak that does not shine
//
// The second classic: normalise, _then_ split. The mean and the spread of all years are in every value of the first one.
// Beside it the same over what had been seen so far, and an RSI, which is clean and still not finished when it begins.
// The rule: short in proportion to how dear the price is, long to how cheap.

// %%
/** How dear the price is: over all bars, and over those so far. */
function dear(given: CandlesByTimeframe) {
  const logs = given[fine]!.close.map(Math.log);
  const mean = logs.reduce((sum, x) => sum + x, 0) / logs.length;
  const spread = Math.sqrt(logs.reduce((sum, x) => sum + (x - mean) ** 2, 0) / logs.length);
  let [n, soFar, squares] = [0, 0, 0];
  return {
    overAll: logs.map((x) => (x - mean) / spread),
    soFar: logs.map((x) => {
      const delta = x - soFar;
      soFar += delta / ++n;
      squares += delta * (x - soFar);
      return n < 2 || squares === 0 ? NaN : (x - soFar) / Math.sqrt(squares / (n - 1));
    }),
    ...computeFeature(rsi(), given, fine),
  };
}

const quiet = await lookAhead(dear, candles, options);
const against = (z: Float64Array): Held => hold(z.map((value) => -Math.max(-1, Math.min(1, value / 2)) || 0));
const { overAll, soFar } = dear(candles);
const dearness = { overAll: against(overAll), soFar: against(soFar) };
await show(quiet);
table(
  [
    rowOf("over all bars", dearness.overAll),
    rowOf("over those so far", dearness.soFar),
    rowOf("holding the market", before.market),
  ],
  { caption: "the same rule on two normalisations" },
);

// %% [markdown]
// No backtest gives this one away, since its profit is in the range of what a lucky rule makes. The checker does not ask
// about profit. And it says a second thing: `soFar` is clean and yet _depends on where history begins_, for ever; a live
// window that starts later gives other values. The RSI forgets its start after the bars in its row.
//
// ## What the checker cannot see
//
// A number in the code may come from the future too. Momentum over `span` bars is causal for every span; but which span?

// %%
const momentumOver = (span: number) =>
  function momentum(given: CandlesByTimeframe) {
    const { close } = given[fine]!;
    return { momentum: close.map((price, i) => price / (close[i - span] ?? NaN) - 1) };
  };
const spans = Array.from({ length: 30 }, (_, i) => Math.round(1.2 ** (i + 2))).filter(
  (s, i, of) => s !== of[i - 1],
);
const half = Math.floor(base.close.length / 2);
const halves = spans.map((span) => {
  const positions = momentumOver(span)(candles).momentum.map((x) => Math.sign(x) || 0);
  const part = (from: number, to: number): number =>
    holdPositions(base.close.slice(from, to), base.closeTime.slice(from, to), positions.slice(from, to), {
      cost,
    }).sharpe;
  return { span, whole: part(0, Infinity), first: part(0, half), second: part(half, Infinity) };
});
const bestOf = (pick: (one: (typeof halves)[number]) => number) =>
  halves.reduce((a, b) => (pick(b) > pick(a) ? b : a));
const [chosenLate, chosenInTime] = [bestOf(({ second }) => second), bestOf(({ first }) => first)];
const blind = await lookAhead(momentumOver(chosenLate.span), candles, options);
await show(blind);
table(
  [
    {
      "span chosen by": "its success in the second half",
      span: chosenLate.span,
      "Sharpe in the second half": chosenLate.second,
    },
    {
      "span chosen by": "its success in the first half",
      span: chosenInTime.span,
      "Sharpe in the second half": chosenInTime.second,
    },
    {
      "span chosen by": "nobody: the mean of all",
      span: null,
      "Sharpe in the second half": halves.reduce((sum, { second }) => sum + second / halves.length, 0),
    },
  ].map((row) => ({
    ...row,
    "Sharpe in the second half": Number(row["Sharpe in the second half"].toFixed(2)),
  })),
  { caption: `${halves.length} spans were tried` },
);

// %% [markdown]
// Clean, and still a leak: the function gives the same values whatever the future is, and the choice of its number does
// not. Only a judge who keeps data away from the choice can catch that, and who counts what was tried.
//
// ## Answer, evidence, doubts, next

// %%
const columnOf = ({ functions }: LookAheadReport, name: string) =>
  functions.flatMap(({ columns }) => columns).find(({ column }) => column === name)!;
const ways = [
  { way: "higher bars that are not over", ...columnOf(caught, "pull") },
  { way: "normalising before splitting", ...columnOf(quiet, "overAll") },
  { way: "a number chosen with the future in sight", ...columnOf(blind, "momentum") },
];
const found = ways.filter(({ verdict }) => verdict === "leak");
const others = ways.filter(({ verdict }) => verdict !== "leak");
const namesOf = (some: typeof ways): string => some.map(({ way }) => way).join(" and ");
const sharpeText = ({ sharpe }: Held): string => sharpe.toFixed(2).replace("-", "−");
conclusion({
  answer: [
    `Three ways were tried: ${ways.map(({ way }) => way).join(", ")}.`,
    found.length > 0 ? `The checker found ${namesOf(found)}.` : "The checker found none of them.",
    ...others.map(({ way, verdict }) => `Of ${way} it said: ${verdict}.`),
  ].join(" "),
  evidence: [
    ...found.map(({ leak }) => `${leak!.sentence}.`),
    `Sharpe after costs: ${sharpeText(before.joined)} joined on the opening of ${coarse}, ${sharpeText(after)} joined on when it is known; over all bars ${sharpeText(dearness.overAll)}, over those so far ${sharpeText(dearness.soFar)}; holding the market ${sharpeText(before.market)}, a coin ${sharpeText(before.coin)}, each ± ${chance} by chance alone.`,
  ].join(" "),
  doubts: `Clean means that nothing was found at ${instants} instants. Positions are taken at the very close they were decided at.`,
  next: "03-volatility-clock: what is predictable at all?",
});

// %% [markdown]
// *With the parameters as they stand:*
//
// - **Answer.** Through higher bars that are not over yet, through normalising before splitting, and through numbers that
//   were chosen with the future in sight. The checker catches the first two whatever they earn, and never the third.
// - **Evidence.** Days of the S&P 500 beside weeks, 2000 to 2020: Sharpe 7.27 after costs with the open week, 0.43 ± 0.22
//   with the closed one, 0.27 for holding the market. Hours of EURUSD beside 4 hours: 30.1 and −4.5; what was left
//   does not pay its costs. The full-window z-score earns 0.13 and 0.80 where the honest one earns −0.03 and 0.25: well
//   within what luck does, so no backtest would have told.
// - **Doubts.** Clean means that nothing was found at the instants tried. Native code that reads files or asks for the
//   time by itself is not seen. Prices at the close are not for sale.
// - **Next.** `03-volatility-clock`: what is predictable at all?
