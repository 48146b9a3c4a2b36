import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openMemoryFolder } from "../../src/lib/adapters/sqlite/open-memory.ts";
import { syntheticCandles } from "../../src/lib/testing/candles.ts";
import { digits, type BenchRow, type BenchWork } from "../row.ts";
import { D, patternBatch } from "./fixtures.ts";

const CANDLES = 300_000;
const PATTERNS = 100_000;

/** Candles, patterns and contexts into a folder on disk, and all of it verified. */
export const writeMemory: BenchWork = {
  name: "write-memory",
  heavy: true,
  run: async () => {
    const folder = mkdtempSync(join(tmpdir(), "rhyme-bench-"));
    const writer = openMemoryFolder(folder, { mode: "write" });
    const memory = writer.memory("default", { version: "v1", dim: D });
    const candles = syntheticCandles({ seed: 1, rows: CANDLES });
    const { patterns, labels } = patternBatch("S", PATTERNS, 1);
    const rows = [
      await row("candles written", CANDLES, 100_000, () => writer.candles.write(candles, 2e12)),
      await row("patterns written", PATTERNS, 20_000, () => memory.put(patterns)),
      await row("contexts written", PATTERNS, 20_000, () => memory.label(labels)),
      await row("patterns verified", PATTERNS, 20_000, () => writer.verify()),
    ];
    writer.close();
    const megabytes = Math.round(statSync(join(folder, "rhyme.sqlite")).size / 1e6);
    rmSync(folder, { recursive: true });
    return rows.map((one) => ({ ...one, notes: `${one.notes}; ${megabytes} MB on disk in the end` }));
  },
};

async function row(work: string, count: number, target: number, run: () => unknown): Promise<BenchRow> {
  const start = performance.now();
  await run();
  const rate = count / ((performance.now() - start) / 1000);
  return {
    work,
    ours: digits(rate),
    theirs: null,
    unit: "rows/s",
    against: null,
    ratio: null,
    target: `≥ ${target.toLocaleString("en")} rows/s`,
    ok: rate >= target,
    notes: `${count.toLocaleString("en")} rows, one run`,
  };
}
