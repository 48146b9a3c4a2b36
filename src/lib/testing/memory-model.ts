import * as fc from "fast-check";
import { expect } from "vitest";
import type { Memory } from "../memory/memory.ts";
import { expectSame, operations, perform } from "./memory-operations.ts";
import { referenceMemory } from "./reference-memory.ts";
import { DIM } from "./some-patterns.ts";

/** A kind of memory under test: opens memories that live until `end`; `reopen` forgets all that is only in RAM. */
export interface MemoryHost {
  open(tenant: string, encoderVersion: string, dim: number): Memory;
  reopen(): void | Promise<void>;
  end(): void | Promise<void>;
}

export type MakeHost = () => MemoryHost | Promise<MemoryHost>;

/** Runs random courses on a memory and on the plain reference, and compares everything a caller can see; returns how many calls. */
export async function followsTheReference(host: MakeHost, runs: number): Promise<number> {
  let calls = 0;
  const property = fc.asyncProperty(operations(), async (course) => {
    const stage = await host();
    try {
      const model = referenceMemory({ tenant: "t", encoderVersion: "v1", dim: DIM });
      let real = stage.open("t", "v1", DIM);
      for (const operation of course) {
        calls++;
        if (operation.kind === "reopen") {
          await stage.reopen();
          real = stage.open("t", "v1", DIM);
        } else expectSame(await perform(real, operation), await perform(model, operation));
      }
      expect((await real.verify()).problems).toEqual([]);
    } finally {
      await stage.end();
    }
  });
  await fc.assert(property, { seed: 1, numRuns: runs });
  return calls;
}
