import { renameSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mayMount, mount, mountMemory, unmount } from "../../src/cli/faults/mounting.ts";
import { temporaryFolder } from "../../src/lib/testing/temporary-folder.ts";
import { backfillLocally } from "../local.ts";
import { syntheticJob } from "./fixture.ts";
import { undisturbed, type Undisturbed } from "./killed-world.ts";

const noMount = !mayMount();
const LONG = 200_000;

describe("a backfill", () => {
  const at = temporaryFolder();
  const signal = new AbortController().signal;
  let whole: Undisturbed;
  beforeAll(async () => {
    whole = await undisturbed(at.path, await syntheticJob(at.path, { rows: 1_000, chunk: 300 }));
  }, LONG);
  afterAll(() => at.remove());

  it(
    "waits for a memory that is away, and ends with the same bytes",
    async () => {
      const ref = whole.again("away");
      const elsewhere = `${ref.memory}-elsewhere`;
      let [gone, waited] = [false, 0];
      const { failed } = await backfillLocally(ref, {
        signal,
        onStep: (activity) => {
          if (activity !== "commitChunk" || gone) return;
          gone = true;
          renameSync(ref.memory, elsewhere);
          // Nothing may have been begun in its place.
          setTimeout(() => renameSync(elsewhere, ref.memory), 3_000);
        },
        onLog: (level) => void (waited += level === "warn" ? 1 : 0),
      });
      expect(failed).toBe(0);
      expect(waited).toBeGreaterThan(0);
      expect(whole.wrong(ref.memory)).toEqual([]);
    },
    LONG,
  );

  it.skipIf(noMount)(
    "waits for room on a disk that is full, and ends with the same bytes (needs mounting)",
    async () => {
      const disk = path.join(at.path, "disk");
      mountMemory(disk, 700);
      try {
        const ref = whole.again("disk/m");
        const said: string[] = [];
        const { failed } = await backfillLocally(ref, {
          signal,
          onLog: (level, message) => {
            if (level !== "warn") return;
            said.push(message);
            if (said.length === 3) mount("-o", "remount,size=64m", disk);
          },
        });
        expect(failed).toBe(0);
        expect(said.length).toBeGreaterThanOrEqual(3);
        expect(whole.wrong(ref.memory)).toEqual([]);
      } finally {
        unmount(disk);
      }
    },
    LONG,
  );
});
