import { heldEncoder } from "../../src/lib/adapters/folder/held-encoders.ts";
import { syncIndex } from "../../src/lib/memory/sync-index.ts";
import type { TaskTools } from "../compute/task.ts";
import { withIndex } from "../index-server.ts";
import { readJob } from "../job-folder.ts";
import type { BackfillJob, JobRef } from "../job.ts";
import { reading, writing } from "../memory-access.ts";

export interface MirrorInput extends JobRef {
  readonly encoder: string;
}

/** Patterns that were written to an index and removed from it. */
export interface MirroredIndex {
  readonly written: number;
  readonly removed: number;
}

/** Brings the index of a job up to the memory, and waits until all of it can be found; again, it goes on. */
export async function mirrorIndex(
  { encoder: version, ...ref }: MirrorInput,
  tools: TaskTools,
): Promise<MirroredIndex> {
  const { tenant, index: address } = readJob<BackfillJob>(ref, "backfill");
  await writing(ref.memory, tools, (folder) => void folder.identity); // an index is of a memory that has a name
  return withIndex(address, tools.signal, (at) =>
    reading(ref.memory, async (folder) => {
      if (at === null) return { written: 0, removed: 0 };
      const encoder = heldEncoder(folder, version);
      const source = folder.patternSource(tenant, encoder);
      const index = at.server.tenant(tenant).patterns({ encoderVersion: version, dim: encoder.dim });
      const total = source.count();
      const { written, removed } = await syncIndex(source, index, {
        signal: tools.signal,
        onProgress: (done) => tools.progress({ stage: `writing to ${index.place}`, done, total }),
      });
      await index.settled({ signal: tools.signal });
      return { written, removed };
    }),
  );
}
