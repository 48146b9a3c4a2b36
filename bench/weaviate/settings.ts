/**
 * Compares settings of the vector index on the same moments, for the table in weaviate/README.md:
 *
 *     RHYME_DATA=… node --conditions=lab-source bench/weaviate/settings.ts [--patterns 200000] [--only N,N] [--out FILE]
 *
 * A collection per setting that cannot be changed, one after the other on a server of its own; those that can are
 * changed in place. Prints one JSON document and a table.
 */
import { writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { patternCollection, VECTOR } from "../../weaviate/schema.ts";
import type { TenantCollection } from "../../src/lib/adapters/weaviate/tenant-collection.ts";
import { serverSchema } from "../../src/lib/adapters/weaviate/server-schema.ts";
import { measuredHere } from "../../src/cli/machine.ts";
import type { Memory } from "../../src/lib/memory/memory.ts";
import { digits, median, quantileOf, timed } from "../row.ts";
import { startBenchServer, type BenchServer, type Settings } from "./bench-server.ts";
import { exactMemory, filteredAgainstNone, searchedBy } from "./beside-truth.ts";
import { benchMoments, HORIZONS, indexed, TENANT, type BenchMoments } from "./moments.ts";
import { questionsAt, recallOf } from "./questions.ts";

const { values: args } = parseArgs({
  options: {
    patterns: { type: "string", default: "200000" },
    only: { type: "string" },
    out: { type: "string" },
  },
});

/** What the server fixes when a collection is made. */
const BUILT: readonly Settings[] = [
  { maxConnections: 32, efConstruction: 128 },
  { maxConnections: 16, efConstruction: 128 },
  { maxConnections: 32, efConstruction: 256 },
  { maxConnections: 16, efConstruction: 256 },
  {
    maxConnections: 32,
    efConstruction: 128,
    skipDefaultQuantization: null,
    rq: { enabled: true, bits: 8, rescoreLimit: 20 },
  },
];
/** What can be changed in place. The flat cut-off is out of the way, so that the graph is what is measured. */
const SEARCHED: readonly Settings[] = [
  { ...dynamic(100, 8, 2_000), filterStrategy: "acorn", flatSearchCutoff: 40_000 },
  { ...dynamic(100, 3, 2_000), filterStrategy: "acorn", flatSearchCutoff: 40_000 },
  { ...dynamic(100, 3, 2_000), filterStrategy: "acorn", flatSearchCutoff: 10_000 },
  { ...dynamic(64, 2, 800), filterStrategy: "acorn", flatSearchCutoff: 10_000 },
  { ...dynamic(100, 3, 2_000), filterStrategy: "sweeping", flatSearchCutoff: 40_000 },
  { ...dynamic(100, 3, 2_000), filterStrategy: "acorn", flatSearchCutoff: 0 },
];
const SHARES = [0.01, 0.1, 0.5, 1] as const;
const QUESTIONS = 100;
/** How many neighbours make the number of an answer. */
const MANY = 400;

const moments = await benchMoments(Number(args.patterns));
const exact = await exactMemory(moments);
const rows: object[] = [];
const chosen = args.only?.split(",").map(Number);
for (const [i, built] of BUILT.entries()) {
  if (chosen && !chosen.includes(i)) continue;
  const server = await startBenchServer();
  try {
    rows.push(...(await measured(server, built)));
  } finally {
    await server.end();
  }
}
const document = {
  schema: "rhyme.weaviate-settings/1",
  ...(await measuredHere(AbortSignal.timeout(10_000))),
  patterns: moments.count,
  origin: moments.origin,
  rows,
};
if (args.out) writeFileSync(args.out, `${JSON.stringify(document, null, 2)}\n`);
process.stdout.write(`${JSON.stringify(document)}\n`);

/** Neighbours looked at: so many times the limit of a question, within bounds. */
function dynamic(dynamicEfMin: number, dynamicEfFactor: number, dynamicEfMax: number): Settings {
  return { ef: -1, dynamicEfMin, dynamicEfFactor, dynamicEfMax };
}

async function measured(server: BenchServer, built: Settings): Promise<readonly object[]> {
  const index = await server.index(moments.encoder, built);
  const start = performance.now();
  await index.upsert(indexed(moments, HORIZONS));
  const written = performance.now() - start;
  await index.settled();
  const settled = performance.now() - start;
  const common = {
    ...built,
    acknowledgedPerSecond: Math.round((1_000 * moments.count) / written),
    indexedAfterSeconds: Math.round(settled / 1_000),
    rssMb: server.rssMb(),
    diskMb: server.diskMb(),
  };
  const memory = await searchedBy(index, exact, moments);
  const found: object[] = [];
  for (const searched of SEARCHED) {
    await change(server, moments, searched);
    const objects = server.client.tenant(TENANT).collection(patternCollection(moments.encoder.version));
    const at = { ...(await recallAndTime(memory, objects)), many: await manyNeighbours(memory) };
    found.push({ ...common, ...searched, ...at, load: digits(loadavg()[0]!) });
    process.stderr.write(`${JSON.stringify(found.at(-1))}\n`);
  }
  return found;
}

async function change(server: BenchServer, { encoder }: BenchMoments, settings: Settings): Promise<void> {
  const collection = patternCollection(encoder.version);
  const changes = Object.entries(settings).map(([name, wanted]) => ({
    ...{ path: `vectorConfig.${VECTOR}.vectorIndexConfig.${name}`, wanted, found: undefined },
    ...{ changing: "in place" as const, why: "to compare" },
  }));
  await serverSchema(server.client.connection.rest).take({ kind: "change", collection, changes });
}

/** The search of `ask`: 400 neighbours, everything that has matured may answer. */
async function manyNeighbours(memory: Memory): Promise<object> {
  const asked = questionsAt(moments, 1, QUESTIONS, MANY);
  const of = (round: number) => asked.queries[(round + QUESTIONS) % QUESTIONS]!;
  const recall = await recallOf({ ...asked, queries: asked.queries.slice(0, 50) }, exact, memory);
  const times = await timed(QUESTIONS, (round) => memory.query(of(round)), 20);
  return { recall: digits(recall), p50: digits(median(times)), p99: digits(quantileOf(times, 0.99)) };
}

/** recall@10 as memories ask (26 hits), how long one takes, and questions/s against no filter, by share that may answer. */
async function recallAndTime(memory: Memory, objects: TenantCollection): Promise<object> {
  const by: Record<string, object> = {};
  for (const share of SHARES) {
    const asked = questionsAt(moments, share, QUESTIONS, 10);
    const recall = await recallOf(asked, exact, memory);
    const of = (round: number) => asked.queries[(round + QUESTIONS) % QUESTIONS]!;
    const times = await timed(QUESTIONS, (round) => memory.query(of(round)), 5);
    const { filtered, unfiltered } = await filteredAgainstNone(objects, asked, 3);
    const [p50, p99] = [digits(median(times)), digits(quantileOf(times, 0.99))];
    by[share] = {
      recall: digits(recall),
      p50,
      p99,
      perSecond: digits(filtered),
      ratio: digits(filtered / unfiltered),
    };
  }
  return by;
}
