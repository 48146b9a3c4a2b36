import { openMemoryFolder, type MemoryFolder } from "../sqlite/open-memory.ts";
import { searchIndex, type IndexWish } from "../weaviate/search-index.ts";
import type { SeriesHolding } from "../sqlite/summary.ts";
import { keyOf, type SeriesKey } from "../../candles/candle-series.ts";
import type { Encoder } from "../../encoder/encoder.ts";
import { RhymeError } from "../../errors.ts";
import type { Memory } from "../../memory/memory.ts";
import type { Searched } from "../../memory/searched.ts";
import type { RecallRecord } from "../../recall/record-type.ts";
import { readRecord } from "../../recall/read-record.ts";
import { viewAt } from "../../remember/views.ts";
import { iso } from "../../time/units.ts";
import { recordHash } from "../sqlite/record-shelf.ts";
import { growRecord, staleBecause } from "./grow-record.ts";
import type { Replayed, TrustWork } from "./trust-work.ts";

const WRITER_DEADLINE_MS = 2_000;

/** The stored records, brought up to date; in memory alone where another process writes or the folder is read-only. */
export async function replayed(work: TrustWork): Promise<Replayed> {
  const { folder, asked, encoder, options } = work;
  const { tenant, horizon, onNote } = options;
  const place = (key: SeriesKey) => ({
    tenant,
    series: keyOf(key),
    encoderVersion: encoder.version,
    horizon,
  });
  if (options.index) {
    const { value: shelf, searched } = await askedOfIndex(work, options.index);
    const records = asked.map((key) => readRecord(shelf.get(place(key))!)!);
    return { ...replayedBy(work, records), searched };
  }
  const stale = asked.filter((holding) => isStale(folder, holding, folder.records.get(place(holding))));
  const shelf = stale.length === 0 ? folder.records : await grown(work, stale);
  const records = asked.map((key) => readRecord(shelf.get(place(key))!)!);
  const done = replayedBy(work, records);
  if (stale.length > 0) onNote?.(`asked the past of ${stale.map(({ symbol }) => symbol).join(", ")} first`);
  return done;
}

function replayedBy({ asked, encoder }: TrustWork, records: readonly RecallRecord[]): Replayed {
  if (records.every(({ matureAt }) => matureAt.every((t) => t === null))) throw tooYoung(asked, encoder);
  return { records, folds: [{ from: -Infinity, to: Infinity, encoder }] };
}

type Shelf = Pick<MemoryFolder["records"], "get">;

/**
 * The whole past asked anew through an index, and kept nowhere: the records of a memory are what it answers itself,
 * exactly, and an index that was approximate would leave its traces there.
 */
async function askedOfIndex(
  work: TrustWork,
  wish: IndexWish,
): Promise<{ readonly value: Shelf; readonly searched: Searched }> {
  const { folder, asked, encoder, options } = work;
  const { tenant, signal } = options;
  const truth = {
    memory: folder.memory(tenant, encoder),
    source: folder.patternSource(tenant, encoder),
  };
  const ask = async (memory: Memory): Promise<Shelf> => {
    const overlay = inMemory(folder, () => null);
    await growAll(overlay, work, asked, memory);
    return overlay.records;
  };
  return searchIndex(truth, wish, ask, { each: true, signal });
}

/** Whether a record lacks questions about this series, or was made with other moments in memory. */
function isStale(folder: MemoryFolder, holding: SeriesHolding, text: string | null): boolean {
  const record = text === null ? null : readRecord(text);
  if (!record || record.through !== holding.lastAnchor) return true;
  return staleBecause(folder, record).length > 0;
}

async function grown(work: TrustWork, stale: readonly SeriesHolding[]): Promise<Shelf> {
  const { folder, options } = work;
  const writable = openForWriting(folder.path);
  if (!writable) {
    options.onNote?.("this memory cannot be written now: its past is asked in memory alone, and not kept");
    const overlay = inMemory(folder);
    await growAll(overlay, work, stale);
    return overlay.records;
  }
  try {
    await growAll(writable, work, stale);
  } finally {
    writable.close();
  }
  return folder.records;
}

async function growAll(
  folder: MemoryFolder,
  { encoder, options }: TrustWork,
  stale: readonly SeriesHolding[],
  memory: Memory = folder.memory(options.tenant, encoder),
): Promise<void> {
  const { tenant, horizon } = options;
  for (const holding of stale) {
    const key = keyOf(holding);
    const { calendar } = viewAt(folder.candles, key, Infinity).series;
    await growRecord(folder, { ...options, memory, encoder, key, calendar, horizon, tenant });
  }
}

function openForWriting(path: string): MemoryFolder | null {
  try {
    return openMemoryFolder(path, { mode: "write", deadlineMs: WRITER_DEADLINE_MS });
  } catch (error) {
    // It could be read a moment ago, so what is refused is writing.
    if (error instanceof RhymeError && error.kind === "store") return null;
    throw error;
  }
}

/** The folder with a shelf for records that forgets. */
function inMemory(
  folder: MemoryFolder,
  stored: Shelf["get"] = (key) => folder.records.get(key),
): MemoryFolder {
  const kept = new Map<string, string>();
  const name = (key: object): string => JSON.stringify(key);
  const get: Shelf["get"] = (key) => kept.get(name(key)) ?? stored(key);
  const hash: MemoryFolder["records"]["hash"] = (key) => {
    const record = get(key);
    return record === null ? null : recordHash(record);
  };
  return {
    ...folder,
    records: {
      ...{ get, hash },
      put: (key, record) => void kept.set(name(key), record),
    },
  };
}

function tooYoung(asked: readonly SeriesHolding[], { version, knownAt }: Encoder): RhymeError {
  const last = Math.max(...asked.map(({ lastAnchor }) => lastAnchor));
  return new RhymeError("time", {
    place: `encoder ${version}`,
    expected: `moments after ${iso(knownAt)} whose outcome is known: what it was fitted on proves nothing`,
    received: `moments up to ${iso(last)}`,
    remedy:
      "Remember newer candles, remember into a new memory with an earlier --fit-until, or walk forward with --refit yearly.",
  });
}
