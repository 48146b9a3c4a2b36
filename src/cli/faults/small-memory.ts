import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeEncoderFolder } from "../../lib/adapters/artefacts/encoder-folder.ts";
import { byTimeframe } from "../../lib/candles/resample.ts";
import { sliceRows } from "../../lib/candles/slice.ts";
import { sageFamily } from "../../lib/encoder/gnn/gnn-family.ts";
import { featureSetByName } from "../../lib/features/feature-sets.ts";
import { featureTables } from "../../lib/features/feature-table.ts";
import { defaultDesign } from "../../lib/graph/design.ts";
import { syntheticCandles } from "../../lib/testing/candles.ts";
import { rhyme } from "./run-rhyme.ts";
import { csv } from "./workloads.ts";

const START = Date.UTC(2023, 6, 3);
const FITTED = 300;

/** Candle files and an encoder that is quick to embed with; `args` make a memory of them. */
export interface SmallMemory {
  readonly file: string;
  readonly args: readonly string[];
}

/** A memory that takes half a second to make: 600 candles of one symbol, a small untrained encoder, a correction. */
export async function smallMemory(folder: string): Promise<SmallMemory> {
  const candles = syntheticCandles({ seed: 7, rows: 600, start: START, symbol: "S" });
  const file = join(folder, "S-5m.csv");
  writeFileSync(file, csv(candles));
  const encoder = join(folder, "encoder");
  const featureSet = featureSetByName("candle16");
  const tables = featureTables(featureSet, byTimeframe(sliceRows(candles, 0, FITTED), ["5m"]));
  const design = defaultDesign(["5m"]);
  await writeEncoderFolder(
    encoder,
    sageFamily.untrained([tables], { design, featureSet, hidden: 8, dim: 8, seed: 1 }),
  );
  return { file, args: ["--symbol", "S", "--encoder", encoder, "--horizons", "1h"] };
}

/** Remembers the small memory's candles in `memory`; throws with what the command said where it fails. */
export async function rememberSmall({ file, args }: SmallMemory, memory: string): Promise<void> {
  const { code, stderr } = await rhyme(["remember", file, ...args, "--memory", memory]);
  if (code !== 0) throw new Error(stderr);
}
