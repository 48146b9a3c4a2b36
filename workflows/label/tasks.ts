import { setImmediate as nextTurn } from "node:timers/promises";
import { heldEncoder } from "../../src/lib/adapters/folder/held-encoders.ts";
import type { MemoryFolder } from "../../src/lib/adapters/sqlite/open-memory.ts";
import type { SeriesKey } from "../../src/lib/candles/candle-series.ts";
import { labelSeries, type LabelledSeries } from "../../src/lib/remember/label-series.ts";
import type { EpochMs } from "../../src/lib/time/units.ts";
import type { TaskTools } from "../compute/task.ts";
import { reading, Writer } from "../memory-access.ts";

/** Whose outcomes are looked for. */
export interface LabelInput {
  readonly memory: string;
  readonly tenant: string;
  /** One version alone; null: all that moments are remembered with. */
  readonly encoder: string | null;
}

/** Moments of one series through one encoder, and the horizons that they have forecasts or outcomes for. */
export interface LabelTarget extends SeriesKey {
  readonly encoder: string;
  readonly horizons: readonly string[];
}

export interface TargetsInput extends LabelInput {
  /** How many to leave out, and how many to name at most. */
  readonly skip: number;
  readonly limit: number;
}

/** What a tenant remembers, in one order for ever: by symbol, source, timeframe and encoder. */
export async function labelTargets(
  { memory, tenant, encoder, skip, limit }: TargetsInput,
  tools: TaskTools,
): Promise<readonly LabelTarget[]> {
  return reading(memory, async (folder) => {
    const held = folder.holdings(tenant).filter((one) => encoder === null || one.encoder === encoder);
    const targets: LabelTarget[] = [];
    for (const { source, symbol, timeframe, encoder: version, dim, contexts } of held.slice(
      skip,
      skip + limit,
    )) {
      tools.signal.throwIfAborted();
      const key = { source, symbol, timeframe };
      const newest = await folder.memory(tenant, { version, dim }).at(key, Infinity, Infinity);
      const horizons = new Set([...Object.keys(contexts), ...Object.keys(newest?.base ?? {})]);
      targets.push({ ...key, encoder: version, horizons: [...horizons].sort() });
      await nextTurn();
    }
    return targets;
  });
}

export interface DueInput extends LabelInput {
  readonly target: LabelTarget;
  readonly horizon: string;
}

/** Outcomes of one series and horizon that had matured by now. */
export async function labelDue(
  { memory, tenant, target, horizon }: DueInput,
  tools: TaskTools,
): Promise<LabelledSeries> {
  const writer = new Writer(memory, tools);
  const until = tools.now();
  try {
    return await reading(memory, (folder) => {
      const { encoder, source, symbol, timeframe } = target;
      return labelIn(
        folder,
        writer,
        { tenant, encoder, horizon, series: { source, symbol, timeframe } },
        tools,
        until,
      );
    });
  } finally {
    writer.close();
  }
}

export interface LabelOf {
  readonly tenant: string;
  readonly encoder: string;
  readonly horizon: string;
  readonly series: SeriesKey;
}

/** Goes on from the newest outcome that is stored; `until`: nothing that was known later counts. */
export async function labelIn(
  folder: MemoryFolder,
  writer: Writer,
  of: LabelOf,
  tools: TaskTools,
  until: EpochMs = Infinity,
): Promise<LabelledSeries> {
  const { tenant, encoder, series, horizon } = of;
  const memory = folder.memory(tenant, heldEncoder(folder, encoder));
  const done = await labelSeries(folder.candles, writer.memory(memory), series, horizon, {
    ...{ signal: tools.signal, after: folder.labelledUntil(of), until },
    onProgress: async (stage, done, total) => {
      tools.progress({ stage, done, total });
      await nextTurn();
    },
  });
  tools.count("outcomes", done.labelled + done.revised, { symbol: series.symbol });
  return done;
}
