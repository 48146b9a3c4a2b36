import path from "node:path";
import { DatabaseSync } from "node:sqlite";

/** What a memory's facts are told apart by. */
const FACTS: Readonly<Record<string, string>> = {
  candles: "source, symbol, timeframe, open_time, known_at, close, volume",
  patterns: "tenant, m.encoder, source, symbol, timeframe, anchor, revision",
  contexts: "tenant, m.encoder, horizon, source, symbol, timeframe, anchor, revision",
  records: "tenant, encoder, source, symbol, timeframe, horizon",
};

export interface RowsCompared {
  /** Facts of the undisturbed memory. */
  readonly facts: number;
  /** Facts that are there more than once. */
  readonly duplicates: number;
  /** Facts of the undisturbed memory that are not there. */
  readonly lost: number;
  /** Facts that the undisturbed memory does not hold. */
  readonly strange: number;
}

/** Counts, fact by fact, what a memory holds twice, lacks, or has beyond an undisturbed one. */
export function compareRows(memory: string, undisturbed: string): RowsCompared {
  const db = new DatabaseSync(path.join(memory, "rhyme.sqlite"), { readOnly: true });
  try {
    db.prepare("ATTACH ? AS whole").run(path.join(undisturbed, "rhyme.sqlite"));
    const count = (sql: string): number =>
      Number(db.prepare(`SELECT count(*) AS n FROM (${sql})`).get()!["n"]);
    const sum = { facts: 0, duplicates: 0, lost: 0, strange: 0 };
    for (const [table, key] of Object.entries(FACTS)) {
      const [mine, theirs] = ["main", "whole"].map((schema) => facts(schema, table, key)) as [string, string];
      sum.facts += count(theirs);
      sum.duplicates += count(mine) - count(`SELECT DISTINCT * FROM (${mine})`);
      sum.lost += count(`${theirs} EXCEPT ${mine}`);
      sum.strange += count(`${mine} EXCEPT ${theirs}`);
    }
    return sum;
  } finally {
    db.close();
  }
}

function facts(schema: string, table: string, key: string): string {
  const series = `JOIN ${schema}.series AS s ON s.series = t.series`;
  const memories = `JOIN ${schema}.memories AS m ON m.memory = t.memory`;
  if (table === "records") return `SELECT ${key} FROM ${schema}.records`;
  return `SELECT ${key} FROM ${schema}.${table} AS t ${table === "candles" ? series : `${memories} ${series}`}`;
}
