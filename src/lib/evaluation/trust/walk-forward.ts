import { rowsOf, type CandleSeries, type SeriesKey } from "../../candles/candle-series.ts";
import type { CandleStore } from "../../candles/candle-store.ts";
import { knownBefore } from "../../candles/known-before.ts";
import { knownBy } from "../../candles/slice.ts";
import type { Encoder } from "../../encoder/encoder.ts";
import { RhymeError } from "../../errors.ts";
import type { Memory } from "../../memory/memory.ts";
import { ramMemory } from "../../memory/ram-memory.ts";
import { seriesName } from "../../memory/names.ts";
import type { RecallRecord } from "../../recall/record-type.ts";
import { remember } from "../../remember/remember.ts";
import { viewAt } from "../../remember/views.ts";
import type { Horizon } from "../../time/horizon.ts";
import { iso, type EpochMs } from "../../time/units.ts";
import { extendRecord } from "../record.ts";
import type { FoldSpan } from "./folds.ts";
import type { TrustFold } from "./make-trust-report.ts";

export interface WalkForwardOptions {
  readonly tenant: string;
  readonly horizon: Horizon;
  readonly folds: readonly FoldSpan[];
  /** Series whose moments answer each other, all of one base timeframe; and those of them that are asked. */
  readonly members: readonly SeriesKey[];
  readonly asked: readonly SeriesKey[];
  /**
   * The encoder of a fold, fitted on what was known by `until` and nothing else.
   * @throws RhymeError "input" where that was too little: the fold is left out
   */
  readonly fit: (known: readonly CandleSeries[], until: EpochMs) => Promise<Encoder>;
  readonly signal?: AbortSignal;
  /** Awaited, so that a caller may let other work run. `share` of all the work, from 0 to 1. */
  readonly onProgress?: (share: number, what: string) => void | Promise<void>;
}

export interface WalkedForward {
  /** One per asked series that had an anchor. */
  readonly records: readonly RecallRecord[];
  readonly folds: readonly TrustFold[];
}

/**
 * Walks forward with one encoder per fold: fitted on what was known before it, the whole past embedded through it, the
 * anchors of the fold asked, each as of its own time. A fold's memory is made from a store in which nothing exists that
 * became known after the fold, so nothing can leak from there. What past answers taught (shrinkage, calibration, how
 * wide neighbours usually disagree) is carried from fold to fold; distances are not, for they belong to one encoder.
 * @throws RhymeError "input" where no fold had enough history; the signal's reason when stopped
 */
export async function walkForward(store: CandleStore, options: WalkForwardOptions): Promise<WalkedForward> {
  const { folds, asked, signal } = options;
  const records = new Map<string, RecallRecord>();
  const walked: TrustFold[] = [];
  let refused: unknown = null;
  for (const [f, fold] of folds.entries()) {
    const tell = (share: number, what: string): void | Promise<void> =>
      options.onProgress?.((f + share) / folds.length, `${new Date(fold.from).getUTCFullYear()}: ${what}`);
    await tell(0, "fitting an encoder");
    signal?.throwIfAborted();
    let encoder: Encoder;
    try {
      encoder = await options.fit(knownThen(store, options.members, fold.from), fold.from - 1);
    } catch (error) {
      if (!(error instanceof RhymeError && error.kind === "input") || walked.length > 0) throw error;
      refused = error; // too young: a later year will do
      continue;
    }
    const then = knownBefore(store, fold.to);
    const memory = await memoryOf(then, encoder, options, tell);
    for (const [s, key] of asked.entries()) {
      const name = seriesName(key);
      const share = (done: number): number => 0.5 + (0.5 * (s + done)) / asked.length;
      const record = await askFold(memory, encoder, key, then, records.get(name) ?? null, options, (done) =>
        tell(share(done), `asking ${key.symbol}`),
      );
      if (record) records.set(name, record);
    }
    walked.push({ ...fold, encoder: { version: encoder.version, knownAt: encoder.knownAt } });
  }
  if (walked.length === 0) throw refused ?? tooShort(store, options);
  return { records: [...records.values()], folds: walked };
}

/** What was known before `end` of each series; those that had not begun are left out. */
function knownThen(store: CandleStore, keys: readonly SeriesKey[], end: EpochMs): CandleSeries[] {
  const then = knownBefore(store, end);
  return begun(then, keys).map((key) => knownBy(viewAt(then, key, Infinity).series, end - 1));
}

function begun(store: CandleStore, keys: readonly SeriesKey[]): readonly SeriesKey[] {
  return keys.filter((key) => rowsOf(store.read(key, { asOf: Infinity })) > 0);
}

/** All that had been seen by the end of the fold, through its encoder. */
async function memoryOf(
  store: CandleStore,
  encoder: Encoder,
  { tenant, horizon, members, signal }: WalkForwardOptions,
  tell: (share: number, what: string) => void | Promise<void>,
): Promise<Memory> {
  const memory = ramMemory({ tenant, encoderVersion: encoder.version, dim: encoder.dim });
  for (const [m, key] of begun(store, members).entries())
    await remember(store, memory, encoder, key, {
      horizons: [horizon],
      ...(signal ? { signal } : {}),
      onProgress: () => tell(0.2 + (0.3 * m) / members.length, `remembering ${key.symbol}`),
    });
  return memory;
}

/** The record of one series carried on through a fold; null while the series has no anchor. */
async function askFold(
  memory: Memory,
  encoder: Encoder,
  key: SeriesKey,
  store: CandleStore,
  before: RecallRecord | null,
  { horizon, signal }: WalkForwardOptions,
  tell: (done: number) => void | Promise<void>,
): Promise<RecallRecord | null> {
  if ((await memory.anchors(key)).length === 0) return before;
  const { calendar } = store.read(key, { asOf: Infinity });
  const record = await extendRecord(memory, before && handedOver(before, encoder), {
    series: key,
    calendar,
    horizon,
    encoder,
    ...(signal ? { signal } : {}),
    onProgress: (done, total) => tell(done / total),
  });
  signal?.throwIfAborted();
  return record;
}

/** A record that another encoder goes on with: what was far through one says nothing about the next. */
function handedOver(record: RecallRecord, { version, knownAt }: Encoder): RecallRecord {
  const distance = record.moments.distance.map(() => null);
  return { ...record, encoder: { version, knownAt }, moments: { ...record.moments, distance } };
}

function tooShort(store: CandleStore, { members }: WalkForwardOptions): RhymeError {
  const spans = members.map((key) => {
    const { knownAt } = store.read(key, { asOf: Infinity });
    return `${seriesName(key)}: ${knownAt.length === 0 ? "none" : `${iso(knownAt[0]!)} to ${iso(knownAt.at(-1)!)}`}`;
  });
  return new RhymeError("input", {
    place: "--refit yearly",
    expected: "candles from before a 1 January and from after it",
    received: spans.join("; "),
    remedy: "Remember more history, or leave --refit out.",
  });
}
