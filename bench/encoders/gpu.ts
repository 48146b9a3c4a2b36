import { digits, type BenchRow, type BenchWork } from "../row.ts";
import { measureEncode } from "./engines.ts";
import { benchEncoder, tablesOfCandles } from "./fixture.ts";
import { measureTraining } from "./training.ts";

/** Encoding and training on what GPU backends are installed here, beside two threads of the CPU. */
export const gpu: BenchWork = {
  name: "gpu",
  heavy: true,
  run: async () => {
    const tables = tablesOfCandles();
    const encoder = benchEncoder(tables);
    const [cpu, ...measured] = await measureEncode(encoder, tables, 5, ["simd", "tensorflow-gpu", "webgpu"]);
    const rows: BenchRow[] = [];
    const wasm = measured.length > 0 ? await measureTraining("wasm", encoder, tables) : null;
    for (const { backend, device, windows, apart } of measured) {
      rows.push(rowOf(`every anchor, sage: ${backend} on ${device}`, windows, cpu!.windows));
      if (backend !== "tensorflow-gpu" && backend !== "webgpu") continue;
      const trained = await measureTraining(backend, encoder, tables);
      const row = rowOf(`training, sage: ${backend} on ${device}`, trained.windows, wasm!.windows);
      rows.push({
        ...row,
        notes: `largest difference of embeddings to typed arrays ${apart.toExponential(1)}`,
      });
    }
    return rows;
  },
};

function rowOf(work: string, ours: number, theirs: number): BenchRow {
  return {
    ...{ work, ours: digits(ours), theirs: digits(theirs), unit: "windows/s", ratio: digits(ours / theirs) },
    ...{
      against: "WebAssembly here",
      target: "stated",
      ok: true,
      notes: "a card is named where there is one",
    },
  };
}
