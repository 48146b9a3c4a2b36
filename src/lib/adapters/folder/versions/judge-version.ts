import { keyOf } from "../../../candles/candle-series.ts";
import type { MemoryFolder } from "../../sqlite/open-memory.ts";
import type { SeriesHolding } from "../../sqlite/summary.ts";
import { RhymeError } from "../../../errors.ts";
import type { TrustReport } from "../../../evaluation/trust/trust-report.ts";
import {
  countChecks,
  gateChecks,
  tooFew,
  type GateCheck,
  type GateCount,
  type TrustPair,
} from "../../../evaluation/versions/version-gate.ts";
import { seriesName } from "../../../memory/names.ts";
import { verifyIndex } from "../../../memory/verify-index.ts";
import type { EpochMs } from "../../../time/units.ts";
import { heldEncoder } from "../held-encoders.ts";
import { trustFolder } from "../trust-folder.ts";
import type { Work } from "../work.ts";
import { recallOfIndex } from "./recall-of-index.ts";
import { horizonsOf, type VersionPlan, type VersionSeries, type VersionTools } from "./version-work.ts";

/** Resamples of a trust report here: only its means are compared. */
const RESAMPLES = 100;
/** Portions of the index whose vectors and contexts are compared with the truth. */
const COMPARED = 20;
const PORTION = 500;

/** Everything that must hold before the version is read. */
export async function judgeVersion(
  folder: MemoryFolder,
  plan: VersionPlan,
  tools: VersionTools,
): Promise<readonly GateCheck[]> {
  const counts = await countsOf(folder, plan, tools);
  const counted = countChecks(counts);
  if (counted.some(({ passed }) => !passed)) return counted; // of what is not whole nothing else is worth knowing
  const { tenant, to, series } = plan;
  const of = { tenant, encoder: to, series: series.map(keyOf), horizons: horizonsOf(plan) };
  const recall = tools.index && (await recallOfIndex(folder, of, tools.index, tools));
  const trust: TrustPair[] = [];
  if (plan.from !== null)
    for (const horizon of horizonsOf(plan))
      trust.push({ horizon, ...(await trustOf(folder, plan, plan.from, horizon, tools)) });
  return gateChecks({ counts, recall, trust });
}

/** Moments and contexts of both versions, and what the index holds of the new one. */
export async function countsOf(
  folder: MemoryFolder,
  plan: VersionPlan,
  tools: Pick<VersionTools, "index" | "signal">,
): Promise<readonly GateCount[]> {
  const between: GateCount[] = [];
  for (const one of plan.series)
    if (plan.from !== null) between.push(...(await pairCounts(folder, plan, one, plan.from)));
  return [...between, ...(await indexCounts(folder, plan, tools))];
}

/** What the index holds of the new version, against the memory; nothing where there is none. */
async function indexCounts(
  folder: MemoryFolder,
  { tenant, to }: VersionPlan,
  { index: at, signal }: Pick<VersionTools, "index" | "signal">,
): Promise<readonly GateCount[]> {
  if (at === null) return [];
  const index = at.server.tenant(tenant).patterns({ encoderVersion: to.version, dim: to.dim });
  const source = folder.patternSource(tenant, to);
  const every = Math.max(1, Math.ceil(source.count() / PORTION / COMPARED));
  const { problems } = await verifyIndex(source, index, { every, signal });
  return [
    { name: "moments in the index", wanted: source.count(), found: await index.count() },
    { name: "differences between index and memory", wanted: 0, found: problems.length },
  ];
}

/**
 * The new version has seen all that the old one had when the plan was made, and what had followed by then is the same
 * whatever saw it. What came in for one of them meanwhile is no difference: the switch itself waits until the new one
 * has it.
 */
async function pairCounts(
  folder: MemoryFolder,
  { tenant, to }: VersionPlan,
  one: VersionSeries,
  from: string,
): Promise<readonly GateCount[]> {
  const key = keyOf(one);
  const isOf = (version: string) => (held: SeriesHolding) =>
    held.encoder === version && seriesName(held) === seriesName(key);
  const before = folder.holdings(tenant).find(isOf(from));
  if (!before) return [];
  const old = await folder.memory(tenant, { version: from, dim: before.dim }).anchors(key);
  const seen = new Set(await folder.memory(tenant, to).anchors(key));
  const wanted = old.filter((anchor) => anchor <= one.through);
  const found = wanted.reduce((sum, anchor) => sum + (seen.has(anchor) ? 1 : 0), 0);
  const contexts = (encoder: string, horizon: string): number =>
    folder
      .maturedCounts({ tenant, encoder, horizon, asOf: one.through })
      .find((counted) => seriesName(counted) === seriesName(key))?.matured ?? 0;
  return [
    { name: `moments of ${one.symbol}`, wanted: wanted.length, found },
    ...Object.keys(before.contexts).map((horizon) => ({
      name: `contexts of ${one.symbol} for ${horizon}`,
      wanted: contexts(from, horizon),
      found: contexts(to.version, horizon),
    })),
  ];
}

/** Reports of both versions over the span in which both were known. */
async function trustOf(
  folder: MemoryFolder,
  { tenant, to, series }: VersionPlan,
  before: string,
  horizon: string,
  work: Work,
): Promise<Omit<TrustPair, "horizon">> {
  const { timeframe } = series[0]!;
  const since = Math.max(to.knownAt, heldEncoder(folder, before).knownAt);
  const until = series.reduce((newest, { through }) => Math.max(newest, through), -Infinity);
  const report = (encoder: string, from: EpochMs): Promise<TrustReport | string> =>
    orWhy(async () => {
      const { report: made } = await trustFolder(folder, {
        ...work,
        index: null, // what the memory itself answers; the index is judged by its recall
        ...{ tenant, horizon, encoder, timeframe, span: () => ({ from, to: until }) },
        ...{ refit: "never", seed: 1, resamples: RESAMPLES },
      });
      return tooFew(made) ?? made;
    });
  const after = await report(to.version, since);
  // Where the new version has no past that can be scored, the old one having any counts against it.
  return { before: await report(before, typeof after === "string" ? -Infinity : since), after };
}

/** Too young, too short, or never labelled for this horizon is an answer, not a failure. */
async function orWhy(work: () => Promise<TrustReport | string>): Promise<TrustReport | string> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof RhymeError) || !["time", "input", "usage"].includes(error.kind)) throw error;
    return `expected ${error.fields.expected}, got ${error.fields.received}`;
  }
}
