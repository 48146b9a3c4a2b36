import { existsSync, readdirSync, statSync } from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { ReadCandlesOptions } from "../lib/adapters/files/read-candles.ts";
import { openMemoryFolder, type MemoryFolder } from "../lib/adapters/sqlite/open-memory.ts";
import type { SeriesKey } from "../lib/candles/candle-series.ts";
import { knownBy } from "../lib/candles/slice.ts";
import type { Encoder } from "../lib/encoder/encoder.ts";
import { checkTenant } from "../lib/memory/names.ts";
import { defaultHorizons } from "../lib/remember/default-horizons.ts";
import { remember, type RememberOptions, type RememberReport } from "../lib/remember/remember.ts";
import { horizonBars } from "../lib/time/horizon.ts";
import { sortTimeframes } from "../lib/time/timeframe.ts";
import { iso, type EpochMs } from "../lib/time/units.ts";
import { heldEncoders, keepEncoder } from "../lib/adapters/folder/held-encoders.ts";
import {
  encoderFor,
  encoderForHeld,
  type ChosenEncoder,
  type EncoderWish,
} from "../lib/adapters/folder/encoder-for.ts";
import { growRecord } from "../lib/adapters/folder/grow-record.ts";
import { parseInstant } from "./instant.ts";
import type { Ui } from "./ui.ts";
import { workOn } from "./work-on.ts";
import { storeCandles, type StoredCandles } from "../lib/adapters/folder/store-candles.ts";
import { mirror, warnOfIndex, type Mirrored } from "./mirror.ts";
import { heldGroups, readGroups, type ReadGroup } from "../lib/adapters/folder/read-groups.ts";

export interface RememberFilesOptions {
  /** A version that the memory holds, or the folder of an artefact. */
  readonly encoder?: string;
  readonly fitUntil?: string;
  readonly features?: string;
  /** Embeds in place of the encoder itself: `--backend`. */
  readonly embed?: RememberOptions["embed"];
  readonly ui: Ui;
  readonly signal: AbortSignal;
  readonly memory: string;
  readonly tenant: string;
  /** Default: the timeframe of the files alone. */
  readonly timeframes?: readonly string[];
  readonly horizons?: readonly string[];
  /** All files are of this one symbol; default: their names tell. */
  readonly symbol?: string;
  readonly now: EpochMs;
  readonly reading: (file: string) => ReadCandlesOptions;
  /** Address of an index that shall hold everything that the memory does. */
  readonly index?: string;
  /** Refuse data with errors. */
  readonly strict?: boolean;
  /** Options as they were given, for the ingest log. */
  readonly given: Readonly<Record<string, unknown>>;
}

/** What became of one series. */
export interface RememberedSeries extends ReadGroup, RememberReport, StoredCandles {
  /** Past questions in the record of each horizon. */
  readonly records: Readonly<Record<string, number>>;
}

export interface RememberSummary {
  readonly encoder: { readonly version: string; readonly knownAt: string; readonly why: string };
  readonly series: readonly RememberedSeries[];
  /** null where no index was named. */
  readonly index: Mirrored | null;
}

/**
 * Files → memory: read, check, store, embed, label, and, once all series are in, extend their records. Run again, it
 * adds only what is new. Without files it goes on with the candles that the memory holds.
 */
export async function rememberFiles(
  files: readonly string[],
  options: RememberFilesOptions,
): Promise<RememberSummary> {
  if (options.index !== undefined) await warnOfIndex(options.index, options);
  if (files.length === 0) return rememberHeld(options);
  const work = workOf(await readFiles(files, options), options);
  // Into a memory that is yet to be made nothing is written before all that can be refused has been.
  const early = isUnbegun(options.memory) ? await chosenFromFiles(work, []) : null;
  return inFolder(options, (folder) => intoFolder(folder, work, early));
}

async function readFiles(
  files: readonly string[],
  options: RememberFilesOptions,
): Promise<readonly ReadGroup[]> {
  const { end, onProgress } = workOn(options.ui, options.signal);
  const groups = await readGroups(files, { ...options, onProgress });
  end();
  return groups;
}

/** The same for candles that the memory holds already. */
async function rememberHeld(options: RememberFilesOptions): Promise<RememberSummary> {
  openMemoryFolder(options.memory, { mode: "read" }).close(); // one that is not there is not begun
  return inFolder(options, (folder) =>
    intoFolder(folder, workOf(heldGroups(folder, options), options), null),
  );
}

async function inFolder<T>(
  { memory, ui }: RememberFilesOptions,
  work: (folder: MemoryFolder) => Promise<T>,
): Promise<T> {
  const onWait = (holder: string): void => ui.note(`waiting for ${holder}`);
  const folder = openMemoryFolder(memory, { mode: "write", onWait });
  try {
    return await work(folder);
  } finally {
    folder.close();
  }
}

