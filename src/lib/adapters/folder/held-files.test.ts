import { writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readCandles } from "../files/read-candles.ts";
import { fileDigest } from "../files/file-digest.ts";
import { openMemoryFolder } from "../sqlite/open-memory.ts";
import { temporaryFolder } from "../../testing/temporary-folder.ts";
import { calendar24x7 } from "../../time/calendar-24x7.ts";
import { heldFiles, newsOf } from "./held-files.ts";
import { readGroups } from "./read-groups.ts";

const MINUTES = 5 * 60_000;
const NOW = Date.UTC(2026, 0, 1);
const START = Date.UTC(2024, 0, 2);
const at = temporaryFolder();
afterAll(() => at.remove());

/** A file of bars by their number, each with its close. */
function fileOf(name: string, closes: Readonly<Record<number, number>>): string {
  const rows = Object.entries(closes).map(([bar, close]) => {
    const t = START + Number(bar) * MINUTES;
    return [t, close, close, close, close, 1].join();
  });
  const file = path.join(at.path, name);
  writeFileSync(file, ["timestamp,open,high,low,close,volume", ...rows, ""].join("\n"));
  return file;
}

const history = fileOf(
  "S-5m-1.csv",
  Object.fromEntries(Array.from({ length: 24 }, (_, bar) => [bar, 100 + bar])),
);
const fix = fileOf("S-5m-2.csv", { 3: 90, 4: 104 });
const more = fileOf("S-5m-3.csv", { 24: 124, 25: 125, 26: 126 });

interface Sent {
  readonly held: readonly string[];
  readonly corrected: number;
  readonly added: number;
  readonly late: number;
}

/** What `remember` does with the candles of a command, one command after the other. */
async function send(
  name: string,
  commands: readonly (readonly string[])[],
  given: Readonly<Record<string, unknown>> = {},
  timeframes?: readonly string[],
): Promise<Sent[]> {
  const folder = openMemoryFolder(path.join(at.path, name), { mode: "write" });
  const reading = { now: NOW, calendar: calendar24x7 };
  const sent: Sent[] = [];
  for (const [i, files] of commands.entries()) {
    const groups = await readGroups(files, {
      reading: () => reading,
      ...(timeframes ? { timeframes } : {}),
    });
    const group = groups[0]!;
    const digests = await Promise.all(files.map(fileDigest));
    const options = i === commands.length - 1 ? given : {};
    const held = heldFiles(folder.ingests, group.key, { files: digests, ask: [] }, options);
    const report = folder.candles.write(await newsOf(group, held, reading), NOW + i);
    folder.ingests.add({
      ...{ ...group.key, at: NOW + i, command: "remember", tenant: "default", files: digests, options },
      ...{ assumptions: [], findings: {}, repairs: {}, candles: { ...report } },
    });
    const { corrected, added, late } = report;
    sent.push({ held: held.map((file) => path.basename(file.path)), corrected, added, late });
  }
  folder.close();
  return sent;
}

describe("a file that is sent again", () => {
  it("adds nothing, so an old one never takes a correction back", async () => {
    const sent = await send("again", [[history], [fix], [history], [fix]]);
    expect(sent.map(({ corrected }) => corrected)).toEqual([0, 1, 0, 0]);
    expect(sent.map(({ held }) => held)).toEqual([[], [], ["S-5m-1.csv"], ["S-5m-2.csv"]]);
  });

  it("is left out beside a new one, whose rows count", async () => {
    const sent = await send("beside", [[history], [fix], [history, more]]);
    expect(sent[2]).toEqual({ held: ["S-5m-1.csv"], corrected: 0, added: 3, late: 0 });
    expect((await send("both", [[history], [history, fix]]))[1]).toMatchObject({ corrected: 1, added: 0 });
  });

  it("completes a bar that is resampled where a new file touches it, and no other bar", async () => {
    const commands = [[history], [history, more]];
    const sent = await send("coarse", commands, {}, ["10m"]);
    expect(sent.map(({ added }) => added)).toEqual([12, 1]);
  });

  it("counts again where it is read in another way", async () => {
    const sent = await send("otherwise", [[history], [fix], [history]], { decimal: "point" });
    expect(sent[2]).toMatchObject({ held: [], corrected: 1 });
  });

  it("is told by its bytes, not by its name", async () => {
    const copy = fileOf("S-5m-copy.csv", { 3: 90, 4: 104 });
    const sent = await send("named", [[history], [fix], [copy]]);
    expect(sent[2]).toMatchObject({ held: ["S-5m-copy.csv"], corrected: 0 });
  });
});

it("reads a file that is new as if it stood alone", async () => {
  const [group] = await readGroups([history, more], { reading: () => ({ now: NOW }) });
  const news = await newsOf(group!, [{ path: history, since: NOW }], { now: NOW });
  expect(news.close).toEqual((await readCandles([more], { now: NOW })).series.close);
});
