import path from "node:path";
import { expect, inject, it } from "vitest";
import { needs } from "../../src/lib/testing/require.ts";
import { temporaryFolder } from "../../src/lib/testing/temporary-folder.ts";
import { KINDS, syntheticJob } from "./fixture.ts";
import { backfillOf, KillWorld } from "./kill-world.ts";
import { killAtPoints } from "./killed-backfill.ts";
import { undisturbed } from "./killed-world.ts";

const temporal = needs("temporal");
const LONG = 400_000;

// One run for each of both: what is killed comes back and goes on to the next kind of activity.
it.skipIf(temporal.skip).each(["worker", "server"] as const)(
  "a backfill ends with the same bytes where its %s is killed after an activity of every kind, before that is known",
  async (target) => {
    const at = temporaryFolder();
    const world = await KillWorld.start(inject("temporal")!.binary, at.path);
    try {
      const whole = await undisturbed(at.path, await syntheticJob(at.path));
      const ref = whole.again(target);
      const done = path.join(at.path, "points");
      const killed = await killAtPoints(world, [{ begin: backfillOf(ref) }], {
        ...{ target, points: "kind", sides: ["after"], done, withinMs: 300_000 },
      });
      expect(killed).toEqual({ ended: ["COMPLETED"], points: KINDS.map((kind) => `${kind} after`) });
      expect(whole.wrong(ref.memory)).toEqual([]);
    } finally {
      await world.end();
      at.remove();
    }
  },
  LONG,
);
