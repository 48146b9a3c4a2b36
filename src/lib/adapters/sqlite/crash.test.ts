import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { cpSync, existsSync, mkdirSync, statSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import { RhymeError } from "../../errors.ts";
import { createRng } from "../../math/rng.ts";
import { child } from "../../testing/child.ts";
import { ask, DIM, HOUR, SERIES, T0 } from "../../testing/some-patterns.ts";
import { temporaryFolder, type TemporaryFolder } from "../../testing/temporary-folder.ts";
import { writeStep } from "../../testing/written-steps.ts";
import { openMemoryFolder, type MemoryFolder } from "./open-memory.ts";
import { SCHEMA } from "./schema.ts";

const STEPS = 60;
const KILLS = 8;

/** All rows of all tables of facts, as text; how they came in differs, what they say does not. */
function contents(path: string): string[] {
  const db = new DatabaseSync(join(path, "rhyme.sqlite"), { readOnly: true });
  const queries = [
    "SELECT * FROM candles ORDER BY 1, 2, 3, 4",
    "SELECT series, anchor, revision, hex(id), hex(vector), atr_now, digest FROM patterns ORDER BY 1, 2, 3",
    "SELECT * FROM forecasts ORDER BY 1, 2, 3, 4, 5",
    "SELECT * FROM contexts ORDER BY 1, 2, 3, 4, 5",
    "SELECT * FROM encoders ORDER BY 1",
  ];
  const rows = queries.flatMap((sql) =>
    db
      .prepare(sql)
      .all()
      .map((row) => JSON.stringify(row)),
  );
  db.close();
  return rows;
}

async function complete(folder: MemoryFolder): Promise<void> {
  const memory = folder.memory("default", { version: "v1", dim: DIM });
  for (let step = 0; step < STEPS; step++) await writeStep(folder, memory, step);
}

describe("a memory folder", () => {
  let at: TemporaryFolder;
  beforeEach(() => (at = temporaryFolder()));
  afterEach(() => at.remove());

  it("opens with whole patterns only after its writer was killed at any moment, and completes to the same content", async () => {
    const rng = createRng(1);
    let last = 0;
    for (let round = 0; round < KILLS; round++) {
      const writer = child("./folder-writer.ts", at.path);
      writer.tell(`put 0 ${STEPS}`);
      if (round % 3 === 0)
        await setTimeout(100 + rng.int(300)); // also while it opens, or begins
      else {
        expect(await writer.heard()).toBe("ready");
        await setTimeout(rng.int(60 + 40 * round));
      }
      await writer.kill();
      const folder = openMemoryFolder(at.path, { mode: "write", deadlineMs: 0 });
      const memory = folder.memory("default", { version: "v1", dim: DIM });
      expect(folder.verify().problems).toEqual([]);
      const count = await memory.count();
      expect(count % 40).toBe(0); // a batch is one transaction
      expect(count).toBeGreaterThanOrEqual(last);
      const vectors = await Promise.all(
        [...(await memory.anchors(SERIES))].slice(-40).map((t) => memory.at(SERIES, t, Infinity)),
      );
      expect(vectors.every((pattern) => pattern!.vector.length === DIM && "4h" in pattern!.base)).toBe(true);
      for (const { version } of folder.encoders.list())
        expect(Object.keys(folder.encoders.load(version))).toHaveLength(2);
      last = count;
      folder.close();
    }
    expect(last).toBeGreaterThan(0);
    const undisturbed = temporaryFolder();
    for (const path of [at.path, undisturbed.path]) {
      const folder = openMemoryFolder(path, { mode: "write" });
      await complete(folder);
      expect(folder.verify().problems).toEqual([]);
      folder.close();
    }
    expect(contents(at.path)).toEqual(contents(undisturbed.path));
    undisturbed.remove();
  });

  it("refuses a second writer by name and process once its deadline has passed, and lets it in when the first is done", async () => {
    const writer = child("./folder-writer.ts", at.path);
    await writer.heard();
    const second = (deadlineMs: number): MemoryFolder =>
      openMemoryFolder(at.path, { mode: "write", deadlineMs });
    expect(() => second(50)).toThrow(RhymeError);
    expect(() => second(50)).toThrow(`folder-writer, process ${writer.pid} on `);
    writer.tell("close 300");
    second(20_000).close();
    await writer.ended();
    second(0).close();
  });

  it("refuses a second writer within one process too, and lets it in after a kill without any cleaning up", async () => {
    const first = openMemoryFolder(at.path, { mode: "write" });
    expect(() => openMemoryFolder(at.path, { mode: "write", deadlineMs: 0 })).toThrow(
      `process ${process.pid}`,
    );
    first.close();
    const writer = child("./folder-writer.ts", at.path);
    await writer.heard();
    await writer.kill();
    openMemoryFolder(at.path, { mode: "write", deadlineMs: 0 }).close();
  });

  it("lets readers work while another process writes, and shows them each commit without reopening", async () => {
    const writer = child("./folder-writer.ts", at.path);
    await writer.heard();
    const reader = openMemoryFolder(at.path, { mode: "read" });
    const memory = reader.memory("default", { version: "v1", dim: DIM });
    expect(await memory.query(ask())).toEqual([]);
    const put = async (from: number, to: number): Promise<void> => {
      writer.tell(`put ${from} ${to}`);
      expect(await writer.heard()).toBe("done");
    };
    await put(0, 3);
    expect(await memory.countMatured(ask())).toBe(120);
    const before = await memory.query(ask({ asOf: T0 + 124 * HOUR, k: 50 }));
    await put(2, 6);
    expect(await memory.countMatured(ask())).toBe(240);
    expect(await memory.query(ask({ asOf: T0 + 124 * HOUR, k: 50 }))).toEqual(before);
    const fresh = openMemoryFolder(at.path, { mode: "read" });
    const again = fresh.memory("default", { version: "v1", dim: DIM });
    expect(await memory.query(ask({ k: 99 }))).toEqual(await again.query(ask({ k: 99 })));
    const newest = (await again.query(ask({ k: 1 })))[0]!.id;
    expect(await memory.get(newest, Infinity)).toEqual(await again.get(newest, Infinity));
    await expect(memory.delete({ ids: [newest] })).rejects.toThrow(/opened for reading/);
    fresh.close();
    reader.close();
    writer.tell("close 0");
    await writer.ended();
  });

  it("begins a memory whose beginning was killed while it wrote its first pages", () => {
    const [from, to] = [join(at.path, "cut"), join(at.path, "cut-copy")];
    mkdirSync(from);
    const db = new DatabaseSync(join(from, "rhyme.sqlite"));
    db.exec("PRAGMA page_size = 8192; PRAGMA cache_size = 1; BEGIN IMMEDIATE");
    db.exec(SCHEMA); // more than the cache holds: pages are in the file before there is a commit
    cpSync(from, to, { recursive: true }); // what a killed process leaves
    db.close();
    expect(statSync(join(to, "rhyme.sqlite")).size).toBeGreaterThan(0);
    expect(existsSync(join(to, "rhyme.sqlite-journal"))).toBe(true);
    const folder = openMemoryFolder(to, { mode: "write" });
    expect(folder.summary().series).toEqual([]);
    folder.close();
  });
});
