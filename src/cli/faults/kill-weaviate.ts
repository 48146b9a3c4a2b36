import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { patternCollection, VECTOR } from "../../../weaviate/schema.ts";
import { createRng, type Rng } from "../../lib/math/rng.ts";
import { indexedMemory } from "../../lib/memory/indexed-memory.ts";
import { rebuildIndex } from "../../lib/memory/sync-index.ts";
import { verifyIndex } from "../../lib/memory/verify-index.ts";
import { ask, DIM } from "../../lib/testing/some-patterns.ts";
import { KilledServer, TENANT, type Mirrored } from "./killed-server.ts";
import { firstWork, prepare, schemaOf, WORKS, type Work, type WorkName } from "./killed-work.ts";

/** What it took to have everything again: the server's own restart, what changed sent again, or all of it anew. */
export type Mended = "restart" | "sync" | "rebuild" | "never";

/** What became of one server that was killed. */
export interface ServerKilled {
  readonly n: number;
  readonly work: WorkName;
  /** Whether the kill cut the work short; else it came right after its end. */
  readonly during: boolean;
  /** Killed once more while it was starting. */
  readonly twice: boolean;
  readonly mended: Mended;
  /** Whether the restarted server kept patterns that its own searches did not find. */
  readonly blind: boolean;
  /** New patterns that had been acknowledged, and those of them that were not there after the restart. */
  readonly acknowledged: number;
  readonly lost: number;
  /** Patterns that an unfiltered search over the graph does not reach in the end. */
  readonly unreached: number;
  /** What is not as in the truth in the end; empty where nothing. */
  readonly wrong: readonly string[];
}

export interface KillServerOptions {
  readonly binary: string;
  readonly folder: string;
  /** The first kill's number, and how many. */
  readonly from: number;
  readonly kills: number;
  readonly seed: number;
  readonly onKill?: (killed: ServerKilled) => void;
}

/** Kills before a server begins anew with empty data. */
const LIFE = 20;
/** Every how many-th is killed once more while it starts. */
const TWICE = 5;
const QUESTIONS = 5;

/**
 * Kills a server again and again while it is written to, each time at a seeded moment of its work, starts it on what
 * is left, and compares everything it holds with the truth. One server at a time, some kills per life.
 */
export async function killWeaviate(options: KillServerOptions): Promise<readonly ServerKilled[]> {
  const { folder, from, kills } = options;
  const done: ServerKilled[] = [];
  for (let n = from; n < from + kills; n += LIFE) {
    const path = join(folder, `life-${n}`);
    const until = Math.min(n + LIFE, from + kills);
    done.push(...(await oneLife(options, path, n, until)));
  }
  return done;
}

async function oneLife(
  { binary, seed, onKill }: KillServerOptions,
  path: string,
  from: number,
  until: number,
): Promise<readonly ServerKilled[]> {
  const world = await KilledServer.start(binary, path);
  const done: ServerKilled[] = [];
  const took = new Map<WorkName, number>();
  try {
    await firstWork(world, createRng(seed));
    for (let n = from; n < until; n++) {
      const killed = await killOnce(world, n, createRng(seed * 100_003 + n), took);
      done.push(killed);
      onKill?.(killed);
    }
  } finally {
    await world.end();
  }
  return done;
}

/** How long a piece of work takes before anything is known of it, ms. */
const GUESS_MS = 400;

async function killOnce(
  world: KilledServer,
  n: number,
  rng: Rng,
  took: Map<WorkName, number>,
): Promise<ServerKilled> {
  const name = WORKS[n % WORKS.length]!;
  const work = await prepare(name, n, world, rng);
  const ms = rng.next() * (took.get(name) ?? GUESS_MS);
  const began = performance.now();
  let acknowledged = 0;
  const told = work
    .tell((done) => (acknowledged = done))
    .then(
      () => performance.now() - began,
      () => null,
    );
  await Promise.race([pause(ms), told]);
  await world.kill();
  const whole = await told;
  // Killed before its end it would have taken longer; else it is known how long.
  took.set(name, whole === null ? Math.max(took.get(name) ?? 0, 1.2 * ms, GUESS_MS) : whole);
  const twice = n % TWICE === 0;
  await world.restart(twice ? rng.next() * 2_500 : null);
  const held = { n, work: name, during: whole === null, twice };
  return { ...held, ...(await afterwards(world, work, acknowledged, rng)) };
}

