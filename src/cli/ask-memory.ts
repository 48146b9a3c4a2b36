import { neverCloses } from "../lib/time/calendar-24x7.ts";
import { openMemoryFolder, type MemoryFolder } from "../lib/adapters/sqlite/open-memory.ts";
import { anchorAt } from "../lib/candles/anchor-at.ts";
import type { CandleSeries, SeriesKey } from "../lib/candles/candle-series.ts";
import type { Encoder } from "../lib/encoder/encoder.ts";
import { knownBy } from "../lib/candles/slice.ts";
import { RhymeError } from "../lib/errors.ts";
import type { SeriesHolding } from "../lib/adapters/sqlite/summary.ts";
import type { Memory } from "../lib/memory/memory.ts";
import { searchIndex, type IndexWish } from "../lib/adapters/weaviate/search-index.ts";
import type { Searched } from "../lib/memory/searched.ts";
import { resolveHolding, type Wanted } from "../lib/memory/resolve.ts";
import { recallAsOf } from "../lib/remember/recall-as-of.ts";
import { newestOnTime, viewAt } from "../lib/remember/views.ts";
import { iso, type EpochMs } from "../lib/time/units.ts";
import type { Answer } from "../lib/recall/answer.ts";
import type { AmongNames } from "../lib/recall/question.ts";
import type { RecallRecord } from "../lib/recall/record-type.ts";
import { parseAsOf, parseInstant } from "./instant.ts";
import { keptRecord } from "../lib/adapters/folder/kept-record.ts";
import { heldEncoder } from "../lib/adapters/folder/held-encoders.ts";
import { staleBecause } from "../lib/adapters/folder/grow-record.ts";
import { splitNote } from "./split-note.ts";
import { readableHoldings, tenantHoldings } from "../lib/adapters/folder/tenant-holdings.ts";

export { withMemory } from "../lib/adapters/folder/with-memory.ts";

export interface AskOptions extends Wanted {
  readonly memory: string;
  readonly tenant: string;
  /** Through which a version is read where none is named; default `default`. */
  readonly channel?: string;
  readonly at?: string | undefined;
  /** As of when, where that is later than the moment asked about. */
  readonly knownAt?: string | undefined;
  readonly horizon: string;
  readonly k: number;
  readonly among: AmongNames;
  readonly hindsight?: boolean | undefined;
  /** Searches go to it; null, the default: to the memory itself. */
  readonly index?: IndexWish | null;
}

/** An answer with what its page needs. */
export interface Asked {
  readonly answer: Answer;
  /** The series as it was known by the answer's `asOf`, and as it is known now. */
  readonly candles: CandleSeries;
  readonly newest: CandleSeries;
  readonly encoder: Encoder;
  readonly record: RecallRecord | null;
  /** null where no index was named. */
  readonly searched: Searched | null;
  /** What a reader should know about the record beside the answer. */
  readonly notes: readonly string[];
}

/** One question to a memory folder that is open already; many may follow each other. */
export async function askFolder(folder: MemoryFolder, options: AskOptions): Promise<Asked> {
  const { tenant, horizon, k, among, hindsight = false } = options;
  const mine = tenantHoldings(folder, tenant);
  const held = resolveHolding(readableHoldings(folder, options), options);
  assertKept(held, horizon);
  assertAmong(among, mine);
  const { source, symbol, timeframe } = held;
  const key: SeriesKey = { source, symbol, timeframe };
  const now = viewAt(folder.candles, key, Infinity);
  const newest = now.series;
  const at = options.at === undefined ? newestOnTime(now) : parseInstant(options.at, newest.calendar, "--at");
  const view = (t: EpochMs): CandleSeries =>
    knownBy((t >= now.from ? now : viewAt(folder.candles, key, t)).series, t);
  const then = view(at);
  const anchor = then.knownAt[anchorAt(then, at)]!;
  const asOf = asOfWanted(options.knownAt, newest, anchor);
  const candles = asOf === anchor ? then : view(asOf);
  const encoder = heldEncoder(folder, held.encoder);
  const memory = folder.memory(tenant, encoder);
  await assertRemembered(memory, key, anchor);
  const question = { tenant, ...key, at: anchor, horizon, k, among, encoder, hindsight, asOf };
  const newestThen = asOf === anchor ? anchor : (await memory.at(key, asOf, asOf))!.anchor;
  const { kept, record } = keptRecord(folder, { tenant, series: key, encoder, horizon }, newestThen);
  const notes = [
    ...(at === anchor
      ? []
      : [`asked about ${iso(at)}; the newest candle known then closed at ${iso(anchor)}`]),
    ...splitNotes(folder, key),
    ...recordNotes(kept, kept ? staleBecause(folder, kept) : [], newestThen, encoder),
  ];
  const recalled = (by: Memory): Promise<Answer> => recallAsOf(folder.candles, by, question, record);
  const { value: answer, searched } = options.index
    ? await searchIndex({ memory, source: folder.patternSource(tenant, encoder) }, options.index, recalled)
    : { value: await recalled(memory), searched: null };
  return { answer, candles, newest, encoder, record, searched, notes };
}

