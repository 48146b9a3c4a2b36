import pl from "nodejs-polars";
import type { CandleFacts } from "../../candles/candle-facts.ts";
import { makeSeries } from "../../candles/make-series.ts";
import { RhymeError } from "../../errors.ts";
import { calendarByName } from "../../time/calendars.ts";
import { parseTimeframe } from "../../time/timeframe.ts";
import { iso } from "../../time/units.ts";
import type { Frame } from "./frame-table.ts";
import { fileError } from "./read-bytes.ts";

const WHOSE = ["source", "symbol", "timeframe", "calendar"] as const;
const TIMES = ["timestamp", "close_time", "known_at"] as const;
const PRICES = ["open", "high", "low", "close", "volume"] as const;
const OPTIONAL = ["trades", "vwap", "spread"] as const;
const FLAGS = ["partial", "late"] as const;
const NEEDED: readonly string[] = [...WHOSE, ...TIMES, ...PRICES, ...FLAGS];

/** Whether a table is one that `export --what candles` wrote, by its columns. */
export function holdsFacts(columns: readonly string[]): boolean {
  return NEEDED.every((name) => columns.includes(name));
}

/**
 * Exported candles as the facts they were, one entry per series, whatever the order of the rows.
 * @throws RhymeError "input" naming the series and the row where something contradicts itself
 */
export function factsOfFrame(frame: Frame, place: string): readonly CandleFacts[] {
  checkTypes(frame, place);
  const groups = frame
    .select(...WHOSE)
    .unique()
    .sort([...WHOSE])
    .rows() as string[][];
  return groups.map((names) => {
    const [source, symbol, timeframe, calendar] = names;
    const mine = WHOSE.map((name, i) => pl.col(name).eq(pl.lit(names[i]!))).reduce((a, b) => a.and(b));
    const rows = frame.filter(mine).sort(["timestamp", "known_at"]);
    return factsOf(
      rows,
      { source: source!, symbol: symbol!, timeframe: timeframe!, calendar: calendar! },
      place,
    );
  });
}

function checkTypes(frame: Frame, place: string): void {
  const refuse = (name: string, expected: string): never => {
    const remedy =
      "Export the candles again, or leave out known_at and close_time to have them read as a candle file";
    throw fileError(`${place}, column ${name}`, expected, String(frame.getColumn(name).dtype), remedy);
  };
  for (const name of TIMES)
    if (!/Datetime\(\w+,\s*\S+\)/.test(String(frame.getColumn(name).dtype)))
      refuse(name, "instants with a time zone");
  for (const name of WHOSE)
    if (!/Utf8|String|Categorical/.test(String(frame.getColumn(name).dtype))) refuse(name, "text");
  for (const name of NEEDED)
    if (frame.getColumn(name).nullCount() > 0)
      throw fileError(
        `${place}, column ${name}`,
        "a value in every row",
        "null",
        "Take out the rows without one",
      );
}

type Names = Record<(typeof WHOSE)[number], string>;

function factsOf(frame: Frame, names: Names, place: string): CandleFacts {
  const instants = (name: string): Float64Array =>
    floats(frame.getColumn(name).cast(pl.Datetime("ms", "UTC")).cast(pl.Int64));
  const [openTime, closeTime, knownAt] = TIMES.map(instants) as [Float64Array, Float64Array, Float64Array];
  const price = (name: string): Float64Array => floats(frame.getColumn(name));
  const given = OPTIONAL.filter((name) => frame.columns.includes(name));
  const present = given.filter((name) => frame.getColumn(name).nullCount() < frame.height);
  const facts: CandleFacts = {
    ...{ source: names.source, symbol: names.symbol, timeframe: parseTimeframe(names.timeframe).name },
    ...{ calendar: calendarByName(names.calendar), openTime, closeTime, knownAt },
    ...(Object.fromEntries(PRICES.map((name) => [name, price(name)])) as Record<
      (typeof PRICES)[number],
      Float64Array
    >),
    ...Object.fromEntries(present.map((name) => [name, price(name)])),
    partial: flags(frame, "partial"),
    late: flags(frame, "late"),
  };
  checkFacts(facts, `${place}, ${names.symbol} ${names.timeframe}`);
  return facts;
}

/** Null is NaN. */
function floats(column: pl.Series): Float64Array {
  const values = column.cast(pl.Float64);
  if (values.nullCount() === 0) return Float64Array.from(values.toTypedArray() as Float64Array);
  return Float64Array.from(values.toArray() as (number | null)[], (value) => value ?? NaN);
}

function flags(frame: Frame, name: string): Uint8Array {
  return Uint8Array.from(frame.getColumn(name).toArray() as (boolean | number)[], Number);
}

/** Every fact must be a sound candle on the grid of its calendar, no two of them known at once and equal. */
function checkFacts(facts: CandleFacts, place: string): void {
  const { openTime, knownAt } = facts;
  const layers: number[][] = []; // the first fact of every bar, the second …: each layer is a series
  for (let i = 0, depth = 0; i < openTime.length; i++) {
    depth = i > 0 && openTime[i] === openTime[i - 1] ? depth + 1 : 0;
    (layers[depth] ??= []).push(i);
    if (depth > 0 && facts.late[i] !== 1)
      throw fileError(
        `${place} at ${iso(openTime[i]!)}`,
        "one candle, and corrections marked late",
        `two, known at ${iso(knownAt[i - 1]!)} and ${iso(knownAt[i]!)}`,
        "Take out the one that is wrong",
      );
  }
  for (const rows of layers) checkLayer(facts, rows, place);
}

function checkLayer(facts: CandleFacts, rows: readonly number[], place: string): void {
  const pick = (column: Float64Array): Float64Array => Float64Array.from(rows, (i) => column[i]!);
  const { timeframe, calendar } = facts;
  const columns = {
    ...{ openTime: pick(facts.openTime), open: pick(facts.open), high: pick(facts.high) },
    ...{
      low: pick(facts.low),
      close: pick(facts.close),
      volume: pick(facts.volume),
      knownAt: pick(facts.knownAt),
    },
  };
  try {
    const { closeTime } = makeSeries({ timeframe, calendar, ...columns });
    const wrong = closeTime.findIndex((close, r) => close !== facts.closeTime[rows[r]!]!);
    if (wrong < 0) return;
    const at = iso(columns.openTime[wrong]!);
    const stored = iso(facts.closeTime[rows[wrong]!]!);
    throw fileError(
      `close_time of ${at}`,
      `${iso(closeTime[wrong]!)}, by calendar ${calendar.name}`,
      stored,
      "Check the calendar column, or export the candles again",
    );
  } catch (error) {
    if (!(error instanceof RhymeError)) throw error;
    throw new RhymeError("input", { ...error.fields, place: `${place}, ${error.fields.place}` });
  }
}