async function afterwards(
  world: KilledServer,
  work: Work,
  acknowledged: number,
  rng: Rng,
): Promise<Omit<ServerKilled, "n" | "work" | "during" | "twice">> {
  const at = world.mirrored(work.version);
  const lost = work.fresh.size === 0 ? 0 : Math.max(0, acknowledged - (await present(at, work.fresh)));
  const early = await aliasProblems(world, work, false);
  const { mended, blind } = await mend(at, work);
  const problems = mended === "never" ? await problemsOf(at) : [];
  await at.index.settled();
  const wrong = [
    ...[...early, ...problems],
    ...(await aliasProblems(world, work, true)),
    ...(await differentAnswers(at, rng)),
  ];
  const counted = work.fresh.size === 0 ? 0 : acknowledged;
  return { mended, blind, acknowledged: counted, lost, unreached: await unreached(world, at), wrong };
}

async function present({ index }: Mirrored, fresh: ReadonlySet<string>): Promise<number> {
  let found = 0;
  for await (const ids of index.ids()) found += ids.filter((id) => fresh.has(id)).length;
  return found;
}

/** Sees whether the restart was enough, else whether telling it again is, else whether everything anew is. */
async function mend(at: Mirrored, work: Work): Promise<Pick<ServerKilled, "mended" | "blind">> {
  const found = await problemsOf(at);
  const blind = found.some((one) => one.includes(": searches to find it"));
  await work.tell(() => {});
  if ((await problemsOf(at)).length === 0) return { mended: found.length === 0 ? "restart" : "sync", blind };
  await rebuildIndex(at.source, at.index);
  return { mended: (await problemsOf(at)).length === 0 ? "rebuild" : "never", blind };
}

async function problemsOf({ source, index }: Mirrored): Promise<readonly string[]> {
  const { problems } = await verifyIndex(source, index);
  return problems.map(({ place, expected, received }) => `${place}: ${expected}, not ${received}`);
}

/** The alias leads to one of both versions at any time, and to the one that is read in the end. */
async function aliasProblems(
  world: KilledServer,
  { alias }: Work,
  inTheEnd: boolean,
): Promise<readonly string[]> {
  if (alias === null) return [];
  const leads = await schemaOf(world).alias();
  const read = patternCollection(world.folder.channels.get(TENANT, "default")!.encoder);
  const good = inTheEnd ? leads === alias.after && read === leads : leads === alias.before || leads === read;
  return good ? [] : [`the alias leads to ${leads}, the channel reads ${read}`];
}

/** Questions that the index answers other than the truth does. */
async function differentAnswers({ memory, source, index }: Mirrored, rng: Rng): Promise<readonly string[]> {
  const indexed = indexedMemory(memory, source, index, { whenBehind: "refuse" });
  const wrong: string[] = [];
  for (let q = 0; q < QUESTIONS; q++) {
    const question = ask({ vector: Float32Array.from({ length: DIM }, () => rng.normal()) });
    const [mine, theirs] = [await memory.query(question), await indexed.query(question)];
    if (JSON.stringify(mine) !== JSON.stringify(theirs)) wrong.push(`question ${q} has another answer`);
  }
  return wrong;
}

/** Acknowledged, stored, and yet not in the graph: a search without a filter would never name them. */
async function unreached(world: KilledServer, { version, source }: Mirrored): Promise<number> {
  const objects = world.client.tenant(TENANT).collection(patternCollection(version));
  const found = await objects.near({ name: VECTOR, values: new Float32Array(DIM).fill(1) }, 10_000, {});
  return source.count() - found.length;
}
