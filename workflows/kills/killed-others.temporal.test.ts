import path from "node:path";
import { expect, inject, it } from "vitest";
import { needs } from "../../src/lib/testing/require.ts";
import { temporaryFolder } from "../../src/lib/testing/temporary-folder.ts";
import { KillWorld } from "./kill-world.ts";
import { killAtPoints } from "./killed-backfill.ts";
import { otherKinds, otherWork } from "./other-work.ts";

const temporal = needs("temporal");
const LONG = 400_000;

// Side by side, so that one kill ends an activity of each.
it.skipIf(temporal.skip)(
  "ingest, label, train, reembed, audit and live leave what they leave in process where their worker is killed after an activity of every kind",
  async () => {
    const at = temporaryFolder();
    const world = await KillWorld.start(inject("temporal")!.binary, at.path);
    try {
      const works = await otherWork(at.path);
      const done = path.join(at.path, "points");
      const killed = await killAtPoints(world, works, {
        ...{ target: "worker", points: "kind", sides: ["after"], done, gatherMs: 1_000, withinMs: 300_000 },
      });
      expect(killed.ended).toEqual(works.map(() => "COMPLETED"));
      expect(killed.points).toEqual(otherKinds().map((kind) => `${kind} after`));
      expect(works.flatMap((work) => work.wrong())).toEqual([]);
    } finally {
      await world.end();
      at.remove();
    }
  },
  LONG,
);
