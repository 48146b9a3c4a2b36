import { afterAll, beforeAll, expect, it } from "vitest";
import type { Pools } from "../activity-host.ts";
import { backfillFrom } from "../backfill/plan.ts";
import { needs } from "../../src/lib/testing/require.ts";
import { temporaryFolder } from "../../src/lib/testing/temporary-folder.ts";
import { begin, resultOf } from "../client.ts";
import { ComputePool } from "../compute/compute-pool.ts";
import { closePools } from "../compute/pools.ts";
import { SourcePools } from "../compute/source-threads.ts";
import { backfillId } from "../queues.ts";
import { temporalWorld, type TemporalWorld } from "../testing/temporal-world.ts";
import { KINDS, syntheticJob } from "./fixture.ts";
import { undisturbed } from "./killed-world.ts";
import { noZombies, twice } from "./zombies.ts";

const temporal = needs("temporal");
const LONG = 200_000;

const at = temporaryFolder();
const pool = (): ComputePool => new ComputePool({ threads: 2 });
const pools: Pools = {
  ...{ writer: pool(), cpu: pool(), gpu: pool(), live: pool(), index: pool(), short: pool() },
  sources: new SourcePools(),
};
let world: TemporalWorld;
beforeAll(async () => {
  if (!temporal.skip) world = await temporalWorld("twice");
});
afterAll(async () => {
  await closePools(pools);
  if (!temporal.skip) await world.close();
  at.remove();
});

it.skipIf(temporal.skip)(
  "a backfill whose activities all run twice, and end late, ends with the same bytes",
  async () => {
    const whole = await undisturbed(at.path, await syntheticJob(at.path));
    const ref = whole.again("twice");
    const zombies = noZombies();
    const workers = await world.workers({
      activities: (queue, tools) => twice(queue, tools, pools, zombies),
    });
    const args = [backfillFrom(ref), { paused: false, window: 2 }];
    await begin(world, { type: "backfill", id: backfillId(ref.job), args, summary: "twice" });
    await resultOf(world, backfillId(ref.job), AbortSignal.timeout(LONG));
    await Promise.all(zombies.running);
    await workers.end();
    expect(Object.keys(zombies.ran).sort()).toEqual(KINDS);
    // What they came too late for is all that they may say.
    expect(zombies.failed.filter((one) => !/: (segment-lost|store): /.test(one))).toEqual([]);
    expect(whole.wrong(ref.memory)).toEqual([]);
  },
  LONG,
);
