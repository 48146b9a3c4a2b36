import { fromFailure } from "../../../workflows/failures.ts";
import type { ResultOf, WorkflowType } from "../../../workflows/client.ts";
import type { JobRef } from "../../../workflows/job.ts";
import type { LocalOptions } from "../../../workflows/local.ts";
import { AT_FIRST, type Held } from "../../../workflows/messages.ts";
import { EXIT } from "../errors.ts";
import { indexKey } from "../index-key.ts";
import { interruptSignal } from "../interrupt.ts";
import { startWorkflow, type StartOptions } from "../start-workflow.ts";
import type { Ui } from "../ui.ts";
import { JobDisplay } from "./job-display.ts";

/** Options of commands that start a job. */
export interface RunOptions extends StartOptions {
  readonly memory: string;
  readonly local?: boolean;
  /** Series at once. */
  readonly window?: number;
  readonly threads?: number;
  readonly quiet?: boolean;
}

/** A job that is to be run, by workers of Temporal or in this process. */
export interface JobRun<Type extends WorkflowType, Progress> {
  readonly type: Type;
  readonly id: string;
  readonly ref: JobRef;
  /** What its workflow begins with. */
  readonly from: object;
  readonly schema: string;
  readonly summary: string;
  /** The index that it works with. */
  readonly index: string | null;
  readonly locally: (options: LocalOptions<Progress>) => Promise<ResultOf<Type>>;
  /** Tells people what came of it. */
  readonly print: (result: ResultOf<Type>) => void;
  /** Whether the command exits 1. */
  readonly failed: (result: ResultOf<Type>) => boolean;
}

const KEY = "RHYME_WEAVIATE_KEY";

/** Runs a kept job and tells what came of it. @throws what the job as a whole failed with */
export async function runJob<Type extends WorkflowType, Progress extends object>(
  run: JobRun<Type, Progress>,
  options: RunOptions,
  ui: Ui,
): Promise<void> {
  const { type, id, from, summary, print, failed } = run;
  if (!options.local) {
    const held: Held = { ...AT_FIRST, ...(options.window === undefined ? {} : { window: options.window }) };
    return startWorkflow({ type, id, args: [from, held], summary }, options, ui, { print, failed });
  }
  const key = run.index === null ? undefined : indexKey(run.index);
  if (key !== undefined) process.env[KEY] = key; // threads that work with the index look for it there
  const result = await shown(run, options, ui);
  if (options.json)
    ui.json({ schema: run.schema, memory: options.memory, job: run.ref.job, ...(result as object) });
  else print(result);
  if (failed(result)) process.exitCode = EXIT.checksFailed;
}

async function shown<Type extends WorkflowType, Progress extends object>(
  { locally }: JobRun<Type, Progress>,
  { threads, window }: RunOptions,
  ui: Ui,
): Promise<ResultOf<Type>> {
  const display = new JobDisplay(ui);
  try {
    return await locally({
      signal: interruptSignal(),
      ...(threads === undefined ? {} : { threads }),
      ...(window === undefined ? {} : { window }),
      onProgress: (progress) => display.show(progress),
      onTold: (_activity, told) => display.told(told),
      onLog: (level, message) => {
        if (level !== "info") ui.note(message);
      },
    });
  } catch (error) {
    throw fromFailure(error);
  } finally {
    display.end();
  }
}
