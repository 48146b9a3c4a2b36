/**
 * Kills the worker and the server of a backfill with SIGKILL: before and after every single activity of two synthetic
 * histories, and at many random moments of six real ones, and compares what the memory holds in the end with an
 * undisturbed run in process; the worker of every other workflow before and after each of its activities.
 *
 *     RHYME_TEMPORAL=… RHYME_DATA=… node --conditions=lab-source scripts/kill-workflows.ts
 *         [--kills 300] [--seed 1] [--part worker|server|random|others] [--out FILE]
 *
 * Every run that is through is noted in FILE.part: stopped and started again, it goes on; parts may run beside each
 * other. FILE, by default bench/results/workflow-kills.json, is the record. Exit 1 where anything was wrong.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { measuredHere } from "../src/cli/machine.ts";
import { createRng } from "../src/lib/math/rng.ts";
import { temporaryFolder } from "../src/lib/testing/temporary-folder.ts";
import { realJob, syntheticJob } from "../workflows/kills/fixture.ts";
import { backfillOf, KillWorld } from "../workflows/kills/kill-world.ts";
import { killAtPoints, killAtRandom, type Target } from "../workflows/kills/killed-backfill.ts";
import { undisturbed, type Undisturbed } from "../workflows/kills/killed-world.ts";
import { otherWork } from "../workflows/kills/other-work.ts";

const { values: args } = parseArgs({
  options: {
    kills: { type: "string", default: "300" },
    seed: { type: "string", default: "1" },
    part: { type: "string" },
    out: { type: "string", default: "bench/results/workflow-kills.json" },
  },
});
const [kills, seed] = [Number(args.kills), Number(args.seed)];
const [binary, data] = [process.env["RHYME_TEMPORAL"], process.env["RHYME_DATA"]];
if (!binary || !data)
  throw new Error("RHYME_TEMPORAL and RHYME_DATA have to name a server's binary and candles");

/** One run of a job that was killed again and again, and what was wrong with its memory in the end. */
interface Noted {
  readonly part: "worker" | "server" | "random" | "others";
  readonly seed: number;
  /** Of single activities; empty for random kills. */
  readonly points: readonly string[];
  readonly workers: number;
  readonly servers: number;
  readonly databasesDeleted: number;
  readonly ended: string;
  readonly wrong: readonly string[];
  readonly facts: number;
  readonly duplicates: number;
  readonly lost: number;
  readonly seconds: number;
  readonly load: number;
}

/** Kills of one run. */
const PER_RUN = { points: 20, random: 20 } as const;
const DEADLINE_MS = 3_600_000;

const file = `${args.out}.part`;
const noted = (): readonly Noted[] => {
  const lines = existsSync(file) ? readFileSync(file, "utf8").trimEnd().split("\n").filter(Boolean) : [];
  return lines.map((line) => JSON.parse(line) as Noted).filter((one) => one.seed === seed);
};
const ofPart = (part: Noted["part"]): readonly Noted[] => noted().filter((one) => one.part === part);
const dot = (): void => void process.stderr.write(".");

type Run = Pick<Noted, "points" | "workers" | "servers" | "databasesDeleted" | "ended">;
type Left = Pick<Noted, "wrong" | "facts" | "duplicates" | "lost">;

/** One run on an empty memory, compared and noted. */
async function note(part: Noted["part"], at: string, whole: Undisturbed, run: () => Promise<Run>) {
  const memory = path.join(at, "killed");
  await noteRun(part, run, () => ({ ...whole.rows(memory), wrong: whole.wrong(memory) }));
  rmSync(memory, { recursive: true });
}

async function noteRun(part: Noted["part"], run: () => Promise<Run>, left: () => Left) {
  const began = performance.now();
  const done = await run();
  const { facts, duplicates, lost, ...compared } = left();
  const [seconds, load] = [(performance.now() - began) / 1000, loadavg()[0]!].map(
    (value) => Math.round(10 * value) / 10,
  ) as [number, number];
  const wrong = [...compared.wrong, ...(done.ended === "COMPLETED" ? [] : [done.ended])];
  appendFileSync(
    file,
    `${JSON.stringify({ part, seed, ...done, wrong, facts, duplicates, lost, seconds, load })}\n`,
  );
  process.stderr.write(wrong.length > 0 ? "!\n" : "\n");
}

function startWorld(at: string): Promise<KillWorld> {
  mkdirSync(path.join(at, "world"));
  return KillWorld.start(binary!, path.join(at, "world"));
}

/** A folder of the points of a part that are through. */
function pointsOf(part: Noted["part"], at: string): string {
  const done = path.join(at, "points");
  mkdirSync(done);
  for (const { points } of ofPart(part))
    for (const point of points) writeFileSync(path.join(done, point), "");
  return done;
}

