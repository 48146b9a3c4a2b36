import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mayMount, mount, mountMemory, unmount } from "../../src/cli/faults/mounting.ts";
import { temporaryFolder } from "../../src/lib/testing/temporary-folder.ts";
import { fileIn } from "../job-folder.ts";
import { backfillLocally } from "../local.ts";
import { syntheticJob } from "./fixture.ts";
import { undisturbed, type Undisturbed } from "./killed-world.ts";

const noMount = !mayMount();

describe("a backfill", () => {
  const at = temporaryFolder();
  const { signal } = new AbortController();
  let whole: Undisturbed;
  beforeAll(async () => {
    const job = await syntheticJob(at.path, { rows: 700, symbols: ["AAA"], chunk: 300 });
    whole = await undisturbed(at.path, job);
  });
  afterAll(() => at.remove());

  it("waits where its segments cannot be written for a while, and ends with the same bytes", async () => {
    const ref = whole.again("unwritable");
    const segments = fileIn(ref, "segments");
    const said: string[] = [];
    writeFileSync(segments, ""); // what root may not write into either
    const { failed } = await backfillLocally(ref, {
      ...{ signal, threads: 1 },
      onLog: (_level, message) => {
        said.push(message);
        if (said.length < 2) return;
        rmSync(segments, { force: true });
        mkdirSync(segments, { recursive: true });
      },
    });
    expect(failed).toBe(0);
    expect(said).toEqual([1, 2].map((n) => expect.stringContaining(`encodeChunk, attempt ${n}`)));
    expect(whole.wrong(ref.memory)).toEqual([]);
  });

  it.skipIf(noMount)(
    "waits for room on a disk that is full, and ends with the same bytes (needs mounting)",
    async () => {
      const disk = path.join(at.path, "disk");
      mountMemory(disk, 500);
      try {
        const ref = whole.again("disk/m");
        const said: string[] = [];
        const { failed } = await backfillLocally(ref, {
          ...{ signal, threads: 1 },
          onLog: (_level, message) => {
            said.push(message);
            if (said.length === 2) mount("-o", "remount,size=64m", disk);
          },
        });
        expect(failed).toBe(0);
        expect(said.join("\n")).toMatch(/full|room|ENOSPC/);
        expect(whole.wrong(ref.memory)).toEqual([]);
      } finally {
        unmount(disk);
      }
    },
  );
});
