import { setTimeout as sleep } from "node:timers/promises";
import { RhymeError } from "../../src/lib/errors.ts";
import type { ActivityTools } from "../activity-host.ts";

export interface SmallActivities {
  busy(ms: number): Promise<string>;
  failing(how: "final" | "passing"): Promise<number>;
  outliving(deaths: number): Promise<number>;
}

export function smallActivities({ host, pools }: ActivityTools): SmallActivities {
  return {
    busy: async (ms) => (await pools.gpu.runNamed("busy", { ms }, host())) as string,
    outliving: async (deaths) => {
      const { attempt } = host();
      // What the server sees of a worker that was killed: nothing, until it waits no longer.
      if (attempt <= deaths) await sleep(1_500);
      return attempt;
    },
    failing: async (how) => {
      const current = host();
      const kind = how === "final" ? "input" : "store";
      const fields = {
        place: "prices.csv:3",
        expected: "a price",
        received: '"x"',
        remedy: "Mend the file.",
      };
      current.metrics.count("candles", 7, { symbol: "BTCUSDT" });
      if (how === "passing" && current.attempt === 3) return current.attempt;
      current.log("warn", "about to fail", { how });
      throw new RhymeError(kind, fields);
    },
  };
}
