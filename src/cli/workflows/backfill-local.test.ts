import { spawnSync } from "node:child_process";
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sliceRows } from "../../lib/candles/slice.ts";
import { openMemoryFolder } from "../../lib/adapters/sqlite/open-memory.ts";
import { temporaryFolder } from "../../lib/testing/temporary-folder.ts";
import { backfillActivities, encodeActivities } from "../../../workflows/backfill/activities.ts";
import {
  backfillFrom,
  backfillPlan,
  seriesPlan,
  type BackfillResult,
  type BackfillSteps,
  type SeriesInput,
  type SeriesSteps,
} from "../../../workflows/backfill/plan.ts";
import { ingestActivities } from "../../../workflows/ingest/activities.ts";
import { jobActivities } from "../../../workflows/job-activities.ts";
import type { JobRef } from "../../../workflows/job.ts";
import type { ActivityTools } from "../../../workflows/activity-host.ts";
import type { LocalSteps } from "../../../workflows/local-steps.ts";
import { backfillLocally, labelLocally, locally } from "../../../workflows/local.ts";
import { digestOf, fixtureCandles, HORIZONS, keepFixture, LATER, SYMBOLS, TIMEFRAMES, writeCandles } from "../../../workflows/testing/backfill-fixture.ts"; // prettier-ignore
import { rememberFiles } from "../remember-files.ts";
import { createUi } from "../ui.ts";

const ROWS = 2_000;
const never = new AbortController().signal;
const at = temporaryFolder();
afterAll(() => at.remove());
let names = 0;
const newMemory = (): string => path.join(at.path, `memory-${names++}`);

const candles = Object.fromEntries(SYMBOLS.map((symbol) => [symbol, fixtureCandles(symbol, ROWS)]));
const folderOf = (name: string): string => {
  const folder = path.join(at.path, name);
  mkdirSync(folder, { recursive: true });
  return folder;
};
/** One file of each symbol, first rows alone, or with some closes corrected. */
function files(
  name: string,
  rows = ROWS,
  closes: Readonly<Record<number, number>> = {},
): Record<string, string> {
  return Object.fromEntries(
    SYMBOLS.map((symbol) => {
      const series = sliceRows(candles[symbol]!, 0, rows);
      return [symbol, writeCandles(folderOf(name), series, undefined, closes)];
    }),
  );
}

async function remembered(
  memory: string,
  from: Readonly<Record<string, string>>,
  now = LATER,
): Promise<void> {
  const reading = () => ({ now, signal: never });
  const options = { memory, tenant: "default", timeframes: TIMEFRAMES, horizons: HORIZONS, now, reading };
  await rememberFiles(Object.values(from), {
    ...options,
    given: {},
    signal: never,
    ui: createUi({ quiet: true }),
  });
}

const run = (ref: JobRef): Promise<BackfillResult> =>
  backfillLocally(ref, { signal: never, threads: 1, window: 2 });

let all: Record<string, string>;
let whole: ReturnType<typeof digestOf>;
beforeAll(async () => {
  all = files("all");
  const memory = newMemory();
  await remembered(memory, all);
  whole = digestOf(memory);
}, 300_000);

describe("a backfill in process", { timeout: 300_000 }, () => {
  it("ends with the truth that remember ends with, and has nothing more to do when it is begun anew", async () => {
    const memory = newMemory();
    const first = await run(keepFixture(memory, all));
    expect(digestOf(memory)).toEqual(whole);
    expect(first).toMatchObject({ series: 2, failed: 0, candles: 2 * ROWS });
    expect(first.patterns).toBeGreaterThan(1_000);
    const again = await run(keepFixture(memory, all, { now: LATER + 1 }));
    expect(again).toMatchObject({ candles: 0, patterns: 0, labelled: 0 });
    expect(digestOf(memory)).toEqual(whole);
  });

  it("takes newer candles and corrections of older ones as remember does, seen from several views", async () => {
    const [early, mine, other] = [files("early", 1_500), newMemory(), newMemory()];
    const corrected = files("corrected", ROWS, { 900: 101, 1_200: 99 });
    for (const [from, now] of [
      [early, LATER],
      [corrected, LATER + 1],
    ] as const) {
      // prettier-ignore
      await remembered(other, from, now);
      await run(keepFixture(mine, from, { now }));
    }
    const digest = digestOf(mine);
    expect(digest).toEqual(digestOf(other));
    expect(digest.contexts).not.toBe(whole.contexts);
  });

  it("ends the same when every activity is done twice, and once more long after its job has ended", async () => {
    const memory = newMemory();
    const calls = [
      ...(await runTwice(keepFixture(memory, files("first", 1_500)))),
      ...(await runTwice(keepFixture(memory, all))),
    ];
    expect(digestOf(memory)).toEqual(whole);
    await late(calls);
    expect(digestOf(memory)).toEqual(whole);
    const folder = openMemoryFolder(memory, { mode: "read" });
    expect(folder.verify().problems).toEqual([]);
    folder.close();
  });

  it("reports a series that cannot be read, and goes on with the others", async () => {
    const poisoned = path.join(folderOf("poisoned"), "P-5m.csv");
    writeFileSync(poisoned, "timestamp,open\nnever,1\n");
    const memory = newMemory();
    const result = await run(keepFixture(memory, { P: poisoned, ...all }));
    expect(result).toMatchObject({ series: 3, failed: 1, failures: [{ symbol: "P" }] });
    expect(result.failures[0]!.reason).toMatch(/P-5m\.csv/);
    expect(digestOf(memory)).toEqual(whole);
  });

  it("goes on where it was after a kill behind each of its activities", () => {
    const memory = newMemory();
    const ref = keepFixture(memory, all);
    const activities = ["openJob", "ingestSeries", "chooseEncoder", "encodeChunk", "commitChunk", "labelHorizon", "growRecord", "endJob"]; // prettier-ignore
    for (const activity of activities) expect(killed(ref, activity)).toBe("SIGKILL");
    expect(killed(ref)).toBeNull();
    expect(digestOf(memory)).toEqual(whole);
  });

  it("waits for a memory that is away for a while, and begins none in its place", async () => {
    const memory = newMemory();
    const ref = keepFixture(memory, all);
    const told: string[] = [];
    let isAway = false;
    await backfillLocally(ref, {
      ...{ signal: never, threads: 1, window: 2 },
      onStep: (activity) => {
        if (activity !== "encodeChunk" || isAway) return;
        isAway = true;
        renameSync(memory, `${memory}.away`);
        setTimeout(() => renameSync(`${memory}.away`, memory), 2_000);
      },
      onLog: (level, message) => told.push(`${level}: ${message}`),
    });
    expect(told.join("\n")).toMatch(/warn: \w+, attempt 1/);
    expect(digestOf(memory)).toEqual(whole);
  });

  it("ends when it is told to, and the same job goes on", async () => {
    const memory = newMemory();
    const ref = keepFixture(memory, all);
    const stop = new AbortController();
    const stopped = new Error("enough");
    const running = backfillLocally(ref, {
      ...{ signal: stop.signal, threads: 1, window: 2 },
      onTold: (activity) => {
        if (activity === "commitChunk") stop.abort(stopped);
      },
    });
    await expect(running).rejects.toBe(stopped);
    expect(digestOf(memory).patterns).not.toBe(whole.patterns);
    await run(ref);
    expect(digestOf(memory)).toEqual(whole);
  });
});

