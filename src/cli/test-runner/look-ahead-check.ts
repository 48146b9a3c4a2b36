import { checkHistories, neverTestedIsWrong, type HistoriesResult } from "../look-ahead/check-histories.ts";
import { digestOfRun, shareOutside } from "../look-ahead/run-state.ts";
import { unkeptState } from "../look-ahead/kept-state.ts";
import { usualWorkers } from "../look-ahead/run-chunks.ts";
import { loadSubjects, registryUrl } from "../look-ahead/subjects.ts";
import { violationLines, violationRow } from "../look-ahead/violation-row.ts";
import type { Ui } from "../ui.ts";
import type { Tally } from "./tally.ts";

export interface LookAheadCheckOptions {
  readonly ui: Ui;
  readonly signal: AbortSignal;
  readonly histories?: number;
  /** Subjects to check instead of the project's own. */
  readonly registry?: string;
}

const SEED = 1;

/** Every function that takes history on generated histories; each function counts as one. */
export async function runLookAheadCheck(options: LookAheadCheckOptions): Promise<Tally> {
  const { ui, signal, histories = 2000 } = options;
  const registry = registryUrl(options.registry);
  const subjects = await loadSubjects(registry);
  const plan = { seed: SEED, histories, registry, only: null, subjects, workers: usualWorkers() };
  const result = await checkHistories(plan, unkeptState(), { ui, signal });
  ui.note(remark(result));
  const violated = result.violations.map((one) => violationLines(violationRow(plan, one)).join("\n"));
  const untested = neverTestedIsWrong(histories) ? result.untested : [];
  const failed = new Set([
    ...result.violations.map(({ subject }) => subject),
    ...untested.map(({ subject }) => subject),
  ]);
  return {
    check: "look-ahead",
    ...{ passed: subjects.length - failed.size, failed: failed.size, skipped: [] },
    failures: [
      ...violated,
      ...untested.map(
        ({ subject, column }) => `${subject}${column ? `: ${column}` : ""} was never put to the test`,
      ),
    ],
  };
}

function remark({ state }: HistoriesResult): string {
  const calls = Object.values(state.subjects).reduce((sum, one) => sum + one.calls, 0);
  const [count, all] = [state.histories, calls].map((value) => value.toLocaleString("en-US"));
  const outside = (100 * shareOutside(state)).toFixed(0);
  return `look-ahead: ${count} histories, ${all} calls, digest ${digestOfRun(state)}; ${outside} % of the time outside the calls`;
}
