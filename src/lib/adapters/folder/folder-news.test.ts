import { appendFileSync, mkdirSync, renameSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { temporaryFolder, type TemporaryFolder } from "../../testing/temporary-folder.ts";
import { FolderNews } from "./folder-news.ts";

const HEADER = "timestamp,open,high,low,close,volume\n";
const START = Date.UTC(2024, 0, 1);
const NOW = Date.UTC(2024, 0, 2);
const line = (bar: number, close = 100): string => `${START + bar * 300_000},100,101,99,${close},5\n`;

let at: TemporaryFolder;
beforeEach(() => {
  at = temporaryFolder();
});
afterEach(() => at.remove());

/** Bars (by number) that are news, each with its close. */
async function newsOf(
  news: FolderNews,
  { keep = true, now = NOW }: { keep?: boolean; now?: number } = {},
): Promise<(readonly [bar: number, close: number])[]> {
  const found: (readonly [number, number])[] = [];
  for await (const { series, stored } of news.look(at.path, "AAA", "5m", { now })) {
    series.openTime.forEach((open, i) => found.push([(open - START) / 300_000, series.close[i]!]));
    if (keep) stored();
  }
  return found;
}

describe("the candle files of a folder", () => {
  it("say a row once, and again where it changes", async () => {
    const news = new FolderNews();
    const file = path.join(at.path, "AAA_5m.csv");
    writeFileSync(file, HEADER + line(0) + line(1));
    writeFileSync(path.join(at.path, "BBB_5m.csv"), HEADER + line(0));
    expect(await newsOf(news)).toEqual([[0, 100], [1, 100]]); // prettier-ignore
    expect(await newsOf(news)).toEqual([]);
    appendFileSync(file, line(2));
    expect(await newsOf(news)).toEqual([[2, 100]]);
    writeFileSync(file, HEADER + line(0) + line(1, 100.5) + line(2) + line(3));
    expect(await newsOf(news)).toEqual([[1, 100.5], [3, 100]]); // prettier-ignore
    writeFileSync(path.join(at.path, "AAA_5m_more.csv"), HEADER + line(4));
    expect(await newsOf(news)).toEqual([[4, 100]]);
    writeFileSync(path.join(at.path, "AAA_1h.csv"), HEADER + line(12) + line(24));
    expect(await newsOf(news)).toEqual([]); // its name tells another timeframe
  });

  it("say again what could not be stored", async () => {
    const news = new FolderNews();
    writeFileSync(path.join(at.path, "AAA_5m.csv"), HEADER + line(0));
    expect(await newsOf(news, { keep: false })).toEqual([[0, 100]]);
    expect(await newsOf(news)).toEqual([[0, 100]]);
    expect(await newsOf(news)).toEqual([]);
  });

  it("say a bar that was forming once it has closed, though the file has not changed since", async () => {
    const news = new FolderNews();
    writeFileSync(path.join(at.path, "AAA_5m.csv"), HEADER + line(0) + line(1) + line(2) + line(9));
    const closing = START + 3 * 300_000;
    expect(await newsOf(news, { now: closing - 1 })).toEqual([[0, 100], [1, 100]]); // prettier-ignore
    expect(await newsOf(news, { now: closing - 1 })).toEqual([]);
    expect(await newsOf(news, { now: closing + 5_000 })).toEqual([[2, 100]]);
    expect(await newsOf(news)).toEqual([[9, 100]]);
    expect(await newsOf(news)).toEqual([]);
  });

  it("leave a line that is still being written, and a file that is not there yet", async () => {
    const news = new FolderNews();
    const file = path.join(at.path, "AAA_5m.csv");
    writeFileSync(file, HEADER + line(0) + line(1).slice(0, -4)); // "…,99,1" may become 100
    const now = NOW / 1000;
    utimesSync(file, now, now);
    expect(await newsOf(news)).toEqual([]);
    appendFileSync(file, line(1).slice(-4));
    utimesSync(file, now, now);
    expect(await newsOf(news)).toEqual([[0, 100], [1, 100]]); // prettier-ignore
    const hidden = path.join(at.path, ".AAA_5m.csv.part");
    mkdirSync(path.join(at.path, "other"));
    writeFileSync(hidden, HEADER + line(0) + line(1) + line(2));
    expect(await newsOf(news)).toEqual([]);
    renameSync(hidden, file);
    expect(await newsOf(news)).toEqual([[2, 100]]);
  });

  it("are those that end as candle files do: not what is on its way to be one, nor notes beside them", async () => {
    const news = new FolderNews();
    for (const ending of ["csv.tmp", "csv.part", "csv~", "md", "csv.gz.crdownload"])
      writeFileSync(path.join(at.path, `AAA_5m.${ending}`), HEADER + line(0) + line(1).slice(0, -4));
    expect(await newsOf(news)).toEqual([]);
    writeFileSync(path.join(at.path, "AAA_5m.CSV"), HEADER + line(0));
    writeFileSync(path.join(at.path, "AAA_5m_2.csv.gz"), gzipSync(HEADER + line(1)));
    writeFileSync(path.join(at.path, "AAA_5m_3.tsv"), (HEADER + line(2)).replaceAll(",", "\t"));
    expect(await newsOf(news)).toEqual([[0, 100], [1, 100], [2, 100]]); // prettier-ignore
  });

  it("wait where one grew while it was read: half a price at its end may be in what was read", async () => {
    const news = new FolderNews();
    const file = path.join(at.path, "AAA_5m.csv");
    writeFileSync(file, HEADER + line(0));
    let asked = 0;
    const found: number[] = [];
    const reading = {
      get now(): number {
        if (++asked === 2) appendFileSync(file, line(1).slice(0, -4)); // behind the look at its last byte
        return NOW;
      },
    };
    for await (const { series } of news.look(at.path, "AAA", "5m", reading)) found.push(...series.openTime);
    expect([asked > 1, found]).toEqual([true, []]);
    appendFileSync(file, line(1).slice(-4));
    expect(await newsOf(news)).toEqual([[0, 100], [1, 100]]); // prettier-ignore
  });
});
