import type { Control, Ending } from "../control.ts";
import { failureReason } from "../failure-type.ts";
import { endsAll, type GivenUp } from "../given-up.ts";
import { slide } from "../sliding-window.ts";
import type { LabelActivities } from "./activities.ts";
import type { LabelInput, LabelTarget } from "./tasks.ts";

/** Series that are looked up at once; their names fit a payload. */
const PAGE = 50;
/** Failures that a result names. */
const NAMED = 20;

/** What one run of the workflow hands to the next. */
export interface LabelState extends LabelInput, LabelResult {}

export interface LabelResult extends GivenUp {
  /** Series that were looked at. */
  readonly series: number;
  readonly labelled: number;
  /** Outcomes that corrections changed. */
  readonly revised: number;
}

export function labelFrom({ memory, tenant, encoder }: LabelInput): LabelState {
  return { memory, tenant, encoder, series: 0, labelled: 0, revised: 0, failed: 0, failures: [] };
}

/**
 * Outcomes that have matured, of every series and horizon that a tenant remembers; each goes on from its own newest
 * outcome, so any pause is caught up. A series that fails is reported; the others go on.
 */
export async function labelPlan(
  from: LabelState,
  steps: LabelActivities,
  control: Control<LabelResult>,
): Promise<Ending<LabelState, LabelResult>> {
  const { memory, tenant, encoder } = from;
  const of = { memory, tenant, encoder };
  const total = { ...from, failures: [...from.failures] };
  const label = async (target: LabelTarget): Promise<void> => {
    try {
      for (const horizon of target.horizons) {
        const { labelled, revised } = await steps.labelDue({ ...of, target, horizon });
        total.labelled += labelled;
        total.revised += revised;
      }
    } catch (error) {
      if (endsAll(error, control)) throw error;
      total.failed++;
      if (total.failures.length < NAMED)
        total.failures.push({ symbol: target.symbol, reason: failureReason(error) });
    }
  };
  const result = (): LabelResult => {
    const { series, labelled, revised, failed, failures } = total;
    return { series, labelled, revised, failed, failures };
  };
  for (;;) {
    if (control.full()) return { kind: "continue", state: { ...of, ...result() } };
    const targets = await steps.labelTargets({ ...of, skip: total.series, limit: PAGE });
    if (targets.length === 0) return { kind: "done", result: result() };
    const page = { ...control, full: () => false }; // a page is short: it is brought to its end
    await slide({ from: 0, to: targets.length }, page, (place) => label(targets[place]!));
    total.series += targets.length;
    control.report(result());
  }
}
