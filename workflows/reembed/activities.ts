import type { ActivityTools } from "../activity-host.ts";
import { endJob, readJob } from "../job-folder.ts";
import type { JobRef, ReembedJob, SeriesRef } from "../job.ts";
import type { BegunVersion, Judged } from "./tasks.ts";

/** How a job on versions ended. */
export interface ReembedResult {
  readonly from: string | null;
  /** What is read now where it was switched. */
  readonly to: string;
  readonly switched: boolean;
  /** Null where nothing was judged: a rollback. */
  readonly gate: Judged | null;
  readonly alias: string | null;
}

export interface ReembedActivities {
  openReembed(ref: JobRef): Promise<Pick<ReembedJob, "goal"> & { readonly hasIndex: boolean }>;
  beginVersion(ref: JobRef): Promise<BegunVersion>;
  embedVersion(ref: SeriesRef): Promise<void>;
  recordVersion(ref: SeriesRef): Promise<void>;
  mirrorVersion(ref: JobRef): Promise<void>;
  gateVersion(ref: JobRef): Promise<Judged>;
  switchVersion(ref: JobRef): Promise<void>;
  leadAlias(ref: JobRef): Promise<string | null>;
  rollbackVersion(ref: JobRef): Promise<string>;
  endReembed(ended: JobRef & { readonly result: ReembedResult }): Promise<ReembedResult>;
}

export function reembedActivities({ host, pools }: ActivityTools): ReembedActivities {
  return {
    openReembed: async (ref) => {
      const { goal, index } = readJob<ReembedJob>(ref, "reembed");
      return { goal, hasIndex: index !== null };
    },
    beginVersion: (ref) => pools.writer.run("beginVersion", ref, host()),
    embedVersion: (ref) => pools.cpu.run("embedVersion", ref, host()),
    recordVersion: (ref) => pools.cpu.run("recordVersion", ref, host()),
    mirrorVersion: (ref) => pools.cpu.run("mirrorVersion", ref, host()),
    gateVersion: (ref) => pools.cpu.run("gateVersion", ref, host()),
    switchVersion: (ref) => pools.writer.run("switchVersion", ref, host()),
    leadAlias: (ref) => pools.cpu.run("leadAlias", ref, host()),
    rollbackVersion: (ref) => pools.writer.run("rollbackVersion", ref, host()),
    endReembed: async ({ result, ...ref }) => endJob(ref, () => result),
  };
}
