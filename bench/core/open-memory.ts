import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openMemoryFolder } from "../../src/lib/adapters/sqlite/open-memory.ts";
import { digits, type BenchWork } from "../row.ts";
import { D, patternBatch } from "./fixtures.ts";

const SYMBOLS = 10;
const ROWS = 100_000; // of each symbol
const CHUNK = 5_000; // as `remember` writes

/** From a folder on disk to the first answer, in a process of its own. */
export const openMemory: BenchWork = {
  name: "open-memory",
  run: async () => {
    const folder = mkdtempSync(join(tmpdir(), "rhyme-bench-"));
    try {
      await fill(folder);
      const script = fileURLToPath(new URL("./open-once.ts", import.meta.url));
      const runs = Array.from({ length: 3 }, () => openOnce(script, folder)).sort((a, b) => a.ms - b.ms);
      const { ms, rssMb } = runs[1]!;
      return [
        {
          work: `open a memory of ${((SYMBOLS * ROWS) / 1e6).toFixed(0)} M patterns`,
          ours: digits(ms / 1000),
          theirs: null,
          unit: "s",
          against: null,
          ratio: null,
          target: "≤ 5 s, RSS stated",
          ok: ms <= 5_000,
          notes: `up to the first answer over all of them, every digest checked; peak RSS ${rssMb} MB; ${Math.round(statSync(join(folder, "rhyme.sqlite")).size / 1e6)} MB on disk; the middle of three new processes`,
        },
      ];
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

async function fill(folder: string): Promise<void> {
  const writer = openMemoryFolder(folder, { mode: "write" });
  const memory = writer.memory("default", { version: "v1", dim: D });
  for (let s = 0; s < SYMBOLS; s++) {
    const { patterns, labels } = patternBatch(`S${s}`, ROWS, s + 1);
    for (let i = 0; i < ROWS; i += CHUNK) {
      const cut = <A extends Float64Array | Uint8Array>(xs: A): A => xs.subarray(i, i + CHUNK) as A;
      await memory.put({
        ...patterns,
        anchors: cut(patterns.anchors),
        vectors: patterns.vectors.subarray(i * D, (i + CHUNK) * D),
        atrNow: cut(patterns.atrNow),
        base: Object.fromEntries(Object.entries(patterns.base).map(([h, xs]) => [h, cut(xs)])),
      });
      const { columns } = labels;
      await memory.label({
        ...labels,
        anchors: cut(labels.anchors),
        columns: {
          ...columns,
          state: cut(columns.state),
          crossesClose: cut(columns.crossesClose),
          matureAt: cut(columns.matureAt),
          atrNow: cut(columns.atrNow),
          values: Object.fromEntries(
            Object.entries(columns.values).map(([label, xs]) => [label, cut(xs)]),
          ) as typeof columns.values,
        },
      });
    }
  }
  writer.close();
}

function openOnce(script: string, folder: string): { readonly ms: number; readonly rssMb: number } {
  const args = ["--conditions=lab-source", "--disable-warning=ExperimentalWarning", script, folder];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as { ms: number; rssMb: number };
}