describe("labels in process", { timeout: 300_000 }, () => {
  it("fills what has matured since, and no more when it is asked again", async () => {
    const memory = newMemory();
    await run(keepFixture(memory, files("short", 1_500)));
    const newer = (symbol: string) => ({ ...sliceRows(candles[symbol]!, 1_500, 1_700), source: "file" });
    const folder = openMemoryFolder(memory, { mode: "write" });
    for (const symbol of SYMBOLS) folder.candles.write(newer(symbol), LATER);
    folder.close();
    const label = () =>
      labelLocally({ memory, tenant: "default", encoder: null }, [], { signal: never, threads: 1 });
    // Of each symbol the moments of the last hour and of the last four hours.
    expect(await label()).toMatchObject({ series: 2, labelled: 2 * (12 + 48), revised: 0, failed: 0 });
    expect(await label()).toMatchObject({ series: 2, labelled: 0 });
  });
});

type Call = readonly [activity: string, input: never];
type Activities = Readonly<Record<string, (input: never) => Promise<unknown>>>;

function stepsOf(tools: ActivityTools, steps: LocalSteps): Activities {
  return steps.of({
    ...{ ...backfillActivities(tools), ...encodeActivities(tools) },
    ...{ ...ingestActivities(tools), ...jobActivities() },
  });
}

/** Each activity twice, the second time beside what follows it; returns what was called. */
async function runTwice(ref: JobRef): Promise<readonly Call[]> {
  const calls: Call[] = [];
  const beside: Promise<unknown>[] = [];
  await locally([], "twice", { signal: never, threads: 2 }, async (tools, { steps, control }) => {
    const twice =
      ([name, activity]: [string, (input: never) => Promise<unknown>]) =>
      async (input: never) => {
        const result = await activity(input);
        calls.push([name, input]);
        beside.push(activity(input).catch(() => undefined));
        return result;
      };
    const single = Object.entries(stepsOf(tools, steps));
    const double = Object.fromEntries(single.map((entry) => [entry[0], twice(entry)])) as unknown;
    const plan = double as BackfillSteps & SeriesSteps;
    const series = (input: SeriesInput) => seriesPlan(input, plan, { mayGoOn: async () => {} });
    const ending = await backfillPlan(backfillFrom(ref), plan, { ...control, series });
    expect(ending).toMatchObject({ kind: "done", result: { failed: 0 } });
    await Promise.all(beside);
  });
  return calls;
}

/** What workers that were given up come to long after; they may fail. */
async function late(calls: readonly Call[]): Promise<void> {
  await locally([], "late", { signal: never, threads: 1 }, async (tools, { steps }) => {
    const activities = stepsOf(tools, steps);
    for (const [name, input] of calls) await activities[name]!(input).catch(() => undefined);
  });
}

const KILLED = fileURLToPath(new URL("../../../workflows/testing/killed-local.ts", import.meta.url));

/** By which signal it ended; null: it came to its end. */
function killed(ref: JobRef, ...when: readonly string[]): string | null {
  const flags = ["--conditions=lab-source", "--disable-warning=ExperimentalWarning"];
  const args = [...flags, KILLED, JSON.stringify(ref), ...when];
  const { signal, status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  if (signal === null) expect(stderr + String(status)).toBe("0");
  return signal;
}