/** @throws RhymeError "usage" where that is before the moment asked about, or still to come */
function asOfWanted(text: string | undefined, { calendar }: CandleSeries, anchor: EpochMs): EpochMs {
  if (text === undefined) return anchor;
  const now = Date.now();
  const asOf = parseAsOf(text, calendar, "--known-at", now);
  if (asOf > now)
    throw new RhymeError("usage", {
      place: `--known-at ${text}`,
      expected: "an instant that has come: what will be known later is not known yet",
      received: `${iso(asOf)}, and it is ${iso(now)}`,
      remedy: "Write --known-at now for all that is known, or leave --known-at out.",
    });
  if (asOf >= anchor) return asOf;
  throw new RhymeError("usage", {
    place: `--known-at ${text}`,
    expected: `an instant from ${iso(anchor)} on, when the moment asked about was known`,
    received: iso(asOf),
    remedy:
      "Leave --known-at out to ask with what was known at the moment itself, or ask about an earlier one.",
  });
}

/** The files of a series may have held splits: the ingest log knows. */
function splitNotes(folder: MemoryFolder, { source, symbol, timeframe }: SeriesKey): string[] {
  const same = folder.ingests
    .list()
    .filter((one) => one.source === source && one.symbol === symbol && one.timeframe === timeframe);
  const splits = Math.max(0, ...same.map(({ findings }) => findings["split-like-jump"] ?? 0));
  return splits > 0 ? [splitNote(splits)] : [];
}

/** Where a record does not quite belong to the memory as it is now. */
function recordNotes(
  record: RecallRecord | null,
  changed: readonly string[],
  anchor: number,
  encoder: Encoder,
): string[] {
  if (anchor < encoder.knownAt) return [];
  if (!record) return ["There is no record of past answers yet: run remember again to make it."];
  const notes: string[] = [];
  if (changed.length > 0)
    notes.push(
      `The record was made with other moments of ${changed.join(", ")}: run remember for this symbol again to renew it.`,
    );
  if (record.through === null || record.through < anchor)
    notes.push(
      `The record stops at ${record.through === null ? "its beginning" : iso(record.through)} and is left out: run remember again to complete it.`,
    );
  return notes;
}

/** Candles may be stored and not embedded yet: then an older moment must not answer for this one. */
async function assertRemembered(memory: Memory, key: SeriesKey, anchor: number): Promise<void> {
  const pattern = await memory.at(key, anchor, Infinity);
  if (!pattern || pattern.anchor === anchor) return; // none at all: recall says what is wrong
  throw new RhymeError("time", {
    place: `${key.symbol} at ${iso(anchor)}`,
    expected: "a remembered moment",
    received: `candles that have not been embedded since ${iso(pattern.anchor)}, or a bar that came late`,
    remedy: "Run remember again with the same files, or ask about an earlier moment.",
  });
}

function assertAmong(among: AmongNames, holdings: readonly SeriesHolding[]): void {
  const symbols = [...new Set(holdings.map(({ symbol }) => symbol))];
  const unknown = typeof among === "string" ? undefined : among.find((name) => !symbols.includes(name));
  if (unknown === undefined) return;
  throw new RhymeError("usage", {
    place: `--among ${(among as readonly string[]).join()}`,
    expected: `all, same, or symbols of this memory: ${symbols.join(", ")}`,
    received: unknown,
    remedy: "Name symbols that are remembered, or leave --among out.",
  });
}

function assertKept({ contexts, symbol }: SeriesHolding, horizon: string): void {
  if (Object.hasOwn(contexts, horizon)) return;
  throw new RhymeError("usage", {
    place: `--horizon ${horizon}`,
    expected: `one that is remembered of ${symbol}: ${Object.keys(contexts).join(", ") || "none yet"}`,
    received: horizon,
    remedy: "Ask for one of those, or run remember again with --horizons.",
  });
}

/** How times and spans are told to people: on the market's clock, and as trading days where it closes. */
export function naming({ calendar }: CandleSeries): { readonly zone: string; readonly sessions: boolean } {
  return { zone: calendar.zone, sessions: !neverCloses(calendar.name) };
}

/**
 * Adds answers to the prediction log; where that cannot be done, says why and does without: a question is answered
 * all the same, and the log is a by-product.
 */
export function logAnswers(path: string, answers: readonly Answer[], now: number): string | null {
  try {
    const folder = openMemoryFolder(path, { mode: "write", deadlineMs: 200 });
    try {
      for (const answer of answers) folder.answers.put(answer, now);
      return null;
    } finally {
      folder.close();
    }
  } catch (error) {
    if (error instanceof RhymeError && error.kind === "store") return error.fields.received;
    throw error;
  }
}
