import { existsSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { needs } from "../../src/lib/testing/require.ts";
import { temporaryFolder } from "../../src/lib/testing/temporary-folder.ts";
import { allActivities } from "../all-activities.ts";
import { backfillFrom, type BackfillResult } from "../backfill/plan.ts";
import { begin, resultOf } from "../client.ts";
import { keepJob } from "../job-folder.ts";
import { backfillId } from "../queues.ts";
import { temporalWorld } from "../testing/temporal-world.ts";
import type { Activities } from "../worker.ts";
import { NOW, syntheticJob } from "./fixture.ts";
import { undisturbed } from "./killed-world.ts";

const temporal = needs("temporal");
const AWAY_MS = 3_000;

it.skipIf(temporal.skip)(
  "a backfill waits for a memory that is away, begins none in its place, and reports the symbol that fails for ever",
  async () => {
    const at = temporaryFolder();
    const world = await temporalWorld("faults");
    const whole = await undisturbed(at.path, await syntheticJob(at.path, { rows: 700, chunk: 300 }));
    const poisoned = await syntheticJob(at.path, { rows: 700, chunk: 300, symbols: ["AAA", "BBB", "BAD"] });
    writeFileSync(path.join(at.path, "BAD_5m.csv"), "no candles\n");
    const ref = keepJob(path.join(at.path, "away"), poisoned, NOW);
    const elsewhere = `${ref.memory}-elsewhere`;
    let found: boolean | null = null;
    const goesAway = (activities: Activities): Activities => ({
      ...activities,
      commitChunk: async (...args) => {
        const committed = await activities["commitChunk"]!(...args);
        if (found !== null) return committed;
        found = false;
        renameSync(ref.memory, elsewhere);
        setTimeout(() => {
          found = existsSync(ref.memory);
          renameSync(elsewhere, ref.memory);
        }, AWAY_MS);
        return committed;
      },
    });
    const workers = await world.workers({
      activities: (queue, tools) => (queue === "cpu" ? goesAway(allActivities(queue, tools)) : allActivities(queue, tools)), // prettier-ignore
    });
    try {
      const [id, args] = [backfillId(ref.job), [backfillFrom(ref), { paused: false, window: 2 }]];
      const began = performance.now();
      await begin(world, { type: "backfill", id, args, summary: "faults" });
      const result = await resultOf<BackfillResult>(world, id, new AbortController().signal);
      expect(result).toMatchObject({ series: 3, failed: 1, failures: [{ symbol: "BAD" }] });
      expect(performance.now() - began).toBeGreaterThan(AWAY_MS);
      expect(found).toBe(false); // nothing was begun where it had been
      expect(whole.wrong(ref.memory)).toEqual([]);
      const { events } = await world.client.workflow.getHandle(id).fetchHistory();
      const failed = events!.flatMap(({ activityTaskFailedEventAttributes: one }) => (one ? [one] : []));
      // What no retry puts right has one attempt alone; what was away is in no history: it was waited for.
      expect(failed.map(({ failure }) => failure?.applicationFailureInfo)).toMatchObject([
        { type: "input", nonRetryable: true },
      ]);
    } finally {
      await workers.end();
      await world.close();
      at.remove();
    }
  },
);
