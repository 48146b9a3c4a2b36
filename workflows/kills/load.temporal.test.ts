import { expect, inject, it } from "vitest";
import { needs } from "../../src/lib/testing/require.ts";
import { temporaryFolder } from "../../src/lib/testing/temporary-folder.ts";
import { underLoad, WARNED } from "./load.ts";

const temporal = needs("temporal");
const LONG = 300_000;

// scripts/load-workflows.ts does it with a thousand.
it.skipIf(temporal.skip)(
  "a day of twelve symbols at once ends with the bytes of a run in process, and no history near its limits",
  async () => {
    const at = temporaryFolder();
    try {
      const { binary } = inject("temporal")!;
      const figures = await underLoad({ binary, at: at.path, symbols: 12, withinMs: LONG });
      expect(figures).toMatchObject({ ended: "COMPLETED", wrong: [] });
      expect(figures.runs).toBeGreaterThan(12); // one for each series, and their parent's
      expect(figures.mostEvents).toBeLessThan(WARNED.events);
      expect(figures.mostBytes).toBeLessThan(WARNED.bytes);
    } finally {
      at.remove();
    }
  },
  LONG,
);
