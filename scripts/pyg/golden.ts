// Golden files of the encoders from PyTorch Geometric: node --conditions=lab-source scripts/pyg/golden.ts [PYTHON]
// A small history goes into src/lib/encoder/gnn/golden/history.safetensors; scripts/pyg/golden.py says what PyG makes of it.
// PYTHON has what scripts/pyg/requirements.txt names; default: the private one of ./rhyme bench encoders.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { pygPython } from "../../src/cli/encoder/pyg-python.ts";
import { createUi } from "../../src/cli/ui.ts";
import { historyTensors } from "../../src/lib/encoder/gnn/exchange/history-tensors.ts";
import { LAYER_KINDS } from "../../src/lib/encoder/gnn/gnn-model.ts";
import { writeSafetensors } from "../../src/lib/encoder/safetensors.ts";
import { goldenModel, goldenTables } from "../../src/lib/testing/golden-history.ts";

const OUT = fileURLToPath(new URL("../../src/lib/encoder/gnn/golden/", import.meta.url));
const python = process.argv[2] ?? (await pygPython({ ui: createUi({}), signal: AbortSignal.timeout(3e6) }));

mkdirSync(OUT, { recursive: true });
const model = goldenModel("sage");
const { shape, design } = model;
const tensors = historyTensors(goldenTables(), model);
const history = join(OUT, "history.safetensors");
writeFileSync(history, writeSafetensors({ tensors, metadata: {} }));
const folder = mkdtempSync(join(tmpdir(), "rhyme-golden-"));
const config = join(folder, "config.json");
writeFileSync(
  config,
  JSON.stringify({
    kinds: LAYER_KINDS,
    features: shape.features,
    hidden: shape.hidden,
    layers: shape.layers,
    dim: shape.dim,
    heads: goldenModel("gat").shape.heads,
    readout: shape.readout,
    windows: design.timeframes.map((timeframe) => design.windows[timeframe]!),
  }),
);
const { status } = spawnSync(
  python,
  [fileURLToPath(new URL("golden.py", import.meta.url)), history, config, OUT],
  { stdio: "inherit" },
);
rmSync(folder, { recursive: true });
process.exitCode = status ?? 1;
