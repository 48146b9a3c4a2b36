import { join } from "node:path";
import { RhymeError } from "../../lib/errors.ts";
import type { Subject } from "../../lib/evaluation/look-ahead/subject.ts";
import { cacheFolder } from "../cache-folder.ts";
import { EXIT } from "../errors.ts";
import { interruptSignal } from "../interrupt.ts";
import { measuredHere } from "../machine.ts";
import { createUi, formatDuration, type Ui } from "../ui.ts";
import { writeWhole } from "../write-whole.ts";
import { checkHistories, neverTestedIsWrong, type HistoriesPlan } from "./check-histories.ts";
import { documentOf, leastAsked, tableOf, type HistoriesDocument } from "./histories-document.ts";
import { keptState, unkeptState } from "./kept-state.ts";
import { usualWorkers } from "./run-chunks.ts";
import { loadSubjects, registryUrl } from "./subjects.ts";
import { violationLines } from "./violation-row.ts";

export interface LookAheadAllOptions {
  readonly histories: number;
  readonly seed: number;
  readonly chunk?: number;
  readonly subject?: readonly string[];
  readonly registry?: string;
  readonly resume?: string;
  readonly out?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `./rhyme look-ahead --all`: the project's own functions, held to the law of time on generated histories. */
export async function lookAheadAll(options: LookAheadAllOptions): Promise<void> {
  const ui = createUi(options);
  const signal = interruptSignal();
  const plan = await planOf(options);
  const { seed, histories, registry, only } = plan;
  const folder = options.resume ?? join(cacheFolder(), "look-ahead");
  const kept =
    plan.chunk === undefined ? keptState(folder, { seed, histories, registry, only }) : unkeptState();
  const result = await checkHistories(plan, kept, { ui, signal });
  const document = documentOf(plan, result, await measuredHere(signal));
  if (options.out !== undefined) writeWhole(options.out, `${JSON.stringify(document, null, 2)}\n`);
  if (options.json) ui.json(document);
  else print(document, ui);
  if (failed(document)) process.exitCode = EXIT.checksFailed;
}

async function planOf(options: LookAheadAllOptions): Promise<HistoriesPlan> {
  const { seed, histories, chunk, subject } = options;
  const registry = registryUrl(options.registry);
  const all = await loadSubjects(registry);
  const only = subject ?? null;
  for (const name of only ?? []) assertKnown(name, all);
  const subjects = only === null ? all : all.filter(({ name }) => only.includes(name));
  return {
    ...{ seed, histories, registry, only, subjects, workers: usualWorkers() },
    ...(chunk === undefined ? {} : { chunk }),
  };
}

function assertKnown(name: string, all: readonly Subject[]): void {
  if (all.some((one) => one.name === name)) return;
  throw new RhymeError("usage", {
    place: `--subject ${name}`,
    expected: `one of ${all.map((one) => one.name).join(", ")}`,
    received: name,
    remedy: "Name one of them, or leave --subject out.",
  });
}

/** Whether anything broke the law, or was not held to it although there was room enough. */
export function failed({ violations, neverTested, histories }: HistoriesDocument): boolean {
  return violations.length > 0 || (neverTestedIsWrong(histories) && neverTested.length > 0);
}

function print(document: HistoriesDocument, ui: Ui): void {
  ui.table(tableOf(document));
  const { seed, chunk, digest, run, neverTested, violations, histories } = document;
  const where = chunk === null ? "" : `, chunk ${chunk}`;
  ui.out(
    `seed ${seed}${where}, digest ${digest}; Node ${run.machine.node.slice(1)}, ${run.workers} workers, ${formatDuration(1000 * run.seconds)}`,
  );
  ui.out(
    `${(100 * run.shareOutside).toFixed(1)} % of the time went into histories, cuts and comparisons, the rest into the functions themselves`,
  );
  const few = neverTestedIsWrong(histories) ? "" : " (few histories)";
  for (const { subject, column } of neverTested)
    ui.out(`never put to the test: ${subject}${column === null ? "" : `: ${column}`}${few}`);
  for (const violation of violations) for (const line of violationLines(violation)) ui.out(line);
  ui.out(verdictOf(document, ui));
}

/** How many break the law of those that were asked, and how often the one that was asked least. */
export function verdictOf(document: HistoriesDocument, ui: Pick<Ui, "green" | "red">): string {
  const { subjects, violations, histories } = document;
  const least = leastAsked(document);
  if (!least) return ui.red("nothing was put to the test: no history was one for any of the subjects");
  const asked = subjects.filter(({ violated }) => violated !== null).length;
  const verdict =
    violations.length === 0 ? ui.green("the law of time holds") : ui.red("the law of time is broken");
  const rest = subjects.length > asked ? `; ${subjects.length - asked} not asked` : "";
  const fewest = least.histories < histories ? `; least: ${least.name} in ${least.histories} histories` : "";
  return `${verdict}: ${violations.length} of ${asked} subjects violate it${rest}${fewest}`;
}
