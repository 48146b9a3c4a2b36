import { mkdirSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ApplicationFailure } from "@temporalio/common";
import { openMemoryFolder } from "../../src/lib/adapters/sqlite/open-memory.ts";
import { JOB_FOLDER } from "../../src/lib/adapters/sqlite/open-store.ts";
import type { CandleSeries } from "../../src/lib/candles/candle-series.ts";
import { countedPace } from "../../src/lib/testing/counted-pace.ts";
import { syntheticCandles } from "../../src/lib/testing/candles.ts";
import {
  klinesOf,
  loopbackExchange,
  type Fault,
  type Kline,
  type LoopbackExchange,
} from "../../src/lib/testing/loopback-exchange.ts";
import { memoryContent } from "../../src/lib/testing/memory-content.ts";
import { temporaryFolder, type TemporaryFolder } from "../../src/lib/testing/temporary-folder.ts";
import { HOUR, MINUTE, SECOND } from "../../src/lib/time/units.ts";
import type { TaskTools } from "../compute/task.ts";
import type { Control } from "../control.ts";
import { asFailure } from "../failures.ts";
import { jobActivities } from "../job-activities.ts";
import { keepJob } from "../job-folder.ts";
import type { ExchangeOrigin, IngestJob } from "../job.ts";
import { locally } from "../local.ts";
import { ingestActivities } from "./activities.ts";
import { ingestExchange } from "./ingest-exchange.ts";
import { ingestFrom, ingestPlan } from "./plan.ts";
import type { Ingested } from "./tasks.ts";

const START = Date.UTC(2024, 0, 1);
const BARS = 2_500; // three pages
const END = START + BARS * 5 * MINUTE;
const candles = syntheticCandles({ seed: 5, rows: BARS, start: START });
const rows = klinesOf(candles);
const key = { source: "binance", symbol: "BTC/USDT", timeframe: "5m" };

let server: LoopbackExchange;
let home: TemporaryFolder;
beforeEach(async () => {
  server = await loopbackExchange({ candles: { "BTCUSDT 5m": rows, "ETHUSDT 5m": rows.slice(0, 100) } });
  home = temporaryFolder();
});
afterEach(async () => {
  await server.close();
  home.remove();
});

const originHere = (): ExchangeOrigin => ({
  ...{ kind: "exchange", exchange: "binance", from: START, to: null },
  address: server.url,
});

interface Attempt {
  readonly memory?: string;
  readonly now?: number;
  readonly signal?: AbortSignal;
}

/** One attempt of the step, with short deadlines and waits that take no time. */
function attempt({ memory = `${home.path}/m`, now = END, signal }: Attempt = {}): Promise<Ingested> {
  const tools: TaskTools = {
    signal: signal ?? new AbortController().signal,
    ...{
      before: null,
      progress: () => undefined,
      log: () => undefined,
      count: () => undefined,
      now: () => now,
    },
  };
  const job = { tenant: "default", now, given: {}, calendars: [] };
  mkdirSync(path.join(memory, JOB_FOLDER), { recursive: true }); // where a job is kept a memory may be begun
  const origin = originHere();
  const patience = { deadlineMs: 300, tries: 2, longestWaitMs: HOUR, pace: countedPace() };
  return ingestExchange(
    { symbol: "BTC/USDT", timeframe: "5m", origin },
    origin,
    job,
    memory,
    tools,
    patience,
  );
}

const content = (memory = "m"): ReturnType<typeof memoryContent> => memoryContent(`${home.path}/${memory}`);

async function undisturbed(): Promise<ReturnType<typeof memoryContent>> {
  await attempt({ memory: `${home.path}/whole` });
  return content("whole");
}

function stored(asOf = Infinity): CandleSeries {
  const folder = openMemoryFolder(`${home.path}/m`, { mode: "read" });
  try {
    return folder.candles.read(key, { asOf });
  } finally {
    folder.close();
  }
}

const never = (): void => server.fail({ kind: "silence" }, 0);
/** After so many whole answers. */
const after = (answers: number, fault: Fault): void => {
  let given = 0;
  const rowsThen = (all: readonly Kline[]): readonly Kline[] => {
    if (++given >= answers) server.fail(fault, Infinity);
    return all;
  };
  server.fail({ kind: "rows", rows: rowsThen }, Infinity);
};

