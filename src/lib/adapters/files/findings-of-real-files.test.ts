import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Finding, FindingKind } from "../../candles/finding.ts";
import { needs } from "../../testing/require.ts";
import { calendarByName } from "../../time/calendars.ts";
import type { Timeframe } from "../../time/timeframe.ts";
import { iso } from "../../time/units.ts";
import { readCandles, type ReadCandles, type ReadCandlesOptions } from "./read-candles.ts";

const data = needs("data");
const folder = process.env["RHYME_DATA"] ?? "";

interface FileFacts {
  readonly name: string;
  readonly tf: Timeframe;
  readonly market: "fx" | "crypto" | "equity";
}

const files: readonly FileFacts[] = data.skip
  ? []
  : (JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8")) as { files: FileFacts[] }).files;

/** How the owner of each file says that it is to be read. */
function optionsOf({ name, tf, market }: FileFacts): ReadCandlesOptions {
  const calendar = calendarByName(calendarOf(name, tf, market));
  const zone = name.includes(".points")
    ? "Europe/Athens"
    : name.includes("mt5-2026")
      ? "America/New_York+07:00"
      : null;
  const scale = name.includes(".points") ? (name.includes("JPY") ? 1000 : 100_000) : 1;
  const stamp = name.includes("AAPL-2016") ? "close" : "open";
  return { timeframe: tf, calendar, scale, stamp, now: Date.parse("2026-11-01"), ...(zone ? { zone } : {}) };
}

function calendarOf(name: string, tf: Timeframe, market: FileFacts["market"]): string {
  if (market === "crypto") return "24x7";
  const utcDays = ["4h", "1d"].includes(tf);
  if (market === "equity") return name.includes("-cfd-4h") ? "us-equities@UTC" : "us-equities";
  return utcDays ? "fx@UTC" : "fx";
}

/** Files of which the description of the data lists defects in prices, those with the same candles included. */
const DEFECTIVE =
  /^defects\/|^equities\/(AAPL|IBM|SPY|TSLA)(-cfd)?-\d+[hdm]|BTC-USD-coinbase|^crypto\/ETHUSDT-[14]h/;

const PRICE_KINDS: readonly FindingKind[] = [
  "lost-decimal-point",
  "price-contradiction",
  "price-spike",
  "price-jump",
  "split-like-jump",
  "frozen-run",
];

const isPriceFinding = ({ kind }: Finding): boolean => PRICE_KINDS.includes(kind);
const show = ({ kind, time, value }: Finding): string => `${kind} ${iso(time!)} ${value}`;

async function read(name: string): Promise<ReadCandles> {
  return readCandles([join(folder, name)], optionsOf(files.find((file) => file.name === name)!));
}

const of = (read: ReadCandles, ...kinds: FindingKind[]): Finding[] =>
  read.findings.filter(({ kind }) => kinds.includes(kind));
const days = (findings: readonly Finding[]): string[] => findings.map(({ time }) => iso(time!).slice(0, 10));

describe.skipIf(data.skip)("files with known defects", () => {
  it("run backwards at exactly 69 and 43 places", async () => {
    const bitfinex = await read("defects/BTCUSD-bitfinex-1m-gaps-unsorted.csv.gz");
    expect(of(bitfinex, "unsorted")).toHaveLength(69);
    const bitstamp = await read("defects/BTCUSD-bitstamp-5m-unsorted.csv.gz");
    expect(of(bitstamp, "unsorted")).toHaveLength(43);
    // The README: 6 to 14 and 14 to 17 March 2016.
    expect(days(of(bitstamp, "missing-bars"))).toEqual(["2016-03-06", "2016-03-14"]);
  });

  it("have lost exactly 326 decimal points in 326 rows, which a rule puts back", async () => {
    const name = "defects/EURUSD-mt5-1m-lost-decimal-point.csv.gz";
    const dropped = await read(name);
    expect(of(dropped, "lost-decimal-point")).toHaveLength(326);
    expect(of(dropped, "price-contradiction")).toHaveLength(0);
    expect(dropped.series.close).toHaveLength(9999 - 326);
    const options = optionsOf(files.find((file) => file.name === name)!);
    const repaired = await readCandles([join(folder, name)], { ...options, repair: ["lost-decimal-point"] });
    expect(repaired.series.close).toHaveLength(9999);
    expect(of(repaired, "lost-decimal-point").every(({ done }) => done === "repaired")).toBe(true);
    expect(Math.max(...repaired.series.high)).toBeLessThan(1.07);
    expect(repaired.findings.filter(isPriceFinding)).toHaveLength(326);
  });

  it.each(["BTCUSDT-5m", "ETHUSDT-5m"])("stood still in the halt of March 2023: %s", async (name) => {
    const [halt, ...others] = of(await read(`crypto/${name}.csv.gz`), "frozen-run");
    expect(others).toEqual([]);
    expect([iso(halt!.time!), halt!.count]).toEqual(["2023-03-24T11:30:00Z", 14]);
    expect(halt!.value).toMatch(/no volume/);
  });

  it.each([
    ["equities/AAPL-1d", ["2000-06-21 2:1", "2005-02-28 2:1", "2014-06-09 7:1", "2020-08-31 4:1"]],
    ["equities/AAPL-1h", ["2000-06-21 2:1", "2005-02-28 2:1", "2014-06-09 7:1", "2020-08-31 4:1"]],
    ["equities/IBM-1d", ["1999-05-27 2:1"]],
    ["equities/IBM-1h", ["1999-05-27 2:1"]],
    ["equities/AAPL-cfd-15m", ["2020-08-31 4:1"]],
    ["equities/AAPL-cfd-4h", ["2020-08-31 4:1"]],
    ["equities/TSLA-cfd-1h", ["2020-08-31 5:1", "2022-08-25 3:1"]],
    ["equities/TSLA-cfd-1d", ["2020-08-31 5:1", "2022-08-25 3:1"]],
  ])("were split: %s on %j", async (name, splits) => {
    const found = of(await read(`${name}.csv.gz`), "split-like-jump");
    const told = found.map(({ time, value }) => `${iso(time!).slice(0, 10)} ${/\d+:\d+/.exec(value)![0]}`);
    expect(told).toEqual(splits);
  });

  it("fell on a profit warning that no split explains", async () => {
    for (const name of ["equities/AAPL-1d", "equities/AAPL-1h"]) {
      const jumps = of(await read(`${name}.csv.gz`), "price-jump");
      expect(jumps.map(show)).toEqual([expect.stringMatching(/2000-09-29.* close 53\.38 to open 28\.06/)]);
    }
  });

  it.each([
    ["crypto/BTC-USD-coinbase-4h", ["2017-04-15 open 0.06", "2018-04-03 close 5200"]],
    ["crypto/ETHUSDT-1h", ["2017-08-22 open 144.21"]],
    ["equities/SPY-1d", ["2000-12-18 open 111"]],
    ["equities/SPY-1h", ["2000-12-18 open 111", "2002-04-02 high 144.12"]],
    ["equities/IBM-1d", ["2002-12-23 open 159.58"]],
    ["equities/IBM-1h", ["2002-11-07 low 61", "2002-12-23 open 159.58"]],
    ["equities/AAPL-1d", ["2009-09-21 low 10.59", "2010-08-31 low 25.3", "2011-01-03 low 32.65"]],
  ])("have prices that come straight back: %s", async (name, spikes) => {
    const found = of(await read(`${name}.csv.gz`), "price-spike");
    const told = found.map(
      ({ time, value }) => `${iso(time!).slice(0, 10)} ${/^\w+ [\d.]+/.exec(value)![0]}`,
    );
    expect(told).toEqual(spikes);
  });

  it.each(["fx/EURUSD-1h", "fx/GBPUSD-1m", "fx/GBPUSD-1m-ask"])(
    "copy the close into opens: %s",
    async (name) => {
      expect(of(await read(`${name}.csv.gz`), "open-equals-previous-close")).toHaveLength(1);
    },
  );

  it.each([
    ["crypto/ETHUSDT-1h", ["2022-11-30T08:00:00Z"]],
    ["crypto/BTCUSD-cfd-1h", ["2018-08-03T09:00:00Z"]],
    ["crypto/BTCUSD-cfd-30m", ["2018-08-03T08:30:00Z"]],
    ["equities/TSLA-cfd-1h", ["2020-08-21T14:00:00Z", "2021-01-07T16:00:00Z", "2022-08-26T14:00:00Z"]],
    ["fx/EURCHF-4h", ["2008-10-08T08:00:00Z", "2008-10-27T16:00:00Z"]],
    ["equities/AAPL-1h", []],
    ["fx/EURJPY-1h.points", []],
  ])("change the meaning of their volume: %s at %j", async (name, changes) => {
    const found = of(await read(`${name}.csv.gz`), "volume-meaning");
    expect(found.map(({ time }) => iso(time!))).toEqual(changes);
  });
});

describe.skipIf(data.skip)("files without known defects", () => {
  const shown: string[] = [];
  afterAll(() => console.info(`price findings of files without known defects:\n${shown.join("\n")}`));

  const sound = files.filter(({ name }) => !DEFECTIVE.test(name));

  it("are most of the data", () => {
    expect(sound.length).toBeGreaterThan(85);
  });

  it.each(sound.map(({ name }) => name))(
    "give at most one price finding per 20,000 bars: %s",
    async (name) => {
      const { findings, rowsRead, series } = await read(name);
      const prices = findings.filter(isPriceFinding);
      shown.push(...prices.map((finding) => `  ${name}: ${show(finding)}`));
      expect(prices.length, prices.map(show).join("\n")).toBeLessThanOrEqual(rowsRead / 20_000);
      const gone = findings.filter(({ done }) => done === "dropped" || done === "merged");
      expect(series.close.length + gone.reduce((sum, { count }) => sum + count, 0)).toBe(rowsRead);
    },
  );
});