/** Until no activity is left at which it was not killed. */
async function enumerate(target: Target, at: string): Promise<void> {
  const whole = await undisturbed(at, await syntheticJob(at));
  const done = pointsOf(target, at);
  for (let killed: number = PER_RUN.points; killed === PER_RUN.points;) {
    const world = await startWorld(at);
    try {
      await note(target, at, whole, async () => {
        const ref = whole.again("killed");
        const { points, ended } = await killAtPoints(world, [{ begin: backfillOf(ref) }], {
          ...{ target, points: "each", sides: ["before", "after"], done, most: PER_RUN.points },
          ...{ withinMs: DEADLINE_MS, onKill: dot },
        });
        killed = points.length;
        const count = { workers: 0, servers: 0, databasesDeleted: 0, [`${target}s`]: points.length };
        return { points, ended: ended[0]!, ...count };
      });
    } finally {
      await world.end();
      rmSync(path.join(at, "world"), { recursive: true });
    }
  }
}

/** Ingest, label, train, reembed, audit and live side by side: each kill is one point of one of them. */
async function others(at: string): Promise<void> {
  const done = pointsOf("others", at);
  for (let killed: number = PER_RUN.points; killed === PER_RUN.points;) {
    const world = await startWorld(at);
    const work = path.join(at, "work");
    mkdirSync(work);
    try {
      const works = await otherWork(work);
      const run = async (): Promise<Run> => {
        const { points, ended } = await killAtPoints(world, works, {
          ...{ target: "worker", points: "each", sides: ["before", "after"], done, most: PER_RUN.points },
          ...{ withinMs: DEADLINE_MS, onKill: dot },
        });
        killed = points.length;
        const amiss = ended.find((one) => one !== "COMPLETED");
        const count = { workers: points.length, servers: 0, databasesDeleted: 0 };
        return { points, ended: amiss ?? "COMPLETED", ...count };
      };
      const none = { facts: 0, duplicates: 0, lost: 0 }; // files and digests are compared instead
      await noteRun("others", run, () => ({ ...none, wrong: works.flatMap((one) => one.wrong()) }));
    } finally {
      await world.end();
      for (const name of ["world", "work"]) rmSync(path.join(at, name), { recursive: true });
    }
  }
}

const sum = (all: readonly Noted[], of: (one: Noted) => number): number =>
  all.reduce((total, one) => total + of(one), 0);

async function random(at: string): Promise<void> {
  const whole = await undisturbed(at, realJob(at, data!, 1_500));
  const count = (): number => sum(ofPart("random"), ({ workers, servers }) => workers + servers);
  while (count() < kills) {
    const rng = createRng(seed * 100_003 + ofPart("random").length);
    const world = await startWorld(at);
    try {
      await note("random", at, whole, async () => {
        const databaseDeletedAfter = 1 + rng.int(PER_RUN.random);
        const { ended, ...killed } = await killAtRandom(world, whole.again("killed"), {
          ...{ rng, withinMs: 900, kills: Math.min(PER_RUN.random, kills - count()), everyServer: 4 },
          ...{ databaseDeletedAfter, deadlineMs: DEADLINE_MS, onKill: dot },
        });
        const { workers, servers } = killed;
        const databasesDeleted = killed.kills >= databaseDeletedAfter ? 1 : 0;
        return { points: [], workers, servers, databasesDeleted, ended };
      });
    } finally {
      await world.end();
      rmSync(path.join(at, "world"), { recursive: true });
    }
  }
}

const PARTS: Readonly<Record<Noted["part"], (at: string) => Promise<void>>> = {
  worker: (at) => enumerate("worker", at),
  server: (at) => enumerate("server", at),
  random,
  others,
};

for (const [name, run] of Object.entries(PARTS)) {
  if (args.part !== undefined && !args.part.split(",").includes(name)) continue;
  const at = temporaryFolder();
  try {
    await run(at.path);
  } finally {
    at.remove();
  }
}

function counts(part: Noted["part"]): object {
  const all = ofPart(part);
  return {
    runs: all.length,
    workersKilled: sum(all, ({ workers }) => workers),
    serversKilled: sum(all, ({ servers }) => servers),
    databasesDeleted: sum(all, ({ databasesDeleted }) => databasesDeleted),
    ...(part === "random" ? {} : { points: all.flatMap(({ points }) => points).sort() }),
    facts: all[0]?.facts ?? 0,
    duplicates: sum(all, ({ duplicates }) => duplicates),
    lost: sum(all, ({ lost }) => lost),
    seconds: Math.round(sum(all, ({ seconds }) => seconds)),
  };
}

const all = noted();
const wrong = all.filter((one) => one.wrong.length > 0);
const { commit, machine } = await measuredHere(new AbortController().signal);
const record = {
  ...{ schema: "rhyme.workflow-kills/1", seed, commit, machine },
  load: { mean: Math.round((10 * sum(all, ({ load }) => load)) / all.length) / 10 },
  kills: sum(all, ({ workers, servers }) => workers + servers),
  ...{ worker: counts("worker"), server: counts("server"), random: counts("random") },
  ...{ others: counts("others"), wrong },
};
writeFileSync(args.out, `${JSON.stringify(record, null, 2)}\n`);
process.stdout.write(`${args.out}: ${record.kills} kills, ${wrong.length} runs with anything wrong\n`);
if (wrong.length > 0) process.exitCode = 1;
