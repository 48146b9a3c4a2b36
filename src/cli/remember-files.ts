import { setImmediate as nextTurn } from "node:timers/promises";
import { readEncoderFolder } from "../lib/adapters/artefacts/encoder-folder.ts";
import { shippedEncoders } from "../lib/adapters/artefacts/shipped.ts";
import {
  readCandles,
  type ReadCandles,
  type ReadCandlesOptions,
} from "../lib/adapters/files/read-candles.ts";
import { openMemoryFolder, type MemoryFolder } from "../lib/adapters/sqlite/open-memory.ts";
import { openTensorFlow } from "../lib/adapters/tfjs/open-tensorflow.ts";
import type { CandleSeries, SeriesKey } from "../lib/candles/candle-series.ts";
import type { Encoder } from "../lib/encoder/encoder.ts";
import { encodeArtefact, loadEncoder } from "../lib/encoder/load-encoder.ts";
import { extendRecord } from "../lib/evaluation/record.ts";
import { featureSetByName, featureSetHash } from "../lib/features/feature-sets.ts";
import type { RecallRecord } from "../lib/recall/record-type.ts";
import { chooseEncoder } from "../lib/remember/choose-encoder.ts";
import { defaultHorizons } from "../lib/remember/default-horizons.ts";
import { fitEncoder } from "../lib/remember/fit-encoder.ts";
import { remember } from "../lib/remember/remember.ts";
import { views } from "../lib/remember/views.ts";
import { horizonBars } from "../lib/time/horizon.ts";
import { assertNested, fixedWidth, sortTimeframes } from "../lib/time/timeframe.ts";
import { iso, type EpochMs } from "../lib/time/units.ts";
import { parseInstant } from "./instant.ts";
import type { Ui } from "./ui.ts";

const SEED = 1;
const RECORD_ROWS = 200; // rows of a record between saves

export interface RememberFilesOptions {
  readonly memory: string;
  readonly tenant: string;
  /** Default: the timeframe of the files alone. */
  readonly timeframes?: readonly string[];
  readonly horizons?: readonly string[];
  /** Folder of an encoder's artefact. */
  readonly encoder?: string;
  readonly fitUntil?: string;
  readonly features?: string;
  readonly reading: ReadCandlesOptions;
  readonly ui: Ui;
  readonly signal: AbortSignal;
}

export interface RememberSummary {
  readonly series: SeriesKey;
  readonly read: ReadCandles;
  readonly candles: { readonly added: number; readonly unchanged: number; readonly corrected: number };
  readonly encoder: { readonly version: string; readonly knownAt: string; readonly why: string };
  readonly anchors: number;
  readonly written: number;
  readonly labelled: Readonly<Record<string, number>>;
  readonly records: Readonly<Record<string, number>>;
}

/** Files → memory: read, check, store, embed, label, and extend the record. Run again, it adds only what is new. */
export async function rememberFiles(
  files: readonly string[],
  options: RememberFilesOptions,
): Promise<RememberSummary> {
  const { reading } = options;
  const finest = options.timeframes ? sortTimeframes(options.timeframes)[0]! : undefined;
  if (options.timeframes) assertNested(options.timeframes);
  const read = await readCandles(files, {
    ...reading,
    ...(reading.timeframe === undefined && finest !== undefined ? { timeframe: finest } : {}),
  });
  const { series } = read;
  const timeframes = sortTimeframes(options.timeframes ?? [series.timeframe]);
  const horizons = options.horizons ?? defaultHorizons(series.timeframe, series.calendar);
  for (const horizon of horizons) horizonBars(horizon, series.timeframe, series.calendar);
  const folder = openMemoryFolder(options.memory, { mode: "write" });
  try {
    return await intoFolder(folder, read, timeframes, horizons, options);
  } finally {
    folder.close();
  }
}

async function intoFolder(
  folder: MemoryFolder,
  read: ReadCandles,
  timeframes: readonly string[],
  horizons: readonly string[],
  options: RememberFilesOptions,
): Promise<RememberSummary> {
  const { ui, signal, tenant, reading } = options;
  const { source, symbol, timeframe, calendar } = read.series;
  const key: SeriesKey = { source, symbol, timeframe };
  const candles = folder.candles.write(read.series, reading.now);
  const stored = [...views(folder.candles, key)].at(-1)!.series;
  const features = options.features ?? defaultFeatures(timeframe);
  const { encoder, why } = await encoderFor(folder, stored, timeframes, features, options);
  const memory = folder.memory(tenant, encoder);
  const progress = ui.progress(`remembering ${symbol}`, 0);
  const report = await remember(folder.candles, memory, encoder, key, {
    horizons,
    signal,
    onProgress: async (stage, done, total) => {
      progress.update(done, total > 0 ? `${stage}, ${done} of ${total}` : stage);
      await nextTurn();
    },
  });
  progress.done();
  const records: Record<string, number> = {};
  for (const horizon of horizons)
    records[horizon] = await growRecord(folder, {
      memory,
      encoder,
      key,
      calendar,
      horizon,
      ui,
      signal,
      tenant,
    });
  return {
    series: key,
    read,
    candles,
    encoder: { version: encoder.version, knownAt: iso(encoder.knownAt), why },
    ...report,
    records,
  };
}

