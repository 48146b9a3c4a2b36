import { RhymeError } from "../../errors.ts";
import { SECOND, type DurationMs, type EpochMs } from "../../time/units.ts";
import { parseTimeframe, type Timeframe } from "../../time/timeframe.ts";
import { REAL_PACE, type Pace } from "../weaviate/pace.ts";
import { askPatiently, type Patience } from "./ask-patiently.ts";
import { boundedFetch, type Heard } from "./bounded-fetch.ts";
import { loadCcxt, makeExchange, type Ccxt, type CcxtExchange } from "./ccxt-exchange.ts";
import { failureOf } from "./failure-of.ts";
import { loadMarketsOf, marketKind, symbolNamed } from "./markets.ts";

export interface ConnectOptions {
  /** A host that answers for the exchange: a mirror, a proxy, a test's. */
  readonly baseUrl?: string | undefined;
  /** What one request may take, to its last byte; default 15 s. */
  readonly deadlineMs?: DurationMs;
  /** How often a request is made in all; default 6. */
  readonly tries?: number;
  /** The longest wait between two of them; default 2 min. */
  readonly longestWaitMs?: DurationMs;
  readonly onWait?: Patience["onWait"];
  readonly pace?: Pace;
}

export interface AskedRows {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly since: EpochMs;
  readonly limit: number;
  readonly signal: AbortSignal;
}

/** One row of an answer: as it stands there, and as ccxt reads it: time, open, high, low, close, volume. */
export interface HeardRow {
  readonly said: unknown;
  readonly read: readonly (number | undefined)[];
}

export interface HeardRows {
  readonly rows: readonly HeardRow[];
  readonly heard: Heard;
}

/** An exchange that can be asked; its list of markets is loaded once. One request at a time. */
export interface ExchangeConnection {
  readonly name: string;
  readonly place: string;
  /** Most rows of a page. */
  readonly pageRows: number;
  readonly timeframes: readonly Timeframe[];
  /** All symbols of the spot market. */
  symbols(signal: AbortSignal): Promise<readonly string[]>;
  /** The unified name of a market: `BTC/USDT` for itself and for `BTCUSDT`. @throws RhymeError "usage" */
  symbol(named: string, signal: AbortSignal): Promise<string>;
  /** Whether an answer reaches over any hole, so that an empty one says that nothing follows. */
  isOpenEnded(symbol: string): boolean;
  /** @throws SourceFailure, or the reason of the signal */
  rows(asked: AskedRows): Promise<HeardRows>;
}

const PAGE_ROWS = 500;

/** Asked from an instant on, these answer with the first rows after it; others with those of a window. */
const OPEN_ENDED: ReadonlySet<string> = new Set(["binance", "binanceus", "binanceusdm"]);

/**
 * Makes an exchange that ccxt knows ready to be asked, without a key: candles are public.
 * @throws RhymeError "usage" for an exchange that ccxt does not know or that gives no candles
 */
export async function connectExchange(
  name: string,
  options: ConnectOptions = {},
): Promise<ExchangeConnection> {
  const ccxt = await loadCcxt();
  return new Connection(ccxt, name, options);
}

class Connection implements ExchangeConnection {
  readonly name: string;
  readonly place: string;
  readonly pageRows: number;
  readonly timeframes: readonly Timeframe[];
  readonly #ccxt: Ccxt;
  readonly #exchange: CcxtExchange;
  readonly #patience: Omit<Patience, "signal">;
  #turn: Promise<unknown> = Promise.resolve();
  #asked = -Infinity;
  #signal: AbortSignal = new AbortController().signal;
  #heard: Heard | null = null;
  #rows: HeardRow[] = [];

