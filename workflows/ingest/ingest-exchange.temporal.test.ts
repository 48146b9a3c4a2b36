import { CancelledFailure, WorkflowFailedError } from "@temporalio/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openMemoryFolder } from "../../src/lib/adapters/sqlite/open-memory.ts";
import { syntheticCandles } from "../../src/lib/testing/candles.ts";
import {
  klinesOf,
  loopbackExchange,
  type LoopbackExchange,
} from "../../src/lib/testing/loopback-exchange.ts";
import { rhyme } from "../../src/cli/faults/run-rhyme.ts";
import { needs } from "../../src/lib/testing/require.ts";
import { temporaryFolder } from "../../src/lib/testing/temporary-folder.ts";
import { MINUTE } from "../../src/lib/time/units.ts";
import { allActivities } from "../all-activities.ts";
import { keepJob } from "../job-folder.ts";
import type { IngestJob } from "../job.ts";
import { CPU_QUEUE } from "../queues.ts";
import { temporalWorld, type TemporalWorld } from "../testing/temporal-world.ts";
import { ingestFrom, type IngestResult } from "./plan.ts";

const temporal = needs("temporal");
const START = Date.UTC(2024, 0, 1);
const BARS = 1_500;
const rows = klinesOf(syntheticCandles({ seed: 5, rows: BARS, start: START }));

let server: TemporalWorld;
let exchange: LoopbackExchange;
let workers: { end(): Promise<void> };
const at = temporaryFolder();
beforeAll(async () => {
  if (temporal.skip) return;
  server = await temporalWorld("exchange-tests");
  exchange = await loopbackExchange({ candles: { "BTCUSDT 5m": rows } });
  workers = await server.workers({ activities: allActivities });
});
afterAll(async () => {
  if (!temporal.skip) {
    await workers.end();
    await exchange.close();
    await server.close();
  }
  at.remove();
});

/** Begins to take in 5-minute candles of some markets. */
function begin(name: string, symbols: readonly string[]): ReturnType<typeof started> {
  const address = exchange.url;
  const origin = { kind: "exchange", exchange: "binance", from: START, to: null, address } as const;
  const series = symbols.map((symbol) => ({ symbol, timeframe: "5m", origin }));
  const job: Omit<IngestJob, "now"> = { kind: "ingest", tenant: "default", given: {}, calendars: [], series };
  return started(name, keepJob(`${at.path}/${name}`, job, START + BARS * 5 * MINUTE));
}

function started(name: string, ref: ReturnType<typeof keepJob>) {
  const args = [ingestFrom(ref), { paused: false, window: 2 }];
  return server.client.workflow.start<(...all: unknown[]) => Promise<IngestResult>>("ingest", {
    ...{ taskQueue: CPU_QUEUE, workflowId: `ingest/${name}`, args },
  });
}

describe.skipIf(temporal.skip)("ingest from an exchange, on a real server", () => {
  it("goes on after failures that pass, and gives up at once what no retry puts right", async () => {
    exchange.fail({ kind: "status", status: 503 }, 4); // more than one attempt makes
    const handle = await begin("failing", ["BTC/USDT", "NONE/USDT"]);
    expect(await handle.result()).toMatchObject({
      ...{ series: 2, added: BARS, failed: 1 },
      failures: [{ symbol: "NONE/USDT", reason: expect.stringContaining("a market of binance") }],
    });
    const { events } = await handle.fetchHistory();
    const attempts = events!.flatMap(({ activityTaskStartedEventAttributes: one }) =>
      one ? [one.attempt] : [],
    );
    expect(Math.max(...attempts.map(Number))).toBe(2);
    const [failed, ...others] = events!.flatMap(({ activityTaskFailedEventAttributes: one }) =>
      one ? [one] : [],
    );
    expect(others).toEqual([]);
    expect(failed!.failure?.applicationFailureInfo).toMatchObject({ type: "usage", nonRetryable: true });
    const folder = openMemoryFolder(`${at.path}/failing`, { mode: "read" });
    expect(folder.candles.list()).toMatchObject([{ source: "binance", symbol: "BTC/USDT", rows: BARS }]);
    folder.close();
  });

  it("is begun by a command, and shown until it ends", async () => {
    const market = [
      "--from",
      "binance",
      "--symbols",
      "BTC/USDT",
      "--timeframe",
      "5m",
      "--since",
      "2024-01-01",
    ];
    const where = ["--memory", `${at.path}/begun`, "--base-url", exchange.url, "--server", server.address];
    const { code, stdout, stderr } = await rhyme(["start", "ingest", ...market, ...where]);
    expect(code, stderr).toBe(0);
    expect(stdout).toContain("1 of 1 series: 1,500 new candles");
  });

  it("is cancelled in the middle of an answer that never ends", async () => {
    const before = exchange.asked.length;
    exchange.fail({ kind: "stall" }, Infinity);
    const handle = await begin("stalling", ["BTC/USDT"]);
    while (exchange.asked.length === before) await new Promise((resolve) => setTimeout(resolve, 20));
    await handle.cancel();
    const failure = await handle.result().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(WorkflowFailedError);
    expect((failure as WorkflowFailedError).cause).toBeInstanceOf(CancelledFailure);
    expect(exchange.asked).toHaveLength(before + 1);
  });
});
