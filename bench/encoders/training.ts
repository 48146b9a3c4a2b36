import { findBackend } from "../../src/lib/adapters/backends/native-backend.ts";
import { openTensorFlow, type TensorFlowBackend } from "../../src/lib/adapters/tfjs/open-tensorflow.ts";
import { gnnFamily } from "../../src/lib/encoder/gnn/gnn-family.ts";
import { digits, type BenchWork } from "../row.ts";
import { askPyg, benchEncoder, FEATURE_SET, isShort, pygCase, tablesOfCandles } from "./fixture.ts";

const STEPS = isShort ? 6 : 40;
const WARM_UP = isShort ? 2 : 10;
const TARGETS: Readonly<Record<string, number>> = { wasm: 10, tensorflow: 15 };

/** Masked reconstruction: windows that training has heard a second, beside PyTorch Geometric's batches of 64 windows. */
export const training: BenchWork = {
  name: "training",
  run: async () => {
    const tables = tablesOfCandles();
    const encoder = benchEncoder(tables);
    const { config, files } = pygCase(encoder, tables);
    const pyg = askPyg("train", config, files).said as { readonly windows: number; readonly stepMs: number };
    const backends: TensorFlowBackend[] = [
      "wasm",
      ...(findBackend("tensorflow") ? (["tensorflow"] as const) : []),
    ];
    const rows = [];
    for (const backend of backends) {
      const { windows, stepMs } = await measureTraining(backend, encoder, tables);
      const ratio = windows / pyg.windows;
      rows.push({
        work: `training, sage, masked reconstruction: ${backend}`,
        ours: digits(windows),
        theirs: digits(pyg.windows),
        unit: "windows/s",
        against: "PyG, 64 windows a step with collation",
        ratio: digits(ratio),
        target: `≥ ${TARGETS[backend]!} ×`,
        ok: ratio >= TARGETS[backend]!,
        notes: `a step takes ${digits(stepMs)} ms here, ${digits(pyg.stepMs)} ms there; here a step is a run of history that many windows share`,
      });
    }
    return rows;
  },
};

/** Windows that training hears a second, and the time of a step. */
export async function measureTraining(
  backend: TensorFlowBackend,
  { model }: ReturnType<typeof benchEncoder>,
  tables: ReturnType<typeof tablesOfCandles>,
): Promise<{ readonly windows: number; readonly stepMs: number }> {
  const tf = await openTensorFlow(backend);
  const { design, shape } = model;
  const { hidden, dim, layers, readout } = shape;
  let [begun, before, windows, ended] = [0, 0, 0, 0];
  await gnnFamily("sage").fit([tables], {
    ...{ tf, design, featureSet: FEATURE_SET, hidden, dim, layers, readout },
    ...{ steps: STEPS, evaluateEvery: STEPS + 1 },
    onProgress: (progress) => {
      if (progress.step === WARM_UP) [begun, before] = [performance.now(), progress.windows];
      [windows, ended] = [progress.windows, performance.now()];
    },
  });
  const seconds = (ended - begun) / 1000;
  return { windows: (windows - before) / seconds, stepMs: (1000 * seconds) / (STEPS - WARM_UP) };
}
