import { openMemoryFolder, type MemoryFolder } from "../adapters/sqlite/open-memory.ts";
import type { ExportTable } from "../adapters/files/export-columns.ts";
import type { CandleStore } from "../candles/candle-store.ts";
import type { GarbageKind } from "../evaluation/look-ahead/garbage.ts";
import type { StatedColumn } from "../evaluation/look-ahead/stated.ts";
import type { Setting, StoreSubject } from "../evaluation/look-ahead/subject.ts";
import { said } from "../evaluation/look-ahead/subjects/memory.ts";
import { encoderOf, remembered, TENANT } from "../evaluation/look-ahead/subjects/remembered.ts";
import {
  barsAhead,
  digestOfData,
  everyNth,
  statedWhenAsked,
} from "../evaluation/look-ahead/subjects/stating.ts";
import { STORE_SUBJECTS } from "../evaluation/look-ahead/subjects/store.ts";
import type { Encoder } from "../encoder/encoder.ts";
import { views } from "../remember/views.ts";
import type { Horizon } from "../time/horizon.ts";
import type { EpochMs } from "../time/units.ts";
import { temporaryFolder } from "./temporary-folder.ts";

// The same law for what is kept on disk: facts in a memory folder instead of RAM, and what only a folder is asked.

const LATER = Date.UTC(2200, 0, 1);

/** No folder takes a candle without prices. */
const STORABLE = {
  garbage: ["thousandfold", "shuffled", "removed", "another-symbol"] as readonly GarbageKind[],
  garbageBecause: "a folder refuses candles without prices",
};

/** Lets `work` use a folder of its own that holds the facts of a store, each known when it was. */
async function inFolder<T>(
  store: CandleStore,
  { series }: Setting,
  work: (folder: MemoryFolder) => T | Promise<T>,
): Promise<T> {
  const at = temporaryFolder();
  const folder = openMemoryFolder(at.path, { mode: "write" });
  try {
    for (const key of series) for (const { facts } of views(store, key)) folder.importFacts(facts, LATER);
    return await work(folder);
  } finally {
    folder.close();
    at.remove();
  }
}

/** What RAM is held to, on a folder. */
function storedTwin(name: string): StoreSubject {
  const inRam = STORE_SUBJECTS.find(
    (one): one is StoreSubject => one.name === name && one.takes === "store",
  )!;
  return {
    ...inRam,
    ...STORABLE,
    name: `sqlite/${name}`,
    every: 1,
    instants: 4,
    run: (store, setting) =>
      inFolder(store, setting, ({ candles }) => inRam.run(knownOnly(candles, store), setting)),
  };
}

/** A folder knows no series without a candle; RAM has it, empty. */
function knownOnly(candles: CandleStore, store: CandleStore): CandleStore {
  return store.list().length > 0 ? candles : store;
}

/**
 * What a folder alone is asked about a past instant.
 * @param asOf the instant that is asked for where `at` is meant; another one for the test of the test
 */
export function storedMemory(asOf: (at: EpochMs) => EpochMs = (at) => at): StoreSubject {
  return {
    name: "sqlite/memory/as-of",
    covers: [
      ...[
        "openMemoryFolder",
        "MemoryFolder.memory",
        "MemoryFolder.importFacts",
        "MemoryFolder.maturedCounts",
      ],
      ...["ExportTables.candles", "ExportTables.embeddings", "ExportTables.contexts"],
    ],
    takes: "store",
    ...STORABLE,
    instants: 4,
    run: (store, setting) =>
      inFolder(store, setting, async (folder) => {
        const encoder = encoderOf(setting);
        const horizon = barsAhead(setting.series[0]!.timeframe, 2);
        const into = folder.memory(TENANT, encoder);
        const { memory, own } = await remembered(folder.candles, setting, [horizon], into);
        const asked = everyNth(await memory.anchors(own), 6);
        return [
          ...saidOfFolder(folder, encoder, horizon, asked, asOf),
          ...(await said(memory, own, horizon, 6)), // last: fewer columns where no moment is asked about
        ];
      }),
  };
}

function saidOfFolder(
  folder: MemoryFolder,
  encoder: Encoder,
  horizon: Horizon,
  asked: Float64Array,
  asOf: (at: EpochMs) => EpochMs,
): StatedColumn[] {
  const { tables } = folder;
  const of = { tenant: TENANT, encoder: encoder.version, horizon };
  const span = (at: EpochMs) => ({ from: -Infinity, to: Infinity, asOf: asOf(at) });
  const series = folder.candles.list();
  const holdings = folder.holdings(TENANT).map((one) => ({ ...one, encoderKnownAt: encoder.knownAt }));
  const digest = ({ rows }: ExportTable): number => digestOfData([...rows]);
  return [
    statedWhenAsked("matured counts", asked, (at) =>
      digestOfData(folder.maturedCounts({ ...of, asOf: asOf(at) })),
    ),
    ...[false, true].map((allFacts) =>
      statedWhenAsked(allFacts ? "exported facts" : "exported candles", asked, (at) =>
        digest(tables.candles(series, { ...span(at), allFacts })),
      ),
    ),
    statedWhenAsked("exported embeddings", asked, (at) => digest(tables.embeddings(holdings, span(at)))),
    statedWhenAsked("exported contexts", asked, (at) => digest(tables.contexts(holdings, span(at)))),
  ];
}

/** Held to the law by a test of their own: a registry that is pure opens no folder. */
export const STORED_SUBJECTS: readonly StoreSubject[] = [
  storedTwin("store/as-of"),
  storedTwin("remember/views"),
  storedMemory(),
];
