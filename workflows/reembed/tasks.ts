import { begin, embedSeries } from "../../src/lib/adapters/folder/versions/embed-version.ts";
import { encoderNamed, planVersion } from "../../src/lib/adapters/folder/versions/plan-version.ts";
import { gateVersion, isPassed, leadAlias, mirrorVersion, takeVersion } from "../../src/lib/adapters/folder/versions/switch-version.ts"; // prettier-ignore
import type { VersionPlan, VersionSeries, VersionTools } from "../../src/lib/adapters/folder/versions/version-work.ts"; // prettier-ignore
import { keyOf } from "../../src/lib/candles/candle-series.ts";
import { heldEncoder } from "../../src/lib/adapters/folder/held-encoders.ts";
import { besideWriter } from "../../src/lib/adapters/sqlite/channels-beside-writer.ts";
import type { MemoryFolder } from "../../src/lib/adapters/sqlite/open-memory.ts";
import type { GateCheck } from "../../src/lib/evaluation/versions/version-gate.ts";
import { RhymeError } from "../../src/lib/errors.ts";
import type { TaskTools } from "../compute/task.ts";
import { growRecordIn } from "../backfill/tasks.ts";
import { withIndex } from "../index-server.ts";
import { readJob, readJson, writeJson } from "../job-folder.ts";
import type { JobRef, ReembedJob, SeriesRef } from "../job.ts";
import { reading, Writer, writing } from "../memory-access.ts";
import { workOf } from "../task-work.ts";

/** What a plan has to know of the versions. */
export interface BegunVersion {
  readonly series: number;
  readonly from: string | null;
  readonly to: string;
}

export interface Judged {
  readonly passed: boolean;
  readonly checks: number;
  /** The first of those that failed, in words; all of them lie in the folder of the job. */
  readonly failed: readonly string[];
}

/** A plan as the folder of a job keeps it: of that instant, however often the job is begun. */
interface KeptPlan extends Omit<VersionPlan, "to" | "isRead"> {
  readonly to: string;
}

const PLAN = "plan.json";
const NOTED = "rollback.json";
const TOLD = 5;

/** Which series are to be embedded; says which version is read until the switch, and keeps the encoder. */
export async function beginVersion(ref: JobRef, tools: TaskTools): Promise<BegunVersion> {
  const job = jobOf(ref);
  const kept = (readJson(ref, PLAN) as KeptPlan | null) ?? (await planned(ref, job));
  await writing(ref.memory, tools, async (folder) => {
    const to = await encoderNamed(folder, isHeld(folder, kept.to) ? kept.to : job.encoder);
    if (to.version !== kept.to) throw anotherEncoder(job.encoder, kept.to, to.version);
    begin(folder, { ...kept, to, isRead: false }, { now: () => job.now });
  });
  return { series: kept.series.length, from: kept.from, to: kept.to };
}

/** The moments of one series into the truth, in short pieces of writing. */
export async function embedVersionOf({ series, ...ref }: SeriesRef, tools: TaskTools): Promise<void> {
  const writer = new Writer(ref.memory, tools);
  try {
    await reading(ref.memory, async (folder) => {
      const plan = planOf(folder, ref);
      const memory = writer.memory(folder.memory(plan.tenant, plan.to));
      await embedSeries(folder, plan, seriesAt(plan, series), workOf(tools), memory);
    });
  } finally {
    writer.close();
  }
}

/** Its past, asked; the moments of all series answer each other, so after all of them were embedded. */
export async function recordVersionOf({ series, ...ref }: SeriesRef, tools: TaskTools): Promise<void> {
  const { tenant, to, ...kept } = keptOf(ref);
  const one = kept.series[series]!;
  for (const horizon of one.horizons)
    await growRecordIn(ref.memory, () => ({ tenant, key: keyOf(one), encoder: to, horizon }), tools);
}

export async function mirrorVersionOf(ref: JobRef, tools: TaskTools): Promise<void> {
  await onVersion(ref, tools, ({ plan, wish, version }) => mirrorVersion(wish, plan, version));
}

