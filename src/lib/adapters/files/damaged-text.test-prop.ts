import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { createRng, type Rng } from "../../math/rng.ts";
import { DAMAGES } from "../../testing/damage-text.ts";
import { naiveRows, type NaiveRow } from "../../testing/naive-csv.ts";
import { HOUR } from "../../time/units.ts";
import { csvTable } from "./csv-table.ts";
import { openBytes } from "./read-bytes.ts";
import { candlesFromTables, type ReadCandles } from "./read-candles.ts";

const NOW = Date.UTC(2026, 0, 1);
const START = Date.UTC(2024, 10, 14, 20);
const ROWS = 24;

/** A way in which files are written. */
interface Writing {
  readonly separator: string;
  readonly header: string | null;
  readonly dayFirst?: boolean;
  readonly row: (t: string, prices: readonly string[], volume: string) => string;
}

const iso = (t: string): string => new Date(Number(t)).toISOString();
const day = (t: string, mark: string): string => iso(t).slice(0, 10).replaceAll("-", mark);
const german = (t: string): string => day(t, ".").split(".").reverse().join(".");

const WRITINGS: Readonly<Record<string, Writing>> = {
  plain: {
    separator: ",",
    header: "timestamp,open,high,low,close,volume",
    row: (t, p, v) => [t, ...p, v].join(","),
  },
  MetaTrader: {
    separator: "\t",
    header: "<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>\t<SPREAD>",
    row: (t, p, v) => [day(t, "."), iso(t).slice(11, 19), ...p, v, "0", "12"].join("\t"),
  },
  German: {
    separator: ";",
    header: "Gmt time;Open;High;Low;Close;Volume",
    dayFirst: true,
    row: (t, p, v) =>
      [`${german(t)} ${iso(t).slice(11, 23)}`, ...p, v].join(";").replaceAll(/(\d)\.(\d{5}\b)/g, "$1,$2"),
  },
  "Binance archive": {
    separator: ",",
    header: null,
    row: (t, p, v) => [t, ...p, v, Number(t) + HOUR - 1, "9.5", "31", "1.5", "2.5", "0"].join(","),
  },
  quoted: {
    separator: ",",
    header: '"Date","Open","High","Low","Close","complete","Note"',
    row: (t, p) =>
      [iso(t).replace("T", " ").slice(0, 19), ...p, "True", "fine, so far"].map((x) => `"${x}"`).join(","),
  },
  "MetaTrader 4": {
    separator: ",",
    header: null,
    row: (t, p, v) => [day(t, "."), iso(t).slice(11, 16), ...p, v].join(","),
  },
};

/** Hours of a pair, as text; `rows` says what they are. */
function written(
  { header, row }: Writing,
  rng: Rng,
): { readonly lines: string[]; readonly rows: readonly NaiveRow[] } {
  const rows: NaiveRow[] = [];
  const lines = header === null ? [] : [header];
  let price = 1.05;
  for (let i = 0; i < ROWS; i++) {
    const open = price;
    price *= 1 + 0.002 * rng.normal();
    const [high, low] = [
      Math.max(open, price) + 0.0004 * rng.next(),
      Math.min(open, price) - 0.0004 * rng.next(),
    ];
    const prices = [open, high, low, price].map((x) => x.toFixed(5));
    const t = START + i * HOUR;
    lines.push(row(String(t), prices, String(rng.int(900))));
    rows.push([t, ...prices.map(Number)] as unknown as NaiveRow);
  }
  return { lines, rows };
}

async function readText(bytes: Buffer): Promise<ReadCandles | Error> {
  try {
    const opened = await openBytes("x-1h.csv", bytes);
    return candlesFromTables([csvTable("x-1h.csv", opened.bytes)], { now: NOW, timeframe: "1h" });
  } catch (error) {
    if ((error as Error).name !== "RhymeError") throw error;
    return error as Error;
  }
}

/** What must hold whatever the file looks like: no row is lost without a word, and no candle is made up. */
function expectHonest(read: ReadCandles, allowed: readonly NaiveRow[], what: string): void {
  const { series, findings, rowsRead } = read;
  const gone = findings.filter(({ done }) => done === "dropped" || done === "merged");
  const counted = gone.reduce((sum, { count }) => sum + count, series.openTime.length);
  if (counted !== rowsRead) expect.fail(`${what}: ${rowsRead} rows read, ${counted} kept or named`);
  const known = new Set(allowed.map((row) => row.join()));
  for (let i = 0; i < series.openTime.length; i++) {
    const row = [series.openTime[i]!, series.open[i]!, series.high[i]!, series.low[i]!, series.close[i]!];
    if (!known.has(row.join())) expect.fail(`${what}: nobody wrote the candle ${row.join()}`);
  }
}

describe.each(Object.entries(WRITINGS))("a damaged file, written as %s", (name, writing) => {
  it("is read as what stands there, line by line, or refused with a reason", async () => {
    const damages = Object.entries(DAMAGES);
    const kept = { whole: 0, refused: 0 };
    for (let seed = 1; seed <= 1650; seed++) {
      const rng = createRng(seed * 1000 + name.length);
      const { lines, rows } = written(writing, rng);
      const done: string[] = [];
      for (let k = 1 + rng.int(3); k > 0 && lines.length > 0; k--) {
        const [damage, change] = damages[rng.int(damages.length)]!;
        change(lines, writing.separator, rng);
        done.push(damage);
      }
      const text = lines.join("\n") + (rng.int(2) ? "\n" : "");
      const read = await readText(Buffer.from(text));
      if (read instanceof Error) kept.refused++;
      else {
        kept.whole++;
        const said = naiveRows(text, writing.separator, writing.dayFirst);
        expectHonest(read, [...rows, ...said], `seed ${seed}, ${done.join(", ")}:\n${text}\n`);
      }
    }
    // Damage to a few lines hardly ever costs the file.
    expect(kept.whole).toBeGreaterThan(1300);
  });

  it("is refused where the gzip is cut or flipped", async () => {
    const rng = createRng(7);
    const { lines, rows } = written(writing, rng);
    let refused = 0;
    const packed = gzipSync(lines.join("\n"));
    for (let k = 0; k < 40; k++) {
      const bytes = Buffer.from(packed);
      if (k % 2 === 0) bytes[10 + rng.int(bytes.length - 18)]! ^= 1 << rng.int(8);
      const read = await readText(k % 2 === 0 ? bytes : bytes.subarray(0, rng.int(bytes.length)));
      if (read instanceof Error) refused++;
      else expectHonest(read, rows, `gzip ${k}`);
    }
    expect(refused).toBeGreaterThan(30);
  });
});
