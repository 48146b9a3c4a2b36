// %% [markdown]
// # What do we have, what is missing, what is broken?
//
// Before anything is learnt from candles somebody has to look at them. This notebook reads one series, holds it
// against the calendar of its market, and says how much of it is there, what is missing, and what contradicts itself.
//
// **With a file of your own:** set `file` and `calendar` below, or run it from the shell:
//
// ```sh
// ./rhyme notebook export notebooks/01-candles.ipynb --param file=BTCUSDT-5m.csv.gz --param calendar=24x7
// ```

// %% tags=["parameters"]
const file = ""; // CSV, CSV.gz or Parquet; empty: twenty years of the S&P 500, which come along
const symbol = ""; // empty: what the name of the file says
const calendar = "us-equities"; // 24x7, us-equities, us-futures, fx
const coarser = "1mo"; // the timeframe to resample to

// %% [markdown]
// ## What do we have?
//
// Reading says what it assumed. Then all of it at once: lowest to highest price in every stretch of time, holes shaded,
// and one line of marks for every kind of finding. Drag to look closer, double-click to go back.

// %%
import { calendarByName, gapLedger, qualityReport, readCandles, resample, type CandleSeries } from "rhyme";
import { conclusion, exampleFile, interruptSignal, markdown, plot, show, table } from "rhyme/notebook";

const path = file === "" ? exampleFile() : file;
const name = symbol === "" && file === "" ? "SP500" : symbol;
const options = { now: Date.now(), signal: interruptSignal(), ...(name === "" ? {} : { symbol: name }) };
const read = await readCandles([path], { ...options, calendar: calendarByName(calendar) });
const { series, ledger, findings } = read;
const report = qualityReport(series, ledger, findings);
read;

// %% [markdown]
// ## What is missing?
//
// The gap ledger knows three states of every moment: **known**, **closed market**, **missing**. Only a calendar can tell
// the last two apart. So read the same file once more as if its market never closed, or closed at other times, and see
// what each calendar calls missing. A wrong calendar shows itself: its holes lie on weekends and holidays.

// %%
interface Verdict {
  readonly calendar: string;
  readonly expected: number | null;
  readonly missing: number | null;
  readonly "on weekends": number | null;
  readonly holes: number | null;
  readonly says: string;
}

async function judge(name: string): Promise<Verdict> {
  try {
    const other = await readCandles([path], { ...options, calendar: calendarByName(name) });
    const { gaps } = qualityReport(other.series, other.ledger, other.findings);
    const { expected, missing, missingOnWeekends, holes } = gaps;
    const isWrong = missingOnWeekends > missing / 2 && missing > 20;
    const says = missing === 0 ? "nothing missing" : isWrong ? "misses weekends: the wrong market" : "";
    return { calendar: name, expected, missing, "on weekends": missingOnWeekends, holes, says };
  } catch (error) {
    const says = `cannot be read so: ${(error as Error).message.split(".")[0]}`;
    return { calendar: name, expected: null, missing: null, "on weekends": null, holes: null, says };
  }
}

const verdicts: Verdict[] = [];
for (const name of ["us-equities", "us-futures", "fx", "24x7"]) verdicts.push(await judge(name));
table(verdicts, { caption: "the same file under four calendars" });

// %% [markdown]
// ## What is broken?
//
// Findings are *errors* (the data contradicts itself) or *warnings* (it may be right, and is odd). Nothing is repaired
// unless you ask for it, by kind. The first of each kind, with the place in the file:

// %%
const firsts = report.kinds.map(({ kind, severity, says }) => {
  const { file: where, line, time, value } = findings.find((finding) => finding.kind === kind)!;
  const place = line === null ? where : `${where}:${line}`;
  return { severity, says, place, when: time === null ? null : new Date(time), value };
});
firsts.length > 0 ? table(firsts, { caption: "first finding of each kind" }) : markdown("No findings.");

// %% [markdown]
// Some data is not broken and still not what it seems. If every open equals the close before it, nobody measured the
// open: features that read it learn nothing. And a market without volume has none to learn from.

// %%
plot(
  {
    data: [
      {
        type: "bar",
        x: report.years.map(({ year }) => year),
        y: report.years.map(({ openEqualsPreviousClose }) => 100 * (openEqualsPreviousClose ?? 0)),
        marker: { color: "#0a6c74" },
        hovertemplate: "%{x}: %{y:.1f} %<extra></extra>",
      },
    ],
    layout: {
      title: {
        text: "Opens that merely repeat the close before, % of bars",
        x: 0,
        xref: "paper",
        font: { size: 14 },
      },
      yaxis: { range: [0, 100] },
      xaxis: { dtick: report.years.length > 12 ? 5 : 1 },
    },
  },
  { height: 260 },
);

// %% [markdown]
// ## What does resampling do to it?
//
// A higher bar is known only once everything inside it is known and its time is over; the one that is still forming
// does not exist. Volume is kept, extremes are kept, holes leave a mark.

// %%
const higher = resample(series, coarser);
const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);
const inside = series.closeTime.filter((time) => time <= higher.closeTime.at(-1)!).length;
const kept: CandleSeries["volume"] = series.volume.slice(0, inside);
await show(
  table([
    { series: series.timeframe, bars: inside, volume: sum(kept), "built around a hole": 0 },
    {
      series: higher.timeframe,
      bars: higher.openTime.length,
      volume: sum(higher.volume),
      "built around a hole": higher.partial.reduce((total, one) => total + one, 0),
    },
  ]),
);
plot(higher, { title: `${higher.symbol} ${higher.timeframe}`, height: 320 });

// %% [markdown]
// ## Answer, evidence, doubts, next

// %%
const { gaps } = report;
const share = gaps.expected > 0 ? (100 * gaps.known) / gaps.expected : 0;
const repeated = report.years
  .filter(({ openEqualsPreviousClose: same }) => (same ?? 0) > 0.9)
  .map(({ year }) => year);
const spans = gapLedger(series).known.length;
conclusion({
  answer: `${series.symbol} ${series.timeframe}: ${share.toFixed(2)} % of the bars that ${calendar} expects are there, ${report.errors} errors, ${report.warnings} warnings.`,
  evidence: `${gaps.known} of ${spans} bars known, ${gaps.missing} missing in ${gaps.holes} holes, from ${report.first} to ${report.last}.`,
  doubts:
    repeated.length > 0
      ? `Opens are not measured in ${repeated.length} years (${repeated[0]} to ${repeated.at(-1)}).`
      : "One source only: nobody contradicts it.",
  next: "02-look-ahead: how does the future leak in, and how do we catch it?",
});

// %% [markdown]
// *With the parameters as they stand:*
//
// - **Answer.** The file is whole: every session of the exchange is there, and none that should not be.
// - **Evidence.** The gap ledger under `us-equities` against three other calendars, all from the same bytes.
// - **Doubts.** In the early years nearly every open equals the close before it: those opens were not measured. Half
//   sessions are in the calendar; days on which trading was halted within the session are not seen in daily bars.
// - **Next.** `02-look-ahead`: how does the future leak in, and how do we catch it?
