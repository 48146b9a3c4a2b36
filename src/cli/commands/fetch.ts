import type { Command } from "commander";
import { connectExchange, type ExchangeConnection } from "../../lib/adapters/exchange/exchange-connection.ts";
import { exchangeSource } from "../../lib/adapters/exchange/exchange-source.ts";
import { fetchCandles, type Fetched, type FetchOptions } from "../../lib/adapters/folder/fetch-candles.ts";
import { openMemoryFolder } from "../../lib/adapters/sqlite/open-memory.ts";
import { counted } from "../../lib/adapters/text/words.ts";
import type { SeriesKey } from "../../lib/candles/candle-series.ts";
import { findingDocument } from "../../lib/candles/finding-schema.ts";
import { RhymeError } from "../../lib/errors.ts";
import { checkSeriesKey } from "../../lib/memory/names.ts";
import type { Calendar } from "../../lib/time/calendar.ts";
import { calendarByName, CALENDAR_NAMES } from "../../lib/time/calendars.ts";
import { parseTimeframe } from "../../lib/time/timeframe.ts";
import { iso, SECOND } from "../../lib/time/units.ts";
import { numberOf } from "../candle-options.ts";
import { gapsOfSpan, type SpanGaps } from "../gaps-of-span.ts";
import { interruptSignal } from "../interrupt.ts";
import { spanOf } from "../span.ts";
import { tellFollowed } from "../tell-followed.ts";
import { createUi, type Ui } from "../ui.ts";
import { workOn } from "../work-on.ts";

const EXAMPLES = `Examples:
  ./rhyme fetch binance BTC/USDT --timeframe 5m --from 2024-01-01 --memory ./memory
  ./rhyme fetch binance BTC/USDT ETH/USDT --timeframe 5m --memory ./memory      what has closed since
  ./rhyme fetch kraken XBT/EUR --timeframe 1h --from 2024-06-01 --as XBTEUR --memory ./memory
  ./rhyme fetch binance BTC/USDT --timeframe 5m --from 2024-05-01 --to 2024-05-07 --again --memory ./memory
`;

const NOTES = `
Stores closed candles, nothing else: ./rhyme remember embeds and labels them. No key is needed and none is read.
Stopped, or left by the exchange, it goes on after the newest stored bar when it is run again; earlier history is
fetched where --from lies before the first stored bar, and arrives whole or not at all. The newest stored bar, and with
--again every bar of the span, is compared with what the exchange says now: what differs becomes a correction, known
from now on. Series of it that are followed (./rhyme start live) are told. An exchange that is busy is asked again, as late as it says. Exchanges are those of ccxt.
Exit: 0 ok, 2 bad usage, or an exchange that gives no candles: what was read until then is stored.`;

