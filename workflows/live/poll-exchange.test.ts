import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openMemoryFolder } from "../../src/lib/adapters/sqlite/open-memory.ts";
import { sliceRows } from "../../src/lib/candles/slice.ts";
import { syntheticCandles } from "../../src/lib/testing/candles.ts";
import {
  klinesOf,
  loopbackExchange,
  type LoopbackExchange,
} from "../../src/lib/testing/loopback-exchange.ts";
import { temporaryFolder, type TemporaryFolder } from "../../src/lib/testing/temporary-folder.ts";
import { MINUTE } from "../../src/lib/time/units.ts";
import type { TaskTools } from "../compute/task.ts";
import { keepJob } from "../job-folder.ts";
import type { LiveJob } from "../job.ts";
import { pollSource, type Polled } from "./poll.ts";

const START = Date.UTC(2024, 0, 1);
const BAR = 5 * MINUTE;
const key = { source: "binance", symbol: "BTC/USDT", timeframe: "5m" };
const candles = syntheticCandles({ seed: 9, rows: 60, start: START, ...key });
const rows = klinesOf(candles);

let server: LoopbackExchange;
let home: TemporaryFolder;
beforeEach(async () => {
  server = await loopbackExchange({ candles: { "BTCUSDT 5m": rows } });
  home = temporaryFolder();
});
afterEach(async () => {
  await server.close();
  home.remove();
});

/** A look at the exchange at an instant, by a live workflow of the one series. */
function polled(now: number): Promise<Polled> {
  const origin = { kind: "exchange", exchange: "binance", from: 0, to: null, address: server.url } as const;
  const ref = keepJob<LiveJob>(
    home.path,
    {
      ...{ kind: "live", tenant: "default", given: {}, calendars: [], encoder: "none", horizons: ["1h"] },
      ...{ series: [{ ...key, origin }], ask: { horizon: "1h", k: 10 } },
      ...{ everyMs: BAR, patienceMs: 0, index: null },
    },
    START,
  );
  const quiet = { progress: () => undefined, log: () => undefined, count: () => undefined };
  const tools: TaskTools = { ...quiet, signal: new AbortController().signal, before: null, now: () => now };
  return pollSource({ ...ref, series: 0 }, tools);
}

/** Bars [from, to), as if they had been remembered. */
function remembered(from: number, to: number): void {
  const folder = openMemoryFolder(home.path, { mode: "write" });
  folder.candles.write(sliceRows(candles, from, to), START);
  folder.close();
}

describe("a series that is followed at an exchange", () => {
  it("is asked from its newest candle on, never for what lies before the first", async () => {
    remembered(20, 40);
    expect(await polled(START + 45 * BAR)).toEqual({ added: 5, late: 0 });
    expect(server.asked).toHaveLength(1);
    expect(server.asked[0]).toContain(`startTime=${START + 39 * BAR}`);
    expect(await polled(START + 45 * BAR)).toEqual({ added: 0, late: 0 });
  });

  it("catches up what was missed in one look, without the candle that is forming", async () => {
    remembered(0, 10);
    expect(await polled(START + 60 * BAR - 1)).toEqual({ added: 49, late: 0 });
    expect(await polled(START + 60 * BAR)).toEqual({ added: 1, late: 0 });
  });

  it("tells of a newest candle that the exchange has changed", async () => {
    remembered(0, 10);
    server.set(
      "BTCUSDT 5m",
      rows.map((row, i) => (i === 9 ? [row[0], row[1], "9999", ...row.slice(3)] : row)),
    );
    expect(await polled(START + 11 * BAR)).toEqual({ added: 1, late: 1 });
  });
});
