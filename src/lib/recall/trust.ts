import { dieboldMariano } from "../math/scores/diebold-mariano.ts";
import { iso, type EpochMs } from "../time/units.ts";
import { LEVELS, type Trust } from "./answer.ts";
import { ledgerOf } from "./ledger.ts";
import type { Known } from "./many.ts";
import { dependenceLag, effectiveCount, overlapLag } from "./overlap.ts";
import { gather, pastOf, type Past } from "./past.ts";
import { METHODS, type Method, type RecallRecord } from "./record-type.ts";

const Q = LEVELS.length;
const CHANCE = 0.05;

/**
 * How far answers to questions like these could be trusted by `asOf`: scores of `return` over past answers that
 * had matured, against climatology, persistence and the base forecast alone, all calibrated the same way.
 * Abstained moments are not scored; their share is stated. Null where nothing had been answered and matured.
 * @param apart a span that no scored row may meet (recall/past.ts)
 */
export function trustOf(record: RecallRecord, asOf: EpochMs, apart?: Known["apart"]): Trust | null {
  const past = pastOf(ledgerOf(record), asOf, apart);
  const { ledger } = past;
  const { moments, crps, calibrated, outcomes, matureAt } = ledger;
  const scored = (r: number): boolean =>
    moments.abstained[r] === 0 && METHODS.every((m) => Number.isFinite(crps[m][r]!));
  const rows = past.rows.filter(scored);
  if (rows.length === 0) return null;
  const anchor = gather(past, moments.anchor, scored);
  const matured = gather(past, matureAt, scored);
  const losses = (method: Method): Float64Array => gather(past, crps[method], scored);
  const ours = losses("recall");
  const baselines = METHODS.slice(1).map((method) => ({
    method,
    name: nameOf(method),
    crps: mean(losses(method)),
  }));
  const best = baselines.reduce((a, b) => (b.crps < a.crps ? b : a));
  const theirs = losses(best.method);
  const test = dieboldMariano(
    ours.map((loss, i) => loss - theirs[i]!),
    dependenceLag(overlapLag(anchor, matured), ours.length),
  );
  const hits = rows.filter((r) => {
    const y = outcomes.return[r]!;
    return y >= calibrated["recall.return"][r * Q + 1]! && y <= calibrated["recall.return"][r * Q + 5]!;
  });
  const p = test ? 2 * Math.min(test.p, 1 - test.p) : null; // two-sided, as everywhere
  const told = {
    answers: rows.length,
    effectiveAnswers: effectiveCount(anchor, matured),
    crps: mean(ours),
    bestBaseline: { name: best.name, crps: best.crps },
    dieboldMarianoP: p,
    better: mean(ours) < best.crps && p !== null && p < CHANCE,
  };
  return {
    from: iso(anchor[0]!),
    to: iso(anchor[anchor.length - 1]!),
    ...told,
    coverage80: hits.length / rows.length,
    abstentions: abstainedShare(past),
    baselines: baselines.map(({ name, crps: score }) => ({ name, crps: score })),
    sentence: sentenceOf(told),
  };
}

/** The verdict in words, with the scores that it rests on. */
export function sentenceOf(
  told: Pick<Trust, "answers" | "effectiveAnswers" | "crps" | "bestBaseline" | "dieboldMarianoP" | "better">,
): string {
  const { answers, effectiveAnswers, crps, bestBaseline, dieboldMarianoP: p, better } = told;
  const past = answers === 1 ? "1 past answer" : `${answers} past answers`;
  const alone = `${effectiveAnswers} that ${effectiveAnswers === 1 ? "does" : "do"} not overlap`;
  const scores = `Over ${past} (${alone}) recall scored ${comparison(crps, bestBaseline)}`;
  if (better) return `${scores}: recall adds something here, p = ${p!.toPrecision(2)}.`;
  if (p !== null && crps < bestBaseline.crps)
    return `${scores}, which chance explains (p = ${p.toPrecision(2)}): recall adds nothing here.`;
  return `${scores}: recall adds nothing here.`;
}

/** Two scores in words; by their difference in percent where the printed digits would be the same. */
function comparison(crps: number, best: Trust["bestBaseline"]): string {
  const [ours, theirs] = [crps.toPrecision(4), best.crps.toPrecision(4)];
  if (ours !== theirs) return `${ours} against ${theirs} for ${best.name} (CRPS, lower is better)`;
  if (crps === best.crps) return `${ours}, exactly as ${best.name} (CRPS, lower is better)`;
  const percent = Math.abs(crps / best.crps - 1) * 100;
  const size = percent < 0.001 ? "less than 0.001" : String(Number(percent.toPrecision(1)));
  return `${ours}, ${size}% ${crps < best.crps ? "lower" : "higher"} than ${best.name} (CRPS, lower is better)`;
}

/** As in a trust report (evaluation/trust), whose plain baselines are not calibrated and have names of their own. */
function nameOf(method: Method): string {
  return method === "base" ? "the answer without recall" : `${method}, calibrated`;
}

function abstainedShare({ ledger, rows }: Past): number {
  return rows.filter((r) => ledger.moments.abstained[r] === 1).length / rows.length;
}

function mean(values: Float64Array): number {
  return values.reduce((sum, x) => sum + x, 0) / values.length;
}
