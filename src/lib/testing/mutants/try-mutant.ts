import { checkHistory, type CheckName, type Violation } from "../../evaluation/look-ahead/check-history.ts";
import { explain } from "../../evaluation/look-ahead/explain.ts";
import type { History } from "../../evaluation/look-ahead/history.ts";
import type { Subject } from "../../evaluation/look-ahead/subject.ts";
import { importMutated } from "./mutated-library.ts";
import { UNCHANGED } from "./mutants.ts";
import type { Mutant } from "./mutant.ts";

/** Where the subjects of all functions stand; the harness and the histories are those of the process. */
const REGISTRY = "evaluation/look-ahead/registry/registry.ts";

interface Registry {
  readonly REGISTRY: readonly Subject[];
}

/** How a mutant was found out. */
export interface Caught {
  /** Names of the subjects that broke the law in the history that gave it away. */
  readonly subjects: readonly string[];
  /** Of the first of them: its check, and what stood for the future. */
  readonly check: CheckName;
  readonly garbage: Violation["garbage"];
  readonly sentence: string;
}

export interface MutantTrial {
  readonly name: string;
  /** Histories that it was held against; the last of them caught it, if anything did. */
  readonly histories: number;
  readonly caught: Caught | null;
  /** What it threw on the way: a crash is no catch. */
  readonly threw: string | null;
}

/** Holds the library with one line changed against one history after the other until it breaks the law of time. */
export async function tryMutant(mutant: Mutant, histories: readonly History[]): Promise<MutantTrial> {
  const { REGISTRY: unchanged } = await unchangedRegistry();
  const { REGISTRY: changed } = (await importMutated(REGISTRY, mutant)) as Registry;
  // What does not depend on the line is the very object that it is in the unchanged library, and says the same.
  const subjects = changed.filter((subject) => !unchanged.includes(subject));
  return trial(mutant.name, subjects, histories, unchanged);
}

/** The library as it is: what a mutant is compared with. */
export async function tryUnchanged(histories: readonly History[]): Promise<MutantTrial> {
  return trial(UNCHANGED, (await unchangedRegistry()).REGISTRY, histories, []);
}

function unchangedRegistry(): Promise<Registry> {
  return import(new URL(`../../${REGISTRY}`, import.meta.url).href);
}

async function trial(
  name: string,
  subjects: readonly Subject[],
  histories: readonly History[],
  unchanged: readonly Subject[],
): Promise<MutantTrial> {
  let threw: string | null = null;
  for (const [number, history] of histories.entries()) {
    const { violations: all } = await checkHistory(history, subjects);
    if (all.length === 0) continue;
    const violations = await ownOf(all, history, unchanged);
    const found = violations.filter(({ check }) => check !== "throws");
    threw ??= thrown(violations);
    if (found.length === 0) continue;
    return { name, histories: number + 1, caught: await explained(history, subjects, found), threw };
  }
  return { name, histories: histories.length, caught: null, threw };
}

/** Those that the unchanged library does not have in the same history: a bug that it has is no catch. */
async function ownOf(
  violations: readonly Violation[],
  history: History,
  unchanged: readonly Subject[],
): Promise<readonly Violation[]> {
  const names = new Set(violations.map(({ subject }) => subject));
  const same = unchanged.filter(({ name }) => names.has(name));
  const { violations: had } = await checkHistory(history, same);
  return violations.filter(({ subject }) => !had.some((one) => one.subject === subject));
}

function thrown(violations: readonly Violation[]): string | null {
  const found = violations.find(({ check }) => check === "throws");
  return found ? `${found.subject}: ${found.message}` : null;
}

/** The first violation that can be put down to a bar, or else the first. */
async function explained(
  history: History,
  subjects: readonly Subject[],
  found: readonly Violation[],
): Promise<Caught> {
  let chosen: Caught | null = null;
  for (const violation of found) {
    const { check, garbage, subject: name } = violation;
    const subject = subjects.find((one) => one.name === name)!;
    const { offender, sentence } = await explain(history, subject, violation);
    const others = found.map((one) => one.subject).filter((one) => one !== name);
    if (!chosen || offender) chosen = { subjects: [name, ...others], check, garbage, sentence };
    if (offender) break;
  }
  return chosen!;
}
