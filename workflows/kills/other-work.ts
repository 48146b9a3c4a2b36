import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { openMemoryFolder } from "../../src/lib/adapters/sqlite/open-memory.ts";
import { rowsOf } from "../../src/lib/candles/candle-series.ts";
import { sliceRows } from "../../src/lib/candles/slice.ts";
import { syntheticCandles } from "../../src/lib/testing/candles.ts";
import { auditActivities } from "../audit/activities.ts";
import type { Begin } from "../client.ts";
import { ingestActivities } from "../ingest/activities.ts";
import { ingestFrom, ingestPlan } from "../ingest/plan.ts";
import { jobActivities } from "../job-activities.ts";
import { keepJob, type Wanted } from "../job-folder.ts";
import type { AnyJob, AuditJob, IngestJob, JobRef, ReembedJob, TrainJob } from "../job.ts";
import { labelActivities } from "../label/activities.ts";
import { labelFrom } from "../label/plan.ts";
import { auditLocally, reembedLocally, trainLocally } from "../local-jobs.ts";
import { labelLocally, locally, resultOf } from "../local.ts";
import { liveActivities } from "../live/activities.ts";
import { liveFrom, livePlan } from "../live/plan.ts";
import { memoryMark } from "../memory-mark.ts";
import { auditId, labelId, liveId, reembedId, trainId } from "../queues.ts";
import { reembedActivities } from "../reembed/activities.ts";
import { reembedFrom } from "../reembed/plan.ts";
import { writeCandles } from "../testing/backfill-fixture.ts";
import { liveWorld } from "../testing/live-world.ts";
import { HORIZON, inFolder, rememberedWorld, type RememberedWorld } from "../testing/remembered-world.ts";
import { fitActivities, trainActivities } from "../train/activities.ts";
import { NOW } from "./fixture.ts";

/** Work that is killed, beside the same that ended undisturbed in process. */
export interface OtherWork {
  readonly begin: Begin;
  /** What it is told when it has begun. */
  readonly signal?: string;
  /** What is wrong with what it left; empty where nothing is. */
  wrong(): readonly string[];
}

/** Activities of a backfill alone, and of an index, which `reembed` and `live` have where one is named. */
const ELSEWHERE: readonly string[] = ["seriesName", "mirrorVersion", "show"];

/** Kinds of activities that all of it consists of together. */
export function otherKinds(): readonly string[] {
  const tools = {} as never; // none is called
  const all = {
    ...{
      ...jobActivities(),
      ...ingestActivities(tools),
      ...labelActivities(tools),
      ...trainActivities(tools),
    },
    ...{ ...fitActivities(tools), ...reembedActivities(tools), ...auditActivities(tools) },
    ...liveActivities(tools),
  };
  return Object.keys(all)
    .filter((name) => !ELSEWHERE.includes(name))
    .sort();
}

const COMMON = { tenant: "default", given: {}, calendars: [] };
const HELD = { paused: false, window: 2 };
const { signal } = new AbortController();
const OPTIONS = { signal, threads: 1 };

type Copies = (name: string) => readonly [served: string, local: string];

/**
 * Small work of every kind but a backfill, each on a memory of its own, and done once in process.
 * @param at an empty folder
 */
export async function otherWork(at: string): Promise<readonly OtherWork[]> {
  const world = await rememberedWorld(at, { rows: 700 });
  const copies: Copies = (name) => {
    const pair = [path.join(at, `${name}-served`), path.join(at, `${name}-local`)] as const;
    for (const memory of pair) cpSync(world.memory, memory, { recursive: true });
    return pair;
  };
  return [
    await ingestWork(at),
    await labelWork(world, copies),
    await trainWork(world, copies),
    ...(await reembedWork(world, copies)),
    await auditWork(copies),
    await liveWork(at),
  ];
}

type Pair = readonly [served: JobRef, local: JobRef];

function keepBoth<J extends AnyJob>(memories: readonly string[], wanted: Wanted<J>): Pair {
  const [served, local] = memories.map((memory) => keepJob<J>(memory, wanted, NOW));
  return [served!, local!];
}

