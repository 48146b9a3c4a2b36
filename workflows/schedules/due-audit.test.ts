import path from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../../src/lib/testing/temporary-folder.ts";
import type { TaskTools } from "../compute/task.ts";
import { endJob, keepJob, keptJobs, readJob, type Wanted } from "../job-folder.ts";
import type { AuditJob, JobRef, TrainJob } from "../job.ts";
import { schedulesOf } from "./schedule-table.ts";
import { dueJob, type DueInput } from "./tasks.ts";

describe("the audit of a schedule", () => {
  it.each(["weaviate://127.0.0.1:8585", null])("looks at the index that was named: %s", async (index) => {
    const at = temporaryFolder();
    try {
      const of = { memory: path.join(at.path, "memory"), tenant: "default", index };
      const audit = schedulesOf(of).find(({ kind }) => kind === "audit")!;
      const tools = { now: () => Date.UTC(2024, 0, 7) } as TaskTools;
      const { args } = await dueJob(audit.args[0] as DueInput, tools);
      expect(readJob<AuditJob>(args[0] as JobRef, "audit").index).toBe(index);
    } finally {
      at.remove();
    }
  });

  it("leaves no job of an audit that ended days ago, but what has not ended, and what another kind is", async () => {
    const at = temporaryFolder();
    try {
      const memory = path.join(at.path, "memory");
      const due = async (day: number): Promise<JobRef> => {
        const tools = { now: () => Date.UTC(2024, 0, day, 3, 30) } as TaskTools;
        const { args } = await dueJob({ kind: "audit", memory, tenant: "default" }, tools);
        return args[0] as JobRef;
      };
      const [ended, open] = [await due(1), await due(2)];
      endJob(ended, () => ({}));
      const [recent, newest] = [await due(3), await due(4)];
      endJob(recent, () => ({}));
      expect(keptJobs(memory)).toEqual([open, recent, newest].map(({ job }) => job).sort());
      const other = keepJob<TrainJob>(memory, { kind: "train" } as Wanted<TrainJob>, 0);
      endJob(other, () => ({}));
      await due(9);
      expect(keptJobs(memory)).toContain(other.job);
      expect(keptJobs(memory)).not.toContain(recent.job);
    } finally {
      at.remove();
    }
  });

  it("goes by the same schedule with an index as without", () => {
    const ids = (index: string | null) =>
      schedulesOf({ memory: "/m", tenant: "default", index }).map(({ id }) => id);
    expect(ids("weaviate://127.0.0.1:8585")).toEqual(ids(null));
  });
});
