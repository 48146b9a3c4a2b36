import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { needs } from "../../testing/require.ts";
import { calendarByName } from "../../time/calendars.ts";
import { iso } from "../../time/units.ts";
import { readCandles, type ReadCandlesOptions } from "./read-candles.ts";

const NOW = Date.UTC(2026, 10, 1);
const data = needs("data");
const folder = process.env["RHYME_DATA"] ?? "";

interface ManifestFile {
  readonly name: string;
  readonly tf: string;
  readonly rows: number;
  readonly first: string;
  readonly last: string;
  readonly disorder: number;
}

/** How the files of a group are to be read, and how many of 10,000 rows may lie outside the sessions of that. */
interface Group {
  readonly is: RegExp;
  readonly calendar: string;
  readonly outside: number;
  readonly more?: Partial<ReadCandlesOptions>;
}

const ATHENS = { zone: "Europe/Athens", wall: true } as const;
/** The first that fits. */
const GROUPS: readonly Group[] = [
  { is: /JPY-1h\.points/, calendar: "fx", outside: 1, more: { ...ATHENS, scale: 1000 } },
  { is: /-1h\.points/, calendar: "fx", outside: 1, more: { ...ATHENS, scale: 100_000 } },
  { is: /-mt5-2026-/, calendar: "fx", outside: 1, more: { zone: "America/New_York+07:00", wall: true } },
  { is: /^fx\/.*oanda2019/, calendar: "fx", outside: 7 },
  { is: /^fx\/.*-(4h|1d)\./, calendar: "fx@UTC", outside: 21 },
  { is: /^fx\//, calendar: "fx", outside: 6 },
  { is: /^cfd\/XAU/, calendar: "fx", outside: 12 },
  { is: /^cfd\//, calendar: "us-futures", outside: 9 },
  { is: /lost-decimal-point/, calendar: "fx", outside: 0 },
  { is: /^crypto\/.*-cfd-/, calendar: "fx@UTC", outside: 57 },
  { is: /AAPL-2016/, calendar: "us-equities", outside: 26, more: { stamp: "close" } },
  { is: /^equities\/.*-cfd-/, calendar: "us-equities@UTC", outside: 192 },
  { is: /^equities\/.*-1m/, calendar: "us-equities", outside: 5300 },
  { is: /^equities\//, calendar: "us-equities", outside: 12 },
  { is: /^(crypto|defects)\//, calendar: "24x7", outside: 0 },
];

const manifest = data.skip
  ? []
  : (
      JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8")) as { files: ManifestFile[] }
    ).files.filter(({ name }) => name.endsWith(".csv.gz"));

describe("every real file", () => {
  it.skipIf(data.skip)("is there", () => {
    expect(manifest).toHaveLength(116);
    expect(manifest.reduce((sum, { rows }) => sum + rows, 0)).toBe(2_679_227);
  });

  it.skipIf(data.skip).each(manifest.map((file) => [file.name, file] as const))(
    "%s is read whole: each row is kept, or named by the one finding that took it",
    async (name, file) => {
      const group = GROUPS.find(({ is }) => is.test(name))!;
      const calendar = calendarByName(group.calendar);
      const read = await readCandles([join(folder, name)], { now: NOW, calendar, ...group.more });
      const { series, findings, rowsRead, assumptions, raw } = read;
      const sum = (pick: (kind: string, done: string) => boolean): number =>
        findings.reduce((total, { kind, done, count }) => total + (pick(kind, done) ? count : 0), 0);
      const gone = sum((_, done) => done === "dropped" || done === "merged");
      expect([rowsRead, series.openTime.length + gone, series.timeframe]).toEqual([
        file.rows,
        file.rows,
        file.tf,
      ]);
      const unread = sum((kind) => kind === "unparsable-line" || kind === "skipped-time");
      const outside = sum((kind) => kind === "outside-session");
      expect([unread, outside <= Math.ceil((group.outside * file.rows) / 10_000)]).toEqual([0, true]);
      expect(sum((kind) => kind === "unsorted")).toBe(file.disorder);
      // Nothing else took a row but the sessions, the known defect, and the few stamps that fit no bar.
      const lost = sum((kind) => kind === "lost-decimal-point");
      expect(gone).toBe(outside + lost);
      expect(lost).toBe(name.includes("lost-decimal-point") ? 326 : 0);
      expect(series.symbol).toBe(name.split("/")[1]!.replace(/-\d+[mhd][-.].*/, ""));
      if (!group.more?.wall) {
        const stamps = raw.stamp.toSorted();
        expect([iso(stamps[0]!), iso(stamps.at(-1)!)]).toEqual([file.first, file.last]);
      }
      expect(assumptions.join("; ")).toMatch(
        /timeframe .*calendar .*timestamps name the .*epoch milliseconds/,
      );
    },
  );
});
