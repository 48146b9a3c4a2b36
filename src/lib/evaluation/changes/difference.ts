import { LABELS } from "../../context/context.ts";
import { canonicalJson } from "../../math/hash.ts";
import { cosineDistance, dot, inverseNorm } from "../../memory/distance.ts";
import type { Pattern } from "../../memory/memory.ts";
import type { Answer, AnswerNeighbour } from "../../recall/answer.ts";
import type { Change, Difference, LabelChanges, NeighbourName } from "./change-report.ts";

/** An answer with the moment that it is about. */
export interface Told {
  readonly answer: Answer;
  readonly pattern: Pattern;
}

/** Parts that tell when an answer was asked and from what, not what it says. */
const ABOUT = new Set(["schema", "id", "question", "data", "later"]);

/** What two answers to one question say differently, in full; null where they say the same. */
export function differenceOf(before: Told, after: Told): Difference | null {
  const moment = momentChange(before.pattern, after.pattern, before.answer.question.horizon);
  const parts = [...(moment ? ["moment"] : []), ...differingParts(before.answer, after.answer)];
  if (parts.length === 0) return null;
  return {
    moment,
    forecast: changed(forecastOf(before.answer), forecastOf(after.answer)),
    band80: changed(bandOf(before.answer), bandOf(after.answer)),
    neighbours: neighbourChanges(before.answer.neighbours, after.answer.neighbours),
    reason: changed(before.answer.reason, after.answer.reason),
    happened: labelChanges(before.answer.happened, after.answer.happened),
    parts,
  };
}

/** Parts of an answer, by name, in which two of them differ; what they were asked with is none. */
export function differingParts(a: Answer, b: Answer): string[] {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  const text = (of: Answer, name: string): string =>
    canonicalJson((of as Readonly<Record<string, unknown>>)[name] ?? null);
  return [...names].filter((name) => !ABOUT.has(name) && text(a, name) !== text(b, name));
}

function momentChange(before: Pattern, after: Pattern, horizon: string): Difference["moment"] {
  const number = (value: number | undefined): number | null =>
    value === undefined || Number.isNaN(value) ? null : value;
  const atrNow = { before: number(before.atrNow), after: number(after.atrNow) };
  const base = { before: number(before.base[horizon]), after: number(after.base[horizon]) };
  const sameVector = before.vector.every((x, i) => Object.is(x, after.vector[i]));
  if (sameVector && atrNow.before === atrNow.after && base.before === base.after) return null;
  const distance = sameVector ? 0 : distanceOf(before.vector, after.vector);
  return { revision: { before: before.revision, after: after.revision }, distance, atrNow, base };
}

function distanceOf(a: Float32Array, b: Float32Array): number {
  const dim = a.length;
  return cosineDistance(dot(a, 0, b, 0, dim), inverseNorm(a, 0, dim), inverseNorm(b, 0, dim));
}

function forecastOf({ forecast }: Answer): NonNullable<Answer["forecast"]>["logAtrRatio"] | null {
  return forecast?.logAtrRatio ?? null;
}

function bandOf({ distribution }: Answer): { readonly low: number; readonly high: number } | null {
  const quantiles = distribution?.roc.quantiles;
  return quantiles ? { low: quantiles["0.1"], high: quantiles["0.9"] } : null;
}

function changed<T>(before: T, after: T): Change<T> | null {
  return canonicalJson(before) === canonicalJson(after) ? null : { before, after };
}

function neighbourChanges(
  before: readonly AnswerNeighbour[],
  after: readonly AnswerNeighbour[],
): Difference["neighbours"] {
  const old = new Map(before.map((n) => [n.id, n]));
  const now = new Set(after.map((n) => n.id));
  const pairs = after.flatMap((n) => (old.has(n.id) ? [{ was: old.get(n.id)!, is: n }] : []));
  return {
    gone: before.filter((n) => !now.has(n.id)).map(nameOf),
    came: after.filter((n) => !old.has(n.id)).map(nameOf),
    moved: pairs
      .filter(({ was, is }) => was.distance !== is.distance)
      .map(({ was, is }) => ({ ...nameOf(is), distance: { before: was.distance, after: is.distance } })),
    relabelled: pairs.flatMap(({ was, is }) => {
      const labels = labelChanges(was.context, is.context);
      return labels ? [{ ...nameOf(is), labels }] : [];
    }),
  };
}

function nameOf({ id, source, symbol, timeframe, anchor }: AnswerNeighbour): NeighbourName {
  return { id, source, symbol, timeframe, anchor };
}

function labelChanges(before: Answer["happened"], after: Answer["happened"]): LabelChanges | null {
  const changes = LABELS.flatMap((label) => {
    const change = { before: before?.[label] ?? null, after: after?.[label] ?? null };
    return change.before === change.after ? [] : [[label, change] as const];
  });
  return changes.length > 0 ? Object.fromEntries(changes) : null;
}
