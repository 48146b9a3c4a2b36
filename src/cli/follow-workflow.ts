import type { TemporalClient } from "../../workflows/client.ts";
import { watchWorkflow, type PendingActivity, type Seen } from "../../workflows/watch-workflow.ts";
import { EXIT } from "./errors.ts";
import { goesOnWithout } from "./interrupt.ts";
import { isLive, liveFigures } from "./show-live.ts";
import type { Progress, Ui } from "./ui.ts";

export interface FollowOptions<Result> {
  readonly ui: Ui;
  /** Leaves it; it goes on. */
  readonly signal: AbortSignal;
  readonly json: boolean;
  /** Tells people what came of it; default: its figures. */
  readonly print?: (result: Result) => void;
  /** Whether the command exits 1; default: where something was given up. */
  readonly failed?: (result: Result) => boolean;
}

type Figures = Readonly<Record<string, unknown>>;

/** Shows how far a workflow is until it ends, then what came of it; exit 1 where it gave something up. */
export async function followWorkflow<Result = Figures>(
  temporal: TemporalClient,
  id: string,
  { ui, signal, json, print, failed = gaveUp }: FollowOptions<Result>,
): Promise<void> {
  goesOnWithout(`it goes on without you: ./rhyme watch ${id} joins it again`);
  const show = shownBy(ui, id);
  let result: Result | null;
  try {
    result = await watchWorkflow(temporal, id, { signal, onSeen: (seen) => show.seen(seen) });
  } finally {
    show.end();
  }
  if (json) ui.json({ schema: "rhyme.workflow/1", workflow: id, result });
  else if (print && result !== null) print(result);
  else printResult(ui, id, { ...result });
  if (result !== null && failed(result)) process.exitCode = EXIT.checksFailed;
}

function gaveUp(result: unknown): boolean {
  return Number((result as Figures)["failed"] ?? 0) > 0;
}

/** Looks after which people are told that no worker is there: one that is busy answers sooner or later. */
const PATIENT_LOOKS = 3;

/** One progress for each phase, and each failure of an attempt once. */
export function shownBy(ui: Ui, id: string): { seen(seen: Seen): void; end(): void } {
  let shown: { readonly label: string; readonly progress: Progress } | null = null;
  const told = new Set<string>();
  let unanswered = 0;
  const once = (text: string): void => {
    if (!told.has(text)) ui.note(text);
    told.add(text);
  };
  return {
    seen({ reported, pending }) {
      unanswered = reported === null && !pending.some(({ started }) => started) ? unanswered + 1 : 0;
      if (unanswered === PATIENT_LOOKS) once(`nobody works on ${id}: ./rhyme work starts a worker`);
      for (const one of pending) if (one.failure !== null) once(failureOf(one));
      const trouble = reported && isLive(reported.progress) ? reported.progress.trouble : null;
      if (trouble !== null) once(`${id}: ${trouble}`);
      const { label, done, total, parts } = shownOf(id, reported, pending);
      if (shown?.label !== label) {
        shown?.progress.done();
        shown = { label, progress: ui.progress(label, total) };
      }
      shown.progress.update(done, parts);
    },
    end: () => shown?.progress.done(),
  };
}

/** What is drawn: a share of a whole, or, of a series that is followed without an end, its figures. */
function shownOf(
  id: string,
  reported: Seen["reported"],
  pending: readonly PendingActivity[],
): { readonly label: string; readonly done: number; readonly total: number; readonly parts: string } {
  const { phase, what, done = 0, series, total = series ?? 0 } = { ...reported?.progress };
  const label = [id, phase ?? what, reported?.paused ? "paused" : null].filter(Boolean).join("  ");
  if (reported !== null && isLive(reported.progress))
    return { label, done: 0, total: 0, parts: liveFigures(reported.progress) };
  const started = pending.filter((one) => one.started).map(partOf);
  return { label, done: Number(done), total: Number(total), parts: started.join(", ") };
}

function failureOf({ symbol, activity, attempt, failure }: PendingActivity): string {
  return `${symbol === null ? "" : `${symbol}: `}${activity} failed and is tried again (attempt ${attempt}): ${failure}`;
}

/** `BTCUSDT encodeChunk 34 %` */
function partOf({ symbol, activity, told }: PendingActivity): string {
  const { done, total } = (told ?? {}) as { readonly done?: number; readonly total?: number };
  const share = done !== undefined && total ? `${Math.floor((100 * done) / total)} %` : null;
  return [symbol, activity, share].filter(Boolean).join(" ");
}

function printResult(ui: Ui, id: string, result: Figures): void {
  const { failures = [], ...rest } = result as {
    readonly failures?: readonly { symbol: string; reason: string }[];
  };
  ui.out(`${id}: ended`);
  const said = Object.entries(rest).filter(([, value]) => value !== null && typeof value !== "object");
  if (said.length > 0)
    ui.table([
      ["", ""],
      ...said.map(([name, value]) => [
        name,
        typeof value === "number" ? value.toLocaleString("en-US") : String(value),
      ]),
    ]);
  for (const { symbol, reason } of failures) ui.note(`${symbol} was given up: ${reason}`);
}
