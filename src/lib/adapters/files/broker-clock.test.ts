import { describe, expect, it } from "vitest";
import { calendarByName } from "../../time/calendars.ts";
import { HOUR } from "../../time/units.ts";
import { csvTable } from "./csv-table.ts";
import { candlesFromTables, type ReadCandles, type ReadCandlesOptions } from "./read-candles.ts";
import { instantsOfWall } from "./wall-clock.ts";

const NOW = Date.UTC(2026, 0, 1);
const ATHENS = "Europe/Athens";
const P = "1.0523,1.0525,1.0521,1.0522,7";

function read(times: readonly (string | number)[], options: Partial<ReadCandlesOptions> = {}): ReadCandles {
  const text = ["time,open,high,low,close,volume", ...times.map((t) => `${t},${P}`)].join("\n");
  return candlesFromTables([csvTable("x.csv", Buffer.from(text))], { now: NOW, timeframe: "1h", ...options });
}

const opens = ({ series }: ReadCandles): string[] =>
  Array.from(series.openTime, (t) => new Date(t).toISOString().slice(0, 16));
const local = (text: string): number => Date.parse(`${text}Z`);

describe("times without a zone", () => {
  it("are those of --zone, in winter and in summer", () => {
    const found = read(["2024-03-29 12:00", "2024-04-02 12:00"], { zone: ATHENS });
    expect(opens(found)).toEqual(["2024-03-29T10:00", "2024-04-02T09:00"]);
    expect(found.assumptions).toContain("times without a zone are read as Europe/Athens");
  });

  it("may be those of a clock that keeps its distance to New York", () => {
    const zone = "America/New_York+07:00";
    expect(opens(read(["2024-03-08 12:00", "2024-03-11 12:00"], { zone }))).toEqual([
      "2024-03-08T10:00",
      "2024-03-11T09:00",
    ]);
  });

  it("that the clock skips in spring are a finding, not a candle", () => {
    const { findings, series, rowsRead } = read(
      ["2024-03-31 02:00", "2024-03-31 03:00", "2024-03-31 04:00"],
      { zone: ATHENS },
    );
    expect([series.openTime.length, rowsRead]).toEqual([2, 3]);
    expect(findings).toMatchObject([
      {
        kind: "skipped-time",
        line: 3,
        value: "2024-03-31T03:00:00, which the clock of Europe/Athens skips",
        done: "dropped",
        count: 1,
      },
    ]);
  });

  it("that the clock shows twice in autumn follow the order of the rows, which is said", () => {
    const times = ["02:00", "03:00", "03:00", "04:00"].map((clock) => `2024-10-27 ${clock}`);
    const found = read(times, { zone: ATHENS });
    expect(opens(found)).toEqual([
      "2024-10-26T23:00",
      "2024-10-27T00:00",
      "2024-10-27T01:00",
      "2024-10-27T02:00",
    ]);
    expect(found.findings).toEqual([]);
    expect(found.assumptions.join()).toMatch(
      /2 rows show a time that the clock of Europe\/Athens shows twice: read as/,
    );
    // Newest first is an order too.
    expect(opens(read(times.toReversed(), { zone: ATHENS }))).toEqual(opens(found));
  });

  it("pass through the hour a second time at any step", () => {
    const clocks = ["02:30", "03:00", "03:30", "03:00", "03:30", "04:00"];
    const found = read(
      clocks.map((clock) => `2024-10-27 ${clock}`),
      { zone: ATHENS, timeframe: "30m" },
    );
    expect(opens(found).map((t) => t.slice(11))).toEqual([
      "23:30",
      "00:00",
      "00:30",
      "01:00",
      "01:30",
      "02:00",
    ]);
  });

  it("may stand on two lines in that hour without making the rest of it an hour later", () => {
    const clocks = ["02:30", "03:00", "03:00", "03:30", "03:30", "03:00", "03:00", "03:30", "04:00"];
    const times = clocks.map((clock) => `2024-10-27 ${clock}`);
    for (const order of [times, times.toReversed()]) {
      const found = read(order, { zone: ATHENS, timeframe: "30m" });
      expect(opens(found).map((t) => t.slice(11))).toEqual([
        "23:30",
        "00:00",
        "00:30",
        "01:00",
        "01:30",
        "02:00",
      ]);
      const twice = found.findings.filter(({ kind }) => kind.startsWith("duplicate"));
      expect(twice.map(({ kind, count }) => [kind, count])).toEqual([
        ["duplicate-equal", 1],
        ["duplicate-equal", 1],
        ["duplicate-equal", 1],
      ]);
    }
  });

  it("of one pass alone are the first", () => {
    const found = read(["2024-10-27 03:00", "2024-10-27 05:00"], { zone: ATHENS });
    expect(opens(found)).toEqual(["2024-10-27T00:00", "2024-10-27T03:00"]);
    expect(found.assumptions.join()).toMatch(/1 row shows a time/);
  });
});