/** Daily and longer bars carry no time of day, and their opens are often not real. */
function defaultFeatures(timeframe: string): string {
  return fixedWidth(timeframe) === null ? "close12" : "candle16";
}

async function encoderFor(
  folder: MemoryFolder,
  candles: CandleSeries,
  timeframes: readonly string[],
  features: string,
  options: RememberFilesOptions,
): Promise<{ encoder: Encoder; why: string }> {
  const { ui, signal } = options;
  const held = folder.encoders.list().map(({ version }) => heldEncoder(folder, version));
  const fitUntil =
    options.fitUntil === undefined ? null : parseInstant(options.fitUntil, candles.calendar, "--fit-until");
  const wanted = { timeframes, featureSetHash: featureSetHash(featureSetByName(features)) };
  const asked = options.encoder === undefined ? null : await askedEncoder(folder, options.encoder);
  const choice = chooseEncoder(candles, wanted, { asked, held, shipped: await shippedEncoders(), fitUntil });
  const encoder =
    choice.kind === "use"
      ? choice.encoder
      : await fitted(candles, timeframes, features, choice.until, ui, signal);
  const { version, kind, dim, featureSet, featureSetHash: featureHash, knownAt, design } = encoder;
  folder.encoders.save(
    { version, kind, dim, featureSet, featureSetHash: featureHash, knownAt, timeframes: design.timeframes },
    Object.fromEntries(encodeArtefact(encoder).map(({ name, bytes }) => [name, bytes])),
  );
  return { encoder, why: choice.why };
}

/** `--encoder` names a version that the memory holds, or the folder of an artefact. */
async function askedEncoder(folder: MemoryFolder, name: string): Promise<Encoder> {
  const held = folder.encoders.list().some(({ version }) => version === name);
  return held ? heldEncoder(folder, name) : readEncoderFolder(name);
}

/** The encoder of this version as the memory keeps it. */
export function heldEncoder(folder: MemoryFolder, version: string): Encoder {
  return loadEncoder(new Map(Object.entries(folder.encoders.load(version))), `encoder ${version}`);
}

async function fitted(
  candles: CandleSeries,
  timeframes: readonly string[],
  featureSet: string,
  until: EpochMs,
  ui: Ui,
  signal: AbortSignal,
): Promise<Encoder> {
  const tf = await openTensorFlow();
  let progress: ReturnType<Ui["progress"]> | null = null;
  const encoder = await fitEncoder(candles, {
    tf,
    timeframes,
    featureSet,
    until,
    seed: SEED,
    signal,
    onProgress: async ({ step, steps, validationLoss }) => {
      progress ??= ui.progress("fitting an encoder", steps);
      progress.update(
        step,
        Number.isNaN(validationLoss) ? "" : `validation loss ${validationLoss.toFixed(4)}`,
      );
      await nextTurn();
    },
  });
  (progress as ReturnType<Ui["progress"]> | null)?.done();
  return encoder;
}

interface RecordWork {
  readonly memory: ReturnType<MemoryFolder["memory"]>;
  readonly encoder: Encoder;
  readonly key: SeriesKey;
  readonly calendar: CandleSeries["calendar"];
  readonly horizon: string;
  readonly tenant: string;
  readonly ui: Ui;
  readonly signal: AbortSignal;
}

/** Extends the stored record of past answers, saving as it goes; returns how many rows it has. */
async function growRecord(folder: MemoryFolder, work: RecordWork): Promise<number> {
  const { memory, encoder, key, calendar, horizon, tenant, ui, signal } = work;
  const place = { tenant, series: key, encoderVersion: encoder.version, horizon };
  const text = folder.records.get(place);
  let record: RecallRecord | null = text === null ? null : (JSON.parse(text) as RecallRecord);
  let progress: ReturnType<Ui["progress"]> | null = null;
  let earlier = 0;
  for (let finished = false; !finished;) {
    const pause = new AbortController();
    record = await extendRecord(memory, record, {
      series: key,
      calendar,
      horizon,
      encoder,
      signal: AbortSignal.any([signal, pause.signal]),
      onProgress: async (done, total) => {
        progress ??= ui.progress(`asking the past, ${horizon}`, total);
        progress.update(earlier + done);
        if (done % RECORD_ROWS === 0) pause.abort();
        await nextTurn();
      },
    });
    folder.records.put(place, JSON.stringify(record));
    signal.throwIfAborted();
    finished = !pause.signal.aborted;
    earlier += RECORD_ROWS;
  }
  (progress as ReturnType<Ui["progress"]> | null)?.done();
  return record!.matureAt.length;
}
