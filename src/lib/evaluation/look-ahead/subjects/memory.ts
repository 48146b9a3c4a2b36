import type { SeriesKey } from "../../../candles/candle-series.ts";
import type { Memory } from "../../../memory/memory.ts";
import type { Horizon } from "../../../time/horizon.ts";
import type { EpochMs } from "../../../time/units.ts";
import type { Stated } from "../stated.ts";
import type { Setting, StoreSubject, Subject } from "../subject.ts";
import { remembered } from "./remembered.ts";
import { atLeast, barsAhead, digestOfData, everyNth, statedWhenAsked } from "./stating.ts";

/** All that a memory says of one moment, as of it. */
async function saidAt(
  memory: Memory,
  series: SeriesKey,
  horizon: Horizon,
  anchor: EpochMs,
  before: EpochMs,
): Promise<Readonly<Record<string, number>>> {
  const pattern = (await memory.at(series, anchor, anchor))!;
  const earlier = await memory.at(series, before, anchor);
  const { vector } = pattern;
  const known = { asOf: anchor, horizon, among: "all", timeframe: series.timeframe } as const;
  const apart = { maturedBy: (before + anchor) / 2, apart: { from: before, to: anchor } };
  const symbols = { symbols: [series.symbol] };
  const episodes = { k: 3, vector, distinctEpisodes: true };
  return {
    "matured moments": await memory.countMatured(known),
    "matured moments apart": await memory.countMatured({ ...known, ...apart, among: symbols }),
    episodes: digestOfData(await memory.query({ ...known, ...episodes })),
    "episodes apart": digestOfData(await memory.query({ ...known, ...apart, ...episodes })),
    neighbours: digestOfData(await memory.query({ ...known, k: 5, vector, distinctEpisodes: false })),
    "neighbours as columns": digestOfData(await memory.queryColumns({ ...known, k: 5, vector })),
    "matured past": digestOfData(await memory.matured({ series, horizon, asOf: anchor, limit: 16 })),
    moment: digestOfData(pattern),
    "earlier moment": digestOfData(earlier),
    "earlier moment by id": earlier ? digestOfData(await memory.get(earlier.id, anchor)) : NaN,
  };
}

/** What a memory says of every n-th moment of a series. */
export async function said(memory: Memory, series: SeriesKey, horizon: Horizon, n: number): Promise<Stated> {
  const anchors = await memory.anchors(series);
  const asked = everyNth(anchors, n);
  const all: Readonly<Record<string, number>>[] = [];
  for (const [i, anchor] of asked.entries())
    all.push(await saidAt(memory, series, horizon, anchor, asked[i - 1] ?? anchors[0]!));
  const names = Object.keys(all[0] ?? {});
  return [
    { name: "anchors", key: anchors, knownAt: anchors, values: anchors },
    ...names.map((name) => statedWhenAsked(name, asked, (_, i) => all[i]![name]!)),
  ];
}

const asOf: StoreSubject = {
  name: "memory/as-of",
  covers: [
    ...[
      "remember",
      "ramMemory",
      "Memory.query",
      "Memory.queryColumns",
      "Memory.matured",
      "Memory.countMatured",
    ],
    ...["Memory.at", "Memory.get", "Memory.anchors", "Memory.put", "Memory.label", "momentsOf"],
    ...["momentColumns"],
  ],
  takes: "store",
  every: 120,
  instants: 10,
  suits: atLeast(8),
  async run(store, setting: Setting) {
    const { timeframe } = setting.series[0]!;
    const [short, long] = [barsAhead(timeframe, 2), barsAhead(timeframe, 5)];
    const { memory, own } = await remembered(store, setting, [short, long]);
    return said(memory, own, setting.seed % 2 === 0 ? short : long, 6);
  },
};

export const MEMORY_SUBJECTS: readonly Subject[] = [asOf];