describe("timestamps that say UTC", () => {
  const winter = local("2024-01-10T12:00");
  const summer = local("2024-07-10T12:00");

  it("are instants, whatever --zone says; the remark names the way out", () => {
    const found = read([winter, summer], { zone: ATHENS });
    expect(opens(found)).toEqual(["2024-01-10T12:00", "2024-07-10T12:00"]);
    expect(found.assumptions.join()).toMatch(
      /--zone Europe\/Athens changes nothing, .*--wall: they are its clock/,
    );
  });

  it.each([
    ["ms", winter, summer],
    ["s", winter / 1000, summer / 1000],
    ["µs", winter * 1000, summer * 1000],
    ["text with Z", "2024-01-10T12:00:00Z", "2024-07-10T12:00:00Z"],
    ["text with an offset of 0", "2024-01-10 12:00:00+00:00", "2024-07-10 12:00:00+00:00"],
  ])("are the clock of --zone with --wall: %s", (_, a, b) => {
    const found = read([a, b], { zone: ATHENS, wall: true });
    expect(opens(found)).toEqual(["2024-01-10T10:00", "2024-07-10T09:00"]);
    expect(found.assumptions.join()).toMatch(/Europe\/Athens/);
  });

  it("keep an offset that is not 0, since nobody writes that as if it were UTC", () => {
    const found = read(["2024-01-10T12:00:00+05:00", "2024-01-10T13:00:00+05:00"], {
      zone: ATHENS,
      wall: true,
    });
    expect(opens(found)[0]).toBe("2024-01-10T07:00");
  });

  it("need a clock to be read as one", async () => {
    const { readCandles } = await import("./read-candles.ts");
    await expect(readCandles(["x.csv"], { now: NOW, wall: true })).rejects.toThrow(
      /--wall: expected a --zone whose clock the timestamps show, got none. .*--zone Europe\/Athens --wall/,
    );
  });
});

describe("instantsOfWall", () => {
  it("goes through every half hour of two years of a clock and back, each once", () => {
    for (const zone of [
      ATHENS,
      "America/New_York",
      "America/New_York+07:00",
      "Australia/Lord_Howe",
      "Asia/Kolkata",
    ]) {
      const instants = Float64Array.from(
        { length: 4 * 8766 },
        (_, i) => Date.UTC(2015, 0, 1) + (i * HOUR) / 2,
      );
      const format = new Intl.DateTimeFormat("en-CA", {
        timeZone: zone.replace("+07:00", ""),
        hourCycle: "h23",
        ...{ year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" },
      } as const);
      const shift = zone.endsWith("+07:00") ? 7 * HOUR : 0;
      const shown = instants.map((t) => local(format.format(t).replace(", ", "T")) + shift);
      expect([zone, instantsOfWall(zone, shown).stamp.findIndex((t, i) => t !== instants[i])]).toEqual([
        zone,
        -1,
      ]);
    }
  });

  it.each(["Gmt time", "Time (UTC)", "time_utc"])("is UTC where the header says so: %s", (name) => {
    const text = `${name},Open,High,Low,Close,Volume\n2024-06-03 14:00,2,3,1,2,5\n2024-06-03 15:00,2,3,1,2,5\n`;
    const bytes = Buffer.from(text);
    const options = { now: Date.UTC(2026, 0, 1), calendar: calendarByName("fx"), timeframe: "1h" };
    const said = candlesFromTables([csvTable("x.csv", bytes)], options);
    expect(said.series.openTime[0]).toBe(Date.UTC(2024, 5, 3, 14));
    expect(said.assumptions).toContain(`column ${name} says that its times are UTC`);
    const overruled = candlesFromTables([csvTable("x.csv", bytes)], {
      ...options,
      zone: "America/New_York",
    });
    expect(overruled.series.openTime[0]).toBe(Date.UTC(2024, 5, 3, 18));
  });
});
