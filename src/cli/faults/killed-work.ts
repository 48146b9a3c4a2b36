import { patternCollection } from "../../../weaviate/schema.ts";
import { serverSchema } from "../../lib/adapters/weaviate/server-schema.ts";
import type { Rng } from "../../lib/math/rng.ts";
import type { LabelBatch, PatternBatch } from "../../lib/memory/memory.ts";
import { rebuildIndex, syncIndex } from "../../lib/memory/sync-index.ts";
import { DIM, SERIES, someContexts, somePatterns } from "../../lib/testing/some-patterns.ts";
import { followChannels } from "../../lib/adapters/folder/versions/switch-version.ts";
import { TENANT, type KilledServer, type Mirrored } from "./killed-server.ts";

/** What the server is doing when it is killed. */
export const WORKS = ["begin", "write", "label", "horizon", "delete", "switch", "rebuild"] as const;
export type WorkName = (typeof WORKS)[number];

/** A change of the truth that was made, and what the server has to be told of it. */
export interface Work {
  /** The encoder version that it is about. */
  readonly version: string;
  /** Ids that are new with it. */
  readonly fresh: ReadonlySet<string>;
  /** Tells the server; the same once more where it was killed. Returns how many patterns were acknowledged. */
  readonly tell: (onProgress: (done: number) => void) => Promise<void>;
  /** Where the alias may lead when it was cut short, and where in the end; null where it is not about the alias. */
  readonly alias: { readonly before: string | null; readonly after: string } | null;
}

const PATTERNS = 1_500;
/** Versions between which channel and alias are switched. */
export const VERSIONS = ["one", "two"] as const;
const HORIZONS = ["8h", "12h", "1d", "2d", "3d"];

/** What a life of the server begins with: both versions written, the first one read. */
export async function firstWork(world: KilledServer, rng: Rng): Promise<void> {
  for (const version of VERSIONS) {
    const at = world.mirrored(version);
    await write(at, "first", 400, rng);
    await syncIndex(at.source, at.index);
    if (version === VERSIONS[0]) world.folder.channels.switch(TENANT, "default", version, 1);
  }
  await followChannels(world.folder, { schema: schemaOf(world) });
}

/** Makes a change of this kind in the truth. `n`: which kill it is for, so that names are new. */
export async function prepare(name: WorkName, n: number, world: KilledServer, rng: Rng): Promise<Work> {
  const version = name === "begin" ? `b${n}` : await readVersion(world);
  const at = (): Mirrored => world.mirrored(version);
  const before = at().source.ids();
  switch (name) {
    case "begin":
    case "write":
      await makeRoom(at());
      await write(at(), `S${n}`, PATTERNS, rng);
      break;
    case "label":
      await label(at(), n, "4h", rng);
      break;
    case "horizon":
      await label(at(), n, HORIZONS[n % HORIZONS.length]!, rng);
      break;
    case "delete":
      await at().memory.delete({ ids: [...before].filter(() => rng.next() < 0.2) });
      break;
    case "switch":
      return prepareSwitch(n, world, rng);
    case "rebuild":
  }
  const fresh = new Set([...at().source.ids()].filter((id) => !before.has(id)));
  const run = name === "rebuild" ? rebuildIndex : syncIndex;
  const tell = async (onProgress: (done: number) => void): Promise<void> => {
    await run(at().source, at().index, { onProgress });
  };
  return { version, fresh, tell, alias: null };
}

/** The other version gains some patterns, then channel and alias are led to it. */
async function prepareSwitch(n: number, world: KilledServer, rng: Rng): Promise<Work> {
  const from = await readVersion(world);
  const to = VERSIONS.find((one) => one !== from)!;
  await makeRoom(world.mirrored(to));
  const before = world.mirrored(to).source.ids();
  await write(world.mirrored(to), `S${n}`, 200, rng);
  const fresh = new Set([...world.mirrored(to).source.ids()].filter((id) => !before.has(id)));
  const tell = async (onProgress: (done: number) => void): Promise<void> => {
    const { source, index } = world.mirrored(to);
    await syncIndex(source, index, { onProgress });
    if (world.folder.channels.get(TENANT, "default")!.encoder !== to)
      world.folder.channels.switch(TENANT, "default", to, n);
    await followChannels(world.folder, { schema: schemaOf(world) });
  };
  const alias = { before: patternCollection(from), after: patternCollection(to) };
  return { version: to, fresh, tell, alias };
}

export function schemaOf(world: KilledServer): ReturnType<typeof serverSchema> {
  return serverSchema(world.client.connection.rest);
}

async function readVersion({ folder }: KilledServer): Promise<string> {
  return folder.channels.get(TENANT, "default")!.encoder;
}

/** A memory stays so small that all of it is compared after every kill. */
async function makeRoom({ memory, source }: Mirrored): Promise<void> {
  if (source.count() > 2 * PATTERNS) await memory.delete({ ids: [...source.ids()].slice(0, PATTERNS) });
}

async function write({ memory, version }: Mirrored, symbol: string, count: number, rng: Rng): Promise<void> {
  const batch = patterns(symbol, version, count, rng);
  await memory.put(batch);
  await memory.label(contexts(batch, "4h", 4, rng));
}

/** Every series has a fact more: of a horizon that is new to it, or what a correction made of one it has. */
async function label(at: Mirrored, n: number, horizon: string, rng: Rng): Promise<void> {
  const bySymbol = new Map<string, number[]>();
  for (const portion of at.source.batches(null, PATTERNS))
    for (const { symbol, anchor } of portion) bySymbol.set(symbol, [...(bySymbol.get(symbol) ?? []), anchor]);
  for (const [symbol, anchors] of bySymbol) {
    const batch = patterns(symbol, at.version, anchors.length, rng);
    const same = { ...batch, anchors: Float64Array.from(anchors) };
    await at.memory.label(contexts(same, horizon, 10 + n, rng));
  }
}

function patterns(symbol: string, version: string, count: number, rng: Rng): PatternBatch {
  return somePatterns(count, {
    series: { ...SERIES, symbol },
    vectors: Float32Array.from({ length: count * DIM }, () => rng.normal()),
    lineage: { dataHash: "d", designHash: "g", encoderVersion: version },
  });
}

function contexts(batch: PatternBatch, horizon: string, hours: number, rng: Rng): LabelBatch {
  const labels = someContexts(batch, hours, rng.int(2 ** 31));
  return { ...labels, columns: { ...labels.columns, horizon } };
}
