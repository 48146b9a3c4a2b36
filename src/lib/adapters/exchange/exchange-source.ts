import type { CandlePage, CandleSource } from "../../candles/candle-store.ts";
import type { Finding } from "../../candles/finding.ts";
import { RhymeError } from "../../errors.ts";
import { calendar24x7 } from "../../time/calendar-24x7.ts";
import type { Calendar } from "../../time/calendar.ts";
import { nominalWidth, parseTimeframe, type Timeframe } from "../../time/timeframe.ts";
import { iso, type DurationMs, type EpochMs } from "../../time/units.ts";
import type { Heard } from "./bounded-fetch.ts";
import type { ExchangeConnection, HeardRow } from "./exchange-connection.ts";
import { judgeRows } from "./judge-rows.ts";
import { barFrom } from "./next-bar.ts";

export interface ExchangeSourceOptions {
  /** Bars that are not closed by now are still forming. */
  readonly now: EpochMs;
  /** Default: the name of the exchange. */
  readonly source?: string;
  /** Default 24x7. */
  readonly calendar?: Calendar;
  /** How long after its close the exchange publishes a bar; default 0. */
  readonly lagMs?: DurationMs;
  /** Rows of a page; default: the most that the exchange gives. */
  readonly pageRows?: number;
}

/** A page, what was wrong with it and where it came from. */
export interface ExchangePage extends CandlePage {
  readonly findings: readonly Finding[];
  /** Rows in the answer, before any judgement. */
  readonly rowsRead: number;
  /** The answer as it came. */
  readonly heard: Heard;
  /** What the page is called in findings and logs. */
  readonly page: string;
}

export interface ExchangeSource extends CandleSource {
  read(range: Parameters<CandleSource["read"]>[0]): Promise<ExchangePage>;
}

interface Span {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  /** Rows of bars that open before it are left out. */
  readonly from: EpochMs;
  /** No bar that opens at or after it is wanted. */
  readonly to: EpochMs;
  readonly signal: AbortSignal;
}

/**
 * An exchange as a source of candles, page by page. A page ends where its last row does, whatever its length; the
 * cursor is the open of the next bar, so pages never overlap and a bar that is sent again is no news. The last page is
 * told by the clock: the next bar is not closed by `now`, nor by the clock of the exchange where that is behind.
 * `from` must be given, since nobody knows where a market begins.
 */
export function exchangeSource(
  connection: ExchangeConnection,
  options: ExchangeSourceOptions,
): ExchangeSource {
  const reader = new PageReader(connection, options);
  return {
    async list() {
      const source = options.source ?? connection.name;
      const symbols = await connection.symbols(new AbortController().signal);
      return symbols.flatMap((symbol) =>
        connection.timeframes.map((timeframe) => ({ symbol, timeframe, source })),
      );
    },
    async read({ symbol, timeframe, from, to = Infinity, cursor = null, signal }) {
      const begin = cursor === null ? from : Math.max(from ?? -Infinity, Number(cursor));
      if (begin === undefined || !Number.isFinite(begin)) throw withoutBegin(connection.place);
      const { name } = parseTimeframe(timeframe);
      const ends = signal ?? new AbortController().signal;
      return reader.page({ symbol, timeframe: name, from: begin, to, signal: ends });
    },
  };
}

class PageReader {
  readonly #connection: ExchangeConnection;
  readonly #options: ExchangeSourceOptions;
  readonly #calendar: Calendar;
  readonly #lagMs: DurationMs;

  constructor(connection: ExchangeConnection, options: ExchangeSourceOptions) {
    this.#connection = connection;
    this.#options = options;
    this.#calendar = options.calendar ?? calendar24x7;
    this.#lagMs = options.lagMs ?? 0;
  }

  async page(span: Span): Promise<ExchangePage> {
    const asked = await this.#ask(span);
    // Nothing where bars should be may be a hiccup; a hole is believed when it is seen twice.
    const again = asked.newest === null && this.#goesOn(span, span.from, asked.now);
    const { rows, heard, newest, now, windowEnd } = again ? await this.#ask(span) : asked;
    const { symbol, timeframe, from, to } = span;
    const source = this.#options.source ?? this.#connection.name;
    // Tables of the log show the last part of a path.
    const page = `${this.#connection.name} ${symbol.replaceAll("/", "-")} ${timeframe} from ${iso(from)}`;
    const wanted = rows.filter(({ read: [time] }) => time === undefined || (time >= from && time < to));
    const key = { source, symbol, timeframe };
    const how = { ...key, calendar: this.#calendar, now, lagMs: this.#lagMs, page };
    const next = newest !== null ? newest + 1 : this.#connection.isOpenEnded(symbol) ? Infinity : windowEnd;
    const cursor = this.#goesOn(span, next, now) ? this.#barFrom(timeframe, next)!.open : null;
    return {
      ...judgeRows(wanted, how),
      ...{ cursor: cursor === null ? null : String(cursor), rowsRead: rows.length, heard, page },
    };
  }

  /** One answer: its rows, the newest open in it that brings the reader on, and by when bars count as closed. */
  async #ask(span: Span): Promise<Asked> {
    const { symbol, timeframe, from, to, signal } = span;
    const width = nominalWidth(timeframe);
    const limit = this.#limit(from, Math.min(to, this.#options.now), width);
    const { rows, heard } = await this.#connection.rows({ symbol, timeframe, since: from, limit, signal });
    // A clock here that is ahead of theirs would take a forming bar for a closed one.
    const now = Math.min(this.#options.now, heard.clock ?? Infinity);
    const opens = rows.flatMap(({ read: [time] }) =>
      time !== undefined && time >= from && time <= now ? [time] : [],
    );
    const newest = opens.length === 0 ? null : opens.reduce((a, b) => Math.max(a, b));
    return { rows, heard, newest, now, windowEnd: from + limit * width };
  }

  /** As many rows as there can be, and one for the forming bar. */
  #limit(from: EpochMs, to: EpochMs, width: DurationMs): number {
    const most = Math.min(this.#options.pageRows ?? Infinity, this.#connection.pageRows);
    return Math.max(2, Math.min(most, Math.ceil((to - from) / width) + 1));
  }

  /** Whether a bar that opens at or after `next` is wanted and known by `now`. */
  #goesOn({ timeframe, to }: Span, next: EpochMs, now: EpochMs): boolean {
    if (next >= Math.min(to, now)) return false;
    const bar = this.#barFrom(timeframe, next);
    return bar !== null && bar.open < to && bar.close + this.#lagMs <= now;
  }

  #barFrom(timeframe: Timeframe, from: EpochMs): ReturnType<typeof barFrom> {
    return barFrom(this.#calendar, timeframe, from);
  }
}

interface Asked {
  readonly rows: readonly HeardRow[];
  readonly heard: Heard;
  readonly newest: EpochMs | null;
  readonly now: EpochMs;
  /** Where the window ends that the request could have filled. */
  readonly windowEnd: EpochMs;
}

function withoutBegin(place: string): RhymeError {
  return new RhymeError("usage", {
    place,
    expected: "an instant from which candles are wanted",
    received: "none",
    remedy: "Give --from, for example --from 2024-01-01.",
  });
}
