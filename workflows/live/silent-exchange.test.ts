import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, it } from "vitest";
import { temporaryFolder } from "../../src/lib/testing/temporary-folder.ts";
import { keepJob } from "../job-folder.ts";
import type { LiveJob } from "../job.ts";
import { liveWorld } from "../testing/live-world.ts";
import { liveHere } from "./here.ts";

const HISTORY = 600;
const at = temporaryFolder();
const silent = createServer(() => undefined); // takes every question, and answers none
afterEach(() => {
  silent.closeAllConnections();
  silent.close();
  at.remove();
});

it("series of other sources are answered while an exchange keeps silent", async () => {
  const world = await liveWorld({
    path: at.path,
    symbols: ["AAA", "BBB"],
    history: HISTORY,
    rows: HISTORY + 1,
  });
  const asked = new Promise((resolve) => silent.once("request", resolve));
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  const address = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  const origin = { kind: "exchange", exchange: "binance", from: 0, to: null, address } as const;
  const [first, second] = world.job.series;
  const job = { ...world.job, series: [{ ...first!, origin }, second!] };
  const ref = keepJob<LiveJob>(world.memory, job, 0);
  const stop = new AbortController();
  const here = liveHere(stop.signal);
  let over = false;
  const poll = here.parts
    .pollSource({ ...ref, series: 0 })
    .catch(() => null)
    .finally(() => (over = true));
  await asked;
  world.append(1, HISTORY, HISTORY + 1);
  const other = { ...ref, series: 1 };
  expect(await here.parts.pollSource(other)).toMatchObject({ added: 1 });
  await here.parts.advance(other);
  expect(await here.parts.answer({ ...other, after: null, patient: false })).toMatchObject({
    answers: 1,
  });
  expect(over).toBe(false);
  stop.abort(new Error("enough"));
  await poll;
  await here.close();
});
