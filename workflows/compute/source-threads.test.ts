import { expect, it } from "vitest";
import type { ActivityHost } from "../activity-host.ts";
import { SourcePools } from "./source-threads.ts";

const tasks = new URL("../testing/pool-tasks.ts", import.meta.url).href;
const at = (address: string | null) => ({ exchange: "binance", address });

it("an exchange is asked while more series than it has threads wait for a silent one", async () => {
  const pools = new SourcePools({ tasks });
  const host = {
    ...{ signal: new AbortController().signal, attempt: 1, workflow: "w", activity: "a", before: null },
    ...{ heartbeat: () => undefined, log: () => undefined, now: () => 0, metrics: {} },
  } as unknown as ActivityHost;
  let over = false;
  const waiting = [1, 2, 3, 4, 5].map(() =>
    pools
      .of(at("http://silent"))
      .runNamed("listening", { ms: 60_000_000 }, host)
      .catch(() => undefined)
      .finally(() => (over = true)),
  );
  expect(await pools.of(at(null)).runNamed("busy", { ms: 1 }, host)).toBe("done");
  expect(over).toBe(false);
  expect(pools.of(at(null))).toBe(pools.of(at(null)));
  await pools.close();
  await Promise.all(waiting);
});
