import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { syntheticCandles } from "../../testing/candles.ts";
import { child } from "../../testing/child.ts";
import { memoryContent } from "../../testing/memory-content.ts";
import { ask, DIM, somePatterns, someContexts, T0 } from "../../testing/some-patterns.ts";
import { temporaryFolder, type TemporaryFolder } from "../../testing/temporary-folder.ts";
import { openMemoryFolder, type MemoryFolder } from "./open-memory.ts";
import { FORMAT_VERSION, MIGRATIONS } from "./schema.ts";

/** A memory that the last version of Rhyme with that format wrote (testing/golden/README.md). */
function keptOf(format: number): Buffer {
  const golden = new URL(`../../testing/golden/memory-format-${format}.sqlite.gz`, import.meta.url);
  return gunzipSync(readFileSync(fileURLToPath(golden)));
}

/** All that brings it to this format. */
function migrationOf(format: number): string {
  const steps = Array.from({ length: FORMAT_VERSION - format }, (_, i) => MIGRATIONS[format + i]!);
  return steps.join("\n");
}

let at: TemporaryFolder;
let path: string;
const opened: MemoryFolder[] = [];

beforeEach(() => {
  at = temporaryFolder();
  path = join(at.path, "m");
});
afterEach(() => {
  closeAll();
  at.remove();
});

function keep(format: number, folder = path): void {
  mkdirSync(folder);
  writeFileSync(join(folder, "rhyme.sqlite"), keptOf(format));
}

function open(mode: "read" | "write", folder = path): MemoryFolder {
  opened.push(openMemoryFolder(folder, { mode, deadlineMs: 0 }));
  return opened.at(-1)!;
}

function closeAll(): void {
  for (const folder of opened.splice(0)) folder.close();
}

function edit(folder: string, ...statements: readonly string[]): void {
  const db = new DatabaseSync(join(folder, "rhyme.sqlite"));
  for (const sql of statements) db.exec(sql);
  db.close();
}

const MEMORY = ["default", { version: "v1", dim: DIM }] as const;

/** The same in a memory that is begun in this format. */
async function begunNow(format: number): Promise<Readonly<Record<string, string>>> {
  const folder = open("write", join(at.path, "now"));
  folder.candles.write(
    syntheticCandles({ seed: 1, rows: 6, timeframe: "5m", symbol: "BTCUSDT", source: "test" }),
    0,
  );
  const batch = somePatterns(5);
  await folder.memory(...MEMORY).put(batch);
  await folder.memory(...MEMORY).label(someContexts(batch));
  if (format >= 4) folder.channels.switch("default", "default", "v1", T0);
  closeAll();
  return memoryContent(join(at.path, "now"));
}

describe.each([
  [3, "which version is read", "channels"],
  [4, "what an index was brought up to", "mirrored"],
] as const)("a memory of format %i, which did not know %s", (format, _what, lacks) => {
  beforeEach(() => keep(format));

  it("is refused by readers, brought to this format by a writer, and then is as one begun in it", async () => {
    const before = readFileSync(join(path, "rhyme.sqlite"));
    expect(() => open("read")).toThrow(`format version ${format}`);
    expect(readFileSync(join(path, "rhyme.sqlite"))).toEqual(before);
    open("write");
    closeAll();
    const { bytes: _layout, ...tables } = memoryContent(path); // its pages lie in another order
    const { bytes: _other, ...wanted } = await begunNow(format);
    expect(tables).toEqual(wanted);
    expect(Object.keys(tables)).toContain(`table ${lacks}`);
  });

  it("answers as it did, is whole, and has channels and an identity from then on", async () => {
    const folder = open("write");
    expect(folder.verify().problems).toEqual([]);
    const found = await folder.memory(...MEMORY).query(ask({ k: 5 }));
    expect(found).toHaveLength(5);
    expect(folder.candles.list()).toHaveLength(1);
    expect(folder.channels.switch("default", "default", "v1", T0)).toMatchObject({ previous: null });
    expect(folder.identity).toMatch(/^[0-9a-f-]{36}$/);
    const { change, digest } = folder.patternSource(...MEMORY).note();
    await folder.memory(...MEMORY).put(somePatterns(9));
    expect(folder.patternSource(...MEMORY).noted(change)).toBe(digest);
    expect(open("read").verify().problems).toEqual([]);
    folder.forget({ tenant: "default" });
    expect(folder.channels.list()).toEqual([]);
  });

  it("is whole in one format or the other where its writer was killed in between, and a repeat finishes", async () => {
    open("write");
    closeAll();
    const whole = memoryContent(path);
    for (const [i, line] of ["begun", "migrated", "versioned", "committed"].entries()) {
      const killed = join(at.path, `killed-${i}`);
      keep(format, killed);
      const told = [migrationOf(format), String(FORMAT_VERSION)] as const;
      const writer = child("./migration-stopper.ts", killed, line, ...told);
      expect(await writer.heard()).toBe(line);
      const copy = join(at.path, `copy-${i}`);
      cpSync(killed, copy, { recursive: true }); // as a power cut would leave it
      await writer.kill();
      for (const folder of [copy, killed]) {
        const later = `${folder}-later`;
        cpSync(folder, later, { recursive: true });
        if (line === "committed") expect(open("read", later).verify().problems).toEqual([]);
        else expect(() => open("read", later)).toThrow(`format version ${format}`);
        closeAll();
        expect(open("write", folder).verify().problems).toEqual([]);
        closeAll();
        expect(memoryContent(folder)).toEqual(whole);
      }
    }
  });

  it("is left alone where it has tables of that name already", () => {
    edit(path, `CREATE TABLE ${lacks} (other)`);
    const before = memoryContent(path);
    expect(() => open("write")).toThrow(`${lacks} already exists`);
    expect(memoryContent(path)).toMatchObject({ bytes: before["bytes"] });
  });
});