/** Everything that must hold before the version is read. */
export async function gateVersionOf(ref: JobRef, tools: TaskTools): Promise<Judged> {
  const gate: readonly GateCheck[] = await onVersion(ref, tools, ({ plan, wish, version }) =>
    gateVersion(wish, plan, version),
  );
  writeJson(ref, "gate.json", gate);
  const failed = gate.filter(({ passed }) => !passed).map(({ name, told }) => `${name}: ${told}`);
  return { passed: isPassed(gate), checks: gate.length, failed: failed.slice(0, TOLD) };
}

/** What came in meanwhile, then the one row. */
export async function switchVersionOf(ref: JobRef, tools: TaskTools): Promise<void> {
  await onVersion(ref, tools, ({ plan, wish, version }) => takeVersion(wish, plan, version));
}

/** Where the alias of the server leads now; null: nowhere, or there is no server. */
export async function leadAliasOf(ref: JobRef, tools: TaskTools): Promise<string | null> {
  const { tenant, channel, encoder, index, now, questions } = jobOf(ref);
  return withIndex(index, tools.signal, (at) =>
    leadAlias(
      { memory: ref.memory, tenant, channel, encoder },
      { ...workOf(tools), index: at, questions, now: () => now },
    ),
  );
}

/**
 * The version before, read again. Going back twice would be going forward: which version is left is noted first, and
 * nothing is done where the channel reads another one, by whichever attempt.
 */
export async function rollbackVersionOf(ref: JobRef): Promise<string> {
  const { tenant, channel, now } = jobOf(ref);
  const read = (): string | null =>
    besideWriter(ref.memory, (channels) => channels.get(tenant, channel)?.encoder ?? null);
  if (readJson(ref, NOTED) === null) writeJson(ref, NOTED, { left: read() });
  const { left } = readJson(ref, NOTED) as { readonly left: string | null };
  return besideWriter(ref.memory, (channels) => {
    const reads = channels.get(tenant, channel);
    if (reads !== null && reads.encoder !== left) return reads.encoder;
    return channels.rollback(tenant, channel, now).encoder;
  });
}

async function planned(ref: JobRef, { tenant, channel, encoder }: ReembedJob): Promise<KeptPlan> {
  const plan = await reading(ref.memory, (folder) =>
    planVersion(folder, { memory: ref.memory, tenant, channel, encoder }),
  );
  const { to, from, series } = plan;
  writeJson(ref, PLAN, { tenant, channel, from, to: to.version, series } satisfies KeptPlan);
  return keptOf(ref);
}

interface OnVersion {
  readonly plan: VersionPlan;
  readonly wish: { memory: string; tenant: string; channel: string; encoder: string };
  readonly version: VersionTools;
}

async function onVersion<T>(ref: JobRef, tools: TaskTools, work: (on: OnVersion) => Promise<T>): Promise<T> {
  const { index, questions, now, tenant, channel } = jobOf(ref);
  const plan = await reading(ref.memory, (folder) => planOf(folder, ref));
  const wish = { memory: ref.memory, tenant, channel, encoder: plan.to.version };
  return withIndex(index, tools.signal, (at) =>
    work({ plan, wish, version: { ...workOf(tools), index: at, questions, now: () => now } }),
  );
}

function jobOf(ref: JobRef): ReembedJob {
  return readJob<ReembedJob>(ref, "reembed");
}

function keptOf(ref: JobRef): KeptPlan {
  const kept = readJson(ref, PLAN) as KeptPlan | null;
  if (kept) return kept;
  throw new RhymeError("store", {
    place: `job ${ref.job}`,
    expected: "the plan that it began with",
    received: "none",
    remedy: "Start the same command again.",
  });
}

function planOf(folder: MemoryFolder, ref: JobRef): VersionPlan {
  const kept = keptOf(ref);
  const isRead = folder.channels.get(kept.tenant, kept.channel)?.encoder === kept.to;
  return { ...kept, to: heldEncoder(folder, kept.to), isRead };
}

function seriesAt({ series }: VersionPlan, place: number): VersionSeries {
  return series[place]!;
}

function isHeld(folder: MemoryFolder, version: string): boolean {
  return folder.encoders.list().some((one) => one.version === version);
}

function anotherEncoder(name: string, expected: string, received: string): RhymeError {
  return new RhymeError("mismatch", {
    ...{ place: `encoder ${name}`, expected: `version ${expected}, with which the job began`, received },
    remedy: "Put the artefact back, or start a job for the other one.",
  });
}
