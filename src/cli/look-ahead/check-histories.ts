import type { Subject } from "../../lib/evaluation/look-ahead/subject.ts";
import { formatDuration, type Ui } from "../ui.ts";
import { CHUNK_HISTORIES, chunksOf, type Chunk, type Found } from "./chunk.ts";
import type { KeptState } from "./kept-state.ts";
import { addChunk, firstViolations, neverTested, type RunState, type Untested } from "./run-state.ts";
import { runChunks } from "./run-chunks.ts";
import { smallestOf, type Smallest } from "./shrink.ts";

const SAVE_EVERY_MS = 5000;

const ENOUGH_HISTORIES = 2000;

/** Whether there was room enough to put every subject and column to the test. */
export function neverTestedIsWrong(histories: number): boolean {
  return histories >= ENOUGH_HISTORIES;
}

export interface HistoriesPlan {
  readonly seed: number;
  readonly histories: number;
  /** This chunk of the run alone. */
  readonly chunk?: number;
  readonly registry: string;
  /** Only these subjects; null for all. */
  readonly only: readonly string[] | null;
  readonly subjects: readonly Subject[];
  readonly workers: number;
}

/** A violation, shrunk and explained. */
export interface Explained extends Found {
  readonly smallest: Smallest;
}

export interface HistoriesResult {
  readonly state: RunState;
  readonly violations: readonly Explained[];
  /** Subjects and columns of which no defined value was compared. */
  readonly untested: readonly Untested[];
}

/**
 * Holds the subjects to the law of time on generated histories, in parallel. A violation is told at once and the others
 * go on; at the end the first of each subject is shrunk and explained.
 */
export async function checkHistories(
  plan: HistoriesPlan,
  kept: KeptState,
  { ui, signal }: { readonly ui: Ui; readonly signal: AbortSignal },
): Promise<HistoriesResult> {
  const { state } = kept;
  const chunks = chosenChunks(plan);
  const told = new Set<string>();
  const progress = ui.progress("histories", plan.histories);
  const started = performance.now() - state.wallMs;
  let saved = -Infinity; // the first chunk is saved at once
  if (state.histories > 0)
    ui.note(
      `going on after ${state.histories.toLocaleString("en-US")} histories, checked before it was stopped`,
    );
  try {
    const left = chunks.filter(({ chunk }) => !(chunk in state.digests));
    for await (const report of runChunks(left, { ...plan, signal })) {
      addChunk(state, report);
      state.wallMs = performance.now() - started;
      for (const found of report.violations) tell(found, told, ui);
      progress.update(state.histories, `${state.histories.toLocaleString("en-US")} histories`);
      if (performance.now() - saved < SAVE_EVERY_MS) continue;
      kept.save();
      saved = performance.now();
    }
  } finally {
    progress.done();
    if (state.histories > 0) kept.save();
  }
  const violations = await explainAll(plan, chunks, state, { ui, signal });
  kept.remove();
  const names = plan.subjects.map(({ name }) => name);
  return { state, violations, untested: neverTested(state, names) };
}

function chosenChunks({ seed, histories, chunk }: HistoriesPlan): readonly Chunk[] {
  return chunk === undefined ? chunksOf(seed, histories) : [{ seed, chunk, count: CHUNK_HISTORIES }];
}

function tell({ subject, check, chunk, history }: Found, told: Set<string>, ui: Ui): void {
  if (told.has(subject)) return;
  told.add(subject);
  ui.note(
    `${ui.red("violation")}  ${subject}: ${check}, history ${history} of chunk ${chunk}; the others go on`,
  );
}

async function explainAll(
  { subjects }: HistoriesPlan,
  chunks: readonly Chunk[],
  state: RunState,
  { ui, signal }: { readonly ui: Ui; readonly signal: AbortSignal },
): Promise<readonly Explained[]> {
  const explained: Explained[] = [];
  for (const found of firstViolations(state)) {
    const start = performance.now();
    const chunk = chunks.find((one) => one.chunk === found.chunk)!;
    const subject = subjects.find(({ name }) => name === found.subject)!;
    explained.push({ ...found, smallest: await smallestOf(chunk, found, subject, signal) });
    ui.note(`${found.subject}: shrunk in ${formatDuration(performance.now() - start)}`);
  }
  return explained;
}
