import { matureAt, VECTOR } from "../../../../weaviate/schema.ts";
import { LABELS, type Context, type Label } from "../../context/context.ts";
import { RhymeError } from "../../errors.ts";
import type { IndexedPattern, IndexEntry, IndexHit } from "../../memory/pattern-index.ts";
import type { Horizon } from "../../time/horizon.ts";
import type { EpochMs } from "../../time/units.ts";
import { storedInstant } from "./instants.ts";
import type { NewObject, StoredObject } from "./tenant-collection.ts";

// A pattern as an object of its collection, and back.

/** A label fact: matureAt, crossesClose, then the labels in their order; null where undefined. */
type Fact = readonly (number | null)[];

/**
 * What stands in `detail`: the whole pattern, because reading one property costs the server less than reading several,
 * and less than reading the vector that it searches by. Horizons ascending, so that equal patterns have equal texts.
 */
interface Detail {
  readonly series: readonly [source: string, symbol: string, timeframe: string];
  readonly anchor: EpochMs;
  readonly revision: number;
  /** The bytes of the float32 values, little-endian, in base64. */
  readonly vector: string;
  readonly atrNow: number | null;
  readonly base: Readonly<Record<Horizon, number>>;
  /** Per horizon the facts as a JSON text of their own: a question reads those of one horizon. */
  readonly outcomes: Readonly<Record<Horizon, string>>;
  readonly lineage: readonly [dataHash: string, designHash: string];
}

/** The one property that a pattern is read back from. */
export const DETAIL = "detail";

/** @throws RhymeError "input" for a vector without direction, a number that is none or an instant out of range */
export function patternObject(place: string, pattern: IndexedPattern): NewObject {
  const { id, symbol, timeframe, source, anchor, revision, regime } = pattern;
  const at = `${place}, pattern ${id}`;
  const vector = indexable(at, pattern.vector);
  const matured = Object.entries(pattern.outcomes).map(([horizon, facts]) => [
    matureAt(horizon),
    storedInstant(`${at}, ${horizon}`, facts[0]!.matureAt),
  ]);
  return {
    id,
    properties: {
      ...{ symbol, timeframe, source, anchor: storedInstant(`${at}, anchor`, anchor), revision },
      ...(Object.fromEntries(matured) as Record<string, string>),
      ...(regime === undefined ? {} : { regime }),
      [DETAIL]: JSON.stringify(detailOf(at, pattern, vector)),
    },
    vectors: { [VECTOR]: [...vector] },
  };
}

function detailOf(place: string, pattern: IndexedPattern, vector: Float32Array): Detail {
  const { source, symbol, timeframe, anchor, revision, atrNow, base, outcomes, lineage } = pattern;
  const facts = (known: readonly Context[]): string =>
    JSON.stringify(known.map((context) => factOf(place, context)));
  for (const value of Object.values(base)) finite(place, value);
  return {
    ...{ series: [source, symbol, timeframe], anchor, revision, vector: toBase64(vector) },
    atrNow: Number.isNaN(atrNow) ? null : finite(place, atrNow),
    base: sorted(base),
    outcomes: sorted(Object.fromEntries(Object.entries(outcomes).map(([h, known]) => [h, facts(known)]))),
    lineage: [lineage.dataHash, lineage.designHash],
  };
}

function factOf(place: string, context: Context): Fact {
  const values = LABELS.map((label) => (context[label] === null ? null : finite(place, context[label])));
  return [context.matureAt, context.crossesClose ? 1 : 0, ...values];
}

function finite(place: string, value: number): number {
  if (Number.isFinite(value)) return value;
  throw notStorable(place, "finite numbers", String(value));
}

function toBase64({ buffer, byteOffset, byteLength }: Float32Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString("base64");
}

function fromBase64(text: string): Float32Array {
  const bytes = Buffer.from(text, "base64");
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
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

/** @throws RhymeError "store" where the object was not written by `patternObject`, or has nothing for this horizon */
export function hitOf(
  place: string,
  encoderVersion: string,
  horizon: Horizon,
  stored: StoredObject,
): IndexHit {
  try {
    const detail = JSON.parse(stored.properties[DETAIL] as string) as Detail;
    const [source, symbol, timeframe] = detail.series;
    const [dataHash, designHash] = detail.lineage;
    const facts = JSON.parse(detail.outcomes[horizon]!) as readonly Fact[];
    return {
      ...{ id: stored.id, source, symbol, timeframe, anchor: detail.anchor },
      vector: fromBase64(detail.vector),
      ...{ atrNow: detail.atrNow ?? NaN, base: detail.base[horizon] ?? NaN },
      facts: facts.map(contextOf),
      lineage: { dataHash, designHash, encoderVersion },
    };
  } catch {
    throw new RhymeError("store", {
      place: `${place}, object ${stored.id}`,
      expected: "a pattern as this version writes them",
      received: "something else",
      remedy: "Verify the index against the memory, or make it anew from it.",
    });
  }
}

function contextOf([known, crosses, ...labels]: Fact): Context {
  const values = {} as Record<Label, number | null>;
  LABELS.forEach((label, i) => (values[label] = labels[i] ?? null));
  return { ...values, matureAt: known as number, crossesClose: crosses === 1 };
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

const OF_TRADES = new Set(["outcome", "return", "pips", "win"]);

function contentOf(properties: Readonly<Record<string, unknown>>): string {
  const told = Object.entries(properties)
    .filter(([name, value]) => value !== undefined && value !== null && !OF_TRADES.has(name))
    .map(([name, value]) => [name, value instanceof Date ? value.toISOString() : value] as const);
  return JSON.stringify(sorted(Object.fromEntries(told)));
}
