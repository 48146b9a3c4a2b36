import type { ContextColumns } from "../../context/context.ts";
import * as check from "../../memory/checks.ts";
import type { LabelBatch, LabelCounts } from "../../memory/memory.ts";
import { seriesName } from "../../memory/names.ts";
import { placeLabel } from "../../memory/place-label.ts";
import { CONTEXT_COLUMNS, contextCells, contextDigest } from "./pattern-rows.ts";
import { CHUNK, note } from "./pattern-writer.ts";
import { findSeries } from "./series-table.ts";
import type { Cell, Store } from "./store.ts";
import { addToTally, Tally } from "./tally.ts";

type Kind = "contexts" | "context_revisions";
type Cells = readonly (number | null)[];

/** A label on its way into one of the two tables. */
interface Due {
  readonly kind: Kind;
  readonly cells: Cells;
}

/**
 * Writes the label facts that are new, of the newest revision of each anchor, one transaction per 10,000: first
 * outcomes into `contexts`, what corrections made of them into `context_revisions`. Refuses the whole batch before it
 * writes any of it when an anchor has no pattern or a label contradicts what was known at that instant.
 */
export function writeContexts(store: Store, of: check.MemoryIdentity, batch: LabelBatch): LabelCounts {
  check.checkLabelBatch(batch);
  const { horizon } = batch.columns;
  const series = findSeries(store, batch.series) ?? -1;
  const sql = "SELECT memory FROM memories WHERE tenant = ? AND encoder = ?";
  const memory = (store.row(sql, of.tenant, of.encoderVersion)?.[0] ?? -1) as number;
  const { counts, due } = placed(store, memory, series, batch);
  for (let from = 0; from < due.length; from += CHUNK) {
    const chunk = due.slice(from, from + CHUNK);
    const [first, last] = [chunk[0]!, chunk[chunk.length - 1]!].map(({ cells }) => cells[1] as number);
    store.write(() => {
      for (const kind of ["contexts", "context_revisions"] as const) {
        const mine = chunk.filter((row) => row.kind === kind);
        addToTally(
          store,
          { kind, memory, part: horizon, series },
          insertAll(store, memory, horizon, kind, mine),
        );
      }
      note(store, memory, "label", horizon, series, first!, last!);
    });
  }
  return counts;
}

function insertAll(store: Store, memory: number, horizon: string, kind: Kind, rows: readonly Due[]): Tally {
  const insert = store.statement(`INSERT INTO ${kind} (memory, horizon, ${CONTEXT_COLUMNS}, digest)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const tally = new Tally();
  for (const { cells } of rows) {
    const digest = contextDigest(cells);
    insert.run(memory, horizon, ...cells, digest);
    tally.add(digest);
  }
  return tally;
}

/** What becomes of each mature row of a batch. */
function placed(
  store: Store,
  memory: number,
  series: number,
  { anchors, columns, series: key }: LabelBatch,
): { readonly counts: LabelCounts; readonly due: readonly Due[] } {
  const counts = { written: 0, revised: 0, unchanged: 0 };
  const due: Due[] = [];
  const mature = [...anchors.keys()].filter((i) => check.isMature(columns, i));
  if (mature.length === 0) return { counts, due };
  const range = [anchors[mature[0]!]!, anchors[mature.at(-1)!]!] as const;
  const revisions = newestRevisions(store, memory, series, range);
  const stored = storedLabels(store, memory, columns.horizon, series, revisions, range);
  const place = `contexts ${columns.horizon} of ${seriesName(key)}`;
  for (const i of mature) {
    const anchor = anchors[i]!;
    const revision = revisions.get(anchor);
    if (revision === undefined) check.refuseUnknownAnchor(place, anchor);
    const cells = contextCells(series, anchor, revision, columns, i);
    const what = placeCells(`${place} at ${anchor}`, stored.get(anchor) ?? [], cells, columns, i);
    counts[what]++;
    if (what !== "unchanged")
      due.push({ kind: what === "written" ? "contexts" : "context_revisions", cells });
  }
  return { counts, due };
}

function placeCells(
  place: string,
  stored: readonly Cells[],
  cells: Cells,
  columns: ContextColumns,
  i: number,
): keyof LabelCounts {
  const known = stored.map((fact) => fact[KNOWN] as number);
  return placeLabel(
    place,
    known,
    (k) => numbersOf(stored[k]!),
    columns.matureAt[i]!,
    () => numbersOf(cells),
  );
}

const KNOWN = 3; // place of mature_at in CONTEXT_COLUMNS, behind it crosses_close and the labels

function numbersOf(cells: Cells): number[] {
  return cells.slice(KNOWN + 1).map((cell) => cell ?? NaN);
}

function newestRevisions(
  store: Store,
  memory: number,
  series: number,
  range: readonly [number, number],
): Map<number, number> {
  const sql = `SELECT anchor, revision FROM patterns
    WHERE memory = ? AND series = ? AND anchor BETWEEN ? AND ? ORDER BY anchor, revision`;
  const newest = new Map<number, number>();
  store.scan(sql, [memory, series, ...range], (row) => newest.set(row[0] as number, row[1] as number));
  return newest;
}

/** The stored label facts of the newest revision of each anchor, ascending by when they were known. */
function storedLabels(
  store: Store,
  memory: number,
  horizon: string,
  series: number,
  revisions: ReadonlyMap<number, number>,
  range: readonly [number, number],
): Map<number, Cells[]> {
  const stored = new Map<number, Cells[]>();
  for (const kind of ["contexts", "context_revisions"] as const) {
    const sql = `SELECT ${CONTEXT_COLUMNS} FROM ${kind}
      WHERE memory = ? AND horizon = ? AND series = ? AND anchor BETWEEN ? AND ? ORDER BY anchor, revision, mature_at`;
    store.scan(sql, [memory, horizon, series, ...range], (row: Cell[]) => {
      const anchor = row[1] as number;
      if (row[2] !== revisions.get(anchor)) return;
      const facts = stored.get(anchor);
      if (facts) facts.push(row as (number | null)[]);
      else stored.set(anchor, [row as (number | null)[]]);
    });
  }
  return stored;
}