interface Work {
  readonly groups: readonly ReadGroup[];
  readonly horizons: readonly string[];
  readonly wish: ReturnType<typeof wishOf>;
  readonly options: RememberFilesOptions;
}

/** @throws RhymeError where tenant, timeframes or horizons cannot be meant */
function workOf(groups: readonly ReadGroup[], options: RememberFilesOptions): Work {
  checkTenant(options.tenant);
  const { timeframe, calendar } = groups[0]!.read.series;
  const timeframes = sortTimeframes(options.timeframes ?? [timeframe]);
  const horizons = options.horizons ?? defaultHorizons(timeframe, calendar);
  for (const horizon of horizons) horizonBars(horizon, timeframe, calendar);
  return { groups, horizons, wish: wishOf(options, timeframes), options };
}

function wishOf(
  { encoder, features, fitUntil, ui, signal }: RememberFilesOptions,
  timeframes: readonly string[],
): EncoderWish & { readonly end: () => void } {
  return {
    ...{ ...workOn(ui, signal), timeframes },
    ...(encoder === undefined ? {} : { encoder }),
    ...(features === undefined ? {} : { features }),
    ...(fitUntil === undefined
      ? {}
      : { fitUntil: (calendar) => parseInstant(fitUntil, calendar, "--fit-until") }),
  };
}

async function intoFolder(
  folder: MemoryFolder,
  work: Work,
  early: ChosenEncoder | null,
): Promise<RememberSummary> {
  const { groups, options } = work;
  const allNew = groups.every(({ key }) => isNew(folder, key));
  const chosen = early ?? (allNew ? await chosenFromFiles(work, heldEncoders(folder, options.tenant)) : null);
  const written: StoredCandles[] = [];
  for (const group of groups)
    written.push(group.files.length > 0 ? await storeCandles(folder, group, options) : NOTHING_NEW);
  const keys = groups.map(({ key }) => key);
  const { encoder, why } = chosen ?? (await encoderForHeld(folder, keys, options.tenant, work.wish));
  work.wish.end();
  keepEncoder(folder, encoder);
  const reports: RememberReport[] = [];
  for (const { key } of groups) reports.push(await rememberOne(folder, work, encoder, key));
  // The moments of all symbols answer each other, so the past is asked once they are all there.
  const series: RememberedSeries[] = [];
  for (const [i, group] of groups.entries()) {
    const records = await recordsOf(folder, work, encoder, group);
    series.push({ ...group, ...reports[i]!, ...written[i]!, records });
  }
  const { index: address, tenant } = options;
  const index = address === undefined ? null : await mirror(folder, address, [{ tenant, encoder }], options);
  return { encoder: { version: encoder.version, knownAt: iso(encoder.knownAt), why }, series, index };
}

const NOTHING_NEW: StoredCandles = {
  candles: { added: 0, unchanged: 0, corrected: 0, late: false },
  held: [],
};

async function rememberOne(
  folder: MemoryFolder,
  { horizons, options: { ui, signal, tenant, embed } }: Work,
  encoder: Encoder,
  key: SeriesKey,
): Promise<RememberReport> {
  const progress = ui.progress(`remembering ${key.symbol}`, 0);
  const report = await remember(folder.candles, folder.memory(tenant, encoder), encoder, key, {
    horizons,
    signal,
    ...(embed ? { embed } : {}),
    onProgress: async (stage, done, total) => {
      progress.update(done, total > 0 ? `${stage}, ${done} of ${total}` : stage);
      await nextTurn();
    },
  });
  progress.done();
  return report;
}

async function recordsOf(
  folder: MemoryFolder,
  { horizons, options: { ui, signal, tenant } }: Work,
  encoder: Encoder,
  { key, read }: ReadGroup,
): Promise<Record<string, number>> {
  const { calendar } = read.series;
  const memory = folder.memory(tenant, encoder);
  const records: Record<string, number> = {};
  const work = workOn(ui, signal);
  for (const horizon of horizons)
    records[horizon] = await growRecord(folder, { ...work, memory, encoder, key, calendar, horizon, tenant });
  work.end();
  return records;
}

/** No such folder, or an empty one. */
function isUnbegun(folder: string): boolean {
  return !existsSync(folder) || (statSync(folder).isDirectory() && readdirSync(folder).length === 0);
}

function isNew(folder: MemoryFolder, key: SeriesKey): boolean {
  const same = ({ source, symbol, timeframe }: SeriesKey): boolean =>
    source === key.source && symbol === key.symbol && timeframe === key.timeframe;
  return !folder.candles.list().some(same);
}

async function chosenFromFiles({ groups, wish }: Work, held: readonly Encoder[]): Promise<ChosenEncoder> {
  const series = groups.map(({ read }) => read.series);
  return encoderFor(series, (until) => series.map((one) => knownBy(one, until)), held, wish);
}
