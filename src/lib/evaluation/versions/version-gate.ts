import type { Horizon } from "../../time/horizon.ts";
import { TRUST_LABELS, type TrustReport } from "../trust/trust-report.ts";
import type { IndexRecall, RecallShare } from "./index-recall.ts";

/** How much worse than the old version's a figure of the new one may be; and how well an index must find. */
export interface GateMargins {
  /** CRPS against climatology, absolute: 0.02 lets 0.93 become 0.95. */
  readonly ratio: number;
  /** Distance of the coverage of the 80 % band from 0.8. */
  readonly coverage: number;
  /** Share of questions that are not answered. */
  readonly abstentions: number;
  /** Least recall@10 of the index against exact search. */
  readonly recall: number;
  /** Least scored answers from which figures are compared: a band of 0.8 is then off by 0.04 by chance (one sigma). */
  readonly answers: number;
}

export const GATE_MARGINS: GateMargins = {
  ...{ ratio: 0.02, coverage: 0.05, abstentions: 0.1 },
  ...{ recall: 0.99, answers: 100 },
};

/** One thing that must hold before a version is read. */
export interface GateCheck {
  readonly name: string;
  readonly passed: boolean;
  /** What was found beside what it had to be, in words. */
  readonly told: string;
}

/** What must be equal: moments and contexts of both versions, and what the index holds. */
export interface GateCount {
  readonly name: string;
  readonly wanted: number;
  readonly found: number;
}

/** One horizon's reports of both versions over one span; a text says why there is none. */
export interface TrustPair {
  readonly horizon: Horizon;
  readonly before: TrustReport | string;
  readonly after: TrustReport | string;
}

export interface GateFigures {
  readonly counts: readonly GateCount[];
  /** Null where no index stands beside the memory. */
  readonly recall: IndexRecall | null;
  readonly trust: readonly TrustPair[];
}

/** Every check of the gate, passed or not. */
export function gateChecks(
  { counts, recall, trust }: GateFigures,
  margins: GateMargins = GATE_MARGINS,
): readonly GateCheck[] {
  return [
    ...countChecks(counts),
    ...(recall === null ? [] : recallChecks(recall, margins)),
    ...trust.flatMap((pair) => trustChecks(pair, margins)),
  ];
}

/** What must be equal before anything else is looked at. */
export function countChecks(counts: readonly GateCount[]): readonly GateCheck[] {
  return counts.map(({ name, wanted, found }) => ({
    name,
    passed: wanted === found,
    told: `${found}, ${wanted} wanted`,
  }));
}

/** Apart, so that questions which cannot go wrong are no answer for those that can. */
function recallChecks(found: IndexRecall, { recall: least }: GateMargins): readonly GateCheck[] {
  const { graph, oneByOne, askable, askableOfGraph, exactBelow } = found;
  const name = "recall@10 of the index against exact search";
  const [many, few] = [`${name}, ${exactBelow} or more in scope`, `${name}, fewer in scope`];
  if (askable === 0)
    return [{ name, passed: true, told: "no moment has 10 others before it yet: nothing to find" }];
  return [
    askableOfGraph === 0
      ? { name: many, passed: true, told: "0 questions: no moment has so many, exact by construction" }
      : recallCheck(many, graph, least),
    ...(askable === askableOfGraph ? [] : [recallCheck(few, oneByOne, least)]),
  ];
}

function recallCheck(name: string, { questions, recall, worst }: RecallShare, least: number): GateCheck {
  const told = `${recall.toFixed(4)} over ${questions} questions (worst ${worst.toFixed(1)}), at least ${least} wanted`;
  return { name, passed: questions > 0 && recall >= least, told };
}

/** Why a report has too few answers to compare it with another; null where it has enough. */
export function tooFew(
  { answered, unscored }: TrustReport,
  { answers: least }: Pick<GateMargins, "answers"> = GATE_MARGINS,
): string | null {
  const scored = answered - unscored;
  return scored >= least ? null : `expected at least ${least} scored answers, got ${scored}`;
}

function trustChecks({ horizon, before, after }: TrustPair, margins: GateMargins): readonly GateCheck[] {
  const name = `trust for ${horizon}`;
  if (typeof before === "string")
    return [{ name, passed: true, told: `the old version's past cannot be scored: ${before}` }];
  if (typeof after === "string")
    return [{ name, passed: false, told: `the new version's past cannot be scored: ${after}` }];
  const scored = [after, before].map(({ answered, unscored }) => answered - unscored);
  const [few, old] = [tooFew(after, margins), tooFew(before, margins)];
  const enough = {
    name: `${name}: scored answers`,
    passed: few === null || old !== null,
    told: `${scored[0]}, old version ${scored[1]}, at least ${margins.answers} wanted`,
  };
  if (few !== null || old !== null) return [enough];
  const checks = TRUST_LABELS.flatMap((label) => {
    const ratio = (report: TrustReport): number =>
      report.labels[label].against.find(({ method }) => method === "climatology")!.ratio.value;
    const off = (report: TrustReport): number =>
      Math.abs(report.labels[label].methods[0]!.coverage["80"].value - 0.8);
    return [
      notWorse(`${name}: CRPS of ${label} against climatology`, ratio(before), ratio(after), margins.ratio),
      notWorse(`${name}: 80 % band of ${label}, off by`, off(before), off(after), margins.coverage),
    ];
  });
  const silent = notWorse(
    `${name}: share not answered`,
    before.abstentions,
    after.abstentions,
    margins.abstentions,
  );
  return [enough, ...checks, silent];
}

/** Smaller is better. */
function notWorse(name: string, before: number, after: number, margin: number): GateCheck {
  const [old, now] = [before, after].map((value) => value.toFixed(3));
  return { name, passed: after <= before + margin, told: `${now}, old version ${old}, margin ${margin}` };
}
