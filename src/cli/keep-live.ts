import { setImmediate as nextTurn } from "node:timers/promises";
import type { MemoryFolder } from "../lib/adapters/sqlite/open-memory.ts";
import { GuardedStores } from "../lib/adapters/weaviate/guarded-live.ts";
import type { IndexWish } from "../lib/adapters/weaviate/search-index.ts";
import type { ComparedJudgement } from "../lib/anomaly/anomaly.ts";
import { RhymeError } from "../lib/errors.ts";
import { seriesOf } from "../lib/recall/question.ts";
import { detectorFor, live } from "../lib/remember/live.ts";
import { DEFAULT_CHANNEL, seriesName } from "../lib/memory/names.ts";
import type { Asked } from "./ask-memory.ts";
import type { MirrorTools } from "./mirror.ts";
import { readableHoldings } from "../lib/adapters/folder/tenant-holdings.ts";

/** What became of the newest moment in the index, and whether it is unlike its past. */
export interface LiveUpdate {
  /** false: a later moment stands there already, or it could not be written. */
  readonly stored: boolean;
  /** Why it could not be written; null: it could. */
  readonly failure: string | null;
  readonly anomaly: Pick<ComparedJudgement, "pValue" | "anomalous" | "alpha" | "kind" | "calibration">;
}

/** @throws RhymeError "usage" where a live state cannot be meant */
export function assertLive(
  { at, knownAt, channel }: { readonly at?: string; readonly knownAt?: string; readonly channel?: string },
  index: IndexWish | null,
): void {
  const wrong = [
    index === null ? "no --index" : null,
    at !== undefined ? "--at" : null,
    knownAt !== undefined ? "--known-at" : null,
    channel !== undefined && channel !== DEFAULT_CHANNEL ? `--channel ${channel}` : null,
  ].find((said) => said !== null);
  if (wrong === undefined) return;
  throw new RhymeError("usage", {
    place: "--live",
    expected: "the newest moment through the default channel, and --index with the server that keeps it",
    received: wrong,
    remedy: index === null ? "Add --index." : `Leave out --live or ${wrong}.`,
  });
}

/**
 * A series has one live state: that of the only encoder that remembers it, or of the one that the default channel reads.
 * Of several, of which the channel names none, each would overwrite the others' state.
 * @throws RhymeError "usage"
 */
export function assertDefault(folder: MemoryFolder, { answer, encoder }: Asked): void {
  const { tenant, ...question } = answer.question;
  const series = seriesOf(question);
  const named = seriesName(series);
  const held = readableHoldings(folder, { tenant, ...series }).filter((one) => seriesName(one) === named);
  const read = [...new Set(held.map((one) => one.encoder))].sort();
  if (read.length === 0 || (read.length === 1 && read[0] === encoder.version)) return;
  const one = read.length === 1;
  throw new RhymeError("usage", {
    place: `--encoder ${encoder.version}`,
    expected: one
      ? `${read[0]}, which the default channel reads: its live state is the only one of the series`
      : "a default channel that says whose live state the only one of the series is",
    received: one ? encoder.version : `none, and moments of ${read.join(", ")}`,
    remedy: one
      ? "Leave out --live or --encoder."
      : "Say which is read (./rhyme weaviate switch --encoder …), or leave out --live.",
  });
}

/**
 * Judges the newest moment by the memory, writes it with its answer as the live state of its series, and as an anomaly
 * where it is one. An index that fails is told of; the answer stands.
 */
export async function keepLive(
  folder: MemoryFolder,
  asked: Asked,
  wish: IndexWish,
  { ui, signal }: MirrorTools,
): Promise<LiveUpdate> {
  const { answer, encoder, record } = asked;
  const { tenant, horizon, k } = answer.question;
  assertDefault(folder, asked);
  const series = seriesOf(answer.question);
  const memory = folder.memory(tenant, encoder);
  const progress = ui.progress("judging the moment", 0);
  const onScored = async (scored: number): Promise<void> => {
    if (scored % 64 !== 0) return;
    progress.update(scored, `${scored} past moments scored`);
    await nextTurn();
  };
  const watched = { series, horizon, k, signal, onScored };
  const detector = detectorFor(folder.candles, memory, encoder, watched);
  const stores = new GuardedStores(tenant, wish, signal);
  try {
    const options = { series, horizon, k, record, answer, detector, signal, now: Date.now() };
    const { stored, judgement } = await live(folder.candles, memory, encoder, options, stores);
    progress.done();
    const { pValue, anomalous, alpha, kind, calibration } = judgement;
    return { stored, failure: stores.failure, anomaly: { pValue, anomalous, alpha, kind, calibration } };
  } finally {
    await stores.close();
  }
}

/** For people. */
export function liveSentence({ stored, failure, anomaly }: LiveUpdate): string {
  const { pValue, anomalous, alpha, calibration } = anomaly;
  const kept =
    failure !== null
      ? `Not kept as the live state: ${failure}.`
      : stored
        ? "Kept as the live state of this series for a day."
        : "Not kept as the live state: that of a later moment stands there.";
  if (pValue === null)
    return `${kept} Too few past moments (${calibration.count}) to say whether it is unlike them.`;
  const verdict = anomalous ? `unlike its past (p ≤ ${alpha})` : `nothing unusual (p > ${alpha})`;
  return `${kept} The moment: ${verdict}, p = ${pValue.toFixed(4)}, held against ${calibration.count} past moments.`;
}
