import path from "node:path";
import type { Wanted } from "../job-folder.ts";
import { keepJob } from "../job-folder.ts";
import type { BackfillJob, JobRef } from "../job.ts";
import { backfillLocally } from "../local.ts";
import { NOW, truthOf } from "./fixture.ts";
import { compareRows, type RowsCompared } from "./truth-rows.ts";

/** One job as it ends undisturbed, to hold disturbed ones against. */
export interface Undisturbed {
  readonly memory: string;
  /** The same job on an empty memory. */
  again(name: string): JobRef;
  /** What is wrong with a memory in which the same job has ended; empty where nothing is. */
  wrong(memory: string): readonly string[];
  /** Its facts, counted against those of the undisturbed one. */
  rows(memory: string): RowsCompared;
}

/** Runs a job in process, undisturbed. @throws where a series was given up */
export async function undisturbed(
  at: string,
  job: Wanted<BackfillJob>,
  name = "whole",
): Promise<Undisturbed> {
  const again = (other: string): JobRef => keepJob(path.join(at, other), job, NOW);
  const { memory, ...ref } = again(name);
  const { failures } = await backfillLocally({ memory, ...ref }, { signal: new AbortController().signal });
  if (failures.length > 0) throw new Error(`${failures[0]!.symbol}: ${failures[0]!.reason}`);
  const truth = truthOf(memory);
  return {
    memory,
    again,
    wrong: (other) => {
      const { duplicates, lost, strange } = compareRows(other, memory);
      const counts = { duplicates, lost, strange };
      const held = truthOf(other);
      const parts = Object.keys(truth) as (keyof typeof truth)[];
      return [
        ...parts.filter((part) => held[part] !== truth[part]).map((part) => `${part} differ`),
        ...Object.entries(counts).flatMap(([what, count]) => (count === 0 ? [] : `${what}: ${count}`)),
      ];
    },
    rows: (other) => compareRows(other, memory),
  };
}
