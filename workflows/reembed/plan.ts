import type { Control, Ending } from "../control.ts";
import type { JobRef } from "../job.ts";
import { slide } from "../sliding-window.ts";
import type { ReembedActivities, ReembedResult } from "./activities.ts";

export const PHASES = ["embed", "record"] as const;

/** What one run hands to the next. */
export interface ReembedState extends JobRef {
  readonly phase: (typeof PHASES)[number];
  /** The first series that was not begun in this phase. */
  readonly next: number;
}

export interface ReembedProgress {
  readonly phase: "begin" | "embed" | "record" | "mirror" | "gate" | "switch" | "alias" | "rollback" | "end";
  readonly encoder: string | null;
  readonly series: number;
  readonly done: number;
}

export function reembedFrom({ memory, job }: JobRef): ReembedState {
  return { memory, job, phase: "embed", next: 0 };
}

/**
 * Another version for a channel without a pause for those who ask: every series embedded, then the past of each asked,
 * the index filled, all of it judged, and one row switched. Until then everybody reads the old version; where the gate
 * does not open they go on doing so. One series that fails fails the job, for a version is read as a whole or not.
 */
export async function reembedPlan(
  from: ReembedState,
  steps: ReembedActivities,
  control: Control<ReembedProgress>,
): Promise<Ending<ReembedState, ReembedResult>> {
  const ref: JobRef = { memory: from.memory, job: from.job };
  const { goal, hasIndex } = await steps.openReembed(ref);
  if (goal === "rollback") return { kind: "done", result: await rollback(ref, steps, control) };
  const { series, from: before, to } = await steps.beginVersion(ref);
  const begin = async (now: ReembedProgress["phase"]): Promise<void> => {
    await control.until(() => !control.paused());
    control.report({ phase: now, encoder: to, series, done: series });
  };
  for (const phase of PHASES.slice(PHASES.indexOf(from.phase))) {
    const first = phase === from.phase ? from.next : 0;
    let done = first;
    const next = await slide({ from: first, to: series }, control, async (place) => {
      const at = { ...ref, series: place };
      await (phase === "embed" ? steps.embedVersion(at) : steps.recordVersion(at));
      control.report({ phase, encoder: to, series, done: ++done });
    });
    if (next < series) return { kind: "continue", state: { ...ref, phase, next } };
  }
  if (hasIndex) {
    await begin("mirror");
    await steps.mirrorVersion(ref);
  }
  const judged = await judgedVersion(ref, hasIndex, steps, begin);
  await begin("end");
  const result = { from: before, to, switched: judged.gate.passed, ...judged };
  return { kind: "done", result: await steps.endReembed({ ...ref, result }) };
}

/** The gate, and where it opens the switch. */
async function judgedVersion(
  ref: JobRef,
  hasIndex: boolean,
  steps: ReembedActivities,
  begin: (now: ReembedProgress["phase"]) => Promise<void>,
): Promise<Pick<ReembedResult, "alias"> & { readonly gate: NonNullable<ReembedResult["gate"]> }> {
  await begin("gate");
  const gate = await steps.gateVersion(ref);
  if (!gate.passed) return { gate, alias: null };
  await begin("switch");
  await steps.switchVersion(ref);
  if (!hasIndex) return { gate, alias: null };
  await begin("alias");
  return { gate, alias: await steps.leadAlias(ref) };
}

/** The alias follows the row where there is a server. */
async function rollback(
  ref: JobRef,
  steps: ReembedActivities,
  control: Control<ReembedProgress>,
): Promise<ReembedResult> {
  control.report({ phase: "rollback", encoder: null, series: 0, done: 0 });
  const to = await steps.rollbackVersion(ref);
  const alias = await steps.leadAlias(ref);
  return steps.endReembed({ ...ref, result: { from: null, to, switched: true, gate: null, alias } });
}
