import { matureAt, VECTOR } from "../../../../weaviate/schema.ts";
import { LABELS, type Context, type Label } from "../../context/context.ts";
import { RhymeError } from "../../errors.ts";
import type { IndexedPattern, IndexEntry } from "../../memory/pattern-index.ts";
import type { Horizon } from "../../time/horizon.ts";
import { storedInstant } from "./instants.ts";
import type { NewObject, StoredObject } from "./tenant-collection.ts";

// A pattern as an object of its collection, and back.

/** A label fact: matureAt, crossesClose, then the labels in their order; null where undefined. */
type Fact = readonly (number | null)[];

/** What stands in `detail`. Horizons ascending, so that equal patterns have equal texts. */
interface Detail {
  readonly atrNow: number | null;
  readonly base: Readonly<Record<Horizon, number>>;
  readonly outcomes: Readonly<Record<Horizon, readonly Fact[]>>;
  readonly dataHash: string;
  readonly designHash: string;
}

/** Properties that a pattern is read back from. */
export const PATTERN_PROPERTIES = ["symbol", "timeframe", "source", "anchor", "revision", "detail"] as const;

/** @throws RhymeError "input" for a vector without direction, a number that is none or an instant out of range */
export function patternObject(place: string, pattern: IndexedPattern): NewObject {
  const { id, symbol, timeframe, source, anchor, revision } = pattern;
  const at = `${place}, pattern ${id}`;
  const matured = Object.entries(pattern.outcomes).map(([horizon, facts]) => [
    matureAt(horizon),
    storedInstant(`${at}, ${horizon}`, facts[0]!.matureAt),
  ]);
  return {
    id,
    properties: {
      ...{ symbol, timeframe, source, anchor: storedInstant(`${at}, anchor`, anchor), revision },
      ...(Object.fromEntries(matured) as Record<string, string>),
      detail: JSON.stringify(detailOf(at, pattern)),
    },
    vectors: { [VECTOR]: [...indexable(at, pattern.vector)] },
  };
}

function detailOf(place: string, { atrNow, base, outcomes, lineage }: IndexedPattern): Detail {
  const fact = (context: Context): Fact => [
    context.matureAt,
    context.crossesClose ? 1 : 0,
    ...LABELS.map((label) => context[label]),
  ];
  const detail = {
    atrNow: Number.isNaN(atrNow) ? null : atrNow,
    base: sorted(base),
    outcomes: sorted(Object.fromEntries(Object.entries(outcomes).map(([h, facts]) => [h, facts.map(fact)]))),
    dataHash: lineage.dataHash,
    designHash: lineage.designHash,
  };
  const numbers = [detail.atrNow, Object.values(base), Object.values(detail.outcomes)].flat(3);
  const wrong = numbers.find((value) => value !== null && !Number.isFinite(value));
  if (wrong !== undefined) throw notStorable(place, "finite numbers", String(wrong));
  return detail;
}

function sorted<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Within these the server's float32 squares neither overflow nor vanish. */
const LARGEST = 2 ** 40;

/**
 * The vector itself, or, where its largest value is huge or tiny, that times a power of two: its direction is the
 * same to the last bit, and the server can square it.
 */
export function indexable(place: string, vector: Float32Array): Float32Array {
  const largest = vector.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (!(largest > 0 && largest < Infinity))
    throw notStorable(place, "a vector with a direction", `${largest}`);
  if (largest < LARGEST && largest > 1 / LARGEST) return vector;
  const scale = 2 ** -Math.floor(Math.log2(largest));
  return vector.map((value) => value * scale);
}

function notStorable(place: string, expected: string, received: string): RhymeError {
  const remedy = "The memory folder checks what it takes: verify it (./rhyme memory verify).";
  return new RhymeError("input", { place, expected, received, remedy });
}

/** @throws RhymeError "store" where the object was not written by `patternObject` */
export function patternOf(place: string, encoderVersion: string, stored: StoredObject): IndexedPattern {
  try {
    const { symbol, timeframe, source, anchor, revision, detail } = stored.properties as {
      [name in (typeof PATTERN_PROPERTIES)[number]]: unknown;
    };
    const { atrNow, base, outcomes, dataHash, designHash } = JSON.parse(detail as string) as Detail;
    const facts = Object.entries(outcomes).map(([horizon, known]) => [horizon, known.map(contextOf)]);
    return {
      ...{ symbol: symbol as string, timeframe: timeframe as string, source: source as string },
      ...{ id: stored.id, anchor: (anchor as Date).getTime(), revision: revision as number },
      vector: Float32Array.from(stored.vectors[VECTOR]!),
      ...{ atrNow: atrNow ?? NaN, base },
      outcomes: Object.fromEntries(facts) as Record<Horizon, Context[]>,
      lineage: { dataHash, designHash, encoderVersion },
    };
  } catch {
    throw new RhymeError("store", {
      place: `${place}, object ${stored.id}`,
      expected: "a pattern as this version writes them",
      received: "something else",
      remedy: "The index can be made anew from the memory: ./rhyme memory rebuild --index.",
    });
  }
}

function contextOf([known, crosses, ...labels]: Fact): Context {
  const values = Object.fromEntries(LABELS.map((label, i) => [label, labels[i] ?? null]));
  return {
    ...(values as Record<Label, number | null>),
    ...{ matureAt: known as number, crossesClose: crosses === 1 },
  };
}

/** What would be stored of a pattern, to compare with `storedEntry`. */
export function entryOf(place: string, pattern: IndexedPattern): IndexEntry {
  const { id, properties, vectors } = patternObject(place, pattern);
  return { id, vector: Float32Array.from(vectors![VECTOR]!), content: contentOf(properties) };
}

/** What is stored, all properties of it but those of trades. */
export function storedEntry({ id, properties, vectors }: StoredObject): IndexEntry {
  return { id, vector: Float32Array.from(vectors[VECTOR] ?? []), content: contentOf(properties) };
}

const OF_TRADES = new Set(["outcome", "return", "pips", "win", "regime"]);

function contentOf(properties: Readonly<Record<string, unknown>>): string {
  const told = Object.entries(properties)
    .filter(([name, value]) => value !== undefined && value !== null && !OF_TRADES.has(name))
    .map(([name, value]) => [name, value instanceof Date ? value.toISOString() : value] as const);
  return JSON.stringify(sorted(Object.fromEntries(told)));
}