describe("ingest from an exchange", () => {
  it("tells what became of the candles, and changes nothing when it is done again or twice at once", async () => {
    const whole = await undisturbed();
    expect(await attempt()).toEqual({
      key,
      added: BARS,
      corrected: 0,
      unchanged: 0,
      findings: 0,
      missing: 0,
    });
    expect(await attempt()).toMatchObject({ added: 0, corrected: 0, unchanged: 1 });
    await Promise.all([attempt(), attempt()]);
    expect(content()).toEqual(whole);
    const twice = { memory: `${home.path}/twice` };
    await Promise.all([attempt(twice), attempt(twice)]);
    expect(content("twice")).toEqual(whole);
  });

  it.each<[string, Fault]>([
    ["fails", { kind: "status", status: 503 }],
    ["stalls", { kind: "stall" }],
    ["says nothing", { kind: "silence" }],
    ["hangs up", { kind: "cut" }],
    ["is busy", { kind: "status", status: 429, headers: { "retry-after": "5" } }],
  ])("that %s may be tried again, and ends with the same bytes", async (_, fault) => {
    const whole = await undisturbed();
    after(2, fault);
    const failure = asFailure(await attempt().catch((error: unknown) => error)) as ApplicationFailure;
    expect(failure).toMatchObject({ type: "source", nonRetryable: false });
    expect(stored().openTime).toHaveLength(2_000);
    never();
    expect(await attempt()).toMatchObject({ added: 500, unchanged: 1 });
    expect(content()).toEqual(whole);
  });

  it("ends with the same bytes over short pages and a last bar that is sent again", async () => {
    const whole = await undisturbed();
    const short = (all: readonly Kline[]): readonly Kline[] => all.slice(0, 700);
    const again = (all: readonly Kline[]): readonly Kline[] => [...all, ...all.slice(-1)];
    for (const [memory, change] of [
      ["short", short],
      ["again", again],
    ] as const) {
      server.fail({ kind: "rows", rows: change }, Infinity);
      await attempt({ memory: `${home.path}/${memory}` });
      expect(content(memory)).toEqual(whole);
    }
  });

  it.each<[string, Fault]>([
    ["does not serve this place", { kind: "status", status: 451 }],
    [
      "does not know the question",
      { kind: "status", status: 400, body: '{"code":-1121,"msg":"Invalid symbol."}' },
    ],
    ["bans for hours", { kind: "status", status: 418, headers: { "retry-after": "7200" } }],
  ])("that %s is not tried again", async (_, fault) => {
    server.fail(fault, Infinity);
    const failure = asFailure(await attempt().catch((error: unknown) => error));
    expect(failure).toMatchObject({ type: "input", nonRetryable: true });
    expect(server.asked).toHaveLength(1);
  });

  it("keeps other prices of an old bar as a correction known at the job's instant, once", async () => {
    await attempt({ now: END - 5 * MINUTE });
    const newest = BARS - 2;
    const revised = rows.map((row, i): Kline =>
      i === newest ? [row[0], row[1], row[2], "0.5", "1", ...row.slice(5)] : row,
    );
    server.set("BTCUSDT 5m", revised);
    expect(await attempt()).toMatchObject({ added: 1, corrected: 1, unchanged: 0 });
    expect(await attempt()).toMatchObject({ added: 0, corrected: 0 });
    expect([stored(END - 1).close[newest], stored(END).close[newest]]).toEqual([candles.close[newest], 1]);
  });

  it("ends when it is cancelled in the middle of an answer, and the next attempt ends with the same bytes", async () => {
    const whole = await undisturbed();
    after(1, { kind: "stall" });
    const stop = new AbortController();
    const reason = new Error("cancelled");
    setTimeout(() => stop.abort(reason), 150);
    await expect(attempt({ signal: stop.signal })).rejects.toBe(reason);
    never();
    await attempt();
    expect(content()).toEqual(whole);
  });
});

describe("a job of many series", () => {
  it(
    "reports the one that its exchange refuses, and takes the others in",
    async () => {
      const memory = `${home.path}/m`;
      const origin = originHere();
      const series = ["BTC/USDT", "NONE/USDT", "ETH/USDT"].map((symbol) => ({
        symbol,
        timeframe: "5m",
        origin,
      }));
      const wanted: Omit<IngestJob, "now"> = {
        kind: "ingest",
        tenant: "default",
        given: {},
        calendars: [],
        series,
      };
      const ref = keepJob(memory, wanted, END);
      const { signal } = new AbortController();
      const options = { signal, threads: 1 };
      const ending = await locally([], "ingest/test", options, async (tools, { steps, control }) =>
        ingestPlan(
          ingestFrom(ref),
          steps.of({ ...ingestActivities(tools), ...jobActivities() }),
          control as Control<object>,
        ),
      );
      expect(ending).toMatchObject({
        kind: "done",
        result: { series: 3, added: BARS + 100, failed: 1, failures: [{ symbol: "NONE/USDT" }] },
      });
      expect(stored().openTime).toHaveLength(BARS);
    },
    60 * SECOND,
  );
});
