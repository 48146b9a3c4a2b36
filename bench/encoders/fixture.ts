import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { byTimeframe } from "../../src/lib/candles/resample.ts";
import { exportStateDict } from "../../src/lib/encoder/gnn/exchange/export-state-dict.ts";
import { historyTensors } from "../../src/lib/encoder/gnn/exchange/history-tensors.ts";
import type { GnnEncoder } from "../../src/lib/encoder/gnn/gnn-encoder.ts";
import { gnnFamily } from "../../src/lib/encoder/gnn/gnn-family.ts";
import type { LayerKind } from "../../src/lib/encoder/gnn/gnn-model.ts";
import { readSafetensors, writeSafetensors, type Tensor } from "../../src/lib/encoder/safetensors.ts";
import { DEFAULT_FEATURES, featureSetByName } from "../../src/lib/features/feature-sets.ts";
import { featureTables } from "../../src/lib/features/feature-table.ts";
import type { FeatureTables } from "../../src/lib/features/feature.ts";
import { defaultDesign } from "../../src/lib/graph/design.ts";
import { syntheticCandles } from "../../src/lib/testing/candles.ts";

export const TIMEFRAMES: readonly string[] = ["5m", "30m", "1h", "4h"];
const WINDOW = 48; // rows of each timeframe: 192 nodes of a window
const LAYERS = 3;
const HEADS = 4;
/** Windows that are encoded one by one, batch sizes, and how often a single one is. */
const WHOLE = { sample: 1024, batches: [16, 64, 256], singles: 200, threads: 2 };
const SHORT = { sample: 64, batches: [64], singles: 3, threads: 1 };

/** A short form for tests: `RHYME_BENCH_CANDLES=2500`; figures of it say nothing. */
export const CANDLES: number = Number(process.env["RHYME_BENCH_CANDLES"] ?? 100_000);
export const isShort: boolean = CANDLES < 100_000;

export const FEATURE_SET: ReturnType<typeof featureSetByName> = featureSetByName(DEFAULT_FEATURES);

/** Feature tables of a synthetic history of 5m candles with 30m, 1h and 4h. */
export function tablesOfCandles(rows: number = CANDLES): FeatureTables {
  return featureTables(FEATURE_SET, byTimeframe(syntheticCandles({ seed: 1, rows }), [...TIMEFRAMES]));
}

/** The work of all rows: 3 layers, 16 features, hidden 64, D 64, means of windows of 192 nodes. */
export function benchEncoder(tables: FeatureTables, kind: LayerKind = "sage"): GnnEncoder {
  const windows = Object.fromEntries(TIMEFRAMES.map((timeframe) => [timeframe, WINDOW]));
  return gnnFamily(kind).untrained([tables], {
    design: defaultDesign(TIMEFRAMES, { windows }),
    featureSet: FEATURE_SET,
    layers: LAYERS,
    readout: ["mean"],
    ...(kind === "gat" || kind === "gatv2" ? { heads: HEADS } : {}),
  }) as GnnEncoder;
}

const SCRIPT = fileURLToPath(new URL("../../scripts/pyg/bench.py", import.meta.url));

/** Files of a folder that bench.py reads; what it says of one piece of work, and the vectors it leaves behind. */
export function askPyg(
  work: "encode" | "train" | "search",
  config: object,
  files: Readonly<Record<string, Readonly<Record<string, Tensor>>>>,
): { readonly said: unknown; readonly vectors: Float32Array | null } {
  const python = process.env["RHYME_PYG_PYTHON"];
  if (!python) throw new Error("RHYME_PYG_PYTHON is not set: ./rhyme bench encoders sets it");
  const folder = mkdtempSync(join(tmpdir(), "rhyme-pyg-"));
  try {
    writeFileSync(join(folder, "config.json"), JSON.stringify(config));
    for (const [name, tensors] of Object.entries(files))
      writeFileSync(join(folder, `${name}.safetensors`), writeSafetensors({ tensors, metadata: {} }));
    const { status, stdout, stderr } = spawnSync(python, [SCRIPT, folder, work], {
      encoding: "utf8",
      maxBuffer: 1e9,
    });
    if (status !== 0) throw new Error(`bench.py ${work} ended with ${status}: ${stderr.trim().slice(-800)}`);
    const said: unknown = JSON.parse(stdout.trimEnd().split("\n").at(-1)!);
    return { said, vectors: work === "encode" ? vectorsIn(folder) : null };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function vectorsIn(folder: string): Float32Array {
  const file = join(folder, "pyg-vectors.safetensors");
  return readSafetensors(readFileSync(file), file).tensors["vectors"]!.data as Float32Array;
}

/** What bench.py needs of an encoder and its history. */
export function pygCase(
  encoder: GnnEncoder,
  tables: FeatureTables,
): {
  readonly config: object;
  readonly files: Readonly<Record<string, Readonly<Record<string, Tensor>>>>;
} {
  const { shape, design } = encoder.model;
  const columns = design.timeframes.map((timeframe) => tables[timeframe]!);
  const { layer: kind, features, hidden, layers, dim, heads, readout } = shape;
  const windows = design.timeframes.map((timeframe) => design.windows[timeframe]!);
  return {
    config: { kind, features, hidden, layers, dim, heads, readout, windows, ...(isShort ? SHORT : WHOLE) },
    files: {
      history: historyTensors(columns, encoder.model),
      state: exportStateDict(encoder.model),
    },
  };
}

/** Largest difference of two arrays of equal length. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) throw new Error(`${a.length} numbers beside ${b.length}`);
  let most = 0;
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i]! - b[i]!));
  return most;
}
