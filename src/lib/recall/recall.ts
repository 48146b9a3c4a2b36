import { v5 as uuidv5 } from "uuid";
import { RhymeError } from "../errors.ts";
import { canonicalJson } from "../math/hash.ts";
import type { Memory, Pattern } from "../memory/memory.ts";
import { iso } from "../time/units.ts";
import type { Answer } from "./answer.ts";
import { distributionOf } from "./distribution.ts";
import { estimate, type Estimate } from "./estimate.ts";
import { effectiveSampleSize, evidenceOf, statedContext } from "./evidence.ts";
import { ledgerOf } from "./ledger.ts";
import { nearestOf } from "./nearest.ts";
import { pastOf } from "./past.ts";
import { amongNames, assertEnough, patternOf, searchOf, seriesOf, type Question } from "./question.ts";
import type { RecallRecord } from "./record-type.ts";
import { trustOf } from "./trust.ts";

/** Namespace of answer ids: UUID version 5 of all that was said, so two answers share one only if they are equal. */
const ANSWERS = "5f3a1e0c-6d5b-5b7e-9a53-0d3c2f1b8e47";

/**
 * What rhymes with a moment, what followed, and how far that can be trusted. Everything but `happened` depends
 * only on what was known at the anchor: the same question gives the same bytes, whatever came later.
 *
 * `record` (evaluation/record.ts) adds shrinkage, calibration, thresholds and trust, from its rows matured by
 * the anchor. One made over another `among` vouches for other answers and is left aside: `trust` is then null.
 * @throws RhymeError where the question cannot be asked of this memory or with this record
 *
 * @example
 * const answer = await recall(memory, { tenant: "default", source: "binance", symbol: "BTCUSDT", timeframe: "5m",
 *   at: Date.parse("2024-03-01T12:00Z"), horizon: "4h", k: 10, encoder });
 */
export async function recall(
  memory: Memory,
  question: Question,
  record: RecallRecord | null = null,
): Promise<Answer> {
  const pattern = await patternOf(memory, question);
  const used = record && vouches(record, question) ? record : null;
  const past = used ? pastOf(ledgerOf(used), pattern.anchor) : null;
  const { horizon, k } = question;
  const { many, episodes } = await nearestOf(memory, searchOf(pattern, horizon, question.among), k);
  await assertEnough(memory, k, many.matured);
  const made = await estimate(memory, pattern, question, past, many);
  const neighbours = evidenceOf(episodes);
  const happened = pattern.contexts[horizon];
  const said: Omit<Answer, "id" | "happened"> = {
    schema: "rhyme.answer/1",
    ...statedQuestion(pattern, question),
    neighbours,
    forecast: forecastOf(made),
    distribution: distributionOf(made, pattern.atrNow, past),
    effectiveSampleSize: effectiveSampleSize(neighbours.map((n) => n.weight)),
    abstained: made.reasons.length > 0,
    reason: made.reasons.length > 0 ? made.reasons.join("; ") : null,
    trust: used && trustOf(used, pattern.anchor),
  };
  // What happened becomes known later and is no part of what was said: the id outlives it.
  const { schema, ...rest } = said;
  const id = uuidv5(canonicalJson(said), ANSWERS);
  return { schema, id, ...rest, happened: happened ? statedContext(happened) : null };
}

function forecastOf({ base, many, shrink, value }: Estimate): Answer["forecast"] {
  if (!Number.isFinite(value)) return null;
  const residual = many.count > 0 ? many.residual : 0;
  return { logAtrRatio: { base, residual, neighbours: many.count, shrink, value } };
}

/** The question as it is stated, with what answers it. */
function statedQuestion(pattern: Pattern, question: Question): Pick<Answer, "question" | "encoder" | "data"> {
  const { tenant, horizon, k, encoder } = question;
  const instant = iso(pattern.anchor);
  const stated = {
    tenant,
    ...seriesOf(question),
    asOf: instant,
    anchor: instant,
    horizon,
    k,
    among: amongNames(question.among),
  };
  const hindsight = pattern.anchor < encoder.knownAt;
  return {
    question: stated,
    encoder: { version: encoder.version, knownAt: iso(encoder.knownAt), hindsight },
    data: { hash: pattern.lineage.dataHash },
  };
}

/** Whether a record speaks about this question. @throws RhymeError where it belongs to something else altogether */
function vouches(record: RecallRecord, question: Question): boolean {
  const name = (
    of: { tenant: string; horizon: string },
    series: Question | RecallRecord["series"],
    version: string,
  ): string => [of.tenant, series.source, series.symbol, series.timeframe, of.horizon, version].join(" ");
  const expected = name(question, question, question.encoder.version);
  const received = name(record, record.series, record.encoder.version);
  if (expected !== received)
    throw new RhymeError("mismatch", {
      place: "record",
      expected: `the record of ${expected}`,
      received: `that of ${received}`,
      remedy: "Pass the record of the question's own series, horizon and encoder",
    });
  return canonicalJson(amongNames(record.among)) === canonicalJson(amongNames(question.among));
}
