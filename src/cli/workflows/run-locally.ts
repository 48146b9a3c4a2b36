import type { Json } from "../../../workflows/activity-host.ts";
import type { BackfillResult } from "../../../workflows/backfill/plan.ts";
import { fromFailure } from "../../../workflows/failures.ts";
import type { JobRef } from "../../../workflows/job.ts";
import { backfillLocally } from "../../../workflows/local.ts";
import { indexKey } from "../index-key.ts";
import { interruptSignal } from "../interrupt.ts";
import type { Ui } from "../ui.ts";
import { BackfillDisplay } from "./show-backfill.ts";

export interface LocalRun {
  readonly window?: number;
  readonly threads?: number;
}

/** A kept backfill in this process, with its progress shown. @param index address of the job's index */
export async function runBackfillLocally(
  ref: JobRef,
  { index, ...run }: LocalRun & { readonly index: string | null },
  ui: Ui,
): Promise<BackfillResult> {
  const display = new BackfillDisplay(ui);
  const key = index === null ? undefined : indexKey(index);
  if (key !== undefined) process.env["RHYME_WEAVIATE_KEY"] ??= key; // where threads look for it, as workers do
  try {
    return await backfillLocally(ref, {
      ...run,
      signal: interruptSignal(),
      onProgress: (progress) => display.show(progress),
      onTold: (_activity, told) => display.note(stageOf(told)),
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

/** `storing patterns, 5,000 of 10,000` */
function stageOf(told: Json): string {
  const { stage, done, total } = (told ?? {}) as Readonly<Record<string, Json>>;
  if (typeof stage !== "string") return "";
  const n = (value: Json | undefined): string => Number(value).toLocaleString("en-US");
  return typeof total === "number" && total > 0 ? `${stage}, ${n(done)} of ${n(total)}` : stage;
}
