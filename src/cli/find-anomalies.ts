import { setImmediate as nextTurn } from "node:timers/promises";
import type { MemoryFolder } from "../lib/adapters/sqlite/open-memory.ts";
import type { ComparedJudgement } from "../lib/anomaly/anomaly.ts";
import { anchorAt } from "../lib/candles/anchor-at.ts";
import type { SeriesKey } from "../lib/candles/candle-series.ts";
import { knownBy } from "../lib/candles/slice.ts";
import type { Encoder } from "../lib/encoder/encoder.ts";
import { RhymeError } from "../lib/errors.ts";
import type { Memory } from "../lib/memory/memory.ts";
import { resolveHolding, type Wanted } from "../lib/memory/resolve.ts";
import { detectorFor } from "../lib/remember/live.ts";
import { newestOnTime, viewAt } from "../lib/remember/views.ts";
import { iso, type EpochMs } from "../lib/time/units.ts";
import { heldEncoder } from "../lib/adapters/folder/held-encoders.ts";
import { parseInstant } from "./instant.ts";
import { spanOf } from "./span.ts";
import { readableHoldings } from "../lib/adapters/folder/tenant-holdings.ts";
import type { Ui } from "./ui.ts";

export interface AnomalyWish extends Wanted {
  readonly tenant: string;
  readonly horizon?: string | undefined;
  /** One moment, or a span of them; the newest where nothing is said. */
  readonly at?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly alpha: number;
  readonly k: number;
  readonly ui: Ui;
  readonly signal: AbortSignal;
}

export interface AnomalyReport {
  readonly series: SeriesKey;
  readonly encoder: string;
  readonly horizon: string;
  readonly alpha: number;
  /** Moments with a p-value, and without. */
  readonly judged: number;
  readonly unjudged: number;
  readonly alarms: number;
  /** How many alarms chance alone would raise, were all moments alike: alpha of those judged. They come in runs. */
  readonly expectedByChance: number;
  /** One moment was asked about, not a span. */
  readonly single: boolean;
  /** One moment that was asked about, or the anomalous ones of a span, oldest first. */
  readonly anomalies: readonly ComparedJudgement[];
}

/** Moments of one remembered series that are unlike their past. */
export async function findAnomalies(folder: MemoryFolder, wish: AnomalyWish): Promise<AnomalyReport> {
  const { tenant, alpha, k, signal, ui } = wish;
  assertOne(wish);
  const held = resolveHolding(readableHoldings(folder, { ...wish, tenant }), wish);
  const { source, symbol, timeframe } = held;
  const series: SeriesKey = { source, symbol, timeframe };
  const encoder = heldEncoder(folder, held.encoder);
  const memory = folder.memory(tenant, encoder);
  const horizon = horizonOf(held.contexts, wish.horizon);
  const anchors = await anchorsOf(folder, memory, encoder, series, wish);
  const progress = ui.progress("judging moments", 0);
  const onScored = async (scored: number): Promise<void> => {
    if (scored % 64 !== 0) return;
    progress.update(scored, `${scored} scored`);
    await nextTurn();
  };
  const detector = detectorFor(folder.candles, memory, encoder, {
    ...{ series, horizon, k, alpha, signal, onScored },
  });
  const single = wish.from === undefined && wish.to === undefined;
  const anomalies: ComparedJudgement[] = [];
  let [judged, alarms] = [0, 0];
  for (const anchor of anchors) {
    const { anomalous, pValue } = await detector.judge(anchor);
    if (pValue !== null) judged++;
    if (anomalous) alarms++;
    if (anomalous || single) anomalies.push(await detector.compare(anchor));
  }
  progress.done();
  const counts = { judged, unjudged: anchors.length - judged, alarms, expectedByChance: alpha * judged };
  return { series, encoder: encoder.version, horizon, alpha, ...counts, single, anomalies };
}

/** @throws RhymeError "time" where the encoder was not known yet, or nothing was remembered then */
async function anchorsOf(
  folder: MemoryFolder,
  memory: Memory,
  { version, knownAt }: Encoder,
  series: SeriesKey,
  { at, from, to, ui }: AnomalyWish,
): Promise<readonly EpochMs[]> {
  const now = viewAt(folder.candles, series, Infinity);
  const { calendar } = now.series;
  const all = await memory.anchors(series);
  if (from !== undefined || to !== undefined) {
    const span = spanOf({ from, to }, calendar);
    const within = [...all].filter((t) => t >= span.from && t <= span.to);
    const later = within.filter((t) => t >= knownAt);
    if (later.length < within.length)
      ui.note(
        `${within.length - later.length} moments before ${iso(knownAt)} are left out: the encoder learnt from them`,
      );
    return later;
  }
  const asked = at === undefined ? newestOnTime(now) : parseInstant(at, calendar, "--at");
  const then = knownBy((asked >= now.from ? now : viewAt(folder.candles, series, asked)).series, asked);
  const anchor = then.knownAt[anchorAt(then, asked)]!;
  if (anchor >= knownAt) return [anchor];
  throw new RhymeError("time", {
    place: at === undefined ? series.symbol : `--at ${at}`,
    expected: `a moment from ${iso(knownAt)} on, when encoder ${version} was known`,
    received: iso(anchor),
    remedy: "Ask about a later moment, or remember into a new memory with an earlier --fit-until.",
  });
}

function horizonOf(contexts: object, wanted: string | undefined): string {
  const kept = Object.keys(contexts);
  if (wanted === undefined && kept.length > 0) return kept[0]!;
  if (wanted !== undefined && kept.includes(wanted)) return wanted;
  throw new RhymeError("usage", {
    place: wanted === undefined ? "the series" : `--horizon ${wanted}`,
    expected: `one that is remembered: ${kept.join(", ") || "none yet"}`,
    received: wanted ?? "none",
    remedy: "Name one of those, or run remember again with --horizons.",
  });
}

function assertOne({ at, from, to }: AnomalyWish): void {
  if (at === undefined || (from === undefined && to === undefined)) return;
  throw new RhymeError("usage", {
    place: "--at",
    expected: "one moment, or a span with --from and --to",
    received: "both",
    remedy: "Leave one of them out.",
  });
}