/** One of its series cannot be read: that is noted, too. */
async function ingestWork(at: string): Promise<OtherWork> {
  const files = ["AAA", "BBB"].map((symbol, seed) =>
    writeCandles(at, syntheticCandles({ seed: seed + 1, rows: 500, symbol, start: Date.UTC(2021, 0, 4) })),
  );
  const bad = path.join(at, "BAD-5m.csv");
  writeFileSync(bad, "no candles\n");
  const series = ["AAA", "BBB", "BAD"].map((symbol, i): IngestJob["series"][number] => ({
    ...{ symbol, timeframe: "5m" },
    origin: { kind: "files", files: [[...files, bad][i]!], reading: {}, strict: false },
  }));
  const memories = ["ingest-served", "ingest-local"].map((name) => path.join(at, name));
  const [served, local] = keepBoth<IngestJob>(memories, { ...COMMON, kind: "ingest", series });
  await locally([], "ingest", OPTIONS, async (tools, { steps, control }) => {
    const activities = steps.of({ ...ingestActivities(tools), ...jobActivities() });
    return resultOf(await ingestPlan(ingestFrom(local), activities, control));
  });
  return workOf("ingest", `ingest/${served.job}`, ingestFrom(served), () => [
    ...truthDiffers(served.memory, local.memory),
    ...filesDiffer(jobOf(served), jobOf(local), ["done.json"]),
  ]);
}

/** Candles have come since the moments were remembered. */
async function labelWork({ candles }: RememberedWorld, copies: Copies): Promise<OtherWork> {
  const [served, local] = copies("label");
  for (const memory of [served, local]) {
    const folder = openMemoryFolder(memory, { mode: "write" });
    for (const [i, series] of candles.entries()) {
      const [rows, { symbol, timeframe, source }] = [rowsOf(series), series];
      const longer = syntheticCandles({ seed: 3 + i, rows: rows + 10, timeframe, symbol, source });
      folder.candles.write(sliceRows(longer, rows, rows + 10), NOW);
    }
    folder.close();
  }
  const input = (memory: string) => ({ memory, tenant: "default", encoder: null });
  const { labelled } = await labelLocally(input(local), [], OPTIONS);
  if (labelled === 0) throw new Error("nothing had matured");
  return workOf("label", labelId("default", memoryMark(served)), labelFrom(input(served)), () =>
    truthDiffers(served, local),
  );
}

async function trainWork({ keys, candles }: RememberedWorld, copies: Copies): Promise<OtherWork> {
  const wanted: Wanted<TrainJob> = {
    ...{ ...COMMON, kind: "train", series: keys, timeframes: ["1h"], featureSet: "close12", seed: 1 },
    ...{ until: candles[0]!.knownAt[549]!, steps: 20, every: 5, fits: "wasm", trust: [HORIZON] },
  };
  const [served, local] = keepBoth(copies("train"), wanted);
  const { encoder } = await trainLocally(local, OPTIONS);
  const shelf = ({ memory }: JobRef): string => path.join(memory, "artefacts", "encoders", encoder);
  return workOf("train", trainId(served.job), served, () => [
    ...truthDiffers(served.memory, local.memory),
    ...filesDiffer(shelf(served), shelf(local)),
    ...filesDiffer(jobOf(served), jobOf(local), ["done.json"]),
  ]);
}