interface FetchCommandOptions {
  readonly timeframe: string;
  readonly memory: string;
  readonly from?: string;
  readonly to?: string;
  readonly again?: boolean;
  readonly as?: string;
  readonly source?: string;
  readonly calendar?: string;
  readonly baseUrl?: string;
  readonly deadline: number;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `./rhyme fetch EXCHANGE SYMBOL…`: candles of an exchange into a memory. */
export function addFetch(program: Command): void {
  program
    .command("fetch")
    .summary("candles of an exchange into a memory, without embedding them")
    .description("Fetches closed candles of one or several markets of an exchange.")
    .argument("<exchange>", "binance, kraken, coinbase, okx, bybit … as ccxt names them")
    .argument("<symbol...>", "markets, such as BTC/USDT or BTC/USDT:USDT")
    .requiredOption("--timeframe <name>", "such as 5m: one that the exchange has")
    .requiredOption("--memory <folder>", "where the memory is or shall be")
    .option("--from <time>", "an instant or a day: where the history begins (needed the first time)")
    .option("--to <time>", "an instant or a day: the last that is wanted (default: now)")
    .option("--again", "ask for stored bars of the span, too, and keep what has changed as corrections")
    .option("--as <symbol>", "what the series is called in the memory (default: as the exchange says)")
    .option("--source <name>", "who said so, in the memory (default: the exchange)")
    .option("--calendar <name>", `${CALENDAR_NAMES.join(", ")}, or NAME@ZONE (default: 24x7)`)
    .option("--base-url <url>", "another host that answers for the exchange")
    .option("--deadline <seconds>", "what one request may take", numberOf("--deadline", 1), 15)
    .option("--json", "one JSON document on stdout, all else on stderr")
    .option("--quiet", "no remarks, no progress")
    .addHelpText("before", EXAMPLES)
    .addHelpText("after", NOTES)
    .action(run);
}

async function run(
  exchange: string,
  symbols: readonly string[],
  options: FetchCommandOptions,
): Promise<void> {
  const ui = createUi(options);
  const now = Date.now();
  const wish = wishOf(exchange, symbols, options, now);
  const connection = await connectExchange(exchange, {
    ...{ baseUrl: options.baseUrl, deadlineMs: options.deadline * SECOND },
    onWait: (ms, { fields }) =>
      ui.note(`${fields.place}: ${fields.received}; asking again in ${ms / 1000} s`),
  });
  const series: FetchedSeries[] = [];
  for (const symbol of new Set(symbols)) {
    const one = await fetchOne(connection, symbol, { options, wish, now, ui });
    if (!options.json) say(ui, one, options.memory);
    series.push(one);
  }
  const news = series.filter(
    ({ fetched: { candles } }) => candles.added + candles.corrected + candles.late > 0,
  );
  if (news.length > 0)
    await tellFollowed(
      options.memory,
      news.map(({ key }) => key),
      ui,
    );
  if (options.json)
    return ui.json({
      schema: "rhyme.fetch/1",
      memory: options.memory,
      exchange,
      series: series.map(documentOf),
    });
  if (news.length > 0)
    ui.note(`not embedded yet: ./rhyme remember --memory ${options.memory} goes on from here`);
}

interface Wish {
  readonly timeframe: string;
  readonly calendar: Calendar;
  readonly source: string;
  readonly from: number | null;
  readonly to: number;
}

/** What can be refused before anybody is asked. @throws RhymeError "usage" */
function wishOf(
  exchange: string,
  symbols: readonly string[],
  options: FetchCommandOptions,
  now: number,
): Wish {
  const calendar = calendarByName(options.calendar ?? "24x7");
  const { from, to } = spanOf(options, calendar);
  const refuse = (place: string, expected: string, received: string, remedy: string): never => {
    throw new RhymeError("usage", { place, expected, received, remedy });
  };
  if (from > now)
    refuse("--from", "a time that has been", options.from!, "Candles are fetched once they closed.");
  if (options.as !== undefined && new Set(symbols).size > 1)
    refuse("--as", "one symbol", symbols.join(", "), "Fetch them one after the other.");
  if (options.again && options.from === undefined)
    refuse("--again", "a --from where bars are asked for again", "none", "Give --from.");
  const { name: timeframe } = parseTimeframe(options.timeframe);
  const source = options.source ?? exchange;
  return { timeframe, calendar, source, from: Number.isFinite(from) ? from : null, to: to + 1 };
}

interface FetchedSeries {
  readonly key: SeriesKey;
  readonly market: string;
  readonly fetched: Fetched;
  /** null where nothing of the span is stored. */
  readonly stored: SpanGaps | null;
}

async function fetchOne(
  connection: ExchangeConnection,
  symbol: string,
  {
    options,
    wish,
    now,
    ui,
  }: {
    readonly options: FetchCommandOptions;
    readonly wish: Wish;
    readonly now: number;
    readonly ui: Ui;
  },
): Promise<FetchedSeries> {
  const { memory, again = false, as, json: _json, quiet: _quiet, memory: _memory, ...given } = options;
  const { timeframe, calendar, from, to } = wish;
  const signal = interruptSignal();
  const work = workOn(ui, signal);
  const market = await connection.symbol(symbol, signal);
  const key = { source: wish.source, symbol: as ?? market, timeframe };
  checkSeriesKey(key);
  const source = exchangeSource(connection, { now, source: key.source, calendar });
  try {
    const fetched = await fetchCandles({
      ...{ memory, key, market, source, from, to, again, now, ...work, write: writerOf(memory, ui) },
      given: { exchange: connection.name, market, ...given },
    });
    const stored = await gapsOfFetched(memory, key, fetched);
    return { key, market, fetched, stored };
  } finally {
    work.end();
  }
}

function writerOf(memory: string, ui: Ui): FetchOptions["write"] {
  return async (work) => {
    const onWait = (holder: string): void => ui.note(`waiting for ${holder}`);
    const folder = openMemoryFolder(memory, { mode: "write", onWait });
    try {
      return work(folder);
    } finally {
      folder.close();
    }
  };
}

async function gapsOfFetched(
  memory: string,
  key: SeriesKey,
  { asked, candles }: Fetched,
): Promise<SpanGaps | null> {
  const { added, unchanged, corrected, late } = candles;
  if (asked.length === 0 || added + unchanged + corrected + late === 0) return null;
  const from = Math.min(...asked.map((span) => span.from));
  const to = Math.max(...asked.map((span) => span.to));
  return gapsOfSpan(memory, key, from, to);
}

function documentOf({ key, market, fetched, stored }: FetchedSeries): object {
  const time = (t: number): string | null => (Number.isFinite(t) ? iso(t) : null);
  const asked = fetched.asked.map(({ from, to }) => ({ from: time(from), to: time(to) }));
  return { ...key, market, ...fetched, broken: fetched.broken.map(findingDocument), asked, stored };
}

function say(ui: Ui, { key, fetched, stored }: FetchedSeries, memory: string): void {
  const name = `${key.symbol} ${key.timeframe}`;
  const n = (value: number): string => value.toLocaleString("en-US");
  const { candles, findings, pages, broken } = fetched;
  for (const [kind, count] of Object.entries(findings))
    if (kind !== "forming-bar" && kind !== "missing-bars") ui.note(`${name}: ${n(count)} × ${kind}`);
  for (const { file, line, kind, value } of broken)
    ui.note(`left out: ${file}, row ${line}: ${kind}, ${value}`);
  if (candles.late + candles.corrected > 0)
    ui.note(`${name}: corrections, and bars before the newest stored one, count from now on, not before`);
  if (stored && stored.missing > 0) {
    const { from, to, bars } = stored.longest[0]!;
    const holes = `${counted(stored.missing, "bar")} missing in ${counted(stored.holes, "hole")}`;
    ui.note(`${name}: ${holes}, the longest ${from} to ${to} (${counted(bars, "bar")})`);
  }
  const parts = [
    `${n(candles.added)} new candles`,
    ...(candles.corrected > 0 ? [`${n(candles.corrected)} corrected`] : []),
    ...(candles.late > 0 ? [`${n(candles.late)} late`] : []),
    `${n(candles.unchanged)} unchanged`,
  ];
  const until = stored?.last ? `, up to ${stored.last}` : "";
  ui.out(`${name} of ${key.source}: ${parts.join(", ")} in ${counted(pages, "page")}${until}, in ${memory}`);
}
