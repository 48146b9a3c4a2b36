import type { SeriesKey } from "../../candles/candle-series.ts";
import type { MemoryIdentity } from "../../memory/checks.ts";
import type { VerifyReport } from "../../memory/memory.ts";
import { seriesName } from "../../memory/names.ts";
import { patternIds, uuidText } from "../../memory/pattern-id.ts";
import { iso } from "../../time/units.ts";
import {
  CONTEXT_COLUMNS,
  contextDigest,
  floats,
  forecastDigest,
  idOf,
  patternDigest,
  wordsOf,
} from "./pattern-rows.ts";
import type { Cell, Store } from "./store.ts";

export type Problem = VerifyReport["problems"][number];

const MINE = "memory = (SELECT memory FROM memories WHERE tenant = ? AND encoder = ?)";
const ORPHAN = `NOT EXISTS (SELECT 1 FROM patterns p
  WHERE (p.memory, p.series, p.anchor, p.revision) = (t.memory, t.series, t.anchor, t.revision))`;

/** Recomputes ids and digests of every row of one memory and names each that differs. Reads one commit. */
export function verifyMemory(store: Store, of: MemoryIdentity): VerifyReport {
  return store.snapshot(() => {
    const problems: Problem[] = [];
    const names = seriesNames(store);
    const checked = verifyPatterns(store, of, names, problems);
    verifyForecasts(store, of, names, problems);
    for (const kind of ["contexts", "context_revisions"] as const)
      verifyContexts(store, of, kind, names, problems);
    return { checked, problems };
  });
}

function seriesNames(store: Store): Map<number, SeriesKey> {
  const rows = store.rows("SELECT series, source, symbol, timeframe FROM series") as [
    number,
    string,
    string,
    string,
  ][];
  return new Map(rows.map(([n, source, symbol, timeframe]) => [n, { source, symbol, timeframe }]));
}

/** An instant as text, also one that damage has made impossible. */
export function instantText(t: number): string {
  return Math.abs(t) <= 8.64e15 ? iso(t) : String(t);
}

function placeOf(of: MemoryIdentity, key: SeriesKey | undefined, anchor: Cell, what: string): string {
  const series = key ? seriesName(key) : "an unknown series";
  return `${what} of ${series} at ${instantText(anchor as number)}, tenant ${of.tenant}, encoder ${of.encoderVersion}`;
}

function verifyPatterns(
  store: Store,
  of: MemoryIdentity,
  names: Map<number, SeriesKey>,
  problems: Problem[],
): number {
  const id = new Uint8Array(16);
  const makers = new Map<string, ReturnType<typeof patternIds>>();
  let checked = 0;
  const sql = `SELECT series, anchor, revision, id, vector, atr_now, lineage, digest,
    EXISTS (SELECT 1 FROM lineages l WHERE l.lineage = patterns.lineage) FROM patterns WHERE ${MINE}`;
  store.scan(
    sql,
    [of.tenant, of.encoderVersion],
    ([series, anchor, revision, stored, vector, atrNow, number, digest, lineage]) => {
      checked++;
      const key = names.get(series as number);
      const report = (what: string, expected: string, received: string): unknown =>
        problems.push({ place: placeOf(of, key, anchor!, what), expected, received });
      if (!key) return report("pattern", "a series that exists", `series ${series}`);
      const maker = `${series} ${revision}`;
      if (!makers.has(maker))
        makers.set(maker, patternIds({ ...of, series: key, revision: revision as number }));
      makers.get(maker)!(anchor as number, id, 0);
      const kept = idOf(stored!);
      if (Buffer.compare(id, kept) !== 0)
        report("pattern id", uuidText(id, 0), kept.length === 16 ? uuidText(kept, 0) : "no id");
      const values = floats(vector!);
      if (values.length !== of.dim) return report("vector", `${of.dim} values`, `${values.length}`);
      const actual = patternDigest(
        anchor as number,
        revision as number,
        atrNow as number | null,
        number as number,
        kept,
        wordsOf(values),
      );
      if (actual !== digest) report("vector", `digest ${digest}`, `${actual}`);
      if (lineage !== 1) report("lineage", "a lineage that exists", "none");
      return undefined;
    },
  );
  return checked;
}

function verifyForecasts(
  store: Store,
  of: MemoryIdentity,
  names: Map<number, SeriesKey>,
  problems: Problem[],
): void {
  const sql = `SELECT series, anchor, revision, base, digest, horizon, ${ORPHAN} FROM forecasts t WHERE ${MINE}`;
  store.scan(sql, [of.tenant, of.encoderVersion], (cells) => {
    const [series, anchor, revision, base, digest, horizon, orphan] = cells;
    const actual = forecastDigest(anchor as number, revision as number, base as number);
    if (actual === digest && orphan === 0) return;
    const place = placeOf(of, names.get(series as number), anchor!, `base forecast ${horizon}`);
    problems.push(...rowProblems(place, digest!, actual, orphan!));
  });
}

function verifyContexts(
  store: Store,
  of: MemoryIdentity,
  kind: "contexts" | "context_revisions",
  names: Map<number, SeriesKey>,
  problems: Problem[],
): void {
  const sql = `SELECT ${CONTEXT_COLUMNS}, digest, horizon, ${ORPHAN} FROM ${kind} t WHERE ${MINE}`;
  store.scan(sql, [of.tenant, of.encoderVersion], (cells) => {
    const [digest, horizon, orphan] = cells.slice(-3);
    const actual = contextDigest(cells);
    if (actual === digest && orphan === 0) return;
    const place = placeOf(of, names.get(cells[0] as number), cells[1]!, `context ${horizon}`);
    problems.push(...rowProblems(place, digest!, actual, orphan!));
  });
}

function rowProblems(place: string, digest: Cell, actual: number, orphan: Cell): Problem[] {
  const found: Problem[] = [];
  if (actual !== digest) found.push({ place, expected: `digest ${digest}`, received: `${actual}` });
  if (orphan === 1) found.push({ place, expected: "a pattern it belongs to", received: "none" });
  return found;
}
