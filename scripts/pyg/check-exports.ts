// Exported ONNX models in onnxruntime beside this library: node --conditions=lab-source scripts/pyg/check-exports.ts [PYTHON]
// Every layer kind with all readouts: the golden weights beside PyTorch Geometric, and with weighted edges beside typed
// arrays. src/lib/encoder/gnn/golden/onnx.json gets the hash of every model that agreed, which a test holds exports to.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { pygPython } from "../../src/cli/encoder/pyg-python.ts";
import { createUi } from "../../src/cli/ui.ts";
import { historyTensors } from "../../src/lib/encoder/gnn/exchange/history-tensors.ts";
import { exportOnnx, OPSETS } from "../../src/lib/encoder/gnn/exchange/onnx/export-onnx.ts";
import { GnnEncoder } from "../../src/lib/encoder/gnn/gnn-encoder.ts";
import { LAYER_KINDS, type GnnModel } from "../../src/lib/encoder/gnn/gnn-model.ts";
import { readSafetensors, writeSafetensors } from "../../src/lib/encoder/safetensors.ts";
import { sha256Hex } from "../../src/lib/math/hash.ts";
import { goldenEmbeddings, goldenTables, goldenWeights } from "../../src/lib/testing/golden-history.ts";

const TOLERANCE = 1e-5;
const GOLDEN = fileURLToPath(new URL("../../src/lib/encoder/gnn/golden/onnx.json", import.meta.url));
const SCRIPT = fileURLToPath(new URL("check_onnx.py", import.meta.url));
const python = process.argv[2] ?? (await pygPython({ ui: createUi({}), signal: AbortSignal.timeout(3e6) }));
const folder = mkdtempSync(join(tmpdir(), "rhyme-onnx-"));

/** Embeddings by onnxruntime. */
function inRuntime(model: GnnModel, bytes: Uint8Array): ArrayLike<number> {
  const [onnx, history, out] = ["model.onnx", "history", "out"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(onnx, bytes);
  writeFileSync(history, writeSafetensors({ tensors: historyTensors(goldenTables(), model), metadata: {} }));
  const { status } = spawnSync(python, [SCRIPT, onnx, history, out], { stdio: "inherit" });
  if (status !== 0) throw new Error(`check_onnx.py ended with ${status}`);
  return readSafetensors(readFileSync(out), out).tensors["embeddings"]!.data;
}

function apart(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity;
  return Array.from(a, (x, i) => Math.abs(x - b[i]!)).reduce((most, d) => Math.max(most, d), 0);
}

function typedArrays(model: GnnModel): Float32Array {
  const tables = goldenTables();
  const made = { knownAt: 0, seed: 0, dataHash: "", options: {}, scores: {} };
  const features = { featureSet: "golden", featureSetHash: "", featureNames: tables[0]!.names };
  const encoder = new GnnEncoder(model, { ...features, ...made });
  return encoder.encodeHistory(Object.fromEntries(tables.map((table) => [table.timeframe, table]))).vectors;
}

const checked: Record<string, { readonly sha256: string; readonly apart: number }> = {};
for (const kind of LAYER_KINDS) {
  const model = goldenWeights(kind);
  for (const opset of kind === "sage" ? [OPSETS.least, OPSETS.most] : [OPSETS.least]) {
    const bytes = exportOnnx(model, "golden", opset);
    const difference = apart(inRuntime(model, bytes), goldenEmbeddings(kind));
    if (!(difference <= TOLERANCE)) throw new Error(`${kind}, opset ${opset}: ${difference} apart from PyG`);
    checked[`${kind}, opset ${opset}`] = { sha256: sha256Hex(bytes), apart: difference };
  }
  const weighted: GnnModel = { ...model, design: { ...model.design, weights: "timeDistance" } };
  const difference = apart(inRuntime(weighted, exportOnnx(weighted, "golden")), typedArrays(weighted));
  if (!(difference <= TOLERANCE)) throw new Error(`${kind}, weighted edges: ${difference} apart`);
  console.log(`${kind}: ${difference} apart with weighted edges`);
}
writeFileSync(
  GOLDEN,
  `${JSON.stringify({ madeBy: "scripts/pyg/check-exports.ts", runtime: "onnxruntime 1.31.1", checked }, null, 1)}\n`,
);
rmSync(folder, { recursive: true });
