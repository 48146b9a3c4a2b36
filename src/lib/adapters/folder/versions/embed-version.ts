import { keyOf } from "../../../candles/candle-series.ts";
import type { MemoryFolder } from "../../sqlite/open-memory.ts";
import type { Memory } from "../../../memory/memory.ts";
import { DEFAULT_CHANNEL } from "../../../memory/names.ts";
import { remember } from "../../../remember/remember.ts";
import { viewAt } from "../../../remember/views.ts";
import { keepEncoder } from "../held-encoders.ts";
import { growRecord } from "../grow-record.ts";
import type { Work } from "../work.ts";
import {
  writing,
  type VersionPlan,
  type VersionSeries,
  type VersionTools,
  type VersionWish,
} from "./version-work.ts";

/**
 * Puts the moments of a version into the truth: from the stored candles, as they were known then, with everything that
 * followed; then asks their past. Each series is a piece of work of its own, between which others may write.
 */
export async function embedVersion(wish: VersionWish, plan: VersionPlan, tools: VersionTools): Promise<void> {
  const { onStep } = tools;
  onStep?.("begin");
  await writing(wish, tools, (folder) => begin(folder, plan, tools));
  for (const one of plan.series) {
    onStep?.(`embed ${one.symbol}`);
    await writing(wish, tools, (folder) => embedSeries(folder, plan, one, tools));
  }
  // The moments of all symbols answer each other, so the past is asked once they are all there.
  for (const one of plan.series) {
    onStep?.(`record ${one.symbol}`);
    await writing(wish, tools, (folder) => growRecords(folder, plan, one, tools));
  }
}

/**
 * Says which version is read until the switch, before a second one makes that a question; keeps the encoder, and gives
 * the memory the identity by which the index will know it. One transaction.
 */
export function begin(
  folder: MemoryFolder,
  { tenant, channel, from, to }: VersionPlan,
  tools: Pick<VersionTools, "now">,
): void {
  keepEncoder(folder, to);
  folder.atomically(() => {
    if (folder.identity === "") throw new Error("a memory that is written has an identity");
    for (const one of new Set([DEFAULT_CHANNEL, channel]))
      if (from !== null && folder.channels.get(tenant, one) === null)
        folder.channels.switch(tenant, one, from, tools.now());
  });
}

/**
 * What is there already is left alone; labels that are new to the old version are new to this one.
 * @param memory where the moments go; default: the folder's own, which is then open for writing
 */
export async function embedSeries(
  folder: MemoryFolder,
  { tenant, to }: VersionPlan,
  one: VersionSeries,
  { onProgress, signal }: Work,
  memory: Memory = folder.memory(tenant, to),
): Promise<void> {
  const what = `embedding ${one.symbol}`;
  await remember(folder.candles, memory, to, keyOf(one), {
    horizons: one.horizons,
    signal,
    onProgress: (stage, done, total) =>
      onProgress?.({ what, done, total: 0, note: total > 0 ? `${stage}, ${done} of ${total}` : stage }),
  });
}

/** Asks the past of a series again where it was not asked yet. */
export async function growRecords(
  folder: MemoryFolder,
  { tenant, to }: VersionPlan,
  one: VersionSeries,
  work: VersionTools,
): Promise<void> {
  const key = keyOf(one);
  const { calendar } = viewAt(folder.candles, key, Infinity).series;
  const memory = folder.memory(tenant, to);
  for (const horizon of one.horizons)
    await growRecord(folder, { ...work, memory, encoder: to, key, calendar, horizon, tenant });
}
