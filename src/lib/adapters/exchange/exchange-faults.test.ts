import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { RhymeError } from "../../errors.ts";
import { countedPace } from "../../testing/counted-pace.ts";
import { syntheticCandles } from "../../testing/candles.ts";
import { closingPort } from "../../testing/loopback.ts";
import {
  klinesOf,
  loopbackExchange,
  type Fault,
  type LoopbackExchange,
} from "../../testing/loopback-exchange.ts";
import { MINUTE, SECOND } from "../../time/units.ts";
import { retryAfterMs } from "./bounded-fetch.ts";
import { connectExchange, type ConnectOptions } from "./exchange-connection.ts";
import { exchangeSource, type ExchangePage } from "./exchange-source.ts";
import { SourceFailure } from "./source-failure.ts";

const START = Date.UTC(2024, 0, 1);
const candles = syntheticCandles({ seed: 7, rows: 12, start: START });
const END = START + 12 * 5 * MINUTE;

let server: LoopbackExchange;
beforeEach(async () => {
  server = await loopbackExchange({ candles: { "BTCUSDT 5m": klinesOf(candles) } });
});
afterEach(() => server.close());

interface Tried {
  readonly page: ExchangePage | null;
  readonly failure: unknown;
  readonly waits: readonly number[];
  /** Requests for candles. */
  readonly asked: number;
}

/** What comes of asking for the one page that there is. */
async function tried(fault: Fault, times: number, options: ConnectOptions = {}): Promise<Tried> {
  const waits: number[] = [];
  const onWait = (ms: number): void => void waits.push(ms);
  const how = { baseUrl: server.url, pace: countedPace(), onWait, ...options };
  const connection = await connectExchange("binance", how);
  await connection.symbol("BTC/USDT", new AbortController().signal); // the list of markets is there
  server.fail(fault, times);
  const ask = { symbol: "BTC/USDT", timeframe: "5m", from: START };
  const asked = exchangeSource(connection, { now: END }).read(ask);
  const [page, failure] = await asked.then<[ExchangePage | null, unknown], [null, unknown]>(
    (found) => [found, null],
    (error: unknown) => [null, error],
  );
  return { page, failure, waits, asked: server.asked.length };
}

describe("an exchange that fails for a while", () => {
  const busy = (headers: Record<string, string>): Fault => ({ kind: "status", status: 429, headers });

  it("is left alone for as long as it says, then asked again", async () => {
    const { page, waits, asked } = await tried(busy({ "retry-after": "17" }), 2);
    expect(page!.series.openTime).toHaveLength(12);
    expect([waits, asked]).toEqual([[17 * SECOND, 17 * SECOND], 3]);
  });

  it("is asked no more where it wants to be left alone for too long", async () => {
    const { failure, waits, asked } = await tried(busy({ "retry-after": "121" }), 1);
    expect(failure).toBeInstanceOf(SourceFailure);
    expect(failure).toMatchObject({
      kind: "source",
      retryable: true,
      status: 429,
      retryAfterMs: 121 * SECOND,
    });
    expect((failure as Error).message).toContain("left alone for 121 s");
    expect([waits, asked]).toEqual([[], 1]);
  });

  it("waits twice as long after every failure where the exchange does not say", async () => {
    const { page, waits } = await tried({ kind: "status", status: 503, body: "<html>busy</html>" }, 4);
    expect(page!.series.openTime).toHaveLength(12);
    expect(waits).toEqual([1, 2, 4, 8].map((seconds) => seconds * SECOND));
  });

  it.each<[string, Fault, RegExp]>([
    ["says nothing", { kind: "silence" }, /a whole answer within 0.2 s/],
    ["stops in the middle of an answer", { kind: "stall" }, /a whole answer within 0.2 s/],
    ["hangs up in the middle of an answer", { kind: "cut" }, /an exchange that answers/],
    [
      "answers with a page for people",
      { kind: "status", status: 200, body: "<html>hello</html>" },
      /whole JSON/,
    ],
    ["sends half a document", { kind: "status", status: 200, body: '[[1704067200000,"1' }, /whole JSON/],
    [
      "says no in a document of its own",
      { kind: "status", status: 500, body: '{"code":-1000,"msg":"?"}' },
      /500/,
    ],
    ["bans for a while", { kind: "status", status: 418, headers: { "retry-after": "3" } }, /418/],
  ])("that %s is asked again, and given up after the sixth time", async (_, fault, says) => {
    const once = await tried(fault, 1, { deadlineMs: 200 });
    expect(once.page!.series.openTime).toHaveLength(12);
    expect(once.waits).toHaveLength(1);
    const before = server.asked.length;
    const ever = await tried(fault, Infinity, { deadlineMs: 200 });
    expect(ever.failure).toMatchObject({ kind: "source", retryable: true });
    expect((ever.failure as Error).message).toMatch(says);
    expect(ever.asked - before).toBe(6);
  });

  it("or is not there at all names the address and why", async () => {
    const port = await closingPort();
    try {
      const gone = { baseUrl: `http://127.0.0.1:${port.port}`, pace: countedPace(), tries: 2 };
      const connection = await connectExchange("binance", gone);
      const signal = new AbortController().signal;
      await expect(connection.symbol("BTC/USDT", signal)).rejects.toMatchObject({
        kind: "source",
        fields: { place: "exchange binance", expected: "an exchange that answers" },
      });
    } finally {
      await port.close();
    }
  });
});

