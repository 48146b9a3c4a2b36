import type { SeriesKey } from "../../candles/candle-series.ts";
import { sha256Hex } from "../../math/hash.ts";
import type { VerifyReport } from "../../memory/memory.ts";
import { seriesName } from "../../memory/names.ts";
import type { EpochMs } from "../../time/units.ts";
import { factDigest } from "./candle-facts.ts";
import type { EncoderShelf } from "./encoder-shelf.ts";
import { floats } from "./pattern-rows.ts";
import type { Cell, Store } from "./store.ts";
import { verifyNames, verifyTallies } from "./verify-tallies.ts";
import { instantText, verifyMemory, type Problem } from "./verify-memory.ts";

/**
 * Makes the embedding of an anchor again from the stored candles as they were known then; null where it cannot
 * (the encoder is not at hand). Given by the caller: a store knows no pipeline.
 */
export type Reembed = (of: {
  readonly tenant: string;
  readonly encoderVersion: string;
  readonly series: SeriesKey;
  readonly anchor: EpochMs;
}) => Float32Array | null;

export interface VerifyOptions {
  /** Leaves out the rows of candles, patterns and contexts: seconds instead of a minute for a million patterns. */
  readonly quick?: boolean;
  readonly reembed?: Reembed;
  /** Patterns embedded again per memory and series, evenly spaced, the first and the last among them. */
  readonly sample?: number;
}

/** Everything in a folder: the file's own structure, every digest, id and hash, and a sample of embeddings. */
export function verifyFolder(
  store: Store,
  encoders: EncoderShelf,
  options: VerifyOptions = {},
): VerifyReport {
  const steps = verifySteps(store, encoders, options);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** The same, naming before each step what is looked at. */
export function* verifySteps(
  store: Store,
  encoders: EncoderShelf,
  options: VerifyOptions = {},
): Generator<string, VerifyReport> {
  const problems: Problem[] = [];
  yield "the file's structure";
  const structure = options.quick ? "PRAGMA quick_check(20)" : "PRAGMA integrity_check(20)";
  for (const [text] of store.rows(structure))
    if (text !== "ok")
      problems.push({ place: store.place, expected: "a whole file", received: String(text) });
  if (problems.length > 0) return { checked: 0, problems }; // what a broken file says of its rows is worth nothing
  let checked = 0;
  if (options.quick) problems.push(...verifyNames(store));
  else {
    yield "candles";
    checked += verifyCandles(store, problems);
    yield "counts of rows";
    problems.push(...verifyTallies(store));
    for (const [tenant, encoderVersion, dim] of store.rows("SELECT tenant, encoder, dim FROM memories")) {
      yield `patterns of tenant ${tenant}`;
      const of = { tenant: tenant as string, encoderVersion: encoderVersion as string, dim: dim as number };
      const report = verifyMemory(store, of);
      checked += report.checked;
      problems.push(...report.problems);
    }
  }
  yield "records, answers and encoders";
  checked += verifyTexts(store, problems);
  problems.push(...encoders.verify());
  if (options.reembed) yield* reembedSample(store, options.reembed, options.sample ?? 20, problems);
  return { checked, problems };
}

function verifyCandles(store: Store, problems: Problem[]): number {
  const digest = factDigest();
  let checked = 0;
  const sql = `SELECT open_time, close_time, known_at, late, digest, open, high, low, close, volume, trades, vwap, spread,
    partial, symbol, timeframe, source FROM candles JOIN series USING (series)`;
  store.scan(sql, [], (row) => {
    checked++;
    const actual = digest(row.slice(0, 4) as number[], row.slice(5, 14) as (number | null)[]);
    if (actual === row[4]) return;
    const [symbol, timeframe, source] = row.slice(14) as [string, string, string];
    const place = `candle of ${seriesName({ symbol, timeframe, source })} at ${instantText(row[0] as number)}`;
    problems.push({ place, expected: `digest ${row[4]}`, received: `${actual}` });
  });
  return checked;
}

function verifyTexts(store: Store, problems: Problem[]): number {
  let checked = 0;
  const check = (place: string, text: Cell, hash: Cell): void => {
    checked++;
    const received = sha256Hex(Buffer.from(text as string));
    if (received !== hash) problems.push({ place, expected: `SHA-256 ${hash}`, received });
  };
  store.scan("SELECT tenant, id, answer, hash FROM answers", [], ([tenant, id, answer, hash]) =>
    check(`answer ${id} of tenant ${tenant}`, answer!, hash!),
  );
  store.scan(
    "SELECT tenant, symbol, horizon, record, hash FROM records",
    [],
    ([tenant, symbol, horizon, record, hash]) =>
      check(`record of ${symbol} ${horizon}, tenant ${tenant}`, record!, hash!),
  );
  store.scan("SELECT ingest, entry, hash FROM ingests", [], ([ingest, entry, hash]) =>
    check(`entry ${ingest} of the ingest log`, entry!, hash!),
  );
  return checked;
}

function* reembedSample(
  store: Store,
  reembed: Reembed,
  sample: number,
  problems: Problem[],
): Generator<string> {
  const sql = `SELECT tenant, encoder, source, symbol, timeframe, memory, series, count(*) FROM patterns
    JOIN memories USING (memory) JOIN series USING (series) WHERE revision = 0 GROUP BY memory, series`;
  for (const row of store.rows(sql)) {
    const [tenant, encoderVersion, source, symbol, timeframe] = row as string[];
    const [memory, series, count] = row.slice(5) as number[];
    const key = { source: source!, symbol: symbol!, timeframe: timeframe! };
    for (const offset of spaced(count!, sample)) {
      yield `embeddings of ${seriesName(key)}, made again`;
      const [anchor, vector] = store.row(
        "SELECT anchor, vector FROM patterns WHERE memory = ? AND series = ? AND revision = 0 ORDER BY anchor LIMIT 1 OFFSET ?",
        memory!,
        series!,
        offset,
      )! as [number, Uint8Array];
      const again = reembed({ tenant: tenant!, encoderVersion: encoderVersion!, series: key, anchor });
      if (again === null) continue;
      const difference = firstDifference(floats(vector), again);
      if (difference !== null)
        problems.push({
          place: `embedding of ${seriesName(key)} at ${instantText(anchor)}, encoder ${encoderVersion}`,
          ...difference,
        });
    }
  }
}

/** At most `wanted` of 0 … count − 1, evenly spaced, both ends among them. */
function spaced(count: number, wanted: number): number[] {
  if (count <= wanted) return [...Array(count).keys()];
  if (wanted < 2) return wanted === 1 ? [count - 1] : [];
  return Array.from({ length: wanted }, (_, i) => Math.round((i * (count - 1)) / (wanted - 1)));
}

function firstDifference(
  stored: Float32Array,
  again: Float32Array,
): { expected: string; received: string } | null {
  if (stored.length !== again.length)
    return { expected: `${stored.length} values`, received: `${again.length}` };
  const at = stored.findIndex((value, d) => !Object.is(value, again[d]));
  return at < 0
    ? null
    : { expected: `value ${at} = ${stored[at]}`, received: `${again[at]} when embedded again` };
}
