import { v5 as uuidv5 } from "uuid";
import { RhymeError } from "../errors.ts";
import { canonicalJson } from "../math/hash.ts";
import type { Memory } from "../memory/memory.ts";
import { iso } from "../time/units.ts";
import type { Answer } from "./answer.ts";
import { distributionOf } from "./distribution.ts";
import { estimate, type Estimate } from "./estimate.ts";
import { effectiveSampleSize, evidenceOf, statedContext } from "./evidence.ts";
import { ledgerOf } from "./ledger.ts";
import { nearestOf } from "./nearest.ts";
import { pastOf } from "./past.ts";
import { meantBy, type Meant } from "./meant.ts";
import { outcomeAsOf } from "./outcome.ts";
import { amongNames, assertEnough, searchOf, seriesOf, type Question } from "./question.ts";
import type { RecallRecord } from "./record-type.ts";
import { trustOf } from "./trust.ts";

/** Namespace of answer ids: UUID version 5 of all that was said, so two answers share one only if they are equal. */
const ANSWERS = "5f3a1e0c-6d5b-5b7e-9a53-0d3c2f1b8e47";

/**
 * What rhymes with a moment, what followed, and how far that can be trusted. Everything but `happened` depends
 * only on what was known at the anchor, or by the question's own `asOf`: the same question gives the same bytes,
 * whatever came later. Asked with later knowledge (remember/recall-as-of.ts), the moment is as corrected by then,
 * no neighbour and no row of the record shares time with the question's own horizon, and the answer says so.
 *
 * `record` (evaluation/record.ts) adds shrinkage, calibration, thresholds and trust, from its rows matured by
 * then. One made over another `among` vouches for other answers and is left aside: `trust` is then null.
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
  const meant = await meantBy(memory, question);
  const { stored, pattern, known } = meant;
  const used = record && vouches(record, question) ? record : null;
  const by = known.maturedBy ?? known.asOf;
  const past = used ? pastOf(ledgerOf(used), by, known.apart) : null;
  const { horizon, k } = question;
  const search = searchOf(pattern, horizon, question.among, known);
  const { many, episodes } = await nearestOf(memory, search, k);
  await assertEnough(memory, k, many.matured);
  const made = await estimate(memory, pattern, search, past, many);
  const neighbours = evidenceOf(episodes);
  const happened = await outcomeAsOf(memory, stored, horizon, known.asOf);
  const distribution = distributionOf(made, pattern.atrNow, past);
  const reasons = made.reasons.length > 0 || distribution ? made.reasons : [BEYOND];
  const said: Omit<Answer, "id" | "happened"> = {
    schema: "rhyme.answer/1",
    ...statedQuestion(meant, question),
    neighbours,
    forecast: forecastOf(made),
    distribution,
    effectiveSampleSize: effectiveSampleSize(neighbours.map((n) => n.weight)),
    abstained: reasons.length > 0,
    reason: reasons.length > 0 ? reasons.join("; ") : null,
    trust: used && trustOf(used, by, known.apart),
  };
  // What happened becomes known later and is no part of what was said: the id outlives it.
  const { schema, ...rest } = said;
  const id = uuidv5(canonicalJson(said), ANSWERS);
  return { schema, id, ...rest, happened: happened ? statedContext(happened) : null };
}

const BEYOND = "what followed such moments leaps by more than a number can hold";

function forecastOf({ base, many, shrink, value }: Estimate): Answer["forecast"] {
  if (!Number.isFinite(value)) return null;
  const residual = many.count > 0 ? many.residual : 0;
  return { logAtrRatio: { base, residual, neighbours: many.count, shrink, value } };
}

/** The question as it is stated, with what answers it. */
function statedQuestion(
  { pattern, known, later }: Meant,
  question: Question,
): Pick<Answer, "question" | "encoder" | "data" | "later"> {
  const { tenant, horizon, k, encoder } = question;
  const stated = {
    tenant,
    ...seriesOf(question),
    asOf: iso(known.asOf),
    anchor: iso(pattern.anchor),
    horizon,
    k,
    among: amongNames(question.among),
  };
  const hindsight = pattern.anchor < encoder.knownAt;
  return {
    question: stated,
    encoder: { version: encoder.version, knownAt: iso(encoder.knownAt), hindsight },
    data: { hash: pattern.lineage.dataHash },
    ...(later ? { later } : {}),
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
