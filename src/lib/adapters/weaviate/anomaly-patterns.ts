import type { FilterValue } from "weaviate-client";
import { anomalyPattern } from "../../../../weaviate/schema.ts";
import type { ComparedJudgement } from "../../anomaly/anomaly.ts";
import { RhymeError } from "../../errors.ts";
import type { AnomalyFilter, AnomalyPattern, AnomalyPatterns } from "../../remember/live.ts";
import { allOf, byProperty } from "./by-property.ts";
import { from, upTo } from "./instants.ts";
import { MOMENT_PROPERTIES, momentProperties, putAll, readMoment } from "./moment-properties.ts";
import { MOST_RESULTS, type NewObject, type TenantCollection } from "./tenant-collection.ts";

/** Objects per call. */
const CHUNK = 200;

/**
 * One tenant's anomalies on a Weaviate, each under the id of its pattern; what it was compared with stands in
 * `detail`. At most 10,000 are read at a time: name a span for more.
 */
export function weaviateAnomalies(objects: TenantCollection): AnomalyPatterns {
  const { place } = objects;
  return {
    put: async (patterns) => {
      const all = patterns.map((pattern) => objectOf(place, pattern));
      if (all.length === 0) return;
      await objects.ensure(anomalyPattern());
      for (let at = 0; at < all.length; at += CHUNK) await putAll(objects, all.slice(at, at + CHUNK));
    },
    list: async (which = {}) => {
      if (!(await objects.exists())) return [];
      const found = await objects.where({ properties: MOMENT_PROPERTIES, filters: filterOf(which) });
      if (found.length >= MOST_RESULTS) throw tooMany(place);
      const patterns = found.map((object) => {
        const { detail, embedding } = readMoment(place, object);
        return { judgement: detail as ComparedJudgement, embedding };
      });
      return patterns.sort(newestFirst);
    },
  };
}

/** @throws RhymeError "input" for a judgement that found nothing */
function objectOf(place: string, { judgement, embedding }: AnomalyPattern): NewObject {
  const { id, kind, pValue } = judgement;
  if (kind === null || pValue === null) throw unjudged(place, id);
  const at = `${place}, pattern ${id}`;
  const properties = {
    ...momentProperties(at, { ...judgement, embedding }),
    ...{ kind, pValue, score: judgement[kind].score },
    detail: JSON.stringify(judgement),
  };
  return { id, properties };
}

function filterOf({ symbol, timeframe, pValue, ...span }: AnomalyFilter): FilterValue {
  return allOf(
    byProperty("anchor").greaterOrEqual(from(span.from ?? -Infinity)),
    ...(span.to === undefined ? [] : [byProperty("anchor").lessOrEqual(upTo(span.to))]),
    ...(symbol === undefined ? [] : [byProperty("symbol").equal(symbol)]),
    ...(timeframe === undefined ? [] : [byProperty("timeframe").equal(timeframe)]),
    ...(pValue === undefined ? [] : [byProperty("pValue").lessOrEqual(pValue)]),
  );
}

function newestFirst({ judgement: a }: AnomalyPattern, { judgement: b }: AnomalyPattern): number {
  return b.anchor - a.anchor || (a.id < b.id ? -1 : 1);
}

function unjudged(place: string, id: string): RhymeError {
  return new RhymeError("input", {
    place: `${place}, pattern ${id}`,
    expected: "a judgement with a p-value",
    received: "one without: too little past to say anything",
    remedy: "Store only moments that could be judged.",
  });
}

function tooMany(place: string): RhymeError {
  return new RhymeError("usage", {
    place,
    expected: `fewer than ${MOST_RESULTS} anomalies at a time`,
    received: `${MOST_RESULTS} or more`,
    remedy: "Name a shorter span, a symbol or a smaller p-value.",
  });
}
