import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { csvFileTable } from "./csv-file.ts";
import { csvTable } from "./csv-table.ts";
import type { Table } from "./table.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "rhyme-large-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** 180,000 lines, 9.5 MB: three parts. */
const LINES = Array.from(
  { length: 180_000 },
  (_, i) => `${1.6e12 + i * 60_000},1.25,${2 + (i % 97) / 8},1.125,${1 + (i % 13) / 16},${i}.5000000000`,
);
const HEADER = "timestamp,open,high,low,close,volume";

async function fileOf(lines: readonly string[], lineBreak = "\n"): Promise<[path: string, bytes: Buffer]> {
  const bytes = Buffer.from([HEADER, ...lines, ""].join(lineBreak));
  const path = join(folder, "x.csv");
  await writeFile(path, bytes);
  return [path, bytes];
}

/** The values of a table, whatever memory they lie in. */
const valuesOf = ({ columns, line, badLines }: Table): unknown => {
  const text = (values: Float64Array | Int32Array): string =>
    Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString("latin1");
  return [...[...columns.values()].map(({ values }) => text(values as Float64Array)), text(line), badLines];
};

describe("a large CSV file", () => {
  const broken = LINES.map((line, i) => (i % 50_000 === 100 ? "broken" : i === 70_000 ? "" : line));
  const quoted = LINES.map((line, i) => (i === 90_000 ? line.replace("1.25", '"1.25"') : line));

  it.each([
    ["whole", LINES, "\n"],
    ["with CRLF", LINES, "\r\n"],
    ["with lines that are none", broken, "\n"],
    ["with a quoted cell", quoted, "\n"],
  ] as const)("is read in parts as it is read at once: %s", async (_, lines, lineBreak) => {
    const [path, bytes] = await fileOf(lines, lineBreak);
    const inParts = await csvFileTable(path, {});
    const atOnce = csvTable(path, bytes);
    expect(valuesOf(inParts!)).toEqual(valuesOf(atOnce));
  });

  it("is left alone where it is small, missing, a folder, or not plain text", async () => {
    const [small] = await fileOf(LINES.slice(0, 10));
    expect(await csvFileTable(small, {})).toBeNull();
    expect(await csvFileTable(join(folder, "nothing.csv"), {})).toBeNull();
    expect(await csvFileTable(folder, {})).toBeNull();
    const [path, bytes] = await fileOf(LINES);
    await writeFile(path, Buffer.concat([Buffer.from("\ufeff"), bytes]));
    expect(await csvFileTable(path, {})).toBeNull();
  });

  it("is not read on when asked to stop", async () => {
    const [path] = await fileOf(LINES);
    const signal = AbortSignal.abort();
    await expect(csvFileTable(path, { signal })).rejects.toThrow("aborted");
  });
});
