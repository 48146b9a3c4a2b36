import { cpSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { memoryContent } from "../../testing/memory-content.ts";
import { refusal } from "../../testing/refusal.ts";
import { ask, DIM, HOUR, SERIES, someContexts, somePatterns, T0 } from "../../testing/some-patterns.ts";
import { temporaryFolder } from "../../testing/temporary-folder.ts";
import type { ExportTable } from "../files/export-columns.ts";
import { openMemoryFolder, type MemoryFolder } from "./open-memory.ts";
import type { OpenOptions } from "./open-store.ts";
import { FORMAT_VERSION } from "./schema.ts";

const CORRECTED = T0 + 100 * HOUR;
const COUNT = 20;
const ENCODER = { version: "v1", dim: DIM };
const ALL = { from: -Infinity, to: Infinity, asOf: Infinity };
const batch = somePatterns(COUNT);
const first = someContexts(batch);
const second = someContexts(batch, 4, 9);
second.columns.matureAt.fill(CORRECTED);

const at = temporaryFolder();
const whole = join(at.path, "whole");
let path = "";
let made = 0;
beforeAll(async () => {
  const folder = openMemoryFolder(whole, { mode: "write" });
  const memory = folder.memory("default", ENCODER);
  await memory.put(batch);
  await memory.label(first);
  await memory.label(second);
  folder.close();
});
beforeEach(() => {
  path = join(at.path, `copy-${made++}`);
  cpSync(whole, path, { recursive: true });
});
const open: MemoryFolder[] = [];
const opened = (mode: OpenOptions["mode"]): MemoryFolder => {
  const folder = openMemoryFolder(path, { mode, deadlineMs: 0 });
  open.push(folder);
  return folder;
};
const closeAll = (): void => open.splice(0).forEach((folder) => folder.close());
afterEach(closeAll);
afterAll(() => at.remove());

function edit(...statements: string[]): void {
  const db = new DatabaseSync(join(path, "rhyme.sqlite"));
  for (const sql of statements) db.exec(sql);
  db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  db.close();
}

function one(sql: string): unknown {
  const db = new DatabaseSync(join(path, "rhyme.sqlite"), { readOnly: true });
  const row = db.prepare(sql).get()!;
  db.close();
  return Object.values(row)[0];
}

describe("revised outcomes in a memory folder", () => {
  it("reach a reader that has the first outcomes in RAM", async () => {
    const reader = opened("read").memory("default", ENCODER);
    const before = await reader.query(ask({ asOf: CORRECTED, k: COUNT }));
    const third = someContexts(batch, 4, 31);
    third.columns.matureAt.fill(CORRECTED + HOUR);
    await opened("write").memory("default", ENCODER).label(third);
    expect(await reader.query(ask({ asOf: CORRECTED, k: COUNT }))).toEqual(before);
    const after = await reader.query(ask({ asOf: CORRECTED + HOUR, k: COUNT }));
    expect(after.every((n) => n.context.matureAt === CORRECTED + HOUR)).toBe(true);
    expect(after.map((n) => [n.id, n.distance, n.matureAt])).toEqual(
      before.map((n) => [n.id, n.distance, n.matureAt]),
    );
  });

  it("count once: by the first outcome", () => {
    const folder = opened("read");
    expect(folder.holdings()).toMatchObject([{ patterns: COUNT, contexts: { "4h": COUNT } }]);
    const matured = (asOf: number): unknown =>
      folder.maturedCounts({ tenant: "default", encoder: "v1", horizon: "4h", asOf });
    expect(matured(T0 + 6 * HOUR)).toMatchObject([{ matured: 3 }]);
    expect(matured(CORRECTED)).toMatchObject([{ matured: COUNT }]);
    expect(folder.verify().problems).toEqual([]);
  });

  it("are noticed when one was changed or lost, by whoever reads it and by verify", async () => {
    const damages = [
      "UPDATE context_revisions SET rvi = rvi + 1 WHERE anchor = (SELECT min(anchor) FROM context_revisions)",
      "DELETE FROM context_revisions WHERE anchor = (SELECT min(anchor) FROM context_revisions)",
      `INSERT INTO context_revisions SELECT memory, horizon, series, anchor, revision, mature_at + 1, crosses_close,
         return, roc, atr, log_atr_ratio, realised_volatility, rvi, max_gain, max_loss, direction, barrier, digest
         FROM context_revisions LIMIT 1`,
    ];
    for (const damage of damages) {
      cpSync(whole, path, { recursive: true });
      edit(damage);
      const folder = opened("read");
      const error = await refusal(folder.memory("default", ENCODER).query(ask()));
      expect(error.kind, damage).toBe("store");
      expect(folder.verify().problems.length, damage).toBeGreaterThan(0);
      closeAll();
    }
    cpSync(whole, path, { recursive: true });
    edit(damages[0]!);
    const pattern = opened("read").memory("default", ENCODER).at(SERIES, T0, CORRECTED);
    expect((await refusal(pattern)).message).toMatch(/what followed 2024-01-01/);
  });

  it("go with their patterns", async () => {
    const memory = opened("write").memory("default", ENCODER);
    const id = (await memory.at(SERIES, T0, Infinity))!.id;
    expect(await memory.delete({ ids: [id] })).toBe(1);
    closeAll();
    expect(one("SELECT count(*) FROM context_revisions")).toBe(COUNT - 1);
    const folder = opened("write");
    expect(folder.verify().problems).toEqual([]);
    await folder.memory("default", ENCODER).put(batch);
    expect((await folder.memory("default", ENCODER).get(id, Infinity))?.contexts).toEqual({});
    expect(folder.forget({ series: SERIES }).contexts).toBe(COUNT - 1);
    closeAll();
    expect(one("SELECT count(*) FROM context_revisions")).toBe(0);
    expect(one("SELECT count(*) FROM tallies WHERE kind = 'context_revisions'")).toBe(0);
  });

  it("are rows of their own in an export, each from when it was known", () => {
    const folder = opened("read");
    const held = folder.holdings().map((holding) => ({ ...holding, encoderKnownAt: T0 }));
    const rowsOf = ({ shape, rows }: ExportTable): Record<string, unknown>[] =>
      [...rows].map((row) => Object.fromEntries(Object.keys(shape).map((name, c) => [name, row[c]])));
    const all = rowsOf(folder.tables.contexts(held, ALL));
    expect(all).toHaveLength(2 * COUNT);
    const matureAt = first.columns.matureAt[0];
    expect(all.slice(0, 2)).toMatchObject([
      { known_at: matureAt, mature_at: matureAt, label_revision: 0, rvi: first.columns.values.rvi[0] },
      { known_at: CORRECTED, mature_at: matureAt, label_revision: 1, rvi: second.columns.values.rvi[0] },
    ]);
    const then = rowsOf(folder.tables.contexts(held, { ...ALL, asOf: CORRECTED - 1 }));
    expect(then).toEqual(all.filter((row) => row["label_revision"] === 0));
  });
});

describe("a memory of format 2, which knew no revised outcomes", () => {
  const toFormat2 = (): void =>
    edit(
      "DROP TABLE context_revisions",
      "DELETE FROM tallies WHERE kind = 'context_revisions'",
      "DROP TABLE channels",
      "DROP TABLE identity",
      "DROP TABLE mirrored",
      "PRAGMA user_version = 2",
    );

  it("is brought to this format by whoever opens it for writing, and then holds the same", async () => {
    toFormat2();
    const memory = opened("write").memory("default", ENCODER);
    expect(await memory.query(ask({ asOf: CORRECTED - 1, k: 99 }))).toHaveLength(COUNT);
    expect(await memory.label(second)).toMatchObject({ revised: COUNT });
    const reader = opened("read"); // the file's own header may not say so yet
    expect(reader.summary().format).toBe(FORMAT_VERSION);
    expect(reader.verify().problems).toEqual([]);
    closeAll();
    expect(tablesOf(path)).toEqual(tablesOf(whole));
  });

  it("is refused, and left alone, by readers, who are told what to do", () => {
    toFormat2();
    const before = memoryContent(path);
    expect(() => opened("read")).toThrow(/format version 2.*rhyme remember/);
    expect(memoryContent(path)).toEqual(before);
  });

  it("is left alone where its tables are not those of that format", () => {
    toFormat2();
    edit("DROP TABLE tallies");
    const before = memoryContent(path);
    expect(() => opened("write")).toThrow(/its tables/);
    expect(memoryContent(path)).toMatchObject({ bytes: before["bytes"] });
  });
});

/** The content of all tables but those that tell other connections what was written when. */
function tablesOf(folder: string): Record<string, string> {
  const told = ["table changes", "table sqlite_sequence"];
  const entries = Object.entries(memoryContent(folder));
  return Object.fromEntries(entries.filter(([name]) => name.startsWith("table ") && !told.includes(name)));
}
