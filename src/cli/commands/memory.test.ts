import { cpSync, statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { PassThrough } from "node:stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openMemoryFolder } from "../../lib/adapters/sqlite/open-memory.ts";
import type { Ingest } from "../../lib/adapters/sqlite/ingest-log.ts";
import { furnishMemory } from "../../lib/testing/furnished-memory.ts";
import { runRhyme, type Ran } from "../../lib/testing/run-rhyme.ts";
import { membersOf } from "../../lib/adapters/folder/grow-record.ts";
import { RECORD_SCHEMA, type RecallRecord } from "../../lib/recall/record-type.ts";
import { DIM, SERIES, someContexts, somePatterns, T0 } from "../../lib/testing/some-patterns.ts";
import { temporaryFolder } from "../../lib/testing/temporary-folder.ts";
import { confirm } from "../confirm.ts";

// The commands memory and forget as a user types them.

const at = temporaryFolder();
const INGEST: Ingest = {
  ...{
    ...SERIES,
    at: T0,
    command: "remember",
    tenant: "other",
    options: { zone: "UTC" },
    assumptions: ["a"],
  },
  files: [{ path: "/x/BTCUSDT-5m.csv", bytes: 12_345, sha256: "ab".repeat(32) }],
  ...{ findings: { "missing-bars": 3 }, repairs: {}, candles: { added: 400, unchanged: 0 } },
};
beforeAll(async () => {
  const folder = await furnishMemory(join(at.path, "m"));
  folder.ingests.add(INGEST);
  folder.ingests.add({ ...INGEST, at: T0 + 1, tenant: "default" });
  folder.close();
});
afterAll(() => at.remove());

const rhyme = (...args: string[]): Ran => runRhyme(at.path, ...args);
const copy = (name: string): string => {
  cpSync(join(at.path, "m"), join(at.path, name), { recursive: true });
  return name;
};
const edit = (name: string, sql: string): void => {
  const db = new DatabaseSync(join(at.path, name, "rhyme.sqlite"));
  expect(Number(db.prepare(sql).run().changes)).toBeGreaterThan(0);
  db.close();
};

describe("memory digest", () => {
  it("prints one hash for each part of the truth, for all of it, and for the answers beside it", () => {
    const printed = rhyme("memory", "digest", "--memory", "m").stdout;
    const lines = printed.trimEnd().split("\n").map((line) => line.split("  ")); // prettier-ignore
    const parts = ["candles", "patterns", "contexts", "artefacts", "records", "all", "answers"];
    expect(lines.map(([, part]) => part)).toEqual(parts);
    for (const [hash] of lines) expect(hash).toMatch(/^[0-9a-f]{64}$/);
    const document = JSON.parse(rhyme("memory", "digest", "--memory", "m", "--json").stdout) as object;
    expect(document).toMatchObject({ schema: "rhyme.digest/1", answers: lines.at(-1)![0] });
  });
});

describe("the ingest log", () => {
  it("gives back what was added, newest first, and notices a changed entry", () => {
    const folder = openMemoryFolder(join(at.path, "m"), { mode: "read" });
    expect(folder.ingests.list()).toEqual([{ ...INGEST, at: T0 + 1, tenant: "default" }, INGEST]);
    expect(folder.ingests.list({ limit: 1 })).toHaveLength(1);
    folder.close();
    edit(copy("log"), "UPDATE ingests SET entry = replace(entry, '400', '401')");
    const damaged = openMemoryFolder(join(at.path, "log"), { mode: "read" });
    expect(() => damaged.ingests.list()).toThrow(/ingest log/);
    expect(damaged.verify().problems[0]!.place).toMatch(/entry 1 of the ingest log/);
    damaged.close();
  });
});

describe("memory", () => {
  it("prints what is inside and that it is whole", () => {
    const ran = rhyme("memory", "--memory", "m");
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    expect(ran.stdout).toMatch(/^m: \d+ kB on disk, format \d/);
    expect(ran.stdout).toMatch(/BTCUSDT +5m +test +24x7 +400 +2024-01-01T00:00Z/);
    expect(ran.stdout).toMatch(/default +BTCUSDT 5m +v1 +30 .* 86\.7 %/);
    expect(ran.stdout).toMatch(/v1 +test +4 +5m +close12 +2024-01-01T10:00:00Z/);
    expect(ran.stdout).toMatch(/BTCUSDT-5m\.csv \(12 kB, abababab\) +400 added +3 missing-bars/);
    expect(ran.stdout).toMatch(/0 records of past answers, 2 answers/);
    expect(ran.stdout).toMatch(/whole \(a quick look/);
  });

  it("says the same to programs", () => {
    const document = JSON.parse(rhyme("memory", "--memory", "m", "--json", "--verify").stdout);
    expect(document).toMatchObject({
      ...{ schema: "rhyme.memory/1", records: 0, answers: 2, staleRecords: [] },
      series: [
        { symbol: "BTCUSDT", rows: 400 },
        { symbol: "SPY", rows: 40 },
      ],
      holdings: [{ tenant: "default", maturedShare: { "4h": 26 / 30 } }, { tenant: "other" }],
      encoders: [{ version: "v1", knownAt: "2024-01-01T10:00:00Z" }],
      ingests: [{ tenant: "default" }, { tenant: "other", at: "2024-01-01T00:00:00Z" }],
      verified: { how: "full", problems: [] },
    });
  });

  it("exits 1 and names what is wrong, also where that hides the rest", () => {
    edit(copy("bad"), "UPDATE candles SET close = close + 1 WHERE series = 2");
    expect(rhyme("memory", "--memory", "bad").code).toBe(0); // a quick look does not read candles
    const full = rhyme("memory", "--memory", "bad", "--verify");
    expect(full.code).toBe(1);
    expect(full.stdout).toMatch(/candle of SPY 1d \(vendor\) at /);
    edit("bad", "UPDATE series SET symbol = 'X' WHERE symbol = 'SPY'");
    const quick = rhyme("memory", "--memory", "bad", "--json");
    expect(quick.code).toBe(1);
    expect(JSON.parse(quick.stdout)).toMatchObject({ verified: { how: "quick" } });
    expect(quick.stdout).toMatch(/table of series/);
    expect(rhyme("memory", "--memory", "nowhere").code).toBe(2);
  });
});

describe("forget", () => {
  it("deletes nothing unless it is said twice", () => {
    const before = statSync(join(at.path, "m", "rhyme.sqlite"));
    const ran = rhyme("forget", "--memory", "m", "--symbol", "SPY");
    expect(ran.code).toBe(2);
    expect(ran.stderr).toMatch(/SPY 1d \(vendor\)[^]*40 candles[^]*--yes/);
    expect(rhyme("forget", "--memory", "m", "--yes").stderr).toMatch(/--symbol or --tenant/);
    expect(rhyme("forget", "--memory", "m", "--symbol", "X", "--yes").stderr).toMatch(/It holds BTCUSDT 5m/);
    expect(rhyme("forget", "--memory", "m", "--tenant", "x", "--yes").stderr).toMatch(/knows default, other/);
    expect(statSync(join(at.path, "m", "rhyme.sqlite")).mtimeMs).toBe(before.mtimeMs);
  });

  it("asks a person to type the name", async () => {
    const typing = async (text: string): Promise<void> => {
      const stdin = Object.assign(new PassThrough(), { isTTY: true });
      const streams = { stdin, stderr: new PassThrough() } as unknown as NodeJS.Process;
      const asked = confirm("SPY", false, new AbortController().signal, streams);
      stdin.write(`${text}\n`);
      await asked;
    };
    await typing(" SPY ");
    await expect(typing("yes")).rejects.toThrow(/Nothing was deleted/);
    await expect(typing("")).rejects.toThrow(/Nothing was deleted/);
  });

  it("takes a tenant with what it made, and leaves the candles that another one uses", () => {
    const ran = rhyme("forget", "--memory", copy("t"), "--tenant", "other", "--yes", "--json");
    expect(JSON.parse(ran.stdout)).toMatchObject({
      ...{ schema: "rhyme.forget/1", tenant: "other", stale: [] },
      forgotten: { patterns: 30, contexts: 26, candles: 0, records: 0, answers: 0 },
    });
    expect(ran.stderr).toMatch(/candles that tenants default use stay/);
    const then = rhyme("forget", "--memory", "t", "--tenant", "default", "--yes");
    expect(then.stdout).toMatch(/30 patterns, 26 contexts, 0 records, 2 answers, 403 candles/);
    const left = JSON.parse(rhyme("memory", "--memory", "t", "--json", "--verify").stdout);
    expect(left).toMatchObject({ series: [{ symbol: "SPY" }], holdings: [], ingests: [] });
  });

  it("takes a symbol whole, gives the room back and leaves no byte of it", () => {
    const ran = JSON.parse(
      rhyme("forget", "--memory", copy("s"), "--symbol", "BTCUSDT", "--yes", "--json").stdout,
    );
    expect(ran.forgotten).toEqual({ patterns: 60, contexts: 52, candles: 403, records: 0, answers: 2 });
    expect(ran.bytesAfter).toBeLessThan(ran.bytesBefore);
    const folder = openMemoryFolder(join(at.path, "s"), { mode: "read" });
    expect(folder.verify().problems).toEqual([]);
    expect(folder.candles.list().map(({ symbol }) => symbol)).toEqual(["SPY"]);
    expect(folder.ingests.list()).toEqual([]);
    folder.close();
  });

  it("names the records that were made with what is gone", async () => {
    const name = copy("members");
    const folder = openMemoryFolder(join(at.path, name), { mode: "write" });
    const batch = { ...somePatterns(6), series: { ...SERIES, symbol: "ETHUSDT" } };
    const memory = folder.memory("default", { version: "v1", dim: DIM });
    await memory.put(batch);
    await memory.label(someContexts(batch));
    const through = batch.anchors[5]!;
    const of = { tenant: "default", series: batch.series, horizon: "4h" };
    const record = { schema: RECORD_SCHEMA, ...of, encoder: { version: "v1", knownAt: 0 }, through };
    const members = membersOf(folder, record as unknown as RecallRecord);
    expect(members).toMatchObject({ "BTCUSDT of test": expect.any(Number) as number });
    folder.records.put({ ...of, encoderVersion: "v1" }, JSON.stringify({ ...record, members }));
    folder.close();
    expect(JSON.parse(rhyme("memory", "--memory", name, "--json").stdout)).toMatchObject({
      staleRecords: [],
    });
    const ran = rhyme("forget", "--memory", name, "--symbol", "BTCUSDT", "--yes");
    expect(ran.stderr).toMatch(
      /record of ETHUSDT 5m for 4h was made with moments of BTCUSDT of test: run remember/,
    );
    const stale = [{ symbol: "ETHUSDT", horizon: "4h", because: ["BTCUSDT of test"] }];
    expect(JSON.parse(rhyme("memory", "--memory", name, "--json").stdout)).toMatchObject({
      staleRecords: stale,
    });
  });

  it("takes what one tenant made of a symbol", () => {
    const folder = openMemoryFolder(join(at.path, copy("both")), { mode: "write" });
    const wish = { tenant: "default", series: SERIES };
    expect(folder.forgettable(wish)).toEqual({
      patterns: 30,
      contexts: 26,
      candles: 0,
      records: 0,
      answers: 2,
    });
    expect(folder.forget(wish)).toEqual({ patterns: 30, contexts: 26, candles: 0, records: 0, answers: 2 });
    expect(folder.holdings().map(({ tenant }) => tenant)).toEqual(["other"]);
    expect(folder.ingests.list().map(({ tenant }) => tenant)).toEqual(["other"]);
    expect(folder.verify().problems).toEqual([]);
    folder.close();
  });
});