describe("an exchange that says no", () => {
  it.each<[string, Fault, RegExp]>([
    [
      "to this place",
      { kind: "status", status: 451, body: '{"code":0,"msg":"restricted location"}' },
      /--base-url/,
    ],
    ["to everybody", { kind: "status", status: 403, body: "" }, /--base-url/],
    [
      "to the question",
      { kind: "status", status: 400, body: '{"code":-1121,"msg":"Invalid symbol."}' },
      /Invalid symbol/,
    ],
    [
      "to the span",
      { kind: "status", status: 400, body: '{"code":-4088,"msg":"Maximum time interval is 200 days."}' },
      /200 days/,
    ],
  ])("%s is not asked again", async (_, fault, says) => {
    const { failure, waits, asked } = await tried(fault, Infinity);
    expect(failure).toMatchObject({ kind: "input", retryable: false });
    expect((failure as Error).message).toMatch(says);
    expect([waits, asked]).toEqual([[], 1]);
  });

  it("knows neither market nor timeframe: that is said before candles are asked for", async () => {
    const connection = await connectExchange("binance", { baseUrl: server.url });
    const source = exchangeSource(connection, { now: END });
    const ask = { symbol: "BTC/USDT", timeframe: "5m", from: START };
    await expect(source.read({ ...ask, symbol: "BTC/EUR" })).rejects.toThrow(
      /such as BTC\/USDT, got "BTC\/EUR"/,
    );
    await expect(source.read({ ...ask, timeframe: "10m" })).rejects.toThrow(/1m, 3m, 5m.*got 10m/);
    expect(server.asked).toEqual([]);
  });
});

describe("asking an exchange", () => {
  it("ends when it is told to, in the middle of an answer and of a wait", async () => {
    const connection = await connectExchange("binance", { baseUrl: server.url });
    await connection.symbol("BTC/USDT", new AbortController().signal);
    const source = exchangeSource(connection, { now: END });
    for (const fault of [{ kind: "stall" }, { kind: "status", status: 503 }] as const) {
      server.fail(fault, Infinity);
      const stop = new AbortController();
      const reason = new Error("enough");
      setTimeout(() => stop.abort(reason), 100);
      const asked = source.read({ symbol: "BTC/USDT", timeframe: "5m", from: START, signal: stop.signal });
      await expect(asked).rejects.toBe(reason);
    }
    server.fail({ kind: "silence" }, 0);
    expect((await source.read({ symbol: "BTC/USDT", timeframe: "5m", from: START })).rowsRead).toBe(12);
  });

  it("keeps the distance between requests that the exchange wants", async () => {
    const pace = countedPace();
    const source = exchangeSource(await connectExchange("binance", { baseUrl: server.url, pace }), {
      now: END,
    });
    for (let i = 0; i < 3; i++) await source.read({ symbol: "BTC/USDT", timeframe: "5m", from: START });
    expect(pace.waits).toEqual([50, 50]); // 1,200 a minute
  });

  it("needs an exchange and an address that can be meant", async () => {
    await expect(connectExchange("nyse")).rejects.toBeInstanceOf(RhymeError);
    for (const baseUrl of ["binance", "ftp://x", ""])
      await expect(connectExchange("binance", { baseUrl })).rejects.toThrow(/--base-url/);
  });

  it("reads how long to wait in seconds, or until a date on the clock of the server", () => {
    const clock = Date.UTC(2024, 0, 1, 12);
    const cases: readonly (readonly [string | null, number | null])[] = [
      ["0", 0],
      [" 30 ", 30 * SECOND],
      ["Mon, 01 Jan 2024 12:01:00 GMT", MINUTE],
      ["Mon, 01 Jan 2024 11:00:00 GMT", 0],
      ["soon", null],
      ["-5", null],
      [null, null],
    ];
    for (const [value, ms] of cases) expect([value, retryAfterMs(value, clock)]).toEqual([value, ms]);
    expect(retryAfterMs("Mon, 01 Jan 2024 12:01:00 GMT", null)).toBeNull();
  });
});
