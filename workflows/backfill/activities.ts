import type { ActivityTools } from "../activity-host.ts";

import type { MirroredIndex, MirrorInput } from "./mirror-index.ts";
import type { Committed, Segment } from "./segment.ts";
import type { ChooseInput, Chosen, CommitInput, EncodedSeries, HorizonOf } from "./tasks.ts";

export interface BackfillActivities {
  chooseEncoder(input: ChooseInput): Promise<Chosen>;
  commitChunk(input: CommitInput): Promise<Committed>;
  labelHorizon(input: HorizonOf): Promise<{ readonly labelled: number; readonly revised: number }>;
  growRecord(input: HorizonOf): Promise<number>;
  /** Brings the index of the job up to the memory. */
  mirrorIndex(input: MirrorInput): Promise<MirroredIndex>;
}

/** On the queue of encoders. */
export interface EncodeActivities {
  /** The next segment that the memory lacks; null: it lacks none. */
  encodeChunk(input: EncodedSeries): Promise<Segment | null>;
}

export function backfillActivities({ host, pools }: ActivityTools): BackfillActivities {
  return {
    chooseEncoder: (input) => pools.cpu.run("chooseEncoder", input, host()),
    commitChunk: (input) => pools.writer.run("commitChunk", input, host()),
    labelHorizon: (input) => pools.cpu.run("labelHorizon", input, host()),
    mirrorIndex: (input) => pools.cpu.run("mirrorIndex", input, host()),
    growRecord: (input) => pools.cpu.run("growRecord", input, host()),
  };
}

export function encodeActivities({ host, pools, backend }: ActivityTools): EncodeActivities {
  return { encodeChunk: (input) => pools.gpu.run("encodeChunk", { ...input, backend }, host()) };
}