  constructor(ccxt: Ccxt, name: string, options: ConnectOptions) {
    const { deadlineMs = 15 * SECOND, tries = 6, longestWaitMs = 120 * SECOND, pace = REAL_PACE } = options;
    this.#ccxt = ccxt;
    this.#exchange = makeExchange(ccxt, name, { enableRateLimit: false });
    this.#patience = { tries, longestWaitMs, pace, onWait: options.onWait };
    this.name = name;
    this.place = `exchange ${name}`;
    this.pageRows = this.#exchange.features?.spot?.fetchOHLCV?.limit ?? PAGE_ROWS;
    this.timeframes = Object.keys(this.#exchange.timeframes ?? {}).flatMap(timeframeOf);
    const baseUrl = options.baseUrl === undefined ? {} : { baseUrl: parsedUrl(options.baseUrl) };
    Object.assign(this.#exchange, {
      fetchImplementation: boundedFetch({
        ...{ place: this.place, deadlineMs, ...baseUrl },
        signal: () => this.#signal,
        onHeard: (heard) => (this.#heard = heard),
      }),
      // ccxt drops what it cannot read; here every row is kept beside what it says, so that it can be named.
      parseOHLCVs: (rows: readonly unknown[], market: unknown) =>
        (this.#rows = rows.map((said) => ({ said, read: readRow(this.#exchange, said, market) }))),
    });
  }

  async symbols(signal: AbortSignal): Promise<readonly string[]> {
    await this.#ask(signal, () => loadMarketsOf(this.#exchange, "spot"));
    const all = Object.values(this.#exchange.markets ?? {});
    return all.filter(({ active }) => active !== false).map(({ symbol }) => symbol);
  }

  async symbol(named: string, signal: AbortSignal): Promise<string> {
    await this.#ask(signal, () => loadMarketsOf(this.#exchange, marketKind(named)));
    return symbolNamed(this.#exchange, named);
  }

  isOpenEnded(symbol: string): boolean {
    return OPEN_ENDED.has(this.name) && marketKind(symbol) !== "inverse"; // of those ccxt says where they end
  }

  async rows({ symbol, timeframe, since, limit, signal }: AskedRows): Promise<HeardRows> {
    const spelled = this.#spelled(timeframe);
    const known = await this.symbol(symbol, signal);
    return this.#ask(signal, async () => {
      await this.#spaced(signal);
      this.#rows = [];
      await this.#exchange.fetchOHLCV(known, spelled, since, limit);
      return { rows: this.#rows, heard: this.#heard! };
    });
  }

  #spelled(timeframe: Timeframe): string {
    const { name } = parseTimeframe(timeframe);
    if (this.timeframes.includes(name)) return name === "1mo" ? "1M" : name;
    throw new RhymeError("usage", {
      place: "timeframe",
      expected: `one that ${this.name} has: ${this.timeframes.join(", ")}`,
      received: timeframe,
      remedy: "Fetch a finer one; remember resamples it.",
    });
  }

  /** As far apart as the exchange wants requests to be. ccxt's own pacing stands still where the clock of the day does. */
  async #spaced(signal: AbortSignal): Promise<void> {
    const { pace } = this.#patience;
    const early = this.#asked + this.#exchange.rateLimit - pace.now();
    if (early > 0) await pace.sleep(early, signal);
    this.#asked = pace.now();
  }

  /** One after the other, since signal and answer are those of the request that runs. */
  #ask<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const once = async (): Promise<T> => {
      this.#signal = signal;
      this.#heard = null;
      try {
        return await work();
      } catch (error) {
        signal.throwIfAborted();
        throw failureOf(error, this.#ccxt, this.place, this.#heard);
      }
    };
    const answer = this.#turn.then(() => askPatiently(once, { ...this.#patience, signal }));
    this.#turn = answer.catch(() => {});
    return answer;
  }
}

/** Our name of a timeframe of ccxt; nothing for those that no grid has, such as 3d. */
function timeframeOf(spelled: string): Timeframe[] {
  try {
    return [parseTimeframe(spelled === "1M" ? "1mo" : spelled).name];
  } catch {
    return [];
  }
}

function readRow(exchange: CcxtExchange, said: unknown, market: unknown): readonly (number | undefined)[] {
  if (typeof said !== "object" || said === null) return [];
  return exchange.parseOHLCV(said, market);
}

function parsedUrl(text: string): URL {
  const url = URL.parse(text);
  if (url && (url.protocol === "http:" || url.protocol === "https:")) return url;
  throw new RhymeError("usage", {
    place: "--base-url",
    expected: "the address of a host that answers for the exchange",
    received: JSON.stringify(text),
    remedy: "Write for example https://data-api.binance.vision.",
  });
}
