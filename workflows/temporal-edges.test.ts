import { describe, expect, it } from "vitest";
import { encodingBackend } from "./encoding-backend.ts";
import { temporalLogger, workerLog } from "./observe/worker-log.ts";
import { liveId, seriesId } from "./queues.ts";
import { parseTemporalAddress } from "./temporal-address.ts";
import { detailsOf } from "./progress-details.ts";
import { subjectOf } from "./workflow-ids.ts";

describe("the address of a server", () => {
  it("is a host and a port, with a namespace or without", () => {
    expect(parseTemporalAddress("temporal://127.0.0.1:8685")).toEqual({
      ...{ target: "127.0.0.1:8685", namespace: "rhyme" },
    });
    expect(parseTemporalAddress("temporal://temporal:7233/other")).toEqual({
      ...{ target: "temporal:7233", namespace: "other" },
    });
    expect(parseTemporalAddress("temporal://[::1]:7233/").target).toBe("[::1]:7233");
  });

  it("is refused where it is another one", () => {
    for (const text of [
      "",
      "localhost:7233",
      "http://localhost:7233",
      "temporal://host",
      "temporal://host:1/a/b",
    ])
      expect(() => parseTemporalAddress(text)).toThrow(/expected temporal:\/\/HOST:PORT/);
  });
});

describe("the id of a workflow", () => {
  it("says whose work it is, and what it belongs to", () => {
    expect(subjectOf(seriesId("0a1b", "BTCUSDT", "5m"))).toEqual({
      ...{ correlation: "backfill/0a1b", symbol: "BTCUSDT", timeframe: "5m" },
    });
    expect(subjectOf("backfill/0a1b")).toEqual({
      correlation: "backfill/0a1b",
      symbol: null,
      timeframe: null,
    });
    expect(
      subjectOf(liveId("default", "1a2b3c4d", { source: "binance", symbol: "BTCUSDT", timeframe: "1h" })),
    ).toMatchObject({ symbol: "BTCUSDT" });
  });
});

describe("what a worker encodes with", () => {
  const reasonOf = async (load: () => Promise<unknown>): Promise<string> =>
    (await encodingBackend(load)).reason;

  it("is what jobs pin, with or without a GPU, and says which", async () => {
    const binding = (isUsingGpuDevice: boolean) => async () => ({ backend: () => ({ isUsingGpuDevice }) });
    expect(await reasonOf(binding(true))).toMatch(/a GPU is here and idles/);
    expect(await reasonOf(binding(false))).toMatch(/sees no device/);
    expect((await encodingBackend(binding(true))).backend).toBe("arrays");
  });

  it("says why the binding for GPUs does not load", async () => {
    const missing = Object.assign(new Error("Cannot find package"), { code: "ERR_MODULE_NOT_FOUND" });
    expect(await reasonOf(() => Promise.reject(missing))).toMatch(/is not installed/);
    const broken = new Error("libcudart.so.11.0: cannot open shared object file\nmore");
    expect(await reasonOf(() => Promise.reject(broken))).toMatch(
      /does not load: libcudart\.so\.11\.0: cannot open/,
    );
  });
});

it("a line of a worker's log names the workflow, its symbol and what it belongs to, and leaves out the rest", () => {
  const lines: Record<string, unknown>[] = [];
  const log = workerLog("info", {
    write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>),
  });
  const logger = temporalLogger(log);
  logger.warn("it failed", {
    ...{ workflowId: "backfill/0a1b/BTCUSDT/5m", runId: "r", taskToken: "long", namespace: "rhyme" },
    error: new Error("no room"),
  });
  logger.debug("not worth a line");
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatchObject({
    ...{ workflow: "backfill/0a1b/BTCUSDT/5m", correlation: "backfill/0a1b", symbol: "BTCUSDT", run: "r" },
    ...{ msg: "it failed", err: { message: "no room" } },
  });
  expect(lines[0]).not.toHaveProperty("taskToken");
});

it("what is shown on Temporal's page is a list without what is empty, of a page at most", () => {
  expect(detailsOf({ phase: "moments", done: 3, failures: [], trouble: null })).toBe(
    "- **phase**: moments\n- **done**: 3",
  );
  expect(detailsOf({ text: "x".repeat(10_000) })).toHaveLength(2_000);
});