/** A version that is switched to, and one that is left again. */
async function reembedWork({ artefact }: RememberedWorld, copies: Copies): Promise<readonly OtherWork[]> {
  const wanted = (goal: ReembedJob["goal"]): Wanted<ReembedJob> => ({
    ...{ ...COMMON, kind: "reembed", goal, channel: "default", index: null, questions: 20 },
    encoder: artefact,
  });
  const toSwitch = keepBoth(copies("switch"), wanted("switch"));
  await reembedLocally(toSwitch[1], OPTIONS);
  const switched = ["rollback-served", "rollback-local"].map((name) => {
    const memory = path.join(path.dirname(toSwitch[1].memory), name);
    cpSync(toSwitch[1].memory, memory, { recursive: true });
    return memory;
  });
  const toRollback = keepBoth(switched, wanted("rollback"));
  await reembedLocally(toRollback[1], OPTIONS);
  return [toSwitch, toRollback].map(([served, local]) =>
    workOf("reembed", reembedId(served.job), reembedFrom(served), () => [
      ...truthDiffers(served.memory, local.memory),
      ...filesDiffer(jobOf(served), jobOf(local), ["done.json"]),
      ...(reads(served) === reads(local) ? [] : [`${reads(served)} is read`]),
    ]),
  );
}

function reads({ memory }: JobRef): string | undefined {
  return inFolder(memory, ({ channels }) => channels.get("default", "default")?.encoder);
}

async function auditWork(copies: Copies): Promise<OtherWork> {
  const wanted = { index: null, full: true, answers: 5, questions: 20, seed: 1 };
  const [served, local] = keepBoth<AuditJob>(copies("audit"), { ...COMMON, kind: "audit", ...wanted });
  await auditLocally(local, OPTIONS);
  const reports = ({ memory }: JobRef): string => path.join(memory, "audits");
  return workOf("audit", auditId(served.job), served, () => filesDiffer(reports(served), reports(local)));
}

/** Three candles have closed, and those of its companion never do; it waits for them, answers and ends. */
async function liveWork(at: string): Promise<OtherWork> {
  const [history, rows] = [600, 603];
  const options = { symbols: ["AAA", "BBB"], history, rows, patienceMs: 2_000 };
  const worlds = await Promise.all(
    ["live-served", "live-local"].map((name) => liveWorld({ ...options, path: path.join(at, name) })),
  );
  for (const world of worlds) world.append(0, history, rows);
  const [served, local] = worlds.map((world) => world.ref(0)) as [JobRef & { series: 0 }, JobRef & { series: 0 }]; // prettier-ignore
  await locally([], "live", OPTIONS, async (tools, { steps }) => {
    const none = async (): Promise<void> => undefined;
    const control = { wait: none, pause: none, now: () => Date.now(), ending: () => true, full: () => false };
    await livePlan(liveFrom(local), steps.of(liveActivities(tools)), { ...control, report: () => undefined });
  });
  const id = liveId("default", memoryMark(served.memory), worlds[0]!.job.series[0]!);
  const work = workOf("live", id, liveFrom(served), () => [
    ...truthDiffers(served.memory, local.memory),
    ...(answers(served) === answers(local) ? [] : ["answers differ"]),
  ]);
  return { ...work, signal: "end" };
}

function answers({ memory }: JobRef): string {
  return inFolder(memory, (folder) => folder.answers.digest());
}

function workOf(type: string, id: string, from: object, wrong: () => readonly string[]): OtherWork {
  const said = (): readonly string[] => wrong().map((one) => `${type}: ${one}`);
  return { begin: { type, id, args: [from, HELD], summary: "killed" }, wrong: said };
}

function jobOf({ memory, job }: JobRef): string {
  return path.join(memory, "jobs", job);
}

function truthDiffers(served: string, local: string): readonly string[] {
  const [mine, theirs] = [served, local].map((memory) => inFolder(memory, (folder) => folder.digest()));
  const parts = Object.keys(theirs!) as (keyof NonNullable<typeof theirs>)[];
  return parts.filter((part) => mine![part] !== theirs![part]).map((part) => `${part} differ`);
}

/** Files of two folders, byte by byte. */
function filesDiffer(served: string, local: string, names = readdirSync(local).sort()): readonly string[] {
  const read = (folder: string, name: string): string => {
    const text = readFileSync(path.join(folder, name), "latin1");
    return text.replaceAll(path.basename(path.dirname(folder)), "memory"); // reports name the memory that they are of
  };
  return names.filter((name) => read(served, name) !== read(local, name)).map((name) => `${name} differs`);
}
