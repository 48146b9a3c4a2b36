import { existsSync } from "node:fs";
import { join } from "node:path";
import { rowsOf } from "../../candles/candle-series.ts";
import type { StoredSeries, WriteReport } from "../../candles/candle-store.ts";
import { countFindings } from "../../candles/count-findings.ts";
import { severityOf, type Finding } from "../../candles/finding.ts";
import { RhymeError } from "../../errors.ts";
import { seriesName } from "../../memory/names.ts";
import { nominalWidth } from "../../time/timeframe.ts";
import { iso, type EpochMs } from "../../time/units.ts";
import type { ExchangePage, ExchangeSource } from "../exchange/exchange-source.ts";
import type { MemoryFolder } from "../sqlite/open-memory.ts";
import { STORE_FILE } from "../sqlite/store-header.ts";
import { storePages, type StorePagesOptions } from "./store-pages.ts";
import { withMemory } from "./with-memory.ts";
import type { Work } from "./work.ts";

export interface FetchOptions extends StorePagesOptions, Work {
  readonly memory: string;
  /** Opens the memory for one short piece of writing: its lock is never held while the exchange is waited for. */
  readonly write: <T>(work: (folder: MemoryFolder) => T) => Promise<T>;
  readonly source: ExchangeSource;
  /** What the exchange calls the market. */
  readonly market: string;
  /** Where the history shall begin; null: with the newest stored bar. */
  readonly from: EpochMs | null;
  /** No bar that opens at or after it is wanted. */
  readonly to: EpochMs;
  /** Ask for bars of the span that are stored, too: what changed since becomes a correction. */
  readonly again: boolean;
}

export interface Fetched {
  /** Spans that were asked for: [from, to) by open time. */
  readonly asked: readonly Span[];
  readonly pages: number;
  readonly rowsRead: number;
  readonly candles: WriteReport;
  /** Rows or bars concerned, by kind. */
  readonly findings: Readonly<Record<string, number>>;
  /** The first rows that were left out because they contradict themselves: page, row and what stands there. */
  readonly broken: readonly Finding[];
}

export interface Span {
  readonly from: EpochMs;
  readonly to: EpochMs;
}

/** So many rows are gathered before they are written: a page at a time would make a log entry of each. */
const ROWS_OF_A_WRITE = 20_000;

/** More of them are one story. */
const BROKEN_NAMED = 10;

/**
 * An exchange → candles of one series in a memory, page by page; what was read when it is stopped or fails is stored
 * before the failure is thrown, so the same call goes on there. Run again it adds only what is new.
 * @throws SourceFailure, RhymeError "usage" where nothing says where to begin, or the reason of the signal
 */
export async function fetchCandles(options: FetchOptions): Promise<Fetched> {
  const run = new FetchRun(options);
  const asked = spansOf(await storedOf(options), options);
  for (const span of asked) await run.fetch(span);
  return { asked: asked.map(({ from, to }) => ({ from, to })), ...run.fetched() };
}

interface AskedSpan extends Span {
  /** Bars before stored ones: half of them would leave a hole that nobody goes back to. */
  readonly whole: boolean;
}

/** The newest stored bar is asked for again: it shows whether the exchange has changed its mind. */
function spansOf(stored: StoredSeries | null, { from, to, again, key }: FetchOptions): AskedSpan[] {
  if (!stored) {
    if (from !== null) return [{ from, to, whole: false }];
    throw new RhymeError("usage", {
      place: "--from",
      expected: `where the history of ${seriesName(key)} shall begin`,
      received: "nothing, and the memory holds no candle of it",
      remedy: "Give for example --from 2024-01-01; later runs go on after the newest stored bar.",
    });
  }
  if (again && from !== null) return [{ from, to, whole: from < stored.first }];
  const earlier = from !== null && from < stored.first;
  return [
    ...(earlier ? [{ from, to: Math.min(to, stored.first), whole: true }] : []),
    ...(stored.last < to ? [{ from: stored.last, to, whole: false }] : []),
  ];
}

/** What the memory holds of the series; null where there is no such memory yet. */
async function storedOf({ memory, key }: FetchOptions): Promise<StoredSeries | null> {
  if (!existsSync(join(memory, STORE_FILE))) return null;
  const isIt = (one: StoredSeries): boolean =>
    one.source === key.source && one.symbol === key.symbol && one.timeframe === key.timeframe;
  return withMemory(memory, ({ candles }) => candles.list().find(isIt) ?? null);
}

class FetchRun {
  readonly #options: FetchOptions;
  readonly #candles = { added: 0, unchanged: 0, corrected: 0, late: 0 };
  readonly #findings: Record<string, number> = {};
  readonly #broken: Finding[] = [];
  #pages = 0;
  #rowsRead = 0;
  #waiting: ExchangePage[] = [];

  constructor(options: FetchOptions) {
    this.#options = options;
  }

  fetched(): Omit<Fetched, "asked"> {
    return {
      ...{ pages: this.#pages, rowsRead: this.#rowsRead },
      ...{ candles: { ...this.#candles }, findings: { ...this.#findings }, broken: this.#broken.slice() },
    };
  }

  async fetch(span: AskedSpan): Promise<void> {
    const { source, market, key, signal } = this.#options;
    let cursor: string | null = null;
    try {
      do {
        signal.throwIfAborted();
        await this.#tell(span, cursor);
        const asked = { symbol: market, timeframe: key.timeframe, from: span.from, to: span.to };
        const page: ExchangePage = await source.read({ ...asked, cursor, signal });
        await this.#take(page, span);
        cursor = page.cursor;
      } while (cursor !== null);
    } catch (error) {
      if (!span.whole) await this.#store();
      throw error;
    }
    await this.#store();
  }

  async #take(page: ExchangePage, { whole }: AskedSpan): Promise<void> {
    this.#pages++;
    this.#rowsRead += page.rowsRead;
    for (const [kind, count] of Object.entries(countFindings(page.findings)))
      this.#findings[kind] = (this.#findings[kind] ?? 0) + count;
    const broken = page.findings.filter((one) => one.done === "dropped" && severityOf(one) === "error");
    this.#broken.push(...broken.slice(0, BROKEN_NAMED - this.#broken.length));
    this.#waiting.push(page);
    const rows = this.#waiting.reduce((sum, { series }) => sum + rowsOf(series), 0);
    if (!whole && rows >= ROWS_OF_A_WRITE) await this.#store();
  }

  async #store(): Promise<void> {
    const pages = this.#waiting.filter(({ series }) => rowsOf(series) > 0);
    this.#waiting = [];
    if (pages.length === 0) return;
    const taken = await this.#options.write((folder) => storePages(folder, pages, this.#options));
    for (const name of ["added", "unchanged", "corrected", "late"] as const)
      this.#candles[name] += taken[name];
  }

  async #tell({ from, to }: Span, cursor: string | null): Promise<void> {
    const { key, now, onProgress } = this.#options;
    const width = nominalWidth(key.timeframe);
    const at = cursor === null ? from : Number(cursor);
    const [done, total] = [at - from, Math.min(to, now) - from].map((ms) =>
      Math.max(0, Math.floor(ms / width)),
    );
    const what = `fetching ${key.symbol} ${key.timeframe}`;
    await onProgress?.({ what, done: done!, total: total!, note: iso(at) });
  }
}
