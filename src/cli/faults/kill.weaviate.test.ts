import { afterAll, expect, inject, it } from "vitest";
import { needs } from "../../lib/testing/require.ts";
import { temporaryFolder } from "../../lib/testing/temporary-folder.ts";
import { killWeaviate } from "./kill-weaviate.ts";

const weaviate = needs("weaviate");
const KILLS = 15; // scripts/kill-weaviate.ts does any number
const LONG = 300_000;

const at = temporaryFolder();
afterAll(() => at.remove());

it.skipIf(weaviate.skip)(
  "a server killed at any moment has everything again, once, after a sync at the latest",
  async () => {
    const { binary } = inject("weaviate")!;
    const killed = await killWeaviate({ binary, folder: at.path, from: 0, kills: KILLS, seed: 1 });
    expect(killed).toHaveLength(KILLS);
    expect(killed.filter(({ wrong, lost }) => wrong.length > 0 || lost > 0)).toEqual([]);
    expect(killed.filter(({ during }) => during).length).toBeGreaterThan(KILLS / 3);
  },
  LONG,
);
