import { expect, inject, it } from "vitest";
import { needs } from "../../src/lib/testing/require.ts";
import { temporaryFolder } from "../../src/lib/testing/temporary-folder.ts";
import { syntheticJob } from "./fixture.ts";
import { backfillOf, KillWorld } from "./kill-world.ts";
import { undisturbed } from "./killed-world.ts";

const temporal = needs("temporal");
const LONG = 200_000;

it.skipIf(temporal.skip)(
  "a worker that stays while Temporal's database is deleted does the same command again, to the same bytes",
  async () => {
    const at = temporaryFolder();
    const world = await KillWorld.start(inject("temporal")!.binary, at.path);
    try {
      const whole = await undisturbed(at.path, await syntheticJob(at.path));
      const ref = whole.again("forgotten");
      const work = backfillOf(ref);
      await world.nextWorker(null);
      await world.begin(work);
      await world.worker.busy();
      await world.restartServer("deleted");
      await world.begin(work);
      expect(await world.untilEnded([work], () => undefined, LONG / 2)).toEqual(["COMPLETED"]);
      expect(world.worker.alive).toBe(true);
      expect(whole.wrong(ref.memory)).toEqual([]);
    } finally {
      await world.end();
      at.remove();
    }
  },
  LONG,
);
