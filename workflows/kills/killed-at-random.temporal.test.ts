import { expect, inject, it } from "vitest";
import { createRng } from "../../src/lib/math/rng.ts";
import { needs } from "../../src/lib/testing/require.ts";
import { temporaryFolder } from "../../src/lib/testing/temporary-folder.ts";
import { realJob } from "./fixture.ts";
import { KillWorld } from "./kill-world.ts";
import { killAtRandom } from "./killed-backfill.ts";
import { undisturbed } from "./killed-world.ts";

const [temporal, data] = [needs("temporal"), needs("data")];
const LONG = 400_000;
const SEED = 8;

it.skipIf(temporal.skip || data.skip)(
  "a backfill of six real symbols ends with the same bytes after ten random kills and the loss of Temporal's database",
  async () => {
    const at = temporaryFolder();
    const world = await KillWorld.start(inject("temporal")!.binary, at.path);
    try {
      const whole = await undisturbed(at.path, realJob(at.path, process.env["RHYME_DATA"]!, 1_500));
      const ref = whole.again("killed");
      const killed = await killAtRandom(world, ref, {
        ...{ rng: createRng(SEED), withinMs: 900, kills: 10, everyServer: 4, databaseDeletedAfter: 5 },
        deadlineMs: 300_000,
      });
      expect(killed).toEqual({ ended: "COMPLETED", kills: 10, workers: 8, servers: 2 });
      expect(whole.wrong(ref.memory)).toEqual([]);
    } finally {
      await world.end();
      at.remove();
    }
  },
  LONG,
);
